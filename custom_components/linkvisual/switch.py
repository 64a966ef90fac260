"""Switches: boolean properties of cameras."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import LinkVisualConfigEntry
from .properties.entity import (
    PropertyEntity,
    PropertyEntityDescription,
    async_add_per_property,
)
from .properties.manager import ALARM_SWITCH

# Commands run in parallel; the client respects the cloud's rate limits.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PropertySwitchDescription(PropertyEntityDescription, SwitchEntityDescription):
    """Description of a boolean property."""

    entity_category: EntityCategory | None = EntityCategory.CONFIG


_ON = {"0": False, "1": True}

SWITCHES = (
    PropertySwitchDescription(
        key="alarm_detection",
        translation_key="alarm_detection",
        identifier=ALARM_SWITCH,
    ),
    PropertySwitchDescription(
        key="encryption",
        translation_key="encryption",
        identifier="EncryptSwitch",
        entity_registry_enabled_default=False,
    ),
    PropertySwitchDescription(
        key="microphone", translation_key="microphone", identifier="MicSwitch"
    ),
    PropertySwitchDescription(
        key="speaker",
        translation_key="speaker",
        identifier="SpeakerSwitch",
        entity_registry_enabled_default=False,
    ),
    PropertySwitchDescription(
        key="status_light",
        translation_key="status_light",
        identifier="StatusLightSwitch",
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of all cameras."""
    async_add_per_property(
        hass, entry, async_add_entities, Platform.SWITCH, SWITCHES, PropertySwitch
    )


class PropertySwitch(PropertyEntity, SwitchEntity):
    """A boolean property of a camera."""

    entity_description: PropertySwitchDescription
    _needs_camera = True

    @property
    @override
    def is_on(self) -> bool | None:
        return self._read(_ON.__getitem__)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._async_set(1)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._async_set(0)
