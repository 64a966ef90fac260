"""Signed calls: deadline, pacing, retries, clock offset."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
import logging
import secrets
import time

import aiohttp
from yarl import URL

from .errors import ClockSkewError, LinkVisualError, OutcomeUnknownError, ThrottledError
from .meter import MIN_CLOCK_OFFSET, Meter
from .network import cloud_time, network_errors
from .pacing import Pacing
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

# Seconds. The gateway's own limit for an operation is 10. The timeout for connecting is shorter, to distinguish
# CannotConnectError from NoReplyError.
ATTEMPT_TIMEOUT = aiohttp.ClientTimeout(total=15.0, sock_connect=10.0)
# No attempt starts later than this after the first one.
CALL_TIMEOUT = 30.0
# Interval at which the cloud's time is read from replies.
CLOUD_TIME_INTERVAL = 10.0


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the cloud. `per_second` is the account's rate limit; 100 if none is published."""

    product: Product
    action: str
    effect: Effect = Effect.NONE
    per_second: int = 100
    version: str = "2018-01-20"
    enveloped: bool = True  # the reply has Success
    takes_instance: bool = True


@dataclass(frozen=True, slots=True)
class Credentials:
    """An AccessKey."""

    access_key_id: str
    access_key_secret: str = field(repr=False)


class Transport:
    """Sends signed calls on a session that it does not own."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        credentials: Credentials,
        region: str,
        base_url: str | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        """`base_url` replaces the hosts of all products; `pacing` is shared by the account's clients."""
        self._session = session
        self._credentials = credentials
        urls = {
            product: URL(base_url or endpoint(product, region)) for product in Product
        }
        # Base URL and Host header of each product.
        self._hosts = {
            product: (f"{url.origin()}/?", url.host_port_subcomponent or "")
            for product, url in urls.items()
        }
        self._pacing = pacing or Pacing()
        self.meter = Meter()
        self._cloud_time_read_at = -CLOUD_TIME_INTERVAL

    async def call(self, operation: Operation, params: Parameters) -> Reply:
        """Call an operation; return its reply. Raises a LinkVisualError.

        Raises OutcomeUnknownError if an operation with side effects may have been executed.
        """
        query = canonical_query(flatten(params))
        pacer = self._pacing.pacer(operation.action, operation.per_second)
        deadline = time.monotonic() + CALL_TIMEOUT
        retries = Retries(operation.effect)
        while True:
            sent_at = await pacer.acquire()
            try:
                reply = await self._attempt(operation, query)
            except LinkVisualError as err:
                self.meter.failed(operation.action, err)
                delay = retries.add(err)
                if delay is None or time.monotonic() + delay > deadline:
                    if retries.may_have_run(err):
                        seconds_ago = asyncio.get_running_loop().time() - sent_at
                        raise OutcomeUnknownError(str(err), seconds_ago) from err
                    raise
                if isinstance(err, ThrottledError):
                    pacer.throttled(sent_at, delay)
            else:
                self.meter.succeeded(operation.action)
                return reply
            await asyncio.sleep(delay)

    async def _attempt(self, operation: Operation, query: str) -> Reply:
        clock_offset, started = self.meter.clock_offset, time.monotonic()
        status, headers, body = await self._send(operation, query)
        try:
            reply = read_reply(status, headers, body, enveloped=operation.enveloped)
        except ClockSkewError as err:
            err.corrected = self.meter.learn_clock_offset(
                cloud_time(headers), clock_offset
            )
            raise
        # Not of an error page, which may be a proxy's, nor of a late reply, whose time has passed.
        if time.monotonic() - started < MIN_CLOCK_OFFSET:
            self._measure_cloud_time(headers)
        return reply

    async def _send(
        self, operation: Operation, query: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        address, host = self._hosts[operation.product]
        self.meter.attempt(operation.action)
        started = time.monotonic()
        outcome = "no reply"
        try:
            with network_errors():
                async with self._session.post(
                    URL(f"{address}{query}", encoded=True),
                    headers=self._headers(operation, host, query),
                    skip_auto_headers=("Content-Type",),
                    allow_redirects=False,
                    timeout=ATTEMPT_TIMEOUT,
                ) as response:
                    outcome = f"HTTP {response.status}"
                    body = await read_body(response)
                    self.meter.replied(time.monotonic() - started)
                    return response.status, response.headers, body
        finally:
            milliseconds = (time.monotonic() - started) * 1000
            _LOGGER.debug("%s: %s in %.0f ms", operation.action, outcome, milliseconds)

    def _headers(self, operation: Operation, host: str, query: str) -> dict[str, str]:
        """Return the headers of an attempt, with a new nonce."""
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

    def _measure_cloud_time(self, headers: Mapping[str, str]) -> None:
        """Read the cloud's clock from time to time: times in replies are the cloud's."""
        now = time.monotonic()
        if now - self._cloud_time_read_at < CLOUD_TIME_INTERVAL:
            return
        self._cloud_time_read_at = now
        if (seconds := cloud_time(headers)) is not None:
            self.meter.cloud_time = seconds
