"""Event entities: recordings and alarms."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, override

from homeassistant.components.event import (
    ATTR_EVENT_TYPE,
    EventEntity,
    EventEntityDescription,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_interval

from .alarm_types import ALARM_TYPES
from .alarms.manager import Alarms
from .alarms.models import (
    ALARM_FIELDS,
    ATTR_PICTURE,
    Alarm,
    alarm_data,
    alarm_signal,
    alarm_updated_signal,
)
from .data import LinkVisualConfigEntry
from .entity import LinkVisualEntity, RecordingEntity, async_add_per_camera
from .media.identifiers import MediaId
from .media.urls import PICTURE_RENEWAL, day_link, state_picture_path
from .recordings.events import RecordingEvent, event_data
from .recordings.models import Recording

PARALLEL_UPDATES = 0

ATTR_RECORDING_URL = "recording_url"

RECORDING = EventEntityDescription(
    key="recording",
    translation_key="recording",
    event_types=list(RecordingEvent),
)

ALARM = EventEntityDescription(
    key="alarm", translation_key="alarm", event_types=ALARM_TYPES
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entities of all cameras."""
    alarms = entry.runtime_data.alarms

    def make(iot_id: str) -> Iterator[Entity]:
        yield RecordingEventEntity(entry, iot_id, RECORDING)
        if alarms:
            yield AlarmEventEntity(entry, iot_id, alarms)

    async_add_per_camera(entry, async_add_entities, make)


class RecordingEventEntity(RecordingEntity, EventEntity):
    """Events of recordings, with the same types and data as on the bus."""

    @callback
    @override
    def _handle_recording(
        self, recording: Recording, event: RecordingEvent | None
    ) -> None:
        if event is not None:
            self._trigger_event(event, event_data(recording, self._entry.entry_id))
            super()._handle_recording(recording, event)


class AlarmEventEntity(LinkVisualEntity, EventEntity):
    """Alarms of the camera. The attributes are of the last alarm, or of an earlier one whose recording came since."""

    # A signed path and the address that Home Assistant has just now.
    _unrecorded_attributes = frozenset({ATTR_PICTURE, ATTR_RECORDING_URL})

    def __init__(
        self, entry: LinkVisualConfigEntry, iot_id: str, alarms: Alarms
    ) -> None:
        super().__init__(entry, iot_id, ALARM)
        self._alarms = alarms
        # Set as a whole, including the event type, and restored: a reload changes none of them.
        self._alarm: dict[str, Any] = {}
        # Of the newest alarm, also while the attributes are of an earlier one.
        self._newest: dict[str, Any] = {}

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        if last := await self.async_get_last_state():
            self._alarm = {
                name: last.attributes[name]
                for name in (ATTR_EVENT_TYPE, *ALARM_FIELDS)
                if name in last.attributes
            }
        for signal_fn, handle in (
            (alarm_signal, self._handle_alarm),
            (alarm_updated_signal, self._handle_updated),
        ):
            signal = signal_fn(self._entry.entry_id, self._iot_id)
            self.async_on_remove(async_dispatcher_connect(self.hass, signal, handle))
        self.async_on_remove(
            async_track_time_interval(
                self.hass,
                self._handle_interval,
                PICTURE_RENEWAL,
                cancel_on_shutdown=True,
            )
        )
        self.async_on_remove(self._alarms.async_watch(self._iot_id))

    @property
    @override
    def entity_picture(self) -> str | None:
        """A signed path of the alarm's picture, which is shown in the entity's dialog."""
        if (content_id := self._alarm.get("picture_media_content_id")) is None:
            return None
        return state_picture_path(
            self.hass,
            self._entry.entry_id,
            self._iot_id,
            MediaId.parse_content_id(content_id).name,
        )

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        links = {
            ATTR_PICTURE: self.entity_picture,
            ATTR_RECORDING_URL: self._recording_url,
        }
        return self._alarm | {name: link for name, link in links.items() if link}

    @property
    def _recording_url(self) -> str | None:
        """The URL of the day in the media browser on which the alarm was recorded."""
        if "media_content_id" not in self._alarm:
            return None
        moment = datetime.fromisoformat(self._alarm["event_time"])
        return day_link(self.hass, self._iot_id, moment)

    @callback
    def _handle_interval(self, _now: datetime) -> None:
        """Write the state while the path of the picture is still valid: a new one is signed."""
        if self.entity_picture:
            self.async_write_ha_state()

    @callback
    def _handle_alarm(self, alarm: Alarm) -> None:
        self._trigger_event(alarm.name)
        self._newest = alarm_data(alarm, self._entry.entry_id)
        self._set_alarm(alarm)

    @callback
    def _handle_updated(self, alarm: Alarm) -> None:
        """Show the recording of an earlier alarm, or what else became known of the newest one, or of the one shown."""
        data = alarm_data(alarm, self._entry.entry_id)
        is_known = any(
            all(known.get(name) == data[name] for name in ("event_time", "alarm_type"))
            for known in (self._alarm, self._newest)
        )
        if is_known or alarm.file_name:
            self._set_alarm(alarm)

    @callback
    def _set_alarm(self, alarm: Alarm) -> None:
        self._alarm = {
            ATTR_EVENT_TYPE: alarm.name,
            **alarm_data(alarm, self._entry.entry_id),
            "recorded_lately": self._alarms.clips.are_recorded(self._iot_id),
        }
        if alarm.file_name and (
            text := self._data.annotations.async_recorded(
                self._iot_id,
                (alarm.event_id, alarm.event_time.isoformat()),
                alarm.file_name,
            )
        ):
            self._alarm["annotation"] = text
        self.async_write_ha_state()
