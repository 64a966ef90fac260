"""Alarms that are not new: those that the cloud has listed, those that a queue has brought, and which are the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from homeassistant.util import dt as dt_util

from ..alarm_types import alarm_type_name

# INFERRED: the list has the times of the messages without milliseconds. Rounded ones are tolerated, too; the best
# matches first.
DIFFERENCES = (timedelta(), timedelta(seconds=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAlarm:
    """An alarm that is not new. `event_id` is "" until it is listed; `alarm_type` is None if it was not stored."""

    event_time: datetime  # the camera's
    alarm_type: int | None
    event_id: str = ""
    sent_at: datetime | None = None  # when the cloud sent its message, if that has come

    @property
    def is_pushed(self) -> bool:
        """Whether the queue has brought it."""
        return self.sent_at is not None

    @property
    def key(self) -> str:
        """The EventId; before it is known, what a message tells of an alarm."""
        return self.event_id or f"{self.alarm_type}@{self.event_time.isoformat()}"

    def is_same_message(self, other: KnownAlarm) -> bool:
        """Return whether a message is repeated."""
        return (self.event_time, self.alarm_type) == (
            other.event_time,
            other.alarm_type,
        )

    def _is_same_type(self, other: KnownAlarm) -> bool:
        # Earlier versions stored no type. Types begin with 1: a row that says otherwise tells none.
        if not (self.alarm_type and other.alarm_type):
            return True
        if min(self.alarm_type, other.alarm_type) < 1:
            return True
        return alarm_type_name(self.alarm_type) == alarm_type_name(other.alarm_type)

    def _difference(self, other: KnownAlarm) -> timedelta:
        """Return the difference of times, where one is of the list: truncated to seconds."""
        return abs(
            self.event_time.replace(microsecond=0)
            - other.event_time.replace(microsecond=0)
        )

    def find_same(
        self, others: Iterable[KnownAlarm], difference: timedelta = DIFFERENCES[-1]
    ) -> KnownAlarm | None:
        """Return the same alarm among those that came the other way, each of which has one counterpart at most."""
        same_type = [other for other in others if self._is_same_type(other)]
        nearest = min(same_type, key=self._difference, default=None)
        if nearest is None or self._difference(nearest) > difference:
            return None
        return nearest

    def as_dict(self) -> dict[str, Any]:
        """Return the alarm as stored."""
        return {
            "event_time": self.event_time.isoformat(),
            "alarm_type": self.alarm_type,
            "is_listed": bool(self.event_id),
            "sent_at": self.sent_at.isoformat() if self.sent_at else None,
        }

    @classmethod
    def from_dict(cls, key: str, data: dict[str, Any] | str) -> Self:
        """Read a stored alarm; earlier versions stored its time only. Raises KeyError, TypeError or ValueError."""
        if isinstance(data, str):
            return cls(event_time=read_time(data), alarm_type=None, event_id=key)
        alarm_type, sent_at = data["alarm_type"], data["sent_at"]
        return cls(
            event_time=read_time(data["event_time"]),
            alarm_type=None if alarm_type is None else int(alarm_type),
            event_id=key if data["is_listed"] else "",
            sent_at=read_time(sent_at) if sent_at else None,
        )


def read_time(text: str) -> datetime:
    """Return a stored time in UTC. Raises TypeError or ValueError if it is malformed."""
    return dt_util.as_utc(datetime.fromisoformat(text))
