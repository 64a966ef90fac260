"""Conditions."""

from typing import override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .targets import async_targeted_entities


class IsRecordingCondition(EntityStateConditionBase):
    """Whether any or all of the targeted cameras are recording."""

    _domain_specs = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _states = {STATE_ON}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the recording sensors of the target's cameras, whose other entities may be targeted."""
        return async_targeted_entities(
            self._hass, self._target, BINARY_SENSOR_DOMAIN, {"recording"}
        )

    @override
    def _should_include(self, _state: State) -> bool:
        """Take all sensors into account: a camera whose account is not connected is not known to record."""
        return True

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        """Return whether all cameras record, of which there must be one."""
        return bool(states) and super()._check_all_match_state(states)

    @property
    @override
    def needs_polling(self) -> bool:
        # Home Assistant only tracks the targeted entities themselves.
        return True


CONDITIONS: dict[str, type[Condition]] = {"is_recording": IsRecordingCondition}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
