"""What the account costs: sensors that are not of a camera."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfTime

from .api.meter import Meter
from .data import LinkVisualConfigEntry


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """A figure that the client counts."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    entity_registry_enabled_default: bool = False
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    value: Callable[[Meter], float]


ACCOUNT_SENSORS = (
    AccountSensorDescription(
        key="calls_last_hour",
        translation_key="calls_last_hour",
        value=lambda meter: meter.attempts_last_hour,
    ),
    AccountSensorDescription(
        key="clock_offset",
        translation_key="clock_offset",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        value=lambda meter: round(meter.clock_offset, 1),
    ),
)


class AccountSensor(SensorEntity):
    """A figure of the account, which is no device: devices are cameras. Home Assistant looks at it now and then, which costs no call."""

    _attr_has_entity_name = True
    entity_description: AccountSensorDescription

    def __init__(
        self, entry: LinkVisualConfigEntry, description: AccountSensorDescription
    ) -> None:
        self.entity_description = description
        self._meter = entry.runtime_data.client.meter
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_translation_placeholders = {"account": entry.title}

    @property
    @override
    def native_value(self) -> float:
        return self.entity_description.value(self._meter)
