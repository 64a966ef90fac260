"""What all signed calls share: the network's errors and the cloud's clock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import aiohttp

from .errors import CannotConnectError, NoReplyError, TlsError
from .fields import http_date


@contextmanager
def network_errors() -> Iterator[None]:
    """Raise aiohttp's errors as the client's. Their messages may contain the URL: only their names are kept."""
    try:
        yield
    except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as err:
        raise TlsError(type(err).__name__) from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as err:
        raise CannotConnectError(type(err).__name__) from None
    except (aiohttp.ClientError, OSError) as err:
        raise NoReplyError(type(err).__name__) from None


def cloud_time(headers: Mapping[str, str]) -> float | None:
    """Return the Unix time of the Date header; None without a valid one."""
    try:
        return http_date(headers.get("Date", "")).timestamp()
    except ValueError:
        return None
