"""Recordings of the front door and their events, for tests."""

from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault

CAMERA = "camera.front_door"


class RecordingEvents:
    """The recording events that were fired, by kind."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.triggered = async_capture_events(hass, "linkvisual_record_triggered")
        self.ready = async_capture_events(hass, "linkvisual_record_ready")
        self.failed = async_capture_events(hass, "linkvisual_record_failed")

    @property
    def ends(self) -> list[Event[Any]]:
        """The events of recordings that ended, either way."""
        return [*self.ready, *self.failed]


async def record(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    """Trigger a recording of the front door; return its row of the reply."""
    reply = await hass.services.async_call(
        "linkvisual",
        "trigger_record",
        {"entity_id": CAMERA, **data},
        blocking=True,
        return_response=True,
    )
    assert reply is not None
    row = reply[CAMERA]
    assert isinstance(row, dict)
    return row


async def lose_answer(hass: HomeAssistant, cloud: Cloud, **data: Any) -> None:
    """Trigger a recording of 20 seconds, if not said otherwise, whose answer never arrives."""
    cloud.faults.append(Fault("cut", after=True, action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, **{"record_duration": 20, **data})


async def lose_request(hass: HomeAssistant, cloud: Cloud, **data: Any) -> None:
    """Trigger a recording of 20 seconds, if not said otherwise, of which the cloud never hears."""
    cloud.faults.append(Fault("cut", action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, **{"record_duration": 20, **data})
