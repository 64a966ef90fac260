"""How many calls of the cloud may be spent on looking without being asked: an account has limits, and others use it, too."""

import math
import time

from .api.meter import HOUR, Meter

# Calls that may be made at once after a quiet time; what is left of an hour's calls flows evenly.
_BURST_SHARE = 0.05


class Budget:
    """A bucket that calls flow into. What people ask for is never held up, but counts."""

    def __init__(self, meter: Meter, calls_per_hour: int) -> None:
        self._meter = meter
        self.calls_per_hour = calls_per_hour
        self._burst = max(1.0, calls_per_hour * _BURST_SHARE)
        self._level = self._burst
        self._at = time.monotonic()
        self._attempts = meter.attempts

    @property
    def seconds_per_call(self) -> float:
        """Seconds for a call to flow in. A full bucket and an hour's flow together are the budget."""
        return HOUR / max(1.0, self.calls_per_hour - self._burst)

    def wait(self) -> float:
        """Return the seconds until another call may be made; 0 for now."""
        now = time.monotonic()
        spent = self._meter.attempts - self._attempts
        flown = (now - self._at) / self.seconds_per_call
        self._level = min(self._burst, self._level + flown - spent)
        self._at, self._attempts = now, self._meter.attempts
        return max(0.0, (1.0 - self._level) * self.seconds_per_call)

    def stretched(self, seconds: float, calls: int, share: float) -> float:
        """Return an interval for so many calls that is not shorter than `seconds`, nor than a share of the budget allows."""
        return max(seconds, math.ceil(calls * HOUR / (self.calls_per_hour * share)))
