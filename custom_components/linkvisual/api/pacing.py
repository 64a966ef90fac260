"""Rate limits of operations."""

import asyncio

# The share of a second's calls that may be sent at once; the rest is spaced evenly.
_BURST = 0.4
# The longest interval of a throttled operation, in seconds.
_SLOWEST = 1.0
# Seconds without calls after a throttled one: the cloud counts calls per second.
PAUSE = 1.0
# Number of calls after which most of the lost speed is recovered.
_RECOVERY = 50


class Pacer:
    """Limits calls to `per_second` in any second; to fewer for a while after throttling."""

    def __init__(self, per_second: int) -> None:
        burst = max(1, int(per_second * _BURST))
        self._shortest = 1 / max(1, per_second - burst)
        self._allowance = (burst - 1) * self._shortest
        self._interval = self._shortest  # seconds between calls
        self._next = 0.0  # loop time of the next call without a burst
        self._slowed_at = 0.0
        self._queue = asyncio.Lock()

    async def acquire(self) -> float:
        """Wait until the next call may be sent. Return its loop time."""
        # Only the first in the queue waits, so that a pause applies to all of them.
        async with self._queue:
            while (wait := self._next - self._allowance - _now()) > 0:
                await asyncio.sleep(wait)
            now = _now()
            self._next = max(self._next, now) + self._interval
            self._interval += (self._shortest - self._interval) / _RECOVERY
        return now

    def throttled(self, sent_at: float, delay: float) -> None:
        """Pause for at least `delay` seconds, and continue at half the speed.

        `sent_at` is the loop time of the throttled call. Calls sent before the last pause are ignored.
        """
        if sent_at < self._slowed_at:
            return
        self._slowed_at = _now()
        self._interval = min(self._interval * 2, max(_SLOWEST, self._shortest))
        resume = self._slowed_at + max(delay, PAUSE) + self._allowance
        self._next = max(self._next, resume)


class Pacing:
    """Rate limits of an account, by operation: shared by all its clients, they outlast each of them."""

    def __init__(self) -> None:
        self._pacers: dict[str, Pacer] = {}

    def pacer(self, action: str, per_second: int) -> Pacer:
        """Return the pacer of an operation."""
        return self._pacers.setdefault(action, Pacer(per_second))


def _now() -> float:
    return asyncio.get_running_loop().time()
