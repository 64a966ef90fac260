"""Client of a queue."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from itertools import batched
import logging
import time
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import aiohttp
from yarl import URL

from ..errors import ClockSkewError, LinkVisualError
from ..fields import optional_number, unix_time
from ..meter import Meter
from ..network import cloud_time, network_errors
from ..replies import read_body
from ..transport import Credentials
from .address import QueueAddress
from .messages import read_messages
from .models import Message, QueueAttributes
from .replies import read_reply, texts_of
from .signing import authorization

_LOGGER = logging.getLogger(__name__)

# The most that a call receives or deletes.
MAX_BATCH = 16
# Seconds between polls' answers: shorter than the cloud's limit of 30, at which routers cut idle connections.
WAIT_SECONDS = 25
# Seconds.
_CONNECT_TIMEOUT = 10.0
_REPLY_TIMEOUT = 10.0

_VERSION = "2015-06-06"
_NAMESPACE = "http://mns.aliyuncs.com/doc/v1/"
_CONTENT_TYPE = "text/xml;charset=UTF-8"

_RECEIVE = "BatchReceiveMessage"
_DELETE = "BatchDeleteMessage"
_GET_ATTRIBUTES = "GetQueueAttributes"
# These do not count for the limits of the other calls.
QUEUE_ACTIONS = frozenset({_RECEIVE, _DELETE, _GET_ATTRIBUTES})

_NO_MESSAGE = "MessageNotExist"


@dataclass(frozen=True, slots=True)
class QueueCall:
    """A call: names of the root elements of its replies, and codes of errors that are none."""

    action: str
    method: str
    target: str
    body: bytes = b""
    wait_seconds: int = 0
    expected: Collection[str] = ()
    harmless: Collection[str] = ()


class QueueClient:
    """Client of one queue, on a session that it does not own. Its calls are not part of the IoT call budget."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        credentials: Credentials,
        address: QueueAddress,
        meter: Meter,
    ) -> None:
        self._session = session
        self._credentials = credentials
        self._url = address.url
        self._path = f"/queues/{address.name}"
        self._meter = meter

    async def receive(self, wait_seconds: int = WAIT_SECONDS) -> list[Message]:
        """Return up to 16 messages as soon as there are any; none after the wait. Raises a LinkVisualError."""
        call = QueueCall(
            _RECEIVE,
            "GET",
            f"{self._path}/messages?numOfMessages={MAX_BATCH}&waitseconds={wait_seconds}",
            wait_seconds=wait_seconds,
            expected=("Message", "Messages"),
            harmless=(_NO_MESSAGE,),
        )
        root = await self._call(call)
        received_at = unix_time(self._meter.cloud_time)
        return [] if root is None else read_messages(root, received_at)

    async def delete(self, receipt_handles: Sequence[str]) -> None:
        """Delete messages. Handles that are gone or expired are no error. Raises a LinkVisualError."""
        for batch in batched(filter(None, receipt_handles), MAX_BATCH, strict=False):
            handles = "".join(
                f"<ReceiptHandle>{escape(handle)}</ReceiptHandle>" for handle in batch
            )
            body = (
                '<?xml version="1.0" encoding="utf-8"?>'
                f'<ReceiptHandles xmlns="{_NAMESPACE}">{handles}</ReceiptHandles>'
            )
            call = QueueCall(
                _DELETE,
                "DELETE",
                f"{self._path}/messages",
                body.encode(),
                harmless=(_NO_MESSAGE, "ReceiptHandleError"),
            )
            await self._call(call)

    async def get_attributes(self) -> QueueAttributes:
        """Return the queue's attributes. Raises a LinkVisualError."""
        call = QueueCall(_GET_ATTRIBUTES, "GET", self._path, expected=("Queue",))
        root = await self._call(call)
        texts = {} if root is None else texts_of(root)
        return QueueAttributes(optional_number(texts, "ActiveMessages"))

    async def _call(self, call: QueueCall) -> Element | None:
        """Make a call; return the root element of its reply. Made again once if our clock was wrong."""
        may_repeat = True
        while True:
            try:
                root = await self._attempt(call)
            except LinkVisualError as err:
                self._meter.failed(call.action, err)
                if not (
                    may_repeat and isinstance(err, ClockSkewError) and err.corrected
                ):
                    raise
                may_repeat = False
            else:
                self._meter.succeeded(call.action)
                return root

    async def _attempt(self, call: QueueCall) -> Element | None:
        clock_offset = self._meter.clock_offset
        status, date, body = await self._send(call)
        try:
            return read_reply(
                status,
                body,
                ram_action=f"mns:{call.action}",
                expected=call.expected,
                harmless=call.harmless,
            )
        except ClockSkewError as err:
            err.corrected = self._meter.learn_clock_offset(date, clock_offset)
            raise

    async def _send(self, call: QueueCall) -> tuple[int, float | None, bytes]:
        """Send a request; return the status, the Unix time and the body of its reply."""
        self._meter.queue_calls += 1
        started = time.monotonic()
        outcome = "no reply"
        try:
            with network_errors():
                async with self._session.request(
                    call.method,
                    URL(f"{self._url}{call.target}", encoded=True),
                    data=call.body or None,
                    headers=self._headers(call),
                    skip_auto_headers=("Content-Type",),
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(
                        total=call.wait_seconds + _REPLY_TIMEOUT,
                        sock_connect=_CONNECT_TIMEOUT,
                    ),
                ) as response:
                    outcome = f"HTTP {response.status}"
                    body = await read_body(response)
                    return response.status, cloud_time(response.headers), body
        finally:
            milliseconds = (time.monotonic() - started) * 1000
            _LOGGER.debug("%s: %s in %.0f ms", call.action, outcome, milliseconds)

    def _headers(self, call: QueueCall) -> dict[str, str]:
        headers = {
            "date": formatdate(time.time() + self._meter.clock_offset, usegmt=True),
            "x-mns-version": _VERSION,
        }
        if call.body:
            headers["content-type"] = _CONTENT_TYPE
        key = self._credentials
        headers["authorization"] = authorization(
            key.access_key_id,
            key.access_key_secret,
            call.method,
            call.target,
            headers,
        )
        return headers
