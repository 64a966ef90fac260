"""Conditions."""

from typing import override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .targets import async_entities_with_key


class IsRecordingCondition(EntityStateConditionBase):
    """Whether any or all of the targeted cameras are recording."""

    _domain_specs = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _states = {STATE_ON}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Keep the recording sensors: devices and areas have other binary sensors, too."""
        return async_entities_with_key(
            self._hass, super().entity_filter(entities), {"recording"}
        )


CONDITIONS: dict[str, type[Condition]] = {"is_recording": IsRecordingCondition}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
