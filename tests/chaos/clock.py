"""Time in a scenario's hand: an hour passes in a second, and the wall clock may be set apart from it."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
import time
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import event
from homeassistant.util import dt as dt_util

_time = time.time
_monotonic = time.monotonic
# Real seconds that a step waits for what was begun; what takes longer stalls, and time goes on over it. The second
# is for when nothing stalls on purpose: a busy machine is no slow cloud.
IN_A_HURRY, PATIENT = 0.03, 1.0


class Clock:
    """The clocks of Home Assistant, and of the loop that it and the cloud share."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self.patience = IN_A_HURRY
        self.wall = 0.0  # seconds that Home Assistant's wall clock is wrong
        # The worst it ever was: what was planned then comes so much later.
        self.worst = 0.0

    def set_wall(self, wrong_by: float) -> None:
        """Set the wall clock of Home Assistant."""
        self.worst = max(self.worst, abs(self.wall - wrong_by))
        self.wall = wrong_by

    def time(self) -> float:
        """Return the wall clock of Home Assistant."""
        return _time() + self._ahead + self.wall

    def true_time(self) -> float:
        """Return the wall clock of the cloud."""
        return _time() + self._ahead

    def monotonic(self) -> float:
        """Return the clock that is never set."""
        return _monotonic() + self._ahead

    def utcnow(self) -> datetime:
        """Return the wall clock of Home Assistant."""
        return datetime.fromtimestamp(self.time(), UTC)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Put these clocks into the place of the real ones."""
        with ExitStack() as stack:
            for owner, name, new in (
                (time, "time", self.time),
                (time, "monotonic", self.monotonic),
                (dt_util, "utcnow", self.utcnow),
                (event, "time_tracker_utcnow", self.utcnow),
                (event, "time_tracker_timestamp", self.time),
            ):
                stack.enter_context(patch.object(owner, name, new))
            yield

    async def step(self, hass: HomeAssistant, seconds: float) -> None:
        """Let time pass at once; wait for what it sets off, unless that stalls."""
        self._ahead += seconds
        until = _monotonic() + self.patience
        for _ in range(3):
            await asyncio.sleep(0)
        while _is_busy(hass) and _monotonic() < until:
            await asyncio.sleep(0.001)

    async def run(self, hass: HomeAssistant, seconds: float, step: float = 1.0) -> None:
        """Let time pass in steps."""
        while seconds > 0:
            await self.step(hass, min(step, seconds))
            seconds -= step

    async def during[T](self, hass: HomeAssistant, work: Awaitable[T]) -> T:
        """Let time pass until something is done that may wait for the passing of time."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.wait((task,), timeout=IN_A_HURRY)
            if not task.done():
                await self.step(hass, 0.5)
        return task.result()


def _is_busy(hass: HomeAssistant) -> bool:
    return any(not task.done() for task in (*hass._tasks, *hass._background_tasks))
