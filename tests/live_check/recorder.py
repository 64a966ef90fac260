"""The integration's own client, with a note of each reply as it came."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
import time
from typing import Any, override

import aiohttp
from defusedxml.ElementTree import ParseError, fromstring

from custom_components.linkvisual.api.calls_subscriptions import Subscription
from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.errors import LinkVisualError
from custom_components.linkvisual.api.meter import Meter
from custom_components.linkvisual.api.mns.address import QueueAddress, queue_url
from custom_components.linkvisual.api.mns.client import QueueCall, QueueClient
from custom_components.linkvisual.api.mns.replies import local_name, texts_of
from custom_components.linkvisual.api.transport import Credentials, Operation, Transport


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks, and where. `endpoint` replaces all hosts of the cloud; None: the cloud itself."""

    access_key_id: str
    access_key_secret: str
    region: str
    iot_instance_id: str
    endpoint: str | None = None


@dataclass(slots=True)
class Exchange:
    """One attempt of a call. `reply` is None where there was none, or no JSON object."""

    action: str
    seconds: float
    status: int = 0
    headers: Mapping[str, str] | None = None
    reply: dict[str, Any] | None = None
    failure: str = ""  # why there was no reply at all
    step: str = ""  # what the call was made for


class _Recorder(Transport):
    """Notes what travels."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        credentials: Credentials,
        region: str,
        base_url: str | None = None,
    ) -> None:
        super().__init__(session, credentials, region, base_url)
        self.exchanges: list[Exchange] = []

    @override
    async def _send(
        self, operation: Operation, query: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        begun = time.monotonic()
        exchange = Exchange(operation.action, 0.0)
        self.exchanges.append(exchange)
        try:
            status, headers, body = await super()._send(operation, query)
        except LinkVisualError as err:
            exchange.failure = type(err).__name__
            raise
        finally:
            exchange.seconds = time.monotonic() - begun
        exchange.status, exchange.headers = status, headers
        exchange.reply = _json_object(body)
        return status, headers, body


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        reply = json.loads(body)
    except ValueError:
        return None
    return reply if isinstance(reply, dict) else None


class _QueueRecorder(QueueClient):
    """Notes what a queue answers, as if it were JSON."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        credentials: Credentials,
        address: QueueAddress,
        meter: Meter,
        exchanges: list[Exchange],
    ) -> None:
        super().__init__(session, credentials, address, meter)
        self._exchanges = exchanges

    @override
    async def _send(self, call: QueueCall) -> tuple[int, float | None, bytes]:
        begun = time.monotonic()
        exchange = Exchange(call.action, 0.0)
        self._exchanges.append(exchange)
        try:
            status, date, body = await super()._send(call)
        except LinkVisualError as err:
            exchange.failure = type(err).__name__
            raise
        finally:
            exchange.seconds = time.monotonic() - begun
        exchange.status = status
        exchange.reply = _xml_object(body)
        return status, date, body


def _xml_object(body: bytes) -> dict[str, Any] | None:
    """Return a document's fields; those of several messages as a list."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except ParseError, ValueError, LookupError:
        return None
    if (name := local_name(root)) in ("Messages", "Errors"):
        return {name: [texts_of(child) for child in root]}
    return texts_of(root)


class RecordingClient(LinkVisualClient):
    """The client of the integration; `exchanges` are what it has said and heard so far."""

    def __init__(self, session: aiohttp.ClientSession, account: Account) -> None:
        super().__init__(
            session,
            account.access_key_id,
            account.access_key_secret,
            account.region,
            account.iot_instance_id,
            account.endpoint,
        )
        credentials = Credentials(account.access_key_id, account.access_key_secret)
        recorder = _Recorder(session, credentials, account.region, account.endpoint)
        self._transport = recorder
        self._key = credentials
        self._endpoint = account.endpoint
        self.exchanges = recorder.exchanges

    def queue_of(self, subscription: Subscription) -> QueueClient:
        """Return a client of a subscription's queue."""
        url = self._endpoint or queue_url(subscription.account_id, subscription.region)
        return _QueueRecorder(
            self._session,
            self._key,
            QueueAddress(url, subscription.queue_name),
            self.meter,
            self.exchanges,
        )
