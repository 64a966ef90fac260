"""Calendar entities."""

from datetime import datetime, timedelta
from operator import attrgetter
from typing import override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .alarms.models import Alarm, alarm_signal, alarm_updated_signal
from .api.media_models import RecordType
from .data import LinkVisualConfigEntry
from .entity import RecordingEntity, async_add_per_camera
from .errors import raise_translated
from .media.identifiers import PICTURE, RECORDING, MediaId
from .media.timeline import TimelineRows
from .media.titles import Titles
from .media.urls import day_link
from .recordings.events import RecordingEvent
from .recordings.models import Recording

PARALLEL_UPDATES = 0

# Alarms are moments, events of calendars last.
ALARM_LENGTH = timedelta(minutes=1)
# How far back the cloud is asked where it keeps recordings for a shorter time, or none: alarms are kept, too.
MIN_DAYS = 31

RECORDINGS = CalendarEntityDescription(
    key="recordings",
    translation_key="recordings",
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the calendars of all cameras."""
    titles = await Titles.load(hass, hass.config.language)
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (RecordingsCalendar(entry, iot_id, titles),),
    )


class RecordingsCalendar(RecordingEntity, CalendarEntity):
    """The camera's recordings and alarms.

    Home Assistant's calendar triggers ask for events once, up to 15 minutes before these begin. Of a running recording
    the end is known then, of others nothing: they are listed after their end. A trigger with a positive offset looks
    back, and finds all that is listed until then.
    """

    def __init__(
        self, entry: LinkVisualConfigEntry, iot_id: str, titles: Titles
    ) -> None:
        super().__init__(entry, iot_id, RECORDINGS)
        self._titles = titles
        self._last_alarm: Alarm | None = None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        for signal_fn in (alarm_signal, alarm_updated_signal):
            signal = signal_fn(self._entry.entry_id, self._iot_id)
            self.async_on_remove(
                async_dispatcher_connect(self.hass, signal, self._handle_alarm)
            )

    @callback
    @override
    def _handle_recording(
        self, recording: Recording, event: RecordingEvent | None
    ) -> None:
        self._data.timeline.forget_recent(self._iot_id)
        super()._handle_recording(recording, event)

    @callback
    def _handle_alarm(self, alarm: Alarm) -> None:
        self._data.timeline.forget_recent(self._iot_id)
        if self._last_alarm is None or alarm.event_time >= self._last_alarm.event_time:
            self._last_alarm = alarm
        self.async_write_ha_state()

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """What is recorded now, else the last recording or alarm."""
        if running := self._data.recordings.running(self._iot_id):
            return self._running(running[-1])
        events: list[CalendarEvent] = []
        if last := self._data.recordings.last_ready(self._iot_id):
            file = last.files[-1]
            reason = self._titles.kind(RecordType.MANUAL)
            events.append(self._recording(file.begin, file.end, reason, file.file_name))
        if alarm := self._last_alarm:
            events.append(
                self._alarm(
                    alarm.event_time,
                    alarm.alarm_type,
                    alarm.picture_id,
                    alarm.event_id,
                )
            )
        return max(events, key=attrgetter("start"), default=None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        camera, now = self.camera, self._data.client.now()
        days = max(camera.retention_days or 0, MIN_DAYS)
        begin, end = max(start_date, now - timedelta(days=days)), min(end_date, now)
        rows = TimelineRows()
        if begin < end:
            with raise_translated(hass, self._entry, self._iot_id):
                rows = await self._data.timeline.between(self._iot_id, begin, end)
        events = [
            self._recording(
                file.begin, file.end, self._titles.reason(file), file.file_name
            )
            for file in rows.files
        ]
        events += [
            self._alarm(
                alarm.event_time, alarm.event_type, alarm.pic_id, alarm.event_id
            )
            for alarm in rows.alarms
        ]
        events += [
            self._running(recording)
            for recording in self._data.recordings.running(self._iot_id)
            if recording.triggered_at < end_date and recording.ends_at > start_date
        ]
        return sorted(events, key=attrgetter("start"))

    def _running(self, recording: Recording) -> CalendarEvent:
        """Return the event of a running recording, whose file is not known yet."""
        return _event(
            recording.triggered_at,
            recording.ends_at,
            self._summary("recording", self._titles.kind(RecordType.MANUAL)),
            recording.key,
        )

    def _recording(
        self, begin: datetime, end: datetime, reason: str, file_name: str
    ) -> CalendarEvent:
        summary = self._summary("recording", reason)
        links = self._links(begin, RECORDING, file_name)
        return _event(begin, end, summary, file_name, links)

    def _alarm(
        self, time: datetime, alarm_type: int, picture_id: str, event_id: str
    ) -> CalendarEvent:
        summary = self._summary("alarm", self._titles.alarm_type(alarm_type))
        links = self._links(time, PICTURE, picture_id)
        return _event(time, time + ALARM_LENGTH, summary, event_id, links)

    def _summary(self, what: str, reason: str) -> str:
        return " · ".join(filter(None, (self._titles.text(what), reason)))

    def _links(self, moment: datetime, kind: str, name: str) -> str:
        """Return the URL of the day in the media browser, and the media content ID, if any."""
        links = [day_link(self.hass, self._iot_id, moment)]
        if name:
            place = MediaId(self._entry.entry_id, self._iot_id, kind, name)
            links.append(place.content_id)
        return "\n".join(filter(None, links))


def _event(
    begin: datetime, end: datetime, summary: str, uid: str, description: str = ""
) -> CalendarEvent:
    """Return an event in local time.

    Home Assistant compares wall clocks: where they are set back meanwhile, the event has no length.
    """
    start = dt_util.as_local(begin)
    return CalendarEvent(
        start,
        max(start, dt_util.as_local(end)),
        summary,
        description or None,
        uid=uid or None,
    )
