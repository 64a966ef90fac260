"""One signed call: deadline, pacing, retries, clock offset. Gives the reply's JSON object, or raises."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
import logging
import secrets
import time

import aiohttp
from yarl import URL

from .errors import (
    CannotConnectError,
    ClockSkewError,
    LinkVisualError,
    NoReplyError,
    ThrottledError,
    TlsError,
)
from .meter import Meter
from .pacing import Pacer
from .regions import Product, endpoint
from .replies import Reply, read_body, read_reply
from .retries import Effect, Retries
from .signing import (
    EMPTY_BODY_SHA256,
    Parameters,
    authorization,
    canonical_query,
    flatten,
)

_LOGGER = logging.getLogger(__name__)

# Seconds. The gateway itself gives an operation 10.
# To connect takes less, so that "not connected" can be told from "no reply".
ATTEMPT_TIMEOUT = aiohttp.ClientTimeout(total=15.0, sock_connect=10.0)
# No attempt is begun later than this after the first.
CALL_TIMEOUT = 30.0
# How often a reply is looked at for the cloud's time.
NOTE_INTERVAL = 10.0
# A smaller difference between the clocks is the way of the reply, and never the reason of a refusal.
SMALLEST_CLOCK_OFFSET = 5.0


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the cloud. `per_second` is the account's limit of calls; 100 where none is published."""

    product: Product
    action: str
    effect: Effect = Effect.NONE
    per_second: int = 100
    version: str = "2018-01-20"
    enveloped: bool = True  # the reply says Success
    takes_instance: bool = True


@dataclass(frozen=True, slots=True)
class Credentials:
    """An AccessKey."""

    access_key_id: str
    access_key_secret: str = field(repr=False)


class Transport:
    """Calls operations on a session that is somebody else's to close."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        credentials: Credentials,
        region: str,
        base_url: str | None = None,
    ) -> None:
        """`base_url`, where given, replaces the host of every product."""
        self._session = session
        self._credentials = credentials
        urls = {
            product: URL(base_url or endpoint(product, region)) for product in Product
        }
        # Address and Host header of each product.
        self._hosts = {
            product: (f"{url.origin()}/?", url.host_port_subcomponent or "")
            for product, url in urls.items()
        }
        self._pacers: dict[str, Pacer] = {}
        self.meter = Meter()
        self._noted_at = -NOTE_INTERVAL

    async def call(self, operation: Operation, params: Parameters) -> Reply:
        """Call an operation and return its reply. Raises a LinkVisualError.

        Where an operation with effects may or may not have run, that is an OutcomeUnknownError.
        """
        query = canonical_query(flatten(params))
        pacer = self._pacers.setdefault(operation.action, Pacer(operation.per_second))
        give_up_at = time.monotonic() + CALL_TIMEOUT
        retries = Retries(operation.effect)
        while True:
            turn = await pacer.turn()
            try:
                reply = await self._attempt(operation, query)
            except LinkVisualError as err:
                self.meter.failed(operation.action, err)
                delay = retries.add(err)
                if delay is None or time.monotonic() + delay > give_up_at:
                    if (final := retries.final(err)) is err:
                        raise
                    raise final from err
                if isinstance(err, ThrottledError):
                    pacer.throttled(turn, delay)
            else:
                self.meter.succeeded(operation.action)
                return reply
            await asyncio.sleep(delay)

    async def _attempt(self, operation: Operation, query: str) -> Reply:
        clock_offset = self.meter.clock_offset
        status, headers, body = await self._send(operation, query)
        try:
            return read_reply(status, headers, body, enveloped=operation.enveloped)
        except ClockSkewError as err:
            err.corrected = self._learn_clock_offset(headers, clock_offset)
            raise

    async def _send(
        self, operation: Operation, query: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        address, host = self._hosts[operation.product]
        self.meter.attempt(operation.action)
        started = time.monotonic()
        outcome = "no reply"
        try:
            async with self._session.post(
                URL(f"{address}{query}", encoded=True),
                headers=self._headers(operation, host, query),
                skip_auto_headers=("Content-Type",),
                allow_redirects=False,
                timeout=ATTEMPT_TIMEOUT,
            ) as response:
                outcome = f"HTTP {response.status}"
                body = await read_body(response)
                self.meter.answered(time.monotonic() - started)
                self._note_cloud_time(response.headers)
                return response.status, response.headers, body
        # The errors' own texts would name the URL: their kind must do.
        except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as err:
            raise TlsError(type(err).__name__) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as err:
            raise CannotConnectError(type(err).__name__) from None
        except (aiohttp.ClientError, OSError) as err:
            raise NoReplyError(type(err).__name__) from None
        finally:
            milliseconds = (time.monotonic() - started) * 1000
            _LOGGER.debug("%s: %s in %.0f ms", operation.action, outcome, milliseconds)

    def _headers(self, operation: Operation, host: str, query: str) -> dict[str, str]:
        """Return fresh headers: no two attempts share a nonce."""
        now = time.gmtime(time.time() + self.meter.clock_offset)
        signed = {
            "host": host,
            "x-acs-action": operation.action,
            "x-acs-content-sha256": EMPTY_BODY_SHA256,
            "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", now),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-version": operation.version,
        }
        key = self._credentials
        return {
            **signed,
            "Accept": "application/json",
            "Authorization": authorization(
                key.access_key_id, key.access_key_secret, "POST", query, signed
            ),
        }

    def _note_cloud_time(self, headers: Mapping[str, str]) -> None:
        """Note now and then how far the clocks are apart: what the cloud tells is told in its time."""
        now = time.monotonic()
        if now - self._noted_at < NOTE_INTERVAL:
            return
        self._noted_at = now
        if (cloud_time := _cloud_time(headers)) is not None:
            self.meter.cloud_ahead = cloud_time - time.time()

    def _learn_clock_offset(
        self, headers: Mapping[str, str], used_offset: float
    ) -> bool:
        """Set the clock right for all calls to come; False where the reply gives no reason to."""
        if (cloud_time := _cloud_time(headers)) is None:
            return False
        offset = cloud_time - time.time()
        if abs(offset - used_offset) < SMALLEST_CLOCK_OFFSET:
            return False
        _LOGGER.debug("The cloud's clock is %.0f s ahead of ours", offset)
        self.meter.clock_offset = offset
        return True


def _cloud_time(headers: Mapping[str, str]) -> float | None:
    """Return the Unix time that a reply was sent at; None where it does not tell."""
    try:
        return parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except ValueError:
        return None
