"""Base of entities for thing model properties."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
import logging
from typing import override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoredExtraData, RestoreEntity

from ..data import LinkVisualConfigEntry
from ..entity import LinkVisualEntity, async_is_registered
from ..errors import raise_translated
from .manager import new_properties_signal, properties_signal

_LOGGER = logging.getLogger(__name__)

_VALUE = "value"


@dataclass(frozen=True, kw_only=True)
class PropertyEntityDescription(EntityDescription):
    """Description with the property's identifier. Source: linkvisual-api.md section 15."""

    identifier: str


class PropertyEntity(LinkVisualEntity, RestoreEntity):
    """Entity of a property. Shows the restored value until the first refresh."""

    entity_description: PropertyEntityDescription
    _unknown_value: str | None = None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        properties = self._data.properties
        data = await self.async_get_last_extra_data()
        if data and (value := data.as_dict().get(_VALUE)):
            identifier = self.entity_description.identifier
            properties.async_restore(self._iot_id, identifier, value)
        signal = properties_signal(self._entry.entry_id, self._iot_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self.async_write_ha_state)
        )

    @property
    @override
    def extra_restore_state_data(self) -> RestoredExtraData:
        return RestoredExtraData({_VALUE: self._value})

    @override
    async def async_update(self) -> None:
        """Refresh the camera's properties; called by `homeassistant.update_entity` only."""
        try:
            with raise_translated(self.hass, self._entry, self._iot_id):
                await self._data.properties.async_refresh(self._iot_id)
        except HomeAssistantError as err:
            # Home Assistant would log it with a traceback.
            _LOGGER.debug("Cannot update %s: %s", self.entity_id, err)

    @property
    def _value(self) -> str | None:
        properties = self._data.properties.get(self._iot_id)
        return properties.get(self.entity_description.identifier)

    def _read[T](self, value_fn: Callable[[str], T]) -> T | None:
        """Return the converted value; None if `value_fn` raises KeyError or ValueError: vendors use other values."""
        value = self._value
        try:
            return None if value is None else value_fn(value)
        except KeyError, ValueError:
            if value != self._unknown_value:
                self._unknown_value = value
                _LOGGER.debug("Unknown value of %s: %r", self.entity_id, value)
            return None

    async def _async_set(self, value: int) -> None:
        with raise_translated(self.hass, self._entry, self._iot_id):
            await self._data.properties.async_set(
                self._iot_id, self.entity_description.identifier, value
            )


@callback
def async_add_per_property[D: PropertyEntityDescription](
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    platform: Platform,
    descriptions: Iterable[D],
    entity_fn: Callable[[LinkVisualConfigEntry, str, D], Entity],
) -> None:
    """Add an entity for each property once a camera reports it; at once if it is registered.

    Entries with very many cameras have no property entities: polling them would exceed the budget.
    """
    coordinator = entry.runtime_data.coordinator
    properties = entry.runtime_data.properties
    added: dict[str, set[str]] = {}

    @callback
    def add(iot_id: str) -> None:
        if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            return
        keys = added.setdefault(iot_id, set())
        reported = properties.get(iot_id)
        new = [
            description
            for description in descriptions
            if description.key not in keys
            and (
                description.identifier in reported
                or async_is_registered(hass, platform, iot_id, description.key)
            )
        ]
        if new:
            keys.update(description.key for description in new)
            async_add_entities(
                entity_fn(entry, iot_id, description) for description in new
            )

    @callback
    def update_cameras() -> None:
        for iot_id in added.keys() - coordinator.data.keys():
            del added[iot_id]
        for iot_id in sorted(coordinator.data.keys() - added.keys()):
            add(iot_id)

    if coordinator.has_many_cameras:
        return
    update_cameras()
    entry.async_on_unload(coordinator.async_add_listener(update_cameras))
    signal = new_properties_signal(entry.entry_id)
    entry.async_on_unload(async_dispatcher_connect(hass, signal, add))
