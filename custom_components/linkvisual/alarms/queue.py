"""A message queue: polls it, and deletes what was handled."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
import random
import time

from ..api.errors import (
    ClockSkewError,
    CloudError,
    InternalServiceError,
    LinkVisualError,
    ServiceUnavailableError,
    ThrottledError,
)
from ..api.mns.client import QueueClient
from ..api.mns.models import Message
from .health import QueueHealth

_LOGGER = logging.getLogger(__name__)

# Seconds that a poll waits for a message: some routers cut connections that are idle for 30.
WAIT = 25
# A reply without messages that comes earlier than after this share of the wait says that too many polls are waiting.
_FULL_WAIT = 0.8
# Seconds between polls after failures, and after early replies: doubled each time.
_MIN_PAUSE = 0.5
_MAX_EARLY_PAUSE = 30.0
_MAX_FAILURE_PAUSE = 60.0
# After an interruption there may be days of messages. These are handled together, since they come in any order, up to
# this number or for this many seconds: what is not deleted within 30 seconds comes again.
_MAX_BACKLOG = 512
_MAX_DRAINING = 10.0
# The cloud's refusals that pass by themselves.
_PASSING = (
    ClockSkewError,
    InternalServiceError,
    ServiceUnavailableError,
    ThrottledError,
)


class Queue:
    """The only consumer of a product's queue."""

    def __init__(
        self,
        client: QueueClient,
        health: QueueHealth,
        handle: Callable[[list[Message]], Awaitable[bool]],
    ) -> None:
        """`handle` returns whether messages may be deleted."""
        self._client = client
        self._health = health
        self._handle = handle
        self._may_have_backlog = True

    async def poll(self) -> None:
        """Poll until the queue refuses it for good."""
        pause = 0.0
        while True:
            started, limit = time.monotonic(), _MAX_FAILURE_PAUSE
            wait = 0 if self._may_have_backlog else WAIT
            try:
                messages = await self._receive(wait)
                if messages or time.monotonic() - started >= wait * _FULL_WAIT:
                    self._health.succeeded()
                    pause = 0.0
                    if messages and await self._handle(messages):
                        await self._client.delete(
                            [message.receipt_handle for message in messages]
                        )
                    continue
                limit = _MAX_EARLY_PAUSE
            except LinkVisualError as err:
                is_lasting = isinstance(err, CloudError) and not isinstance(
                    err, _PASSING
                )
                self._health.failed(err, is_lasting=is_lasting)
                _LOGGER.debug("Cannot poll a message queue: %s", err)
                if is_lasting:
                    return
                self._may_have_backlog = True
            pause = min(limit, max(_MIN_PAUSE, 2 * pause))
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))

    async def _receive(self, wait: int) -> list[Message]:
        """Return the next messages; after an interruption, all that are there."""
        messages = await self._client.receive(wait)
        started = time.monotonic()
        while self._may_have_backlog and messages:
            if (
                len(messages) >= _MAX_BACKLOG
                or time.monotonic() - started > _MAX_DRAINING
            ):
                return messages
            more = await self._client.receive(0)
            if not more:
                break
            messages += more
        self._may_have_backlog = False
        return messages
