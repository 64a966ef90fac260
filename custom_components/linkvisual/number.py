"""Number entities: durations of recordings, and for how many days the cloud keeps them."""

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

from .api.calls_records import MAX_RETENTION_DAYS
from .api.media_models import (
    MAX_PRE_RECORD_DURATION,
    MAX_RECORD_DURATION,
    MIN_RECORD_DURATION,
)
from .const import ATTR_PRE_RECORD_DURATION, ATTR_RECORD_DURATION, ATTR_STORAGE_DAYS
from .data import LinkVisualConfigEntry
from .entity import LinkVisualEntity, async_add_per_camera
from .errors import raise_translated
from .recordings.settings import whole_number

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
STORAGE_DAYS = NumberEntityDescription(
    key=ATTR_STORAGE_DAYS,
    translation_key=ATTR_STORAGE_DAYS,
    device_class=NumberDeviceClass.DURATION,
    entity_category=EntityCategory.CONFIG,
    # It can cost money, and fewer days delete recordings.
    entity_registry_enabled_default=False,
    native_unit_of_measurement=UnitOfTime.DAYS,
    native_min_value=0,
    native_max_value=MAX_RETENTION_DAYS,
    native_step=1,
    mode=NumberMode.BOX,
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
            *(SettingNumber(entry, iot_id, description) for description in NUMBERS),
            StorageNumber(entry, iot_id, STORAGE_DAYS),
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


class StorageNumber(LinkVisualEntity, NumberEntity):
    """Retention of a camera's recordings, as the cloud has it."""

    @property
    @override
    def native_value(self) -> int | None:
        return self.coordinator.days_kept(self._iot_id)

    @override
    async def async_set_native_value(self, value: float) -> None:
        days = whole_number(ATTR_STORAGE_DAYS, value, 0, MAX_RETENTION_DAYS)
        with raise_translated(self.hass, self._entry, self._iot_id):
            await self.coordinator.async_set_retention(self._iot_id, days)
