"""What the calls of an account cost: how many there were, how long they took, how they failed."""

from collections import deque
from dataclasses import dataclass, field
import math
import time

from .errors import CloudError, LinkVisualError

HOUR = 3600.0
# Latencies that a median is taken of.
_REMEMBERED = 200


@dataclass(slots=True)
class _Minute:
    number: int
    attempts: int = 0


@dataclass(slots=True)
class Failure:
    """A kind of failure: how often since the start, and when last (Unix seconds)."""

    count: int
    last_at: float


@dataclass(slots=True)
class Meter:
    """Counts attempts, since each of them counts for the cloud's limits."""

    attempts: int = 0
    by_action: dict[str, int] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    # What the cloud said last, by operation, until it says yes again; and when (monotonic time).
    standing: dict[str, tuple[LinkVisualError, float]] = field(default_factory=dict)
    last_failure: str = ""
    last_success_at: float | None = None  # Unix seconds
    clock_offset: float = 0.0  # seconds that the cloud is ahead, where requests need it
    cloud_ahead: float = 0.0  # the same as last seen, however small
    _latencies: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    _minutes: deque[_Minute] = field(default_factory=deque)

    def attempt(self, action: str) -> None:
        """Count an attempt that is about to be sent."""
        self.attempts += 1
        self.by_action[action] = self.by_action.get(action, 0) + 1
        number = int(time.monotonic() // 60)
        if not self._minutes or self._minutes[-1].number != number:
            self._minutes.append(_Minute(number))
        self._minutes[-1].attempts += 1
        self._forget()

    def answered(self, seconds: float) -> None:
        """Note how long a reply took."""
        self._latencies.append(seconds)

    def succeeded(self, action: str) -> None:
        """Note that the cloud said yes."""
        self.last_success_at = time.time()
        self.standing.pop(action, None)

    def failed(self, action: str, err: LinkVisualError) -> None:
        """Note a failure by the cloud's code, or by its kind where the cloud said nothing."""
        name = err.code if isinstance(err, CloudError) else type(err).__name__
        failure = self.failures.setdefault(name, Failure(0, 0.0))
        failure.count += 1
        failure.last_at = time.time()
        self.standing[action] = (err, time.monotonic())
        self.last_failure = name

    @property
    def attempts_last_hour(self) -> int:
        """Attempts in the last hour, to the minute."""
        self._forget()
        return sum(minute.attempts for minute in self._minutes)

    @property
    def median_latency(self) -> float | None:
        """Seconds from a request to its reply, of the last 200; None before the first."""
        latencies = sorted(self._latencies)
        return latencies[len(latencies) // 2] if latencies else None

    def _forget(self) -> None:
        oldest = (time.monotonic() - HOUR) // 60
        while self._minutes and self._minutes[0].number < oldest:
            self._minutes.popleft()


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
