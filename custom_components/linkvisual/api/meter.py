"""Call statistics and call budget of an account."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import logging
import math
import time

from .error_codes import public_name
from .errors import LinkVisualError

_LOGGER = logging.getLogger(__name__)

HOUR = 3600.0
# Number of latencies that the median is taken of.
_MAX_LATENCIES = 200
# Seconds. A smaller offset is network latency, and never causes an error.
MIN_CLOCK_OFFSET = 5.0


@dataclass(slots=True)
class _Minute:
    number: int
    attempts: int = 0


@dataclass(slots=True)
class Failure:
    """A kind of failure: count since the start, and time of the last one (Unix seconds)."""

    count: int
    last_at: float


@dataclass(slots=True)
class Meter:
    """Statistics of attempts: each of them counts for the cloud's limits."""

    attempts: int = 0
    queue_calls: int = 0  # calls of message queues, which are no attempts
    by_action: dict[str, int] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    # The last failure of each operation and its time (monotonic), until the operation succeeds.
    unresolved: dict[str, tuple[LinkVisualError, float]] = field(default_factory=dict)
    last_error: LinkVisualError | None = None
    last_error_at: float = 0.0  # Unix seconds
    last_success_at: float | None = None  # Unix seconds
    clock_offset: float = 0.0  # seconds added to the time of requests
    # Seconds that the cloud's clock is ahead of the monotonic one, as last measured.
    _cloud_minus_monotonic: float | None = None
    _latencies: deque[float] = field(
        default_factory=lambda: deque(maxlen=_MAX_LATENCIES)
    )
    _minutes: deque[_Minute] = field(default_factory=deque)

    @property
    def cloud_time(self) -> float:
        """The time in Unix seconds: our clock's, which is finer, unless the cloud's differs."""
        ours = time.time()
        if self._cloud_minus_monotonic is None:
            return ours
        cloud = self._cloud_minus_monotonic + time.monotonic()
        return ours if abs(cloud - ours) < MIN_CLOCK_OFFSET else cloud

    @cloud_time.setter
    def cloud_time(self, seconds: float) -> None:
        self._cloud_minus_monotonic = seconds - time.monotonic()

    def learn_clock_offset(self, cloud_time: float | None, used_offset: float) -> bool:
        """Set the clock offset of further calls. Return whether it differs from the used one."""
        if cloud_time is None:
            return False
        offset = cloud_time - time.time()
        if abs(offset - used_offset) < MIN_CLOCK_OFFSET:
            return False
        _LOGGER.debug("The cloud's clock is %.0f s ahead of ours", offset)
        self.clock_offset = offset
        return True

    def attempt(self, action: str) -> None:
        """Count an attempt that is about to be sent."""
        self.attempts += 1
        self.by_action[action] = self.by_action.get(action, 0) + 1
        number = int(time.monotonic() // 60)
        if not self._minutes or self._minutes[-1].number != number:
            self._minutes.append(_Minute(number))
        self._minutes[-1].attempts += 1
        self._drop_expired()

    def replied(self, seconds: float) -> None:
        """Record the latency of a reply."""
        self._latencies.append(seconds)

    def succeeded(self, action: str) -> None:
        """Record a success."""
        self.last_success_at = time.time()
        self.unresolved.pop(action, None)

    def failed(self, action: str, err: LinkVisualError) -> None:
        """Record a failure by its public name."""
        name = public_name(err)
        failure = self.failures.setdefault(name, Failure(0, 0.0))
        failure.count += 1
        failure.last_at = self.last_error_at = time.time()
        self.unresolved[action] = (err, time.monotonic())
        self.last_error = err

    @property
    def attempts_last_hour(self) -> int:
        """Attempts in the last hour, with a resolution of a minute."""
        self._drop_expired()
        return sum(minute.attempts for minute in self._minutes)

    @property
    def median_latency(self) -> float | None:
        """Median latency of the last 200 replies in seconds; None before the first."""
        latencies = sorted(self._latencies)
        return latencies[len(latencies) // 2] if latencies else None

    def _drop_expired(self) -> None:
        oldest = (time.monotonic() - HOUR) // 60
        while self._minutes and self._minutes[0].number < oldest:
            self._minutes.popleft()


# The share of an hour's calls that may be made at once after a quiet time; the rest is spread evenly.
_BURST_SHARE = 0.05
# The share of an hour's calls that polls always get, whatever users spend. Status polls and lists take three
# quarters at most.
_RESERVED_SHARE = 0.2


class Budget:
    """Token bucket for background calls. Calls of users are never delayed, but use up tokens.

    The debt is limited for calls of users, and meanwhile a reserved share of background calls goes on.
    """

    def __init__(self, meter: Meter, calls_per_hour: int) -> None:
        self._meter = meter
        self.calls_per_hour = calls_per_hour
        self._burst = max(1.0, calls_per_hour * _BURST_SHARE)
        self._level = self._burst
        self._owed = 0.0  # the part of the debt that is not forgiven
        self._in_background = 0
        self._at = self._polled_at = time.monotonic()
        self._attempts = meter.attempts

    @property
    def seconds_per_call(self) -> float:
        """Seconds until a token is added. A full bucket and the tokens of an hour together are the budget."""
        return HOUR / max(1.0, self.calls_per_hour - self._burst)

    def wait(self, *, reserved: bool = False) -> float:
        """Return the seconds until the next call may be made, on request from the reserved share; 0 if it may be made now."""
        self._settle()
        wait = (1.0 - self._level) * self.seconds_per_call
        if reserved:
            reserved_at = self._polled_at + self.seconds_per_call / _RESERVED_SHARE
            wait = min(wait, reserved_at - self._at)
        return max(0.0, wait)

    @contextmanager
    def background(self) -> Iterator[None]:
        """Pay back in full what is called meanwhile, however much more it is than one call."""
        self._settle()
        self._in_background += 1
        try:
            yield
        finally:
            self._settle()
            self._in_background -= 1

    def record_poll(self) -> None:
        """Record that a poll is about to begin: the reserved share is counted from here."""
        self._polled_at = time.monotonic()

    def _settle(self) -> None:
        now = time.monotonic()
        spent = self._meter.attempts - self._attempts
        added = (now - self._at) / self.seconds_per_call
        self._owed = max(0.0, self._owed - added)
        if self._in_background:
            self._owed = min(self._owed + spent, self.calls_per_hour)
        level = self._level + added - spent
        self._level = min(self._burst, max(-self._burst - self._owed, level))
        self._owed = min(self._owed, max(0.0, -self._level))
        self._at, self._attempts = now, self._meter.attempts

    def min_interval(self, seconds: float, calls: int, share: float) -> float:
        """Return the shortest interval, at least `seconds`, in which `calls` stay within a share of the budget."""
        return max(seconds, math.ceil(calls * HOUR / (self.calls_per_hour * share)))
