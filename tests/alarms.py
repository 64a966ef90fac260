"""The alarms that event entities show, for tests."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, State, callback


class AlarmEvents:
    """The states that event entities took for alarms, in order."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.states: list[State] = []
        hass.bus.async_listen("state_changed", self._changed)

    @callback
    def _changed(self, event: Event[Any]) -> None:
        new, old = event.data["new_state"], event.data["old_state"]
        if (
            new is not None
            and new.entity_id.endswith("_alarm")
            and "alarm_type" in new.attributes
            and (old is None or old.state != new.state)
            and (old is None or old.state != "unavailable")
        ):
            self.states.append(new)

    @property
    def event_ids(self) -> list[str]:
        """The EventIds, in the order in which they were told."""
        return [state.attributes["event_id"] for state in self.states]
