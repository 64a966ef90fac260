"""Recordings of alarms, which the cloud has some time after the alarms."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Self

from homeassistant.core import callback

from ..api.client import LinkVisualClient
from ..api.errors import CloudError, NotFoundError, UnreadableReplyError
from ..coordinator import Camera
from .known import read_time
from .models import Alarm

# When the recording of an alarm is queried, counted from the alarm: it takes a minute at most, and an upload.
_QUERY_AFTER = (
    timedelta(seconds=45),
    timedelta(seconds=90),
    timedelta(seconds=240),
    timedelta(seconds=600),
)
_LAST_QUERY = len(_QUERY_AFTER) - 1
# When it is queried again, counted from a refusal; doubled with each one.
_RETRY_AFTER = timedelta(minutes=2)
_MAX_RETRY_AFTER = timedelta(minutes=10)
# Recordings are not waited for any longer, nor for more alarms of a camera than this.
_MAX_WAIT = timedelta(days=1)
_MAX_WAITING = 100
# A camera whose last alarms were not recorded is queried once per alarm only, late: it may have no event recording.
_MAX_UNRECORDED = 3
# Seconds between two queries of a camera.
_INTERVAL = 1.0


@dataclass(slots=True)
class _WaitingAlarm:
    """An alarm whose recording is not known yet."""

    alarm: Alarm
    seen_at: datetime
    queries: int = 0
    retry_after: timedelta = _RETRY_AFTER
    due_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.schedule()

    def schedule(self) -> None:
        """Schedule the next query. The camera's clock may be wrong by any time."""
        age = self.seen_at - self.alarm.event_time
        age = min(max(age, timedelta()), _QUERY_AFTER[0])
        self.due_at = self.seen_at - age + _QUERY_AFTER[self.queries]

    def as_dict(self) -> dict[str, Any]:
        """Return the alarm as stored."""
        return {
            "event_id": self.alarm.event_id,
            "event_time": self.alarm.event_time.isoformat(),
            "alarm_type": self.alarm.alarm_type,
            "picture_id": self.alarm.picture_id,
            "seen_at": self.seen_at.isoformat(),
            "queries": self.queries,
        }

    @classmethod
    def from_dict(cls, iot_id: str, data: Mapping[str, Any]) -> Self:
        """Read a stored alarm. Raises KeyError, TypeError or ValueError if it is malformed."""
        alarm = Alarm(
            iot_id=iot_id,
            event_id=str(data["event_id"]),
            event_time=read_time(data["event_time"]),
            alarm_type=int(data["alarm_type"]),
            picture_id=str(data["picture_id"]),
        )
        queries = min(max(int(data["queries"]), 0), _LAST_QUERY)
        return cls(alarm, read_time(data["seen_at"]), queries)


class AlarmClips:
    """Alarms of a config entry that wait for their recordings, by camera. Polled by the poller."""

    def __init__(self, client: LinkVisualClient, send: Callable[[Alarm], None]) -> None:
        """`send` is called with alarms that have a recording now."""
        self._client = client
        self._send = send
        self._waiting: dict[str, dict[str, _WaitingAlarm]] = {}
        # Number of alarms without a recording since the last one with it.
        self._unrecorded: Counter[str] = Counter()
        # Cameras whose alarms have been recorded.
        self._recorded: set[str] = set()

    def restore(self, iot_id: str, data: Mapping[str, Any]) -> None:
        """Restore a camera's alarms. Raises KeyError, TypeError or ValueError if they are malformed."""
        stored: Iterable[Mapping[str, Any]] = data.get("clips", [])
        restored = [_WaitingAlarm.from_dict(iot_id, data) for data in stored]
        self._waiting[iot_id] = {each.alarm.event_id: each for each in restored}
        if data.get("recorded") is True:
            self._recorded.add(iot_id)

    def as_dict(self, iot_id: str) -> dict[str, Any]:
        """Return a camera's alarms as stored."""
        waiting = self._waiting.get(iot_id, {}).values()
        return {
            "clips": [each.as_dict() for each in waiting],
            "recorded": self.are_recorded(iot_id),
        }

    def are_recorded(self, iot_id: str) -> bool:
        """Return whether the cloud recorded one of a camera's last alarms."""
        return iot_id in self._recorded and self._unrecorded[iot_id] < _MAX_UNRECORDED

    @callback
    def async_wait_for(self, alarm: Alarm) -> None:
        """Wait for the recording of a new alarm; if too many wait, give up the oldest one."""
        waiting = self._waiting.setdefault(alarm.iot_id, {})
        is_unrecorded = self._unrecorded[alarm.iot_id] >= _MAX_UNRECORDED
        queries = _LAST_QUERY if is_unrecorded else 0
        waiting[alarm.event_id] = _WaitingAlarm(alarm, self._client.now(), queries)
        if len(waiting) > _MAX_WAITING:
            del waiting[next(iter(waiting))]

    @callback
    def async_forget(self, iot_id: str, event_id: str | None = None) -> None:
        """Forget an alarm, or all alarms of a camera."""
        if event_id is None:
            self._waiting.pop(iot_id, None)
        else:
            self._waiting.get(iot_id, {}).pop(event_id, None)

    def poll_interval(self, camera: Camera) -> float | None:
        """Return the seconds between queries for a camera; None if none is due."""
        return _INTERVAL if self._next_due(camera.iot_id) else None

    def _next_due(self, iot_id: str) -> _WaitingAlarm | None:
        """Return the alarm that is due first, after giving up those that have waited for too long."""
        waiting, now = self._waiting.get(iot_id, {}), self._client.now()
        for event_id, each in list(waiting.items()):
            if now - each.seen_at > _MAX_WAIT:
                del waiting[event_id]
        first = min(waiting.values(), key=attrgetter("due_at"), default=None)
        return first if first and first.due_at <= now else None

    async def async_poll(self, iot_id: str) -> None:
        """Query the recording that is due first, and send the alarm with it. Raises a LinkVisualError."""
        if (due := self._next_due(iot_id)) is None:
            return
        alarm = due.alarm
        try:
            files = await self._client.query_device_event_record(iot_id, alarm.event_id)
        except NotFoundError:
            files = []
        except CloudError, UnreadableReplyError:
            # That it cannot be queried now says nothing about it.
            due.due_at = self._client.now() + due.retry_after
            due.retry_after = min(2 * due.retry_after, _MAX_RETRY_AFTER)
            raise
        if not files and due.queries < _LAST_QUERY:
            due.queries += 1
            due.schedule()
            return
        self.async_forget(iot_id, alarm.event_id)
        self._unrecorded[iot_id] += 1
        if files:
            self._unrecorded[iot_id] = 0
            self._recorded.add(iot_id)
            self._send(replace(alarm, files=tuple(files)))
