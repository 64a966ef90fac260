"""What the calls of an account cost: how many there were, how long they took, how they failed."""

from collections import deque
from dataclasses import dataclass, field
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
