"""Which of its streams a camera records and shows."""

from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import ATTR_STREAM_TYPE
from .data import LinkVisualConfigEntry
from .entity import LinkVisualEntity, async_add_per_camera
from .settings import STREAM_TYPES

PARALLEL_UPDATES = 0

STREAM_TYPE = SelectEntityDescription(
    key=ATTR_STREAM_TYPE,
    translation_key=ATTR_STREAM_TYPE,
    entity_category=EntityCategory.CONFIG,
    options=list(STREAM_TYPES),
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


class StreamTypeSelect(LinkVisualEntity, SelectEntity):
    """The main stream or the smaller one."""

    @property
    @override
    def current_option(self) -> str:
        return self._entry.runtime_data.settings.get(self._iot_id).stream_type

    @override
    async def async_select_option(self, option: str) -> None:
        self._entry.runtime_data.settings.change(
            self._iot_id, {ATTR_STREAM_TYPE: option}
        )
        self.async_write_ha_state()
