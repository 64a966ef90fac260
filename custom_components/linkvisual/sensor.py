"""When the newest recording began."""

from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import LinkVisualConfigEntry
from .entity import RecordingEntity, async_add_per_camera
from .media_ids import RECORDING, MediaId
from .recording import Recording

PARALLEL_UPDATES = 0

LAST_RECORDING = SensorEntityDescription(
    key="last_recording",
    translation_key="last_recording",
    device_class=SensorDeviceClass.TIMESTAMP,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of all cameras."""
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (LastRecordingSensor(entry, iot_id, LAST_RECORDING),),
    )


class LastRecordingSensor(RecordingEntity, SensorEntity):
    """When the newest recording that can be watched began."""

    @property
    def _recording(self) -> Recording | None:
        return self._entry.runtime_data.recordings.last_ready(self._iot_id)

    @property
    @override
    def native_value(self) -> datetime | None:
        return self._recording.files[0].begin if self._recording else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        if self._recording is None:
            return {"file_id": None, "media_content_id": None}
        first = self._recording.files[0]
        return {
            "file_id": self._recording.file_id,
            "media_content_id": MediaId(
                self._entry.entry_id, self._iot_id, RECORDING, first.file_name
            ).content_id,
        }
