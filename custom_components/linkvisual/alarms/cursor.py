"""Which alarms of a camera are known, and which new ones are too old to be reported."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from .known import KnownAlarm, read_time

# Alarms have the camera's time, and may be uploaded late: the window starts this long before the newest one, and
# what happened longer ago when it is listed for the first time is not reported.
MAX_DELAY = timedelta(hours=1)
# A camera's clock may be ahead, or be set forward: the wide window ends this long after now.
MAX_CLOCK_AHEAD = timedelta(hours=25)
# A camera's clock may be set: a measurement counts for this long.
_LAG_LIFE = timedelta(days=1)
# Larger lags than measured before, whose difference is within this, show that a clock was set back: alarms that were
# uploaded late are of any age.
_AGREEMENT = timedelta(minutes=1)
# Times of alarms are truncated to seconds, those of the window are not.
_MARGIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ClockLag:
    """How far a camera's clock is behind, at most."""

    lag: timedelta
    measured_at: datetime
    # Not stored: a larger one that came since.
    larger: timedelta | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the measurement as stored."""
        return {
            "seconds": self.lag.total_seconds(),
            "measured_at": self.measured_at.isoformat(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read a stored measurement. Raises KeyError, OverflowError, TypeError or ValueError if it is malformed."""
        return cls(timedelta(seconds=data["seconds"]), read_time(data["measured_at"]))


@dataclass(frozen=True, slots=True)
class AlarmCursor:
    """Known alarms of a camera."""

    newest: datetime  # time of the newest alarm, by the camera's clock
    known: Mapping[str, KnownAlarm] = field(default_factory=dict)  # by its key
    clock_lag: ClockLag | None = None
    # When polling began, until the first complete listing: what happened before is not reported.
    since: datetime | None = None

    def window(self, now: datetime, *, is_wide: bool) -> tuple[datetime, datetime]:
        """Return the time range of possible new alarms; if it is not wide, unless the camera's clock was set."""
        latest = max(self.newest, now)
        if is_wide:
            return min(self.newest, now) - MAX_DELAY, latest + MAX_CLOCK_AHEAD
        return self.newest - MAX_DELAY, latest + MAX_DELAY

    def extended(
        self,
        new: Iterable[KnownAlarm],
        now: datetime,
        listed: Collection[str] | None = None,
    ) -> Self:
        """Return the cursor with new alarms, without those that are outside of all further windows.

        What the queue has brought is kept for as long as a repeated message would be reported: clocks may be wrong.
        So is what the cloud lists, whatever its time says; `listed` are its EventIds if a wide window was listed just
        now. Without these two, a clock that is years ahead would have its alarms kept for years.
        """
        added = {alarm.key: alarm for alarm in new}
        # Listed times that were not asked for are odd.
        _, asked = self.window(now, is_wide=True)
        times = [
            alarm.event_time
            for alarm in added.values()
            if alarm.is_pushed or alarm.event_time <= asked
        ]
        newest = self._newest(times, now)
        begin, _ = replace(self, newest=newest).window(now, is_wide=True)
        end = now + MAX_CLOCK_AHEAD
        known = {
            key: alarm
            for key, alarm in (*self.known.items(), *added.items())
            if begin - _MARGIN <= alarm.event_time <= end + _MARGIN
            or (alarm.sent_at and alarm.sent_at >= now - MAX_DELAY - _MARGIN)
            or (alarm.event_id and (listed is None or alarm.event_id in listed))
        }
        return replace(self, newest=newest, known=known)

    def _newest(self, times: Collection[datetime], now: datetime) -> datetime:
        """Return the time of the newest alarm: an earlier one, if a clock that was ahead has been set back."""
        latest = max(times, default=self.newest)
        if self.newest > now and latest < self.newest - MAX_DELAY:
            return max(latest, now - MAX_DELAY)
        return max(self.newest, latest)

    def replaced(self, before: KnownAlarm, after: KnownAlarm) -> Self:
        """Return the cursor with more knowledge of an alarm."""
        known = {key: alarm for key, alarm in self.known.items() if alarm is not before}
        return replace(self, known=known | {after.key: after})

    def without(self, alarm: KnownAlarm) -> Self:
        """Return the cursor without an alarm."""
        known = {key: each for key, each in self.known.items() if each is not alarm}
        return replace(self, known=known)

    def measured(self, ages: Iterable[timedelta], now: datetime) -> Self:
        """Return the cursor with the clock's lag, as the ages of new alarms show it that did not wait for long."""
        # Times that no camera's clock shows are odd.
        possible = [age for age in ages if age >= -MAX_CLOCK_AHEAD]
        lag = max(timedelta(), min(possible, default=timedelta.max))
        if lag == timedelta.max:
            return self
        last = self.clock_lag
        if last and lag > last.lag and now - last.measured_at < _LAG_LIFE:
            larger = lag if lag > last.lag + _AGREEMENT else None
            was_set_back = (
                larger and last.larger and abs(larger - last.larger) <= _AGREEMENT
            )
            if not was_set_back:
                return replace(self, clock_lag=replace(last, larger=larger))
        return replace(self, clock_lag=ClockLag(lag, now))

    def is_earlier(self, time: datetime) -> bool:
        """Return whether an alarm happened before polling began. Times of alarms are truncated to seconds."""
        return self.since is not None and time < self.since.replace(microsecond=0)

    def age(self, event_time: datetime, now: datetime) -> timedelta:
        """Return how long ago an alarm happened, as far as the lag of the camera's clock is known."""
        lag = self.clock_lag.lag if self.clock_lag else timedelta()
        return now - event_time - lag

    def is_old(
        self, event_time: datetime, now: datetime, *, was_listed_lately: bool
    ) -> bool:
        """Return whether an alarm that is seen for the first time happened long ago.

        In doubt, because the clock's lag is unknown, or is ahead of all that is known, it did if alarms were not
        listed lately.
        """
        if was_listed_lately and self.clock_lag is None:
            return False
        is_ahead = event_time > max(self.newest, now) + MAX_DELAY
        return self.age(event_time, now) > MAX_DELAY or (
            is_ahead and not was_listed_lately
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the cursor as stored."""
        return {
            "newest": self.newest.isoformat(),
            "known": {key: alarm.as_dict() for key, alarm in self.known.items()},
            "clock_lag": self.clock_lag.as_dict() if self.clock_lag else None,
            "since": self.since.isoformat() if self.since else None,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read a stored cursor.

        Raises AttributeError, KeyError, OverflowError, TypeError or ValueError if it is malformed.
        """
        known = {
            key: KnownAlarm.from_dict(key, stored)
            for key, stored in data["known"].items()
        }
        lag, since = data.get("clock_lag"), data.get("since")
        return cls(
            read_time(data["newest"]),
            known,
            ClockLag.from_dict(lag) if lag else None,
            read_time(since) if since else None,
        )
