"""Schedule helpers of Home Assistant: their weeks, and when they change."""

from collections.abc import Callable, Collection
from typing import Any, cast

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)

from .week import Range, ranges_of

SCHEDULE_DOMAIN = "schedule"
_GET_SCHEDULE = "get_schedule"


@callback
def async_entity_id(hass: HomeAssistant, schedule: str) -> str | None:
    """Return the entity ID of a schedule helper, by its ID in the entity registry or by itself; None if it was deleted."""
    return er.async_resolve_entity_id(er.async_get(hass), schedule)


@callback
def async_reference(hass: HomeAssistant, entity_id: str) -> str:
    """Return what a schedule helper is stored as: it may be renamed."""
    entry = er.async_get(hass).async_get(entity_id)
    return entry.id if entry else entity_id


async def async_ranges(hass: HomeAssistant, schedule: str) -> list[Range] | None:
    """Return the week of a schedule helper; None if there is no such helper now."""
    entity_id = async_entity_id(hass, schedule)
    state = hass.states.get(entity_id) if entity_id else None
    if entity_id is None or state is None or state.state == STATE_UNAVAILABLE:
        return None
    try:
        response = await hass.services.async_call(
            SCHEDULE_DOMAIN,
            _GET_SCHEDULE,
            {ATTR_ENTITY_ID: entity_id},
            blocking=True,
            return_response=True,
        )
    except HomeAssistantError:
        # It went away meanwhile, with its integration perhaps.
        return None
    return ranges_of(cast("dict[str, Any]", response)[entity_id])


class ScheduleWatch:
    """Calls back when one of some schedule helpers changes, comes or goes."""

    def __init__(self, hass: HomeAssistant, changed: Callable[[], None]) -> None:
        self._hass = hass
        self._changed = changed
        self._entity_ids: set[str] = set()
        self._unsubscribes: list[CALLBACK_TYPE] = []

    @callback
    def async_follow(self, schedules: Collection[str]) -> None:
        """Follow these schedule helpers, and no others."""
        resolved = (async_entity_id(self._hass, each) for each in schedules)
        entity_ids = {each for each in resolved if each}
        if entity_ids == self._entity_ids:
            return
        self.async_stop()
        self._entity_ids = entity_ids
        # A change later in the week may leave the state as it is: it is only reported.
        self._unsubscribes = [
            track(self._hass, entity_ids, self._handle_event)
            for track in (
                async_track_state_change_event,
                async_track_state_report_event,
            )
        ]

    @callback
    def async_stop(self) -> None:
        """Follow none."""
        self._entity_ids = set()
        for unsubscribe in self._unsubscribes:
            unsubscribe()
        self._unsubscribes = []

    @callback
    def _handle_event(self, _event: Event[Any]) -> None:
        self._changed()
