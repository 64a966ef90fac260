"""Alarms of a config entry, polled from the cloud; each is sent once, in order."""

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

# Alarms have the camera's time, and may be uploaded late: the window starts this long before the newest one.
MAX_DELAY = timedelta(hours=1)
# A camera's clock may be ahead: the window ends this long after now.
MAX_CLOCK_AHEAD = timedelta(hours=1)
# Window of the first poll, which determines the camera's clock.
FIRST_WINDOW = timedelta(days=1)
MAX_PAGES = 20
# The recording of an alarm is uploaded this long after it at the earliest; it is queried this many times.
RECORDED_AFTER = timedelta(seconds=45)
MAX_RECORDING_QUERIES = 3

# Seconds between polls of a camera, if the budget allows; a camera with a recent alarm is busy for a while.
QUIET_INTERVAL = 30.0
BUSY_INTERVAL = 10.0
OFFLINE_INTERVAL = 300.0
BUSY = timedelta(minutes=2)
# Times of alarms are truncated to seconds, those of the window are not.
_MARGIN = timedelta(minutes=1)


@dataclass(slots=True)
class AlarmCursor:
    """Known alarms of a camera."""

    newest: datetime  # no alarm is newer
    known: dict[str, datetime] = field(default_factory=dict)  # by EventId

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the time range of possible new alarms."""
        return min(self.newest, now) - MAX_DELAY, max(
            self.newest, now
        ) + MAX_CLOCK_AHEAD

    def extended(self, new: list[DeviceEvent], now: datetime) -> Self:
        """Return the cursor with new alarms, without those that are outside of all further windows."""
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
        """Return the cursor as stored."""
        return {
            "newest": self.newest.isoformat(),
            "known": {name: time.isoformat() for name, time in self.known.items()},
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read a stored cursor. Raises AttributeError, KeyError, TypeError or ValueError if it is malformed."""
        known = {name: _utc(time) for name, time in data["known"].items()}
        return cls(_utc(data["newest"]), known)


def _utc(text: str) -> datetime:
    return dt_util.as_utc(datetime.fromisoformat(text))


@dataclass(slots=True)
class _LatestAlarm:
    """The newest alarm of a camera, whose recording may be uploaded later."""

    alarm: Alarm
    sent_at: datetime
    recording_queries: int = 0


class Alarms:
    """Alarms of a config entry. Polled by the poller."""

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
        self._cursors: dict[str, AlarmCursor] = {}
        self._newest: dict[str, _LatestAlarm] = {}
        self._loaded_at = dt_util.utcnow()

    async def async_load(self) -> None:
        """Load the known alarms."""
        for iot_id, data in (await self._store.async_read()).items():
            try:
                self._cursors[iot_id] = AlarmCursor.from_dict(data)
            except (AttributeError, KeyError, TypeError, ValueError) as err:
                _LOGGER.warning("Stored alarms of a camera cannot be read: %r", err)

    async def async_unload(self) -> None:
        """Save pending changes."""
        await self._store.async_save(self._as_dict())

    def poll_interval(self, camera: Camera) -> float | None:
        """Return the seconds between polls of a camera; None not to poll it."""
        if camera.status in (DeviceStatus.UNACTIVE, DeviceStatus.DISABLE):
            return None
        if not camera.online:
            return OFFLINE_INTERVAL
        newest = self._newest.get(camera.iot_id)
        is_busy = newest is not None and dt_util.utcnow() - newest.sent_at < BUSY
        if is_busy or self._is_busy(camera.iot_id):
            return BUSY_INTERVAL
        return QUIET_INTERVAL

    async def async_poll(self, iot_id: str) -> None:
        """Send the new alarms of a camera. Raises a LinkVisualError."""
        now = dt_util.utcnow()
        cursor = self._cursors.get(iot_id) or AlarmCursor(now - FIRST_WINDOW)
        listed = await self._list(iot_id, *cursor.window(now))
        new = sorted(
            (event for event in listed.values() if event.event_id not in cursor.known),
            key=lambda event: event.sort_key,
        )
        is_first = iot_id not in self._cursors
        self._cursors[iot_id] = cursor.extended(new, now)
        if is_first:
            # Alarms from before the integration was set up are not sent.
            new = [event for event in new if event.event_time >= self._loaded_at]
            self._store.async_delay_save(self._as_dict, SAVE_DELAY)
        if new:
            # Saved before sending, so that no alarm is sent twice after a crash.
            await self._store.async_save(self._as_dict())
            for event in new:
                alarm = Alarm.of_event(iot_id, event)
                self._newest[iot_id] = _LatestAlarm(alarm, now)
                self._send(alarm)
        if newest := self._newest.get(iot_id):
            await self._query_recording(newest)

    async def _list(
        self, iot_id: str, begin: datetime, end: datetime
    ) -> dict[str, DeviceEvent]:
        events: dict[str, DeviceEvent] = {}
        for current_page in range(1, MAX_PAGES + 1):
            page = await self._client.query_device_event(
                iot_id, begin, end, current_page
            )
            events.update({event.event_id: event for event in page.rows})
            if page.last:
                break
        return events

    async def _query_recording(self, newest: _LatestAlarm) -> None:
        """Query the recording of the newest alarm, if it is due."""
        now = dt_util.utcnow()
        due = newest.sent_at + RECORDED_AFTER * newest.recording_queries
        if (
            newest.alarm.file_name is not None
            or newest.recording_queries >= MAX_RECORDING_QUERIES
            or now < max(due, newest.alarm.event_time + RECORDED_AFTER)
        ):
            return
        newest.recording_queries += 1
        try:
            files = await self._client.query_device_event_record(
                newest.alarm.iot_id, newest.alarm.event_id
            )
        except CloudError as err:
            # The alarm itself was sent.
            _LOGGER.debug("Cannot query the recording of an alarm: %s", err)
            return
        if files:
            newest.alarm = replace(newest.alarm, file_name=files[0].file_name)
            self._send(newest.alarm)

    @callback
    def _send(self, alarm: Alarm) -> None:
        signal = alarm_signal(self._entry_id, alarm.iot_id)
        async_dispatcher_send(self._hass, signal, alarm)

    def _as_dict(self) -> dict[str, Any]:
        return {iot_id: cursor.as_dict() for iot_id, cursor in self._cursors.items()}

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await EntryStore(hass, entry_id, STORE).async_remove()
