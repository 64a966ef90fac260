"""A queue's client against the emulated cloud, over a real socket."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from aiohttp.test_utils import unused_port
import pytest

from custom_components.linkvisual.api import errors
from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.error_codes import public_name
from custom_components.linkvisual.api.mns.address import (
    QueueAddress,
    default_queue_name,
    queue_url,
)
from custom_components.linkvisual.api.mns.client import QueueClient
from custom_components.linkvisual.api.mns.models import Message, QueueAttributes
from custom_components.linkvisual.api.mns.replies import read_reply
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.inferred import Inferred
from tests.emulator.queues.store import Queue

from .conftest import MakeClient

NAME = "aliyun-iot-a1Test"

BOMB = (
    "<!DOCTYPE a [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in ("ab", "bc", "cd", "de"))
    + "]><Messages><Message><MessageBody>&e;</MessageBody></Message></Messages>"
)


@pytest.fixture
def stored(cloud: Cloud) -> Queue:
    """Create a queue."""
    cloud.queues[NAME] = Queue(NAME, cloud.now())
    return cloud.queues[NAME]


@pytest.fixture
def queue(client: LinkVisualClient, endpoint: str, stored: Queue) -> QueueClient:
    """Make a client of the queue."""
    return client.queue_client(QueueAddress(endpoint, NAME))


def handles(messages: Sequence[Message]) -> list[str]:
    """Return what messages are deleted by."""
    return [message.receipt_handle for message in messages]


async def test_receive_and_delete(
    cloud: Cloud, client: LinkVisualClient, queue: QueueClient, stored: Queue
) -> None:
    """Messages come in batches, are hidden, and are gone once deleted. No call counts for the call budget."""
    for _ in range(20):
        stored.put("{}", cloud.now())
    first, second = await queue.receive(), await queue.receive()
    assert (len(first), len(second)) == (16, 4)
    assert await queue.receive(0) == []
    await queue.delete(handles([*first, *second]))
    assert not stored.messages
    assert len(cloud.calls_of("BatchDeleteMessage")) == 2
    assert client.meter.queue_calls == 5
    assert client.meter.attempts == client.meter.attempts_last_hour == 0
    assert not client.meter.failures
    assert client.meter.last_success_at


async def test_message_during_wait(
    cloud: Cloud, queue: QueueClient, stored: Queue
) -> None:
    """A message that is written during the wait is received at once."""
    waiting = asyncio.create_task(queue.receive())
    while not stored.waiting:
        await asyncio.sleep(0.01)
    stored.put("{}", cloud.now())
    async with asyncio.timeout(5):
        assert len(await waiting) == 1


async def test_cancelled_wait(
    client: LinkVisualClient, queue: QueueClient, stored: Queue
) -> None:
    """A poll can be given up at any time; that is no failure."""
    waiting = asyncio.create_task(queue.receive())
    while not stored.waiting:
        await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not client.meter.failures


async def test_delete_what_is_gone(
    cloud: Cloud, client: LinkVisualClient, queue: QueueClient, stored: Queue
) -> None:
    """Handles that are used up, expired or were never there are no error, and the others are deleted."""
    stored.put("{}", cloud.now())
    gone = handles(await queue.receive())
    await queue.delete(gone)
    stored.put("{}", cloud.now())
    await queue.delete(["<&>", *gone, *handles(await queue.receive()), ""])
    assert not stored.messages
    assert not client.meter.failures
    cloud.calls.clear()
    await queue.delete([""])
    assert not cloud.calls


def test_other_error_of_a_batch() -> None:
    """Another error of a batch is one of the call."""
    row = "<Error><ErrorCode>{}</ErrorCode><ReceiptHandle>h</ReceiptHandle></Error>"
    both = row.format("MessageNotExist") + row.format("InternalError")
    with pytest.raises(errors.InternalServiceError):
        read_reply(
            404,
            f"<Errors>{both}</Errors>".encode(),
            ram_action="",
            expected=(),
            harmless=("MessageNotExist",),
        )


async def test_attributes(cloud: Cloud, queue: QueueClient, stored: Queue) -> None:
    """The number of messages that wait."""
    stored.put("{}", cloud.now())
    assert await queue.get_attributes() == QueueAttributes(active_messages=1)


async def test_no_queue(
    cloud: Cloud, client: LinkVisualClient, queue: QueueClient
) -> None:
    """The subscription is gone, and the queue with it."""
    cloud.delete_queue(NAME)
    with pytest.raises(errors.QueueNotFoundError) as caught:
        await queue.receive()
    assert public_name(caught.value) == "QueueNotExist"
    assert caught.value.request_id
    assert client.meter.unresolved["BatchReceiveMessage"][0] is caught.value
    cloud.queues[NAME] = Queue(NAME, cloud.now())
    assert await queue.receive(0) == []
    assert not client.meter.unresolved


@pytest.mark.parametrize(
    ("action", "call"),
    [
        ("BatchReceiveMessage", lambda queue: queue.receive()),
        ("BatchDeleteMessage", lambda queue: queue.delete(["h"])),
        ("GetQueueAttributes", lambda queue: queue.get_attributes()),
    ],
)
async def test_permission(
    cloud: Cloud,
    queue: QueueClient,
    action: str,
    call: Callable[[QueueClient], Awaitable[object]],
) -> None:
    """A missing permission is named as in RAM."""
    cloud.denied = {action}
    with pytest.raises(errors.PermissionDeniedError) as caught:
        await call(queue)
    assert caught.value.ram_action == f"mns:{action}"


async def test_wrong_key(
    cloud: Cloud, make_client: MakeClient, endpoint: str, stored: Queue
) -> None:
    """A key or secret that is wrong."""
    for key in ({"access_key_id": "LTAIother"}, {"access_key_secret": "other"}):
        queue = make_client(**key).queue_client(QueueAddress(endpoint, NAME))
        with pytest.raises(errors.AuthenticationError):
            await queue.receive()


@pytest.mark.parametrize("status", [408, 400])
async def test_wrong_clock(
    cloud: Cloud,
    client: LinkVisualClient,
    queue: QueueClient,
    status: Literal[408, 400],
) -> None:
    """The cloud's time is learned from its reply, once for all calls of the account."""
    cloud.inferred = Inferred(time_expired_status=status)
    cloud.clock_offset = 3600
    assert await queue.receive(0) == []
    assert len(cloud.calls) == 2
    assert client.meter.clock_offset == pytest.approx(3600, abs=5)
    assert not client.meter.unresolved
    await client.get_caller_identity()
    assert len(cloud.calls) == 3


async def test_clock_is_not_to_blame(cloud: Cloud, queue: QueueClient) -> None:
    """Where the time of the reply explains nothing, nothing is sent again; where it does, once."""
    cloud.faults.append(Fault("gateway", code="TimeExpired", times=None))
    with pytest.raises(errors.ClockSkewError):
        await queue.receive()
    assert len(cloud.calls) == 1
    cloud.clock_offset = 3600
    with pytest.raises(errors.ClockSkewError):
        await queue.receive()
    assert len(cloud.calls) == 3


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("TooManyRequests", 429, errors.ThrottledError),
        ("QpsLimitExceeded", 400, errors.ThrottledError),
        ("InternalError", 500, errors.InternalServiceError),
        ("InternalServerError", 500, errors.InternalServiceError),
        ("InvalidArgument", 400, errors.InvalidRequestError),
        ("MissingReceiptHandle", 400, errors.InvalidRequestError),
        ("QueueNameLengthError", 400, errors.InvalidRequestError),
        ("ReceiptHandleError", 400, errors.NotFoundError),
        ("SomethingNew", 418, errors.CloudError),
        ("https://secret.example", 403, errors.CloudError),
    ],
)
async def test_error(
    cloud: Cloud,
    queue: QueueClient,
    code: str,
    status: int,
    error: type[errors.CloudError],
) -> None:
    """Errors by code. The cloud's message, which may quote the request, is not kept."""
    cloud.faults.append(
        Fault("gateway", status=status, code=code, message="string to sign")
    )
    with pytest.raises(error) as caught:
        await queue.receive()
    assert type(caught.value) is error
    assert caught.value.message == ""
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [
        (200, "<html><body>Log in</body></html>", errors.UnreadableReplyError),
        (200, "Log in", errors.UnreadableReplyError),
        (200, "<!DOCTYPE a><Messages/>", errors.UnreadableReplyError),
        (200, BOMB, errors.UnreadableReplyError),
        (200, "x" * 2_200_000, errors.UnreadableReplyError),
        (200, "<Messages>" + "<a>" * 200_000, errors.UnreadableReplyError),
        (302, "<Error><Code>MessageNotExist</Code></Error>", errors.UnreadableReplyError),
        (404, "<html></html>", errors.UnreadableReplyError),
        (404, "<Error/>", errors.CloudError),
        (429, "slow down", errors.ThrottledError),
        (502, "<html></html>", errors.ServiceUnavailableError),
        (500, "", errors.InternalServiceError),
    ],
    ids=range(12),
)  # fmt: skip
async def test_something_else_answers(
    cloud: Cloud,
    queue: QueueClient,
    status: int,
    text: str,
    error: type[errors.LinkVisualError],
) -> None:
    """A proxy, a portal, or a document that is dangerous."""
    headers = {"Location": "/elsewhere"} if status == 302 else {}
    cloud.faults.append(Fault("body", status=status, text=text, headers=headers))
    with pytest.raises(error):
        await queue.receive()
    assert len(cloud.calls) == 1


async def test_deep_document(cloud: Cloud, queue: QueueClient) -> None:
    """Elements that are nested deeply are ignored like all that are unknown."""
    deep = "<a>" * 100_000 + "</a>" * 100_000
    text = f"<Messages><Message>{deep}</Message></Messages>"
    cloud.faults.append(Fault("body", status=200, text=text))
    (message,) = await queue.receive()
    assert message.notification is None


async def test_unexpected_success(cloud: Cloud, queue: QueueClient) -> None:
    """A delete is only answered without a document; queues have any attributes."""
    cloud.faults.append(Fault("body", status=200, text="<Messages/>"))
    with pytest.raises(errors.UnreadableReplyError):
        await queue.delete(["h"])
    cloud.faults.append(Fault("body", status=200, text=""))
    assert await queue.get_attributes() == QueueAttributes(active_messages=None)


async def test_broken_connection(
    cloud: Cloud, client: LinkVisualClient, queue: QueueClient
) -> None:
    """The connection breaks, or there is none. No text tells the address."""
    # After the first time, aiohttp itself sends what has no effect again.
    cloud.faults.append(Fault("cut", times=2))
    with pytest.raises(errors.NoReplyError):
        await queue.receive()
    cloud.faults.append(Fault("truncate"))
    with pytest.raises(errors.UnreadableReplyError):
        await queue.get_attributes()
    address = QueueAddress(f"http://127.0.0.1:{unused_port()}", NAME)
    with pytest.raises(errors.CannotConnectError) as caught:
        await client.queue_client(address).receive()
    assert "127.0.0.1" not in str(caught.value)


async def test_secrets_are_not_logged(
    cloud: Cloud, queue: QueueClient, stored: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the key nor the signature, address or content is in the log."""
    caplog.set_level("DEBUG")
    stored.put("content", cloud.now())
    messages = await queue.receive()
    cloud.faults.append(Fault("gateway", code="SignatureDoesNotMatch", status=403))
    with pytest.raises(errors.AuthenticationError) as caught:
        await queue.delete(handles(messages))
    for text in (caplog.text, str(caught.value), repr(caught.value), repr(messages)):
        for secret in (
            *(cloud.access_key_id, cloud.access_key_secret, "MNS ", "/queues/"),
            *("content", messages[0].receipt_handle),
        ):
            assert secret not in text
    assert "BatchReceiveMessage: HTTP 200" in caplog.text


@pytest.mark.parametrize("name", ["", "-a", "a/b", "a?b", "a b", "é", "a" * 121])
def test_name(name: str) -> None:
    """What is no name of a queue never becomes part of an address."""
    with pytest.raises(ValueError):
        QueueAddress("https://host", name)


def test_default_address() -> None:
    """Where IoT Platform puts a product's queue."""
    url = queue_url("1234567890123456", "cn-shanghai")
    assert url == "https://1234567890123456.mns.cn-shanghai.aliyuncs.com"
    assert default_queue_name("a1DevProd001") == "aliyun-iot-a1DevProd001"
