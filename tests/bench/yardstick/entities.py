"""Entities of each kind, without anything to do or to tell."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.components.camera import (
    Camera,
    CameraEntityDescription,
    CameraEntityFeature,
)
from homeassistant.components.datetime import DateTimeEntity, DateTimeEntityDescription
from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.components.number import NumberEntity, NumberEntityDescription
from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

# As many as the integration that it is compared with adds at a time.
DEVICES_PER_BATCH = 10


@dataclass(frozen=True, slots=True)
class Registered:
    """Devices by identifier, descriptions by domain and key, and by domain the keys of each device's entities."""

    devices: dict[str, DeviceInfo]
    descriptions: dict[str, dict[str, EntityDescription]]
    entities: dict[str, dict[str, list[str]]]


class YardstickEntity(Entity):
    """An entity of a device."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        hass: HomeAssistant,
        identifier: str,
        device_info: DeviceInfo,
        entity_description: EntityDescription,
    ) -> None:
        self.entity_description = entity_description
        self._attr_unique_id = f"{identifier}_{entity_description.key}"
        self._attr_device_info = device_info


class YardstickBinarySensor(YardstickEntity, BinarySensorEntity):
    """Unknown."""


class YardstickButton(YardstickEntity, ButtonEntity):
    """Never pressed."""


class YardstickCalendar(YardstickEntity, CalendarEntity):
    """Without events."""

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """No event."""
        return None


class YardstickCamera(YardstickEntity, Camera):
    """Without pictures."""

    _attr_supported_features = CameraEntityFeature.STREAM

    def __init__(self, *arguments: Any) -> None:
        Camera.__init__(self)
        super().__init__(*arguments)


class YardstickDateTime(YardstickEntity, DateTimeEntity):
    """Unknown."""

    _attr_native_value: datetime | None = None


class YardstickEvent(YardstickEntity, EventEntity):
    """Without events."""


class YardstickImage(YardstickEntity, ImageEntity):
    """Without a picture."""

    def __init__(self, hass: HomeAssistant, *arguments: Any) -> None:
        ImageEntity.__init__(self, hass)
        super().__init__(hass, *arguments)


class YardstickNumber(YardstickEntity, NumberEntity):
    """Unknown."""

    _attr_native_value: float | None = None


class YardstickSelect(YardstickEntity, SelectEntity):
    """Unknown."""


class YardstickSensor(YardstickEntity, SensorEntity):
    """Unknown."""


class YardstickSwitch(YardstickEntity, SwitchEntity):
    """Unknown."""


_KINDS: dict[str, tuple[type[YardstickEntity], type[EntityDescription]]] = {
    "binary_sensor": (YardstickBinarySensor, BinarySensorEntityDescription),
    "button": (YardstickButton, ButtonEntityDescription),
    "calendar": (YardstickCalendar, CalendarEntityDescription),
    "camera": (YardstickCamera, CameraEntityDescription),
    "datetime": (YardstickDateTime, DateTimeEntityDescription),
    "event": (YardstickEvent, EventEntityDescription),
    "image": (YardstickImage, ImageEntityDescription),
    "number": (YardstickNumber, NumberEntityDescription),
    "select": (YardstickSelect, SelectEntityDescription),
    "sensor": (YardstickSensor, SensorEntityDescription),
    "switch": (YardstickSwitch, SwitchEntityDescription),
}


def description(domain: str, fields: dict[str, Any]) -> EntityDescription:
    """Return the description with these fields, as JSON has them."""
    if category := fields.get("entity_category"):
        fields["entity_category"] = EntityCategory(category)
    return _KINDS[domain][1](**fields)


async def async_add(
    domain: str,
    hass: HomeAssistant,
    entry: ConfigEntry[Registered],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entities of a domain, some at a time, so that the event loop is not blocked for seconds."""
    registered = entry.runtime_data
    entity_fn, _ = _KINDS[domain]
    descriptions = registered.descriptions[domain]
    entities = registered.entities[domain].items()
    for batch in batched(entities, DEVICES_PER_BATCH, strict=False):
        async_add_entities(
            entity_fn(
                hass, identifier, registered.devices[identifier], descriptions[key]
            )
            for identifier, keys in batch
            for key in keys
        )
        await asyncio.sleep(0)
