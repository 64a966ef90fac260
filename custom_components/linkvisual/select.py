"""Select entities: stream type, and properties of cameras."""

from dataclasses import dataclass
from functools import cached_property
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import ATTR_STREAM_TYPE
from .data import LinkVisualConfigEntry
from .entity import LinkVisualEntity, async_add_per_camera
from .properties.entity import (
    PropertyEntity,
    PropertyEntityDescription,
    async_add_per_property,
)
from .recordings.settings import STREAM_TYPES

PARALLEL_UPDATES = 0

STREAM_TYPE = SelectEntityDescription(
    key=ATTR_STREAM_TYPE,
    translation_key=ATTR_STREAM_TYPE,
    entity_category=EntityCategory.CONFIG,
    options=list(STREAM_TYPES),
)


@dataclass(frozen=True, kw_only=True)
class PropertySelectDescription(PropertyEntityDescription, SelectEntityDescription):
    """Description of an enum property. The options are the values 0, 1, 2 and so on."""

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    options: list[str]

    @cached_property
    def by_value(self) -> dict[str, str]:
        """Options by the cloud's values."""
        return {str(number): option for number, option in enumerate(self.options)}


_QUALITIES = ["smooth", "sd", "hd"]
_SENSITIVITIES = ["off", "lowest", "low", "medium", "high", "highest"]

SELECTS = (
    PropertySelectDescription(
        key="alarm_frequency",
        translation_key="alarm_frequency",
        identifier="AlarmFrequencyLevel",
        options=["low", "medium", "high"],
        entity_registry_enabled_default=False,
    ),
    PropertySelectDescription(
        key="card_record_mode",
        translation_key="card_record_mode",
        identifier="StorageRecordMode",
        options=["off", "events", "all_day"],
        entity_registry_enabled_default=False,
    ),
    PropertySelectDescription(
        key="day_night_mode",
        translation_key="day_night_mode",
        identifier="DayNightMode",
        options=["day", "night", "automatic"],
    ),
    PropertySelectDescription(
        key="image_flip",
        translation_key="image_flip",
        identifier="ImageFlipState",
        options=["normal", "flipped"],
    ),
    PropertySelectDescription(
        key="motion_sensitivity",
        translation_key="motion_sensitivity",
        identifier="MotionDetectSensitivity",
        options=_SENSITIVITIES,
    ),
    PropertySelectDescription(
        key="sound_sensitivity",
        translation_key="sound_sensitivity",
        identifier="VoiceDetectionSensitivity",
        options=_SENSITIVITIES,
        entity_registry_enabled_default=False,
    ),
    PropertySelectDescription(
        key="sub_stream_video_quality",
        translation_key="sub_stream_video_quality",
        identifier="SubStreamVideoQuality",
        options=_QUALITIES,
        entity_registry_enabled_default=False,
    ),
    PropertySelectDescription(
        key="video_quality",
        translation_key="video_quality",
        identifier="StreamVideoQuality",
        options=_QUALITIES,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the selects of all cameras."""
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (StreamTypeSelect(entry, iot_id, STREAM_TYPE),),
    )
    async_add_per_property(
        hass, entry, async_add_entities, Platform.SELECT, SELECTS, PropertySelect
    )


class StreamTypeSelect(LinkVisualEntity, SelectEntity):
    """Stream type of recordings and live video."""

    @property
    @override
    def current_option(self) -> str:
        return self._data.settings.get(self._iot_id).stream_type

    @override
    async def async_select_option(self, option: str) -> None:
        self._data.settings.change(self._iot_id, {ATTR_STREAM_TYPE: option})
        self.async_write_ha_state()


class PropertySelect(PropertyEntity, SelectEntity):
    """An enum property of a camera."""

    entity_description: PropertySelectDescription
    _needs_camera = True

    @property
    @override
    def current_option(self) -> str | None:
        return self._read(self.entity_description.by_value.__getitem__)

    @override
    async def async_select_option(self, option: str) -> None:
        await self._async_set(self.entity_description.options.index(option))
