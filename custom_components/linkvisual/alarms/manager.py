"""Alarms of a config entry, polled from the cloud or brought by message queues; each is sent once, in order."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
import logging
import math
import time
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..api.calls_events import EVENTS_PER_PAGE
from ..api.client import LinkVisualClient
from ..api.media_models import DeviceEvent
from ..api.mns.models import PushedAlarm
from ..api.models import DeviceStatus
from ..const import DOMAIN
from ..coordinator import Camera
from ..storage import EntryStore
from .clips import AlarmClips
from .cursor import MAX_CLOCK_AHEAD, MAX_DELAY, AlarmCursor
from .health import PushHealth
from .known import DIFFERENCES, KnownAlarm
from .models import Alarm, alarm_signal, alarm_updated_signal

_LOGGER = logging.getLogger(__name__)

STORE = "alarms"
SAVE_DELAY = 30

# Window of the first poll, which determines the camera's clock.
FIRST_WINDOW = timedelta(days=1)
# Two days with an alarm a minute.
MAX_PAGES = 60
# Seconds between looks at all times that a camera's clock may show, where that takes several calls.
WIDE_INTERVAL = 600.0
# Seconds between polls of a camera, if the budget allows; a camera with a recent alarm is busy for some seconds.
QUIET_INTERVAL = 30.0
BUSY_INTERVAL = 10.0
OFFLINE_INTERVAL = 300.0
BUSY = 120.0
# Seconds after which a camera is polled for what the message of an alarm does not tell: the list is behind.
LOOKUPS_AFTER = (1.0, 3.0, 8.0, 30.0, 120.0)
_LOOKUP_INTERVAL = 0.5


class Alarms:
    """Alarms of a config entry. Polled by the poller."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        client: LinkVisualClient,
        is_busy: Callable[[str], bool],
        health: PushHealth,
    ) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._client = client
        self._is_busy = is_busy
        self._health = health
        self._store = EntryStore(hass, entry_id, STORE)
        self._cursors: dict[str, AlarmCursor] = {}
        self.clips = AlarmClips(client, partial(self._async_send, is_new=False))
        # Monotonic times of the last complete listings, and of the last alarms.
        self._listed_at: dict[str, float] = {}
        # Monotonic times before which no wide window is listed.
        self._wide_at: dict[str, float] = {}
        self._alarmed_at: dict[str, float] = {}
        # Monotonic times at which cameras are polled for the EventIds of alarms that the queue has brought.
        self._lookups: dict[str, list[float]] = {}
        self._watchers: Counter[str] = Counter()
        # With whether each is new.
        self._unsent: list[tuple[Alarm, bool]] = []
        self._sending: asyncio.Task[None] | None = None
        self._stopped = False

    async def async_load(self) -> None:
        """Load the known alarms."""
        for iot_id, data in (await self._store.async_read()).items():
            try:
                self._cursors[iot_id] = AlarmCursor.from_dict(data)
                self.clips.restore(iot_id, data)
                self._schedule_lookups(iot_id)
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
            self._put_back(*self._unsent.pop())

    def _put_back(self, alarm: Alarm, is_new: bool) -> None:
        """Let an alarm, or what came later, be found again."""
        if alarm.file_name:
            self.clips.async_wait_for(replace(alarm, files=()))
            return
        self.clips.async_forget(alarm.iot_id, alarm.event_id)
        cursor = self._cursors.get(alarm.iot_id)
        if cursor is None or (known := cursor.known.get(alarm.key)) is None:
            return
        self._cursors[alarm.iot_id] = (
            cursor.without(known)
            if is_new
            else cursor.replaced(known, replace(known, event_id=""))
        )

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

    def age(self, alarm: Alarm) -> timedelta:
        """Return how long ago an alarm happened, by the cloud's clock."""
        now = self._client.now()
        if alarm.sent_at:
            return now - alarm.sent_at
        cursor = self._cursors.get(alarm.iot_id) or AlarmCursor(now)
        return cursor.age(alarm.event_time, now)

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
        iot_id = camera.iot_id
        if not self._watchers[iot_id] or camera.status in (
            DeviceStatus.UNACTIVE,
            DeviceStatus.DISABLE,
        ):
            return None
        if (lookups := self._lookups.get(iot_id)) and lookups[0] <= time.monotonic():
            return _LOOKUP_INTERVAL
        if (interval := self._health.safety_interval(camera)) is not None:
            return interval
        if not camera.online:
            return OFFLINE_INTERVAL
        alarmed_at = self._alarmed_at.get(iot_id, -math.inf)
        if time.monotonic() - alarmed_at < BUSY or self._is_busy(iot_id):
            return BUSY_INTERVAL
        return QUIET_INTERVAL

    def _schedule_lookups(self, iot_id: str) -> None:
        """Poll a camera soon, and again, while EventIds are missing."""
        known = self._cursors[iot_id].known.values()
        now = time.monotonic()
        self._lookups[iot_id] = (
            [now + seconds for seconds in LOOKUPS_AFTER]
            if any(not alarm.event_id for alarm in known)
            else []
        )

    async def async_poll(self, iot_id: str) -> None:
        """Send the new alarms of a camera. Raises a LinkVisualError."""
        now, started = self._client.now(), time.monotonic()
        if lookups := self._lookups.get(iot_id):
            self._lookups[iot_id] = [at for at in lookups if at > started]
        is_wide = started >= self._wide_at.get(iot_id, -math.inf)
        window = self._cursors[iot_id].window(now, is_wide=is_wide)
        listed, is_complete = await self._list(iot_id, *window)
        if self._stopped or iot_id not in self._cursors:
            return
        # What happened while the cloud was slow to answer is listed, too.
        now = self._client.now()
        if is_wide and len(listed) > EVENTS_PER_PAGE:
            self._wide_at[iot_id] = started + WIDE_INTERVAL
        new = self._match_brought(iot_id, listed.values())
        cursor = self._cursors[iot_id]
        was_listed_lately = self._was_listed_lately(iot_id)
        extended = cursor.extended(
            (
                KnownAlarm(
                    event_time=event.event_time,
                    alarm_type=event.event_type,
                    event_id=event.event_id,
                )
                for event in new
            ),
            now,
            listed if is_wide else None,
        )
        if was_listed_lately:
            ages = [now - event.event_time for event in new]
            extended = extended.measured(ages, now)
        last_listed_at = self._listed_at.get(iot_id)
        if is_complete:
            self._listed_at[iot_id] = started
            extended = replace(extended, since=None)
        self._set_cursor(iot_id, extended)
        recent = self._recent(
            iot_id, cursor, new, now, was_listed_lately=was_listed_lately
        )
        queue = self._health.queue_of(iot_id)
        for event in recent:
            if queue:
                queue.polled(iot_id, event.event_id, last_listed_at)
            alarm = Alarm.of_event(iot_id, event)
            self._alarmed_at[iot_id] = time.monotonic()
            self.clips.async_wait_for(alarm)
            self._async_send(alarm, is_new=True)

    def _recent(
        self,
        iot_id: str,
        cursor: AlarmCursor,
        new: list[DeviceEvent],
        now: datetime,
        *,
        was_listed_lately: bool,
    ) -> list[DeviceEvent]:
        """Return the alarms that happened lately, of those that are listed for the first time."""
        # The clock is ahead by as much at least. Times that were not asked for are odd.
        leads = [event.event_time - now for event in new]
        lead = max([timedelta(), *(lead for lead in leads if lead <= MAX_CLOCK_AHEAD)])
        new = [event for event in new if not cursor.is_earlier(event.event_time - lead)]
        recent = [
            event
            for event in new
            if not cursor.is_old(
                event.event_time, now, was_listed_lately=was_listed_lately
            )
        ]
        if old := len(new) - len(recent):
            _LOGGER.info(
                "%s alarms of %s from more than an hour ago are not reported",
                old,
                iot_id,
            )
        return recent

    def _match_brought(
        self, iot_id: str, listed: Iterable[DeviceEvent]
    ) -> list[DeviceEvent]:
        """Return the listed alarms that are not known, sorted; add what they tell to those that the queue has brought."""
        known = self._cursors[iot_id].known
        new = sorted(
            (event for event in listed if event.event_id not in known),
            key=lambda event: event.sort_key,
        )
        for difference in DIFFERENCES:
            for event in list(new):
                if self._match(iot_id, event, difference):
                    new.remove(event)
        return new

    def _match(self, iot_id: str, event: DeviceEvent, difference: timedelta) -> bool:
        """Send what a listed alarm tells if the queue has brought it. Return whether it has."""
        cursor = self._cursors[iot_id]
        row = KnownAlarm(event_time=event.event_time, alarm_type=event.event_type)
        unlisted = (alarm for alarm in cursor.known.values() if not alarm.event_id)
        if (brought := row.find_same(unlisted, difference)) is None:
            return False
        found = replace(brought, event_id=event.event_id)
        self._set_cursor(iot_id, cursor.replaced(brought, found))
        alarm = replace(
            Alarm.of_event(iot_id, event),
            event_time=brought.event_time,
            alarm_type=brought.alarm_type or event.event_type,
        )
        self.clips.async_wait_for(alarm)
        self._async_send(alarm, is_new=False)
        return True

    @callback
    def async_brought(
        self, iot_id: str, message: PushedAlarm, sent_at: datetime
    ) -> None:
        """Send an alarm that the message queue has brought, if it is new. `sent_at` is the cloud's time."""
        cursor, queue = self._cursors.get(iot_id), self._health.queue_of(iot_id)
        if self._stopped or cursor is None or queue is None:
            return
        now = self._client.now()
        alarm = KnownAlarm(
            event_time=message.event_time,
            alarm_type=message.event_type,
            sent_at=sent_at,
        )
        known = cursor.known.values()
        if any(each.is_pushed and each.is_same_message(alarm) for each in known):
            return
        if listed := alarm.find_same(each for each in known if not each.is_pushed):
            queue.brought(iot_id, listed.event_id)
            # The time of the message tells repeated ones.
            found = replace(listed, event_time=alarm.event_time, sent_at=sent_at)
            self._set_cursor(iot_id, cursor.replaced(listed, found))
            return
        queue.brought(iot_id)
        if cursor.is_earlier(sent_at) or now - sent_at > MAX_DELAY:
            return
        # The camera's clock may be wrong: what counts is when the message was sent, which shows the clock's lag, too.
        cursor = cursor.measured([sent_at - alarm.event_time], now)
        self._set_cursor(iot_id, cursor.extended([alarm], now))
        self._schedule_lookups(iot_id)
        self._alarmed_at[iot_id] = time.monotonic()
        self._async_send(Alarm.of_message(iot_id, message, sent_at), is_new=True)

    async def async_sent(self) -> bool:
        """Return whether all alarms are sent; else they come again after the next start, if their messages do."""
        if self._sending:
            await asyncio.wait([self._sending])
        return not self._stopped

    def _set_cursor(self, iot_id: str, cursor: AlarmCursor) -> None:
        if cursor != self._cursors[iot_id]:
            self._cursors[iot_id] = cursor
            self._store.async_delay_save(self._as_dict, SAVE_DELAY)

    def _was_listed_lately(self, iot_id: str) -> bool:
        listed_at = self._listed_at.get(iot_id)
        return (
            listed_at is not None
            and time.monotonic() - listed_at < MAX_DELAY.total_seconds()
        )

    async def _list(
        self, iot_id: str, begin: datetime, end: datetime
    ) -> tuple[dict[str, DeviceEvent], bool]:
        """Return the alarms of a time range by EventId, and whether these are all."""
        events: dict[str, DeviceEvent] = {}
        for current_page in range(1, MAX_PAGES + 1):
            page = await self._client.query_device_event(
                iot_id, begin, end, current_page
            )
            count = len(events)
            events.update({event.event_id: event for event in page.rows})
            if page.last or (page.rows and len(events) == count):
                return events, True
        return events, False

    @callback
    def _async_send(self, alarm: Alarm, *, is_new: bool) -> None:
        """Send a new alarm, or an earlier one of which more is known, once that is stored."""
        if self._stopped:
            self._put_back(alarm, is_new)
            return
        self._unsent.append((alarm, is_new))
        if self._sending is None:
            self._sending = self._hass.async_create_task(
                self._send_stored(), f"{DOMAIN} alarms"
            )

    async def _send_stored(self) -> None:
        """Store first, so that nothing is sent twice after a crash. Alarms in a burst share a write."""
        try:
            while self._unsent:
                count = await self._store_unsent()
                stored, self._unsent = self._unsent[:count], self._unsent[count:]
                for alarm, is_new in stored:
                    signal_fn = alarm_signal if is_new else alarm_updated_signal
                    signal = signal_fn(self._entry_id, alarm.iot_id)
                    async_dispatcher_send(self._hass, signal, alarm)
        finally:
            self._sending = None

    async def _store_unsent(self) -> int:
        """Store what is to be sent. Return how much of it is stored: a crash loses what is not sent right after that."""
        count = len(self._unsent)

        def snapshot() -> dict[str, Any]:
            # Later than the call: a write may wait for its turn, and what comes meanwhile is written along.
            nonlocal count
            count = len(self._unsent)
            return self._as_dict()

        await self._store.async_commit(snapshot)
        return count

    def _as_dict(self) -> dict[str, Any]:
        return {
            iot_id: cursor.as_dict() | self.clips.as_dict(iot_id)
            for iot_id, cursor in self._cursors.items()
        }

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await EntryStore(hass, entry_id, STORE).async_remove()
