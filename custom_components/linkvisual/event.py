"""What happens to recordings, as an entity that automations can be built on."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import LinkVisualConfigEntry
from .entity import RecordingEntity, async_add_per_camera
from .recording import Recording

PARALLEL_UPDATES = 0

RECORDING = EventEntityDescription(
    key="recording",
    translation_key="recording",
    event_types=["triggered", "ready", "failed"],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entities of all cameras."""
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (RecordingEvent(entry, iot_id, RECORDING),),
    )


class RecordingEvent(RecordingEntity, EventEntity):
    """Tells of the same recordings as the events on the bus, with the same words."""

    @callback
    @override
    def _recording_changed(self, event: str, recording: Recording) -> None:
        if event in self.event_types:
            self._trigger_event(event, recording.details(self._entry.entry_id))
            super()._recording_changed(event, recording)
