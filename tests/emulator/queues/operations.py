"""The operations of the message queue. Source: push.md section 4.2."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import re
from typing import Any

from ..cloud import Cloud
from . import xml
from .refusals import QueueRefusal
from .signatures import QueueRequest
from .store import Attributes, Message, Queue

MOST_MESSAGES = 16
LONGEST_WAIT = 30
_LONGEST_INVISIBILITY = 43_200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_PATH = re.compile(r"/queues/?(?:([^/]+)(/messages)?)?")

# What can be set of a queue: name, attribute, smallest and largest value.
_SETTABLE = {
    "DelaySeconds": ("delay_seconds", 0, 604_800),
    "MaximumMessageSize": ("maximum_message_size", 1024, 65536),
    "MessageRetentionPeriod": ("message_retention_period", 60, 604_800),
    "VisibilityTimeout": ("visibility_timeout", 1, _LONGEST_INVISIBILITY),
    "PollingWaitSeconds": ("polling_wait_seconds", 0, LONGEST_WAIT),
}


@dataclass(slots=True)
class Reply:
    """An answer; `document` is the XML, None: there is none."""

    status: int
    document: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueCall:
    """A call of an operation. `has_left` tells whether who called is gone, or has to be sent away."""

    cloud: Cloud
    request: QueueRequest
    action: str
    queue_name: str
    base_url: str
    has_left: Callable[[], bool]

    @property
    def queue(self) -> Queue:
        """The queue that the call names, or a refusal."""
        queue = self.cloud.queues.get(self.queue_name)
        if queue is None:
            raise QueueRefusal("QueueNotExist")
        return queue

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the query."""
        return dict(self.request.query)

    def number(self, name: str, low: int, high: int) -> int | None:
        """Return a number of the query; None where there is none."""
        text = self.params.get(name)
        return None if text is None else _number(text, low, high)

    def receipt_handle(self) -> str:
        """Return the handle that the query has, or refuse."""
        if handle := self.params.get("ReceiptHandle"):
            return handle
        raise QueueRefusal("MissingReceiptHandle")


def _number(text: str, low: int, high: int) -> int:
    if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
        raise QueueRefusal("InvalidArgument")
    return int(text)


def action_of(request: QueueRequest) -> tuple[str, str]:
    """Return the operation that a request asks for, and the name of its queue ("" where it has none); or refuse."""
    found = _PATH.fullmatch(request.path)
    if found is None:
        raise QueueRefusal("InvalidRequestURL")
    name, messages = found.groups()
    params = dict(request.query)
    several = "Batch" if "numOfMessages" in params else ""
    match request.method, name is not None, messages is not None:
        case "GET", False, False:
            return "ListQueue", ""
        case "GET", True, False:
            action = "GetQueueAttributes"
        case "PUT", True, False:
            action = (
                "SetQueueAttributes"
                if params.get("metaoverride") == "true"
                else "CreateQueue"
            )
        case "DELETE", True, False:
            action = "DeleteQueue"
        case "GET", True, True:
            kind = "Peek" if params.get("peekonly") == "true" else "Receive"
            action = f"{several}{kind}Message"
        case "POST", True, True:
            action = "SendMessage"
        case "PUT", True, True:
            action = "ChangeMessageVisibility"
        case "DELETE", True, True:
            action = (
                "DeleteMessage" if "ReceiptHandle" in params else "BatchDeleteMessage"
            )
        case _:
            raise QueueRefusal("InvalidRequestURL")
    _check_name(name)
    return action, name


def _check_name(name: str) -> None:
    if len(name) > 120:
        raise QueueRefusal("QueueNameLengthError")
    if not _NAME.fullmatch(name):
        raise QueueRefusal("InvalidQueueName")


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _row(message: Message, *, peeked: bool = False) -> dict[str, Any]:
    row: dict[str, Any] = {"MessageId": message.message_id}
    if not peeked:
        row["ReceiptHandle"] = message.handle
    row |= {
        "MessageBodyMD5": message.body_md5,
        "MessageBody": message.body,
        "EnqueueTime": _milliseconds(message.enqueued_at),
    }
    if not peeked:
        row["NextVisibleTime"] = _milliseconds(message.visible_at)
    first = message.first_dequeued_at or message.enqueued_at
    return row | {
        "FirstDequeueTime": _milliseconds(first),
        "DequeueCount": message.dequeue_count,
        "Priority": message.priority,
    }


def _listed(call: QueueCall, messages: list[Message], *, peeked: bool = False) -> Reply:
    if not messages:
        raise QueueRefusal("MessageNotExist")
    rows = [_row(each, peeked=peeked) for each in messages]
    if call.action.startswith("Batch"):
        return Reply(200, {"Messages": {"Message": rows}})
    return Reply(200, {"Message": rows[0]})


async def _receive(call: QueueCall) -> Reply:
    """Hand out messages; wait for one if there is none."""
    cloud, loop = call.cloud, asyncio.get_running_loop()
    most = call.number("numOfMessages", 1, MOST_MESSAGES) or 1
    seconds = call.number("waitseconds", 0, LONGEST_WAIT)
    if seconds is None:
        seconds = call.queue.attributes.polling_wait_seconds
    limit = cloud.inferred.long_polls_at_once
    if (
        limit is not None
        and sum(each.waiting for each in cloud.queues.values()) >= limit
    ):
        seconds = 0
    deadline = loop.time() + seconds
    while True:
        cloud.catch_up()
        if call.has_left():
            raise QueueRefusal("MessageNotExist")
        if messages := call.queue.receive(cloud.now(), most):
            return _listed(call, messages)
        if (left := deadline - loop.time()) <= 0:
            raise QueueRefusal("MessageNotExist")
        await call.queue.wait(left, restless=bool(cloud.due))


async def _peek(call: QueueCall) -> Reply:
    most = call.number("numOfMessages", 1, MOST_MESSAGES) or 1
    return _listed(call, call.queue.visible(call.cloud.now())[:most], peeked=True)


async def _delete(call: QueueCall) -> Reply:
    call.queue.delete(call.receipt_handle(), call.cloud.now())
    return Reply(204)


async def _batch_delete(call: QueueCall) -> Reply:
    """Delete what can be deleted, and tell what cannot."""
    queue, now = call.queue, call.cloud.now()
    if not call.request.body:
        raise QueueRefusal("MissingReceiptHandle")
    _, elements = xml.read(call.request.body, "ReceiptHandles")
    handles = [text for name, text in elements if name == "ReceiptHandle"]
    if not 1 <= len(handles) <= MOST_MESSAGES:
        raise QueueRefusal("InvalidArgument")
    errors = []
    for handle in handles:
        try:
            queue.delete(handle, now)
        except QueueRefusal as refusal:
            error = {"ErrorCode": refusal.code, "ErrorMessage": refusal.message}
            errors.append({**error, "ReceiptHandle": handle})
    return Reply(404, {"Errors": {"Error": errors}}) if errors else Reply(204)


async def _change_visibility(call: QueueCall) -> Reply:
    handle = call.receipt_handle()
    seconds = call.number("VisibilityTimeout", 1, _LONGEST_INVISIBILITY)
    if seconds is None:
        raise QueueRefusal("MissingVisibilityTimeout")
    message = call.queue.change_visibility(handle, call.cloud.now(), seconds)
    told = {
        "ReceiptHandle": message.handle,
        "NextVisibleTime": _milliseconds(message.visible_at),
    }
    return Reply(200, {"ChangeVisibility": told})


async def _send(call: QueueCall) -> Reply:
    queue = call.queue
    _, elements = xml.read(call.request.body, "Message")
    sent = dict(elements)
    body = sent.get("MessageBody", "")
    if not 1 <= len(body.encode()) <= queue.attributes.maximum_message_size:
        raise QueueRefusal("InvalidArgument")
    message = queue.put(
        body,
        call.cloud.now(),
        delay=_number(sent.get("DelaySeconds", "0"), 0, 604_800),
        priority=_number(sent.get("Priority", "8"), 1, 16),
    )
    told = {"MessageId": message.message_id, "MessageBodyMD5": message.body_md5}
    return Reply(201, {"Message": told})


def _described(cloud: Cloud, queue: Queue) -> dict[str, Any]:
    now = cloud.now()
    active = len(queue.visible(now))
    counts = (active, len(queue.messages) - active, 0)
    if not cloud.inferred.queue_counters:
        counts = (0, 0, 0)
    named = zip(
        ("ActiveMessages", "InactiveMessages", "DelayMessages"), counts, strict=True
    )
    return {
        "QueueName": queue.name,
        "CreateTime": int(queue.created_at),
        "LastModifyTime": int(queue.modified_at),
        **{
            name: getattr(queue.attributes, attribute)
            for name, (attribute, *_) in _SETTABLE.items()
        },
        **dict(named),
        "LoggingEnabled": str(queue.attributes.logging_enabled),
    }


async def _get_attributes(call: QueueCall) -> Reply:
    return Reply(200, {"Queue": _described(call.cloud, call.queue)})


def _read_attributes(call: QueueCall, attributes: Attributes) -> Attributes:
    """Change attributes as a body says."""
    if not call.request.body:
        return attributes
    for name, text in xml.read(call.request.body, "Queue")[1]:
        if name == "LoggingEnabled":
            attributes.logging_enabled = text.lower() == "true"
        elif name in _SETTABLE:
            attribute, low, high = _SETTABLE[name]
            setattr(attributes, attribute, _number(text, low, high))
    return attributes


async def _create(call: QueueCall) -> Reply:
    cloud, name = call.cloud, call.queue_name
    attributes = _read_attributes(call, Attributes())
    location = {"Location": f"{call.base_url}/queues/{name}"}
    if (queue := cloud.queues.get(name)) is None:
        cloud.queues[name] = Queue(name, cloud.now(), attributes)
        return Reply(201, headers=location)
    if queue.attributes != attributes:
        raise QueueRefusal("QueueAlreadyExist")
    return Reply(204, headers=location)


async def _set_attributes(call: QueueCall) -> Reply:
    queue = call.queue
    _read_attributes(call, queue.attributes)
    queue.modified_at = call.cloud.now()
    return Reply(204)


async def _delete_queue(call: QueueCall) -> Reply:
    call.cloud.delete_queue(call.queue_name)
    return Reply(204)


async def _list(call: QueueCall) -> Reply:
    """List queues by name; the next page begins at NextMarker."""
    cloud, headers = call.cloud, call.request.headers
    most = _number(headers.get("x-mns-ret-number", "1000"), 1, 1000)
    prefix, marker = headers.get("x-mns-prefix", ""), headers.get("x-mns-marker", "")
    names = sorted(
        name for name in cloud.queues if name.startswith(prefix) and name >= marker
    )
    with_meta = headers.get("x-mns-with-meta") == "true"
    rows = [
        {
            "QueueURL": f"{call.base_url}/queues/{name}",
            **(_described(cloud, cloud.queues[name]) if with_meta else {}),
        }
        for name in names[:most]
    ]
    listed: dict[str, Any] = {"Queue": rows}
    if len(names) > most:
        listed["NextMarker"] = names[most]
    return Reply(200, {"Queues": listed})


OPERATIONS: dict[str, Callable[[QueueCall], Awaitable[Reply]]] = {
    "ReceiveMessage": _receive,
    "BatchReceiveMessage": _receive,
    "PeekMessage": _peek,
    "BatchPeekMessage": _peek,
    "DeleteMessage": _delete,
    "BatchDeleteMessage": _batch_delete,
    "ChangeMessageVisibility": _change_visibility,
    "SendMessage": _send,
    "GetQueueAttributes": _get_attributes,
    "CreateQueue": _create,
    "SetQueueAttributes": _set_attributes,
    "DeleteQueue": _delete_queue,
    "ListQueue": _list,
}
