"""Alarms of a config entry, polled from the cloud; each is sent once, in order."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
import logging
import math
import time
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..api.client import LinkVisualClient
from ..api.media_models import DeviceEvent
from ..api.models import DeviceStatus
from ..const import DOMAIN
from ..coordinator import Camera
from ..storage import EntryStore
from .clips import AlarmClips
from .cursor import MAX_DELAY, AlarmCursor
from .models import Alarm, alarm_recorded_signal, alarm_signal

_LOGGER = logging.getLogger(__name__)

STORE = "alarms"
SAVE_DELAY = 30

# Window of the first poll, which determines the camera's clock.
FIRST_WINDOW = timedelta(days=1)
MAX_PAGES = 20
# Seconds between polls of a camera, if the budget allows; a camera with a recent alarm is busy for some seconds.
QUIET_INTERVAL = 30.0
BUSY_INTERVAL = 10.0
OFFLINE_INTERVAL = 300.0
BUSY = 120.0


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
        self.clips = AlarmClips(client, self._async_send)
        # Monotonic times of the last complete listings, and of the last alarms.
        self._listed_at: dict[str, float] = {}
        self._alarmed_at: dict[str, float] = {}
        self._watchers: Counter[str] = Counter()
        self._unsent: list[Alarm] = []
        self._sending: asyncio.Task[None] | None = None
        self._stopped = False

    async def async_load(self) -> None:
        """Load the known alarms."""
        for iot_id, data in (await self._store.async_read()).items():
            try:
                self._cursors[iot_id] = AlarmCursor.from_dict(data)
                self.clips.restore(iot_id, data)
            except (
                AttributeError,
                KeyError,
                OverflowError,
                TypeError,
                ValueError,
            ) as err:
                _LOGGER.warning("Stored alarms of a camera cannot be read: %r", err)

    async def async_shut_down(self) -> None:
        """Let alarms be sent that are about to, and no others: Home Assistant waits for no task when it stops."""
        if self._sending:
            await asyncio.wait([self._sending])
        self.async_stop()

    @callback
    def async_stop(self) -> None:
        """Send nothing any more, since nobody listens; what is not sent yet is sent after the next start."""
        self._stopped = True
        while self._unsent:
            self._put_back(self._unsent.pop())

    def _put_back(self, alarm: Alarm) -> None:
        """Let an alarm, or its recording, be found again."""
        if alarm.file_name:
            self.clips.async_wait_for(replace(alarm, file_name=None))
            return
        self.clips.async_forget(alarm.iot_id, alarm.event_id)
        if cursor := self._cursors.get(alarm.iot_id):
            cursor.known.pop(alarm.event_id, None)

    async def async_unload(self) -> None:
        """Save pending changes."""
        await self._store.async_save(self._as_dict())

    @callback
    def async_watch(self, iot_id: str) -> CALLBACK_TYPE:
        """Poll a camera until the returned function is called."""
        self._watchers[iot_id] += 1
        if iot_id not in self._cursors:
            now = self._client.now()
            self._cursors[iot_id] = AlarmCursor(now - FIRST_WINDOW, since=now)
            # At once: alarms from now on are reported, whatever comes between here and the first poll.
            self._hass.async_create_task(
                self._store.async_commit(self._as_dict), f"{DOMAIN} alarms"
            )

        @callback
        def unwatch() -> None:
            self._watchers[iot_id] -= 1

        return unwatch

    @callback
    def forget_cameras(self, is_gone: Callable[[str], bool]) -> None:
        """Forget the alarms of cameras that are gone."""
        gone = list(filter(is_gone, self._cursors))
        for iot_id in gone:
            del self._cursors[iot_id]
            self.clips.async_forget(iot_id)
        if gone:
            self._store.async_delay_save(self._as_dict, SAVE_DELAY)

    def poll_interval(self, camera: Camera) -> float | None:
        """Return the seconds between polls of a camera; None not to poll it."""
        is_watched = self._watchers[camera.iot_id] > 0
        if not is_watched or camera.status in (
            DeviceStatus.UNACTIVE,
            DeviceStatus.DISABLE,
        ):
            return None
        if not camera.online:
            return OFFLINE_INTERVAL
        alarmed_at = self._alarmed_at.get(camera.iot_id, -math.inf)
        if time.monotonic() - alarmed_at < BUSY or self._is_busy(camera.iot_id):
            return BUSY_INTERVAL
        return QUIET_INTERVAL

    async def async_poll(self, iot_id: str) -> None:
        """Send the new alarms of a camera. Raises a LinkVisualError."""
        now, cursor = self._client.now(), self._cursors[iot_id]
        listed, is_complete = await self._list(iot_id, *cursor.window(now))
        if self._stopped or iot_id not in self._cursors:
            return
        new = sorted(
            (event for event in listed if event.event_id not in cursor.known),
            key=lambda event: event.sort_key,
        )
        was_listed_lately = self._was_listed_lately(iot_id)
        extended = cursor.extended(new, now)
        if was_listed_lately:
            extended = extended.measured(new, now)
        if is_complete:
            self._listed_at[iot_id] = time.monotonic()
            extended = replace(extended, since=None)
        if extended != cursor:
            self._store.async_delay_save(self._as_dict, SAVE_DELAY)
        self._cursors[iot_id] = extended
        new = [event for event in new if not cursor.is_earlier(event)]
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
        for event in recent:
            alarm = Alarm.of_event(iot_id, event)
            self._alarmed_at[iot_id] = time.monotonic()
            self.clips.async_wait_for(alarm)
            self._async_send(alarm)

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

    @callback
    def _async_send(self, alarm: Alarm) -> None:
        """Send a new alarm, or an earlier one with its recording, once that is stored."""
        if self._stopped:
            self._put_back(alarm)
            return
        self._unsent.append(alarm)
        if self._sending is None:
            self._sending = self._hass.async_create_task(
                self._send_stored(), f"{DOMAIN} alarms"
            )

    async def _send_stored(self) -> None:
        """Store first, so that nothing is sent twice after a crash. Alarms in a burst share a write."""
        try:
            while count := len(self._unsent):
                await self._store.async_commit(self._as_dict)
                stored, self._unsent = self._unsent[:count], self._unsent[count:]
                for alarm in stored:
                    self._send(alarm)
        finally:
            self._sending = None

    @callback
    def _send(self, alarm: Alarm) -> None:
        signal_fn = alarm_recorded_signal if alarm.file_name else alarm_signal
        signal = signal_fn(self._entry_id, alarm.iot_id)
        async_dispatcher_send(self._hass, signal, alarm)

    def _as_dict(self) -> dict[str, Any]:
        return {
            iot_id: cursor.as_dict() | self.clips.as_dict(iot_id)
            for iot_id, cursor in self._cursors.items()
        }

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await EntryStore(hass, entry_id, STORE).async_remove()
