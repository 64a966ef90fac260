"""A message queue: what it holds, who may see it when, and who waits for it. Source: push.md section 4.2.

Times are Unix seconds of the cloud's clock, told by the caller; who waits does so by the event loop's.
"""

import asyncio
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import md5, sha256
from random import Random

from .refusals import QueueRefusal

# Handles that were given out are remembered, to tell one that is used up from one that never was.
_HANDLES_REMEMBERED = 20_000
# While something will happen by itself, those who wait look so often (in seconds): a test's clock may jump.
_LOOK = 1.0


class SentAwayError(Exception):
    """Who waited for a message has to go."""


@dataclass(slots=True)
class Attributes:
    """What can be set of a queue; seconds, and bytes."""

    delay_seconds: int = 0
    maximum_message_size: int = 65536
    message_retention_period: int = 345_600
    visibility_timeout: int = 30
    polling_wait_seconds: int = 0
    logging_enabled: bool = False


@dataclass(slots=True)
class Message:
    """A message; it can be received from `visible_at` on."""

    message_id: str
    body: str
    enqueued_at: float
    visible_at: float
    priority: int = 8
    dequeue_count: int = 0
    first_dequeued_at: float | None = None
    handle: str | None = None  # the newest; the only one that is good

    @property
    def body_md5(self) -> str:
        """The digest of the body as it travels."""
        return (
            md5(self.body.encode(errors="replace"), usedforsecurity=False)
            .hexdigest()
            .upper()
        )


@dataclass(slots=True)
class Queue:
    """A queue. Whoever waits for a message is woken when one comes."""

    name: str
    created_at: float
    attributes: Attributes = field(default_factory=Attributes)
    modified_at: float = 0.0
    messages: list[Message] = field(default_factory=list)  # oldest first
    # None: oldest first. Else: in an order that follows from this seed.
    order_seed: int | None = None
    _number: int = 0
    _handles: dict[str, str] = field(default_factory=dict)  # to the message's ID
    _waiters: list[asyncio.Future[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.modified_at = self.created_at

    def put(
        self, body: str, now: float, *, delay: float = 0.0, priority: int = 8
    ) -> Message:
        """Add a message, and wake who waits."""
        self._number += 1
        seed = f"{self.name} {self._number}".encode()
        message = Message(
            f"{sha256(seed).hexdigest()[:16].upper()}-2-{self._number:011X}-{200000000 + self._number}",
            body,
            now,
            now + (delay or self.attributes.delay_seconds),
            priority,
        )
        self.messages.append(message)
        self.wake()
        return message

    def visible(self, now: float) -> list[Message]:
        """Return the messages that can be received, the next one first."""
        kept = now - self.attributes.message_retention_period
        self.messages = [each for each in self.messages if each.enqueued_at > kept]
        found = [each for each in self.messages if each.visible_at <= now]
        found.sort(key=lambda each: each.priority)
        if self.order_seed is not None:
            self.order_seed += 1
            Random(self.order_seed).shuffle(found)
        return found

    def receive(self, now: float, most: int) -> list[Message]:
        """Hand out messages, which are hidden then; each gets a new handle."""
        received = self.visible(now)[:most]
        for message in received:
            message.dequeue_count += 1
            if message.first_dequeued_at is None:
                message.first_dequeued_at = now
            self._hide(message, now, self.attributes.visibility_timeout)
        return received

    def _hide(self, message: Message, now: float, seconds: float) -> None:
        message.visible_at = now + seconds
        seed = f"{message.message_id} {message.handle} {message.dequeue_count} {now}"
        message.handle = f"1-{b64encode(sha256(seed.encode()).digest()).decode()}"
        self._handles[message.handle] = message.message_id
        if len(self._handles) > _HANDLES_REMEMBERED:
            del self._handles[next(iter(self._handles))]

    def _held(self, handle: str, now: float) -> Message:
        """Return the message that a handle is good for, or refuse."""
        if handle not in self._handles:
            raise QueueRefusal("ReceiptHandleError")
        message_id = self._handles[handle]
        message = next(
            (each for each in self.messages if each.message_id == message_id), None
        )
        if message is None:
            raise QueueRefusal("MessageNotExist")
        if message.handle != handle or message.visible_at <= now:
            raise QueueRefusal("ReceiptHandleError")
        return message

    def delete(self, handle: str, now: float) -> None:
        """Delete the message that was received with a handle, or refuse."""
        self.messages.remove(self._held(handle, now))

    def change_visibility(self, handle: str, now: float, seconds: int) -> Message:
        """Hide a received message for another time, from now on, under a new handle; or refuse."""
        message = self._held(handle, now)
        self._hide(message, now, seconds)
        return message

    def steal(self, now: float, most: int = 16) -> int:
        """Let another consumer receive and delete messages; return how many there were."""
        taken = self.visible(now)[:most]
        self.messages = [each for each in self.messages if each not in taken]
        return len(taken)

    def wake(self) -> None:
        """Let all that wait look again."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def send_away(self) -> None:
        """Let the connections of all that wait break."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_exception(SentAwayError())

    @property
    def waiting(self) -> int:
        """How many wait for a message."""
        return len(self._waiters)

    async def wait(self, seconds: float, *, restless: bool) -> None:
        """Wait until a message comes, or so long; shorter while messages will appear by themselves.

        Raises SentAwayError.
        """
        if restless or self.messages:
            seconds = min(seconds, _LOOK)
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await asyncio.wait((waiter,), timeout=seconds)
            if waiter.done():
                waiter.result()
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
