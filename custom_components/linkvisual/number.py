"""Number entities: durations of recordings."""

from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api.media_models import (
    MAX_PRE_RECORD_DURATION,
    MAX_RECORD_DURATION,
    MIN_RECORD_DURATION,
)
from .const import ATTR_PRE_RECORD_DURATION, ATTR_RECORD_DURATION
from .data import LinkVisualConfigEntry
from .entity import LinkVisualEntity, async_add_per_camera

PARALLEL_UPDATES = 0

NUMBERS = (
    NumberEntityDescription(
        key=ATTR_RECORD_DURATION,
        translation_key=ATTR_RECORD_DURATION,
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        native_min_value=MIN_RECORD_DURATION,
        native_max_value=MAX_RECORD_DURATION,
        native_step=1,
        mode=NumberMode.BOX,
    ),
    NumberEntityDescription(
        key=ATTR_PRE_RECORD_DURATION,
        translation_key=ATTR_PRE_RECORD_DURATION,
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        native_min_value=0,
        native_max_value=MAX_PRE_RECORD_DURATION,
        native_step=1,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of all cameras."""
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (
            SettingNumber(entry, iot_id, description) for description in NUMBERS
        ),
    )


class SettingNumber(LinkVisualEntity, NumberEntity):
    """A recording setting of a camera."""

    @property
    @override
    def native_value(self) -> int:
        settings = self._data.settings.get(self._iot_id)
        value: int = getattr(settings, self.entity_description.key)
        return value

    @override
    async def async_set_native_value(self, value: float) -> None:
        self._data.settings.change(self._iot_id, {self.entity_description.key: value})
        self.async_write_ha_state()
