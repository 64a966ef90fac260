"""How fast one operation may be called."""

import asyncio

# What may go out at once, as a part of a second's calls; the rest is spaced evenly behind it.
_BURST = 0.4
# The slowest a throttled operation gets, in seconds between calls.
_SLOWEST = 1.0
# Seconds without any call after one was throttled: the cloud counts calls by the second.
PAUSE = 1.0
# After so many calls in peace most of the lost speed is back.
_RECOVERY = 50


class Pacer:
    """Keeps calls at `per_second` in any second; slower for a while where the cloud throttles."""

    def __init__(self, per_second: int) -> None:
        burst = max(1, int(per_second * _BURST))
        self._shortest = 1 / max(1, per_second - burst)
        self._allowance = (burst - 1) * self._shortest
        self._interval = self._shortest  # seconds between calls
        self._next = 0.0  # the loop's time of the next call, were there no burst
        self._slowed_at = 0.0
        self._queue = asyncio.Lock()

    async def turn(self) -> float:
        """Wait until the next call may go out. Return when that is, in the loop's time."""
        # One waits, the others queue behind: a pause that comes up holds for all of them.
        async with self._queue:
            while (wait := self._next - self._allowance - _now()) > 0:
                await asyncio.sleep(wait)
            now = _now()
            self._next = max(self._next, now) + self._interval
            self._interval += (self._shortest - self._interval) / _RECOVERY
        return now

    def throttled(self, turn: float, delay: float) -> None:
        """Pause for `delay` seconds or more, and go on at half the speed.

        `turn` is when the refused call went out. One that did before the last pause tells nothing new.
        """
        if turn < self._slowed_at:
            return
        self._slowed_at = _now()
        self._interval = min(self._interval * 2, max(_SLOWEST, self._shortest))
        resume = self._slowed_at + max(delay, PAUSE) + self._allowance
        self._next = max(self._next, resume)


def _now() -> float:
    return asyncio.get_running_loop().time()
