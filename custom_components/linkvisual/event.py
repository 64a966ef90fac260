"""Event entities: recordings and alarms."""

from collections.abc import Iterator
from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .alarms.models import ALARM_TYPES, Alarm, alarm_data, alarm_signal
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
    with_alarms = entry.runtime_data.alarms is not None

    def make(iot_id: str) -> Iterator[Entity]:
        yield RecordingEventEntity(entry, iot_id, RECORDING)
        if with_alarms:
            yield AlarmEventEntity(entry, iot_id, ALARM)

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
    """Alarms of the camera."""

    _last: Alarm | None = None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = alarm_signal(self._entry.entry_id, self._iot_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self._handle_alarm)
        )

    @callback
    def _handle_alarm(self, alarm: Alarm) -> None:
        """Trigger the event once; update the attributes when the recording is available."""
        if self._last is None or self._last.event_id != alarm.event_id:
            self._trigger_event(alarm.name, self._attributes(alarm))
        self._last = alarm
        self.async_write_ha_state()

    def _attributes(self, alarm: Alarm) -> dict[str, Any]:
        attributes = alarm_data(alarm, self._entry.entry_id)
        if alarm.picture_id:
            attributes["picture"] = signed_picture_path(
                self.hass, self._entry.entry_id, self._iot_id, alarm.picture_id
            )
        return attributes

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        return alarm_data(self._last, self._entry.entry_id) if self._last else None
