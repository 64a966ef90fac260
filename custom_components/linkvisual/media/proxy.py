"""Proxy of the cloud's media: its URLs never leave Home Assistant."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
import logging

import aiohttp
from aiohttp import hdrs, web
from multidict import istr
from yarl import URL

_LOGGER = logging.getLogger(__name__)

# Seconds. Playlists and pictures are small; large media may take long, but must not stall.
_SMALL_TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
_LARGE_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=20)
_CHUNK = 64 * 1024
_MAX_SMALL_BYTES = 10_000_000

_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5
_LOCAL_SUFFIXES = (".internal", ".lan", ".local", ".localhost", ".home.arpa")

# Headers that are passed on.
_REQUEST_HEADERS = (hdrs.RANGE, hdrs.IF_RANGE)
_RESPONSE_HEADERS = (
    hdrs.ACCEPT_RANGES,
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_RANGE,
    hdrs.CONTENT_TYPE,
    hdrs.ETAG,
    hdrs.LAST_MODIFIED,
)


class MediaGoneError(Exception):
    """The cloud does not serve a URL, or not any more. The message never contains the URL."""


def contained(base: URL, reference: str | None) -> URL:
    """Resolve the URL of a redirect or a playlist. Raises MediaGoneError if it is another host of the local network.

    Home Assistant can reach hosts that the cloud must not. Public names are not resolved.
    """
    try:
        url = base.join(URL(reference or "", encoded=True))
        if url.scheme in ("http", "https") and (
            url.host == base.host or not _is_local(url.host or "")
        ):
            return url
    except ValueError:
        pass
    raise MediaGoneError("the URL points into the local network")


def _is_local(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_SUFFIXES)


@asynccontextmanager
async def open_media(
    session: aiohttp.ClientSession,
    address: str,
    timeout: aiohttp.ClientTimeout,
    headers: Mapping[istr, str] | None = None,
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Yield the response of a URL, after redirects. Raises MediaGoneError, aiohttp's errors, or ValueError."""
    url = URL(address, encoded=True)
    for _ in range(_MAX_REDIRECTS + 1):
        async with session.get(
            url, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            location = response.headers.get(hdrs.LOCATION)
            if response.status not in _REDIRECTS or location is None:
                yield response
                return
        url = contained(url, location)
    raise MediaGoneError("too many redirects")


async def fetch(session: aiohttp.ClientSession, address: str) -> tuple[bytes, URL]:
    """Return the body of a URL, and the URL after redirects. Raises MediaGoneError."""
    try:
        async with open_media(session, address, _SMALL_TIMEOUT) as response:
            if response.status != 200:
                raise MediaGoneError(f"HTTP {response.status}")
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > _MAX_SMALL_BYTES:
                    raise MediaGoneError("too large")
            return bytes(body), response.url
    except (aiohttp.ClientError, OSError, ValueError) as err:
        raise MediaGoneError(type(err).__name__) from None


async def stream(
    session: aiohttp.ClientSession, address: str, request: web.Request
) -> web.StreamResponse:
    """Stream a URL as the response to a request, with range requests.

    If the player disconnects, so does the connection to the cloud.
    """
    headers = {
        name: request.headers[name]
        for name in _REQUEST_HEADERS
        if name in request.headers
    }
    # Compression would change ranges.
    headers[hdrs.ACCEPT_ENCODING] = "identity"
    response: web.StreamResponse | None = None
    try:
        async with open_media(session, address, _LARGE_TIMEOUT, headers) as source:
            if source.status not in (200, 206, 416):
                _LOGGER.debug("Cannot fetch media: HTTP %s", source.status)
                raise web.HTTPNotFound
            response = web.StreamResponse(
                status=source.status,
                headers={
                    hdrs.CACHE_CONTROL: "private, max-age=3600",
                    **{
                        name: source.headers[name]
                        for name in _RESPONSE_HEADERS
                        if name in source.headers
                    },
                },
            )
            await response.prepare(request)
            async for chunk in source.content.iter_chunked(_CHUNK):
                await response.write(chunk)
            await response.write_eof()
            return response
    except MediaGoneError as err:
        _LOGGER.debug("Cannot fetch media: %s", err)
        raise web.HTTPNotFound from None
    except ConnectionResetError:
        # The player has disconnected.
        raise
    except (aiohttp.ClientError, OSError, ValueError) as err:
        _LOGGER.debug("Cannot finish fetching media: %s", type(err).__name__)
        if response is not None and request.transport is not None:
            # The headers are sent: abort, so that the player does not mistake this for the end.
            request.transport.abort()
        raise web.HTTPBadGateway from None
