"""Alibaba's SDK for message queues can do everything that the emulated one has."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from typing import Any

from mns.account import Account
from mns.mns_exception import MNSServerException
from mns.queue import Message, QueueMeta
import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.inferred import Inferred

# The SDK reads counters that are being withdrawn.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Call to deprecated function:DeprecationWarning"
)

QUEUE = "aliyun-iot-a1Test"

type MakeAccount = Callable[..., Account]


@pytest.fixture
def make_account(cloud: Cloud, endpoint: str) -> MakeAccount:
    """Return a function that makes an account: one per thread, it is not thread-safe."""

    def make(
        access_key_id: str = cloud.access_key_id,
        access_key_secret: str = cloud.access_key_secret,
        security_token: str = "",
    ) -> Account:
        return Account(endpoint, access_key_id, access_key_secret, security_token)

    return make


class _Queue:
    """The SDK's queue, whose methods are awaited."""

    def __init__(self, account: Account) -> None:
        self.sdk = account.get_queue(QUEUE)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def call(*arguments: Any) -> Any:
            return await asyncio.to_thread(getattr(self.sdk, name), *arguments)

        return call


@pytest.fixture
async def queue(make_account: MakeAccount) -> AsyncIterator[_Queue]:
    """Create a queue."""
    made = _Queue(make_account())
    await made.create(QueueMeta())
    yield made
    made.sdk.mns_client.close_connection()


async def _refused(code: str, call: Any) -> MNSServerException:
    with pytest.raises(MNSServerException) as caught:
        await call
    assert caught.value.type == code
    return caught.value


async def test_attributes(cloud: Cloud, queue: _Queue) -> None:
    """A queue is created with attributes, once; they and its counters are told."""
    meta = await queue.get_attributes()
    told = (
        meta.visibility_timeout,
        meta.message_retention_period,
        meta.polling_wait_seconds,
    )
    assert told == (30, 345_600, 0)
    assert (meta.queue_name, meta.maximum_message_size) == (QUEUE, 65536)
    # As it is already: no error. Otherwise: one.
    await queue.create(QueueMeta())
    await _refused("QueueAlreadyExist", queue.create(QueueMeta(vis_timeout=60)))
    await queue.set_attributes(QueueMeta(vis_timeout=60))
    for body in "abc":
        await queue.send_message(Message(body))
    await queue.receive_message()
    meta = await queue.get_attributes()
    assert (meta.visibility_timeout, meta.active_messages, meta.inactive_messages) == (
        60,
        2,
        1,
    )
    cloud.inferred.queue_counters = False
    assert (await queue.get_attributes()).active_messages == 0


async def test_list(queue: _Queue, make_account: MakeAccount) -> None:
    """Queues are listed by name, in pages, and by their prefix."""
    account = make_account()
    for number in range(3):
        await asyncio.to_thread(
            account.get_queue(f"other-{number}").create, QueueMeta()
        )

    def listed(*arguments: Any) -> tuple[list[str], str]:
        urls, marker, *_ = account.list_queue(*arguments)
        return [url.rpartition("/")[2] for url in urls], marker

    names = [QUEUE, "other-0", "other-1", "other-2"]
    assert await asyncio.to_thread(listed) == (names, "")
    assert await asyncio.to_thread(listed, "other-") == (names[1:], "")
    page, marker = await asyncio.to_thread(listed, "", 3)
    assert page == names[:3]
    assert await asyncio.to_thread(listed, "", 3, marker) == (names[3:], "")


async def test_receive_and_delete(queue: _Queue) -> None:
    """A message is handed out once, hidden meanwhile, and gone when it is deleted."""
    sent = await queue.send_message(Message('{"payload": "中&<"}'))
    got = await queue.receive_message_with_str_body()
    assert got.message_body == '{"payload": "中&<"}'
    assert (got.message_id, got.message_body_md5) == (
        sent.message_id,
        sent.message_body_md5,
    )
    assert (got.dequeue_count, got.priority) == (1, 8)
    assert got.next_visible_time - got.first_dequeue_time == 30_000
    await _refused("MessageNotExist", queue.receive_message())
    await queue.delete_message(got.receipt_handle)
    await _refused("MessageNotExist", queue.delete_message(got.receipt_handle))
    await _refused("ReceiptHandleError", queue.delete_message("stale"))


async def test_redelivery(cloud: Cloud, queue: _Queue) -> None:
    """What is not deleted comes back, under a new handle; the old one is good for nothing."""
    await queue.send_message(Message("a"))
    first = await queue.receive_message()
    now = cloud.now() + 31
    cloud.clock = lambda: now
    await _refused("ReceiptHandleError", queue.delete_message(first.receipt_handle))
    second = await queue.receive_message()
    assert (second.message_id, second.dequeue_count) == (first.message_id, 2)
    assert second.first_dequeue_time == first.first_dequeue_time
    assert second.receipt_handle != first.receipt_handle
    await _refused("ReceiptHandleError", queue.delete_message(first.receipt_handle))
    await queue.delete_message(second.receipt_handle)
    # After the retention period nothing is left.
    await queue.set_attributes(QueueMeta(msg_ttl=60))
    await queue.send_message(Message("b"))
    now += 61
    await _refused("MessageNotExist", queue.receive_message())


async def test_batch(queue: _Queue) -> None:
    """Sixteen at once are handed out, and deleted; of those that cannot be deleted is told which and why."""
    for number in range(18):
        await queue.send_message(Message(str(number)))
    got = await queue.batch_receive_message_with_str_body(16)
    assert [each.message_body for each in got] == [str(number) for number in range(16)]
    rest = await queue.batch_receive_message(16)
    assert len(rest) == 2
    await queue.batch_delete_message([each.receipt_handle for each in got])
    handles = [rest[0].receipt_handle, "stale", got[0].receipt_handle]
    error = await _refused("ReceiptHandleError", queue.batch_delete_message(handles))
    failed = {each["ReceiptHandle"]: each["ErrorCode"] for each in error.sub_errors}
    assert failed == {"stale": "ReceiptHandleError", handles[2]: "MessageNotExist"}
    # The one that could be deleted was.
    await _refused("MessageNotExist", queue.delete_message(handles[0]))
    await queue.delete_message(rest[1].receipt_handle)


async def test_long_poll(
    cloud: Cloud, queue: _Queue, make_account: MakeAccount
) -> None:
    """Who waits for a message gets one that comes meanwhile, and nothing else."""
    await _refused("MessageNotExist", queue.batch_receive_message(16, 1))
    loop = asyncio.get_running_loop()
    begun = loop.time()
    waiting = asyncio.create_task(queue.batch_receive_message_with_str_body(16, 30))
    while not cloud.queues[QUEUE].waiting:
        await asyncio.sleep(0.01)
    await _Queue(make_account()).send_message(Message("come"))
    (got,) = await waiting
    assert got.message_body == "come"
    assert loop.time() - begun < 25
    # A hidden message wakes who waits, too.
    await queue.change_message_visibility(got.receipt_handle, 1)
    (again,) = await queue.batch_receive_message(16, 30)
    assert again.dequeue_count == 2


async def test_too_many_long_polls(cloud: Cloud, queue: _Queue) -> None:
    """Above a limit nobody waits: an empty queue says so at once."""
    cloud.inferred.long_polls_at_once = 0
    begun = asyncio.get_running_loop().time()
    await _refused("MessageNotExist", queue.receive_message(30))
    assert asyncio.get_running_loop().time() - begun < 25


async def test_peek(queue: _Queue) -> None:
    """Looking at a message does not hand it out."""
    await _refused("MessageNotExist", queue.peek_message())
    await queue.send_message(Message("a"))
    await queue.send_message(Message("b"))
    for _ in range(2):
        assert (await queue.peek_message_with_str_body()).message_body == "a"
    peeked = await queue.batch_peek_message_with_str_body(16)
    assert [each.message_body for each in peeked] == ["a", "b"]
    assert peeked[0].dequeue_count == 0


async def test_visibility(cloud: Cloud, queue: _Queue) -> None:
    """How long a message is hidden can be changed; its handle changes with it."""
    await queue.send_message(Message("a"))
    first = await queue.receive_message()
    changed = await queue.change_message_visibility(first.receipt_handle, 90)
    assert changed.receipt_handle != first.receipt_handle
    now = cloud.now() + 60
    cloud.clock = lambda: now
    await _refused("MessageNotExist", queue.receive_message())
    again = queue.change_message_visibility(first.receipt_handle, 90)
    await _refused("ReceiptHandleError", again)
    await queue.delete_message(changed.receipt_handle)


async def test_priority_and_delay(cloud: Cloud, queue: _Queue) -> None:
    """Urgent messages come first, late ones later."""
    await queue.send_message(Message("usual"))
    await queue.send_message(Message("urgent", priority=1))
    await queue.send_message(Message("late", delay_seconds=60))
    got = await queue.batch_receive_message_with_str_body(16)
    assert [each.message_body for each in got] == ["urgent", "usual"]
    now = cloud.now() + 61
    cloud.clock = lambda: now
    (usual, urgent, late) = await queue.batch_receive_message_with_str_body(16)
    assert late.message_body == "late"
    assert {usual.dequeue_count, urgent.dequeue_count} == {2}


async def test_no_queue(cloud: Cloud, make_account: MakeAccount) -> None:
    """All operations say that there is no queue; one that waits learns of it."""
    queue = _Queue(make_account())
    handle = b64encode(b"1").decode()
    for call in (
        queue.get_attributes(),
        queue.receive_message(1),
        queue.batch_receive_message(16, 1),
        queue.peek_message(),
        queue.send_message(Message("a")),
        queue.delete_message(handle),
        queue.batch_delete_message([handle]),
        queue.change_message_visibility(handle, 1),
    ):
        await _refused("QueueNotExist", call)
    await queue.create(QueueMeta())
    waiting = asyncio.create_task(queue.receive_message(30))
    while not cloud.queues[QUEUE].waiting:
        await asyncio.sleep(0.01)
    await _Queue(make_account()).delete()
    await _refused("QueueNotExist", waiting)


async def test_out_of_range(queue: _Queue) -> None:
    """At most 16 messages, at most 30 seconds, at least one of each."""
    for number, seconds in ((17, 1), (16, 31), (1000, 1)):
        call = queue.batch_receive_message(number, seconds)
        await _refused("InvalidArgument", call)
    await _refused("InvalidArgument", queue.receive_message(31))
    await queue.send_message(Message("a"))
    handle = (await queue.receive_message()).receipt_handle
    call = queue.change_message_visibility(handle, 0)
    await _refused("InvalidArgument", call)


async def test_keys(cloud: Cloud, queue: _Queue, make_account: MakeAccount) -> None:
    """Whoever has no key, the wrong secret, or no permission is told so."""
    await _refused(
        "InvalidAccessKeyId", _Queue(make_account("nobody")).get_attributes()
    )
    wrong = make_account(access_key_secret="wrong")
    await _refused("SignatureDoesNotMatch", _Queue(wrong).get_attributes())
    for name in ("mns:ReceiveMessage", "ReceiveMessage"):
        cloud.denied = {name}
        await _refused("AccessDenied", queue.receive_message())
    await _refused("MessageNotExist", queue.batch_receive_message(16))


async def test_security_token(
    cloud: Cloud, queue: _Queue, make_account: MakeAccount
) -> None:
    """Temporary credentials are as good as others, as long as the token is."""
    cloud.security_tokens["a+/=="] = (cloud.access_key_id, cloud.now() + 60)
    await _Queue(make_account(security_token="a+/==")).get_attributes()
    unknown = _Queue(make_account(security_token="unknown"))
    await _refused("InvalidAccessKeyId", unknown.get_attributes())


@pytest.mark.parametrize("status", [408, 400])
async def test_clock(cloud: Cloud, queue: _Queue, status: int) -> None:
    """A quarter of an hour is tolerated, either way; the reply has the right time."""
    cloud.inferred = Inferred(time_expired_status=408 if status == 408 else 400)
    for seconds in (890, -890):
        cloud.clock_offset = seconds
        await queue.get_attributes()
    for seconds in (910, -910):
        cloud.clock_offset = seconds
        await _refused("TimeExpired", queue.get_attributes())


@pytest.mark.parametrize(
    "code", ["TooManyRequests", "InternalError", "QpsLimitExceeded"]
)
async def test_faults(cloud: Cloud, queue: _Queue, code: str) -> None:
    """A fault that was ordered arrives as what it is, once."""
    cloud.faults.append(Fault("gateway", "GetQueueAttributes", code=code))
    await _refused(code, queue.get_attributes())
    await queue.get_attributes()
