"""What cameras see by themselves: found in the cloud's list, told once each, in order."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import logging
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util

from ..api.client import LinkVisualClient
from ..api.errors import CloudError
from ..api.media_models import DeviceEvent
from ..api.models import DeviceStatus
from ..coordinator import Camera
from ..storage import EntryStore
from .models import Alarm, alarm_signal

_LOGGER = logging.getLogger(__name__)

STORE = "alarms"
SAVE_DELAY = 30

# Alarms carry the camera's time, and come late: so far behind the newest one, others are still looked for.
LATE = timedelta(hours=1)
# A camera's clock may run ahead.
AHEAD = timedelta(hours=1)
# How far back the first look goes. It finds out how the camera's clock runs.
FIRST_LOOK = timedelta(days=1)
MOST_PAGES = 20
# A recording of an alarm is there this long after it at the earliest, and is asked for so often.
RECORDED_AFTER = timedelta(seconds=45)
MOST_QUESTIONS = 3

# Seconds between two looks at a camera, if the budget allows them; a camera that has told something is busy for a while.
QUIET_INTERVAL = 30.0
BUSY_INTERVAL = 10.0
OFFLINE_INTERVAL = 300.0
BUSY = timedelta(minutes=2)
# Times of alarms are cut to whole seconds, those of the window are not.
_MARGIN = timedelta(minutes=1)


@dataclass(slots=True)
class AlarmCursor:
    """What is known of a camera's alarms."""

    newest: datetime  # no alarm is newer
    known: dict[str, datetime] = field(default_factory=dict)  # by EventId

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the range in which there may be news."""
        return min(self.newest, now) - LATE, max(self.newest, now) + AHEAD

    def extended(self, new: list[DeviceEvent], now: datetime) -> Self:
        """Return what is known with new ones; those that no window can hold any more are forgotten."""
        known = self.known | {event.event_id: event.event_time for event in new}
        newest = max([self.newest, *(event.event_time for event in new)])
        begin, _ = replace(self, newest=newest).window(now)
        return replace(
            self,
            newest=newest,
            known={
                name: time for name, time in known.items() if time >= begin - _MARGIN
            },
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is written to disk."""
        return {
            "newest": self.newest.isoformat(),
            "known": {name: time.isoformat() for name, time in self.known.items()},
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what was written. Raises AttributeError, KeyError, TypeError or ValueError for what nobody wrote."""
        known = {name: _utc(time) for name, time in data["known"].items()}
        return cls(_utc(data["newest"]), known)


def _utc(text: str) -> datetime:
    return dt_util.as_utc(datetime.fromisoformat(text))


@dataclass(slots=True)
class _Newest:
    """The newest alarm of a camera, whose recording may still come."""

    alarm: Alarm
    told_at: datetime
    questions: int = 0


class Alarms:
    """The alarms of one entry. Who looks, and how often, is decided elsewhere."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        client: LinkVisualClient,
        is_busy: Callable[[str], bool],
    ) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._client = client
        self._is_busy = is_busy
        self._store = EntryStore(hass, entry_id, STORE)
        self._seen: dict[str, AlarmCursor] = {}
        self._newest: dict[str, _Newest] = {}
        self._loaded_at = dt_util.utcnow()

    async def async_load(self) -> None:
        """Read which alarms were told."""
        for iot_id, data in (await self._store.async_read()).items():
            try:
                self._seen[iot_id] = AlarmCursor.from_dict(data)
            except (AttributeError, KeyError, TypeError, ValueError) as err:
                _LOGGER.warning("Stored alarms of a camera cannot be read: %r", err)

    async def async_unload(self) -> None:
        """Write now what would be written soon."""
        await self._store.async_save(self._as_dict())

    def poll_interval(self, camera: Camera) -> float | None:
        """Return after how many seconds to look again: soon where something happens, seldom where nothing can."""
        if camera.status in (DeviceStatus.UNACTIVE, DeviceStatus.DISABLE):
            return None
        if not camera.online:
            return OFFLINE_INTERVAL
        newest = self._newest.get(camera.iot_id)
        is_busy = newest is not None and dt_util.utcnow() - newest.told_at < BUSY
        if is_busy or self._is_busy(camera.iot_id):
            return BUSY_INTERVAL
        return QUIET_INTERVAL

    async def async_look(self, iot_id: str) -> None:
        """Tell what is new. Raises a LinkVisualError."""
        now = dt_util.utcnow()
        seen = self._seen.get(iot_id) or AlarmCursor(now - FIRST_LOOK)
        listed = await self._list(iot_id, *seen.window(now))
        new = sorted(
            (event for event in listed.values() if event.event_id not in seen.known),
            key=lambda event: event.sort_key,
        )
        is_first = iot_id not in self._seen
        self._seen[iot_id] = seen.extended(new, now)
        if is_first:
            # What was seen before this integration was here is no news.
            new = [event for event in new if event.event_time >= self._loaded_at]
            self._store.async_delay_save(self._as_dict, SAVE_DELAY)
        if new:
            # Written before it is told: after a crash nothing is told twice.
            await self._store.async_save(self._as_dict())
            for event in new:
                alarm = Alarm.of_event(iot_id, event)
                self._newest[iot_id] = _Newest(alarm, now)
                self._send(alarm)
        if newest := self._newest.get(iot_id):
            await self._look_for_recording(newest)

    async def _list(
        self, iot_id: str, begin: datetime, end: datetime
    ) -> dict[str, DeviceEvent]:
        events: dict[str, DeviceEvent] = {}
        for current_page in range(1, MOST_PAGES + 1):
            page = await self._client.query_device_event(
                iot_id, begin, end, current_page
            )
            events.update({event.event_id: event for event in page.rows})
            if page.last:
                break
        return events

    async def _look_for_recording(self, newest: _Newest) -> None:
        """Ask a few times whether the camera's newest alarm was recorded."""
        now = dt_util.utcnow()
        due = newest.told_at + RECORDED_AFTER * newest.questions
        if (
            newest.alarm.file_name is not None
            or newest.questions >= MOST_QUESTIONS
            or now < max(due, newest.alarm.event_time + RECORDED_AFTER)
        ):
            return
        newest.questions += 1
        try:
            files = await self._client.query_device_event_record(
                newest.alarm.iot_id, newest.alarm.event_id
            )
        except CloudError as err:
            # Without the recording the alarm is worth as much.
            _LOGGER.debug("The recording of an alarm is not known: %s", err)
            return
        if files:
            newest.alarm = replace(newest.alarm, file_name=files[0].file_name)
            self._send(newest.alarm)

    @callback
    def _send(self, alarm: Alarm) -> None:
        signal = alarm_signal(self._entry_id, alarm.iot_id)
        async_dispatcher_send(self._hass, signal, alarm)

    def _as_dict(self) -> dict[str, Any]:
        return {iot_id: seen.as_dict() for iot_id, seen in self._seen.items()}

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove what was saved."""
        await EntryStore(hass, entry_id, STORE).async_remove()
