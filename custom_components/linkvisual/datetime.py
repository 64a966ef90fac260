"""Datetime entities: until when a camera's notifications are muted."""

from datetime import datetime
from typing import override

from homeassistant.components.datetime import DateTimeEntity, DateTimeEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoreEntity
from homeassistant.util import dt as dt_util

from .data import LinkVisualConfigEntry
from .entity import LinkVisualEntity, async_add_per_camera

PARALLEL_UPDATES = 0

MUTED_UNTIL = DateTimeEntityDescription(
    key="muted_until",
    translation_key="muted_until",
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entity of each camera."""
    async_add_per_camera(
        entry, async_add_entities, lambda iot_id: [MutedUntil(entry, iot_id)]
    )


class MutedUntil(LinkVisualEntity, DateTimeEntity, RestoreEntity):
    """The end of a camera's mute, for automations that notify: the blueprints set and heed it."""

    _attr_native_value: datetime | None = None

    def __init__(self, entry: LinkVisualConfigEntry, iot_id: str) -> None:
        super().__init__(entry, iot_id, MUTED_UNTIL)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        if last := await self.async_get_last_state():
            self._attr_native_value = dt_util.parse_datetime(last.state)

    @override
    async def async_set_value(self, value: datetime) -> None:
        self._attr_native_value = value
        self.async_write_ha_state()
