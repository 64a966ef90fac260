"""Binary sensors: connectivity and recording."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import LinkVisualConfigEntry
from .entity import LinkVisualEntity, RecordingEntity, async_add_per_camera

PARALLEL_UPDATES = 0

CONNECTIVITY = BinarySensorEntityDescription(
    key="connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
RECORDING = BinarySensorEntityDescription(
    key="recording",
    translation_key="recording",
    device_class=BinarySensorDeviceClass.RUNNING,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of all cameras."""
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (
            ConnectivitySensor(entry, iot_id, CONNECTIVITY),
            RecordingSensor(entry, iot_id, RECORDING),
        ),
    )


class ConnectivitySensor(LinkVisualEntity, BinarySensorEntity):
    """Whether IoT Platform reports the camera as connected."""

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.last_update_success

    @property
    @override
    def is_on(self) -> bool:
        return self.camera.online


class RecordingSensor(RecordingEntity, BinarySensorEntity):
    """Whether the camera is making a triggered recording."""

    @property
    @override
    def is_on(self) -> bool:
        return self._data.recordings.is_running(self._iot_id)
