"""Simulated time: an hour passes in a second, and the wall clock may deviate from it."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
import time
from unittest.mock import patch

from homeassistant.helpers import event
from homeassistant.util import dt as dt_util

from .idle import IdleLoop

_time = time.time
_monotonic = time.monotonic


class Clock:
    """The clocks of Home Assistant, and of the event loop that it shares with the emulated cloud."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._loop: IdleLoop
        self.wall_error = 0.0  # seconds by which Home Assistant's wall clock is wrong
        # Whatever was scheduled at the worst moment comes so much later.
        self.worst_wall_error = 0.0

    def set_wall_error(self, seconds: float) -> None:
        """Set Home Assistant's wall clock wrong by some seconds."""
        self.worst_wall_error = max(
            self.worst_wall_error, abs(self.wall_error - seconds)
        )
        self.wall_error = seconds

    def time(self) -> float:
        """Return Home Assistant's wall clock."""
        return _time() + self._ahead + self.wall_error

    def true_time(self) -> float:
        """Return the cloud's wall clock."""
        return _time() + self._ahead

    def monotonic(self) -> float:
        """Return the monotonic clock."""
        return _monotonic() + self._ahead

    def utcnow(self) -> datetime:
        """Return Home Assistant's wall clock."""
        return datetime.fromtimestamp(self.time(), UTC)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Replace the real clocks by these, for the running event loop."""
        with ExitStack() as stack:
            for owner, name, new in (
                (time, "time", self.time),
                (time, "monotonic", self.monotonic),
                (dt_util, "utcnow", self.utcnow),
                (event, "time_tracker_utcnow", self.utcnow),
                (event, "time_tracker_timestamp", self.time),
            ):
                stack.enter_context(patch.object(owner, name, new))
            self._loop = stack.enter_context(IdleLoop.watch())
            yield

    def advance(self, seconds: float) -> None:
        """Let time pass at once; what is due then has yet to happen."""
        self._ahead += seconds

    async def step(self, seconds: float) -> None:
        """Let time pass at once, then wait until only the passing of time can set off anything more."""
        self.advance(seconds)
        await self._loop.idle()

    async def run(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass in steps."""
        while seconds > 0:
            await self.step(min(step, seconds))
            seconds -= step

    async def during[T](self, work: Awaitable[T]) -> T:
        """Await something that may itself wait for time to pass."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.wait(
                (task, self._loop.idle()), return_when=asyncio.FIRST_COMPLETED
            )
            if not task.done():
                self.advance(0.5)
        return task.result()
