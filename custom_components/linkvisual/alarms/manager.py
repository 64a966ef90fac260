"""Alarms of a config entry, polled from the cloud; each is sent once, in order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import logging
import time
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util

from ..api.client import LinkVisualClient
from ..api.errors import CloudError
from ..api.media_models import DeviceEvent
from ..api.models import DeviceStatus
from ..coordinator import Camera
from ..storage import EntryStore
from .cursor import MAX_DELAY, AlarmCursor
from .models import Alarm, alarm_signal

_LOGGER = logging.getLogger(__name__)

STORE = "alarms"
SAVE_DELAY = 30

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
        # Monotonic times of the last complete listings.
        self._listed_at: dict[str, float] = {}

    async def async_load(self) -> None:
        """Load the known alarms."""
        for iot_id, data in (await self._store.async_read()).items():
            try:
                self._cursors[iot_id] = AlarmCursor.from_dict(data)
            except (
                AttributeError,
                KeyError,
                OverflowError,
                TypeError,
                ValueError,
            ) as err:
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
        listed, is_complete = await self._list(iot_id, *cursor.window(now))
        new = sorted(
            (event for event in listed if event.event_id not in cursor.known),
            key=lambda event: event.sort_key,
        )
        extended = cursor.extended(new, now)
        was_listed_lately = self._was_listed_lately(iot_id)
        if was_listed_lately:
            extended = extended.measured(new, now)
        is_first = iot_id not in self._cursors
        self._cursors[iot_id] = extended
        if is_complete:
            self._listed_at[iot_id] = time.monotonic()
        if is_first:
            # Alarms from before the integration was set up are not sent.
            new = [event for event in new if event.event_time >= self._loaded_at]
            self._store.async_delay_save(self._as_dict, SAVE_DELAY)
        recent = [
            event
            for event in new
            if not cursor.is_old(event, now, was_listed_lately=was_listed_lately)
        ]
        if old := len(new) - len(recent):
            _LOGGER.info(
                "%s alarms of %s from more than an hour ago are not reported",
                old,
                iot_id,
            )
        if new:
            # Saved before sending, so that no alarm is sent twice after a crash.
            await self._store.async_commit(self._as_dict)
        for event in recent:
            alarm = Alarm.of_event(iot_id, event)
            self._newest[iot_id] = _LatestAlarm(alarm, now)
            self._send(alarm)
        if newest := self._newest.get(iot_id):
            await self._query_recording(newest)

    def _was_listed_lately(self, iot_id: str) -> bool:
        listed_at = self._listed_at.get(iot_id)
        return (
            listed_at is not None
            and time.monotonic() - listed_at < MAX_DELAY.total_seconds()
        )

    async def _list(
        self, iot_id: str, begin: datetime, end: datetime
    ) -> tuple[Iterable[DeviceEvent], bool]:
        """Return the alarms of a time range, and whether these are all."""
        events: dict[str, DeviceEvent] = {}
        for current_page in range(1, MAX_PAGES + 1):
            page = await self._client.query_device_event(
                iot_id, begin, end, current_page
            )
            events.update({event.event_id: event for event in page.rows})
            if page.last:
                return events.values(), True
        return events.values(), False

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
