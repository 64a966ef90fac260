"""Event entities: recordings and alarms."""

from collections.abc import Iterator
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

from .alarm_types import ALARM_TYPES
from .alarms.manager import Alarms
from .alarms.models import (
    ALARM_FIELDS,
    Alarm,
    alarm_data,
    alarm_recorded_signal,
    alarm_signal,
)
from .data import LinkVisualConfigEntry
from .entity import LinkVisualEntity, RecordingEntity, async_add_per_camera
from .media.urls import signed_picture_path
from .recordings.events import RecordingEvent, event_data
from .recordings.models import Recording

PARALLEL_UPDATES = 0

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

    # Set as a whole, including the event type, and restored: a reload changes none of them.
    _attr_extra_state_attributes: dict[str, Any]

    def __init__(
        self, entry: LinkVisualConfigEntry, iot_id: str, alarms: Alarms
    ) -> None:
        super().__init__(entry, iot_id, ALARM)
        self._alarms = alarms

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        if last := await self.async_get_last_state():
            self._attr_extra_state_attributes = {
                name: last.attributes[name]
                for name in (ATTR_EVENT_TYPE, *ALARM_FIELDS)
                if name in last.attributes
            }
        for signal_fn, handle in (
            (alarm_signal, self._handle_alarm),
            (alarm_recorded_signal, self._handle_recorded),
        ):
            signal = signal_fn(self._entry.entry_id, self._iot_id)
            self.async_on_remove(async_dispatcher_connect(self.hass, signal, handle))
        self.async_on_remove(self._alarms.async_watch(self._iot_id))

    @callback
    def _handle_alarm(self, alarm: Alarm) -> None:
        self._trigger_event(alarm.name)
        self._handle_recorded(alarm)

    @callback
    def _handle_recorded(self, alarm: Alarm) -> None:
        attributes = alarm_data(alarm, self._entry.entry_id)
        attributes["recorded_lately"] = self._alarms.clips.are_recorded(self._iot_id)
        if alarm.picture_id:
            attributes["picture"] = signed_picture_path(
                self.hass, self._entry.entry_id, self._iot_id, alarm.picture_id
            )
        if alarm.file_name and (
            text := self._data.annotations.async_recorded(
                self._iot_id, alarm.event_id, alarm.file_name
            )
        ):
            attributes["annotation"] = text
        self._attr_extra_state_attributes = {ATTR_EVENT_TYPE: alarm.name, **attributes}
        self.async_write_ha_state()
