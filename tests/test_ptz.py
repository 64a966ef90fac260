"""Moving cameras, and starting them anew: the action and the buttons."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import call

FRONT_DOOR = "camera.front_door"
MOVE = "PTZActionControl"


def done(camera: Device) -> list[tuple[str, dict[str, Any]]]:
    """Return the services that a camera was asked for."""
    return [(each.service, each.arguments) for each in camera.invoked]


@pytest.mark.parametrize(
    ("direction", "number"),
    [
        ("left", 0),
        ("right", 1),
        ("up", 2),
        ("down", 3),
        ("up_left", 4),
        ("up_right", 5),
        ("down_left", 6),
        ("down_right", 7),
        ("zoom_in", 8),
        ("zoom_out", 9),
    ],
)
async def test_directions(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    front_door: Device,
    direction: str,
    number: int,
) -> None:
    """Each direction has its number; the step is five where nobody says otherwise."""
    reply = await call(hass, "ptz", entity_id=FRONT_DOOR, direction=direction)
    assert reply == {FRONT_DOOR: {"status": "sent"}}
    assert done(front_door) == [(MOVE, {"ActionType": number, "Step": 5})]


@pytest.mark.parametrize("step", [0, 10, "7"])
async def test_step(
    hass: HomeAssistant, loaded: MockConfigEntry, front_door: Device, step: Any
) -> None:
    """The step is sent as a number."""
    data = {"entity_id": FRONT_DOOR, "direction": "up", "step": step}
    assert await call(hass, "ptz", reply=False, **data) is None
    assert done(front_door) == [(MOVE, {"ActionType": 2, "Step": int(step)})]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, vol.Invalid),
        ({"direction": "backwards"}, vol.Invalid),
        ({"direction": "up", "step": 11}, vol.Invalid),
        ({"direction": "up", "step": -1}, vol.Invalid),
        ({"direction": "up", "step": "far"}, vol.Invalid),
        ({"direction": "up", "entity_id": "light.none"}, ServiceValidationError),
    ],
)
async def test_bad_input(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    data: dict[str, Any],
    error: type[Exception],
) -> None:
    """Nonsense is refused before anything is sent."""
    with pytest.raises(error):
        await call(hass, "ptz", **{"entity_id": FRONT_DOOR, **data})
    assert not cloud.calls_of("InvokeThingService")


async def test_several(
    hass: HomeAssistant, loaded: MockConfigEntry, front_door: Device
) -> None:
    """A camera that cannot move, or is not there, does not stop the others."""
    targets = [FRONT_DOOR, "camera.garage", "camera.garden"]
    reply = await call(hass, "ptz", entity_id=targets, direction="up")
    assert [row.get("error", row["status"]) for row in reply.values()] == [
        "sent",
        "order_failed",
        "camera_offline",
    ]
    assert "Garage did not carry out the command" in reply["camera.garage"]["message"]
    with pytest.raises(HomeAssistantError):
        await call(hass, "ptz", reply=False, entity_id=targets, direction="up")
    assert len(front_door.invoked) == 2


async def test_answer_lost(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, front_door: Device
) -> None:
    """A camera does not move twice."""
    cloud.faults.append(Fault("cut", "InvokeThingService", after=True))
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "ptz", entity_id=FRONT_DOOR, direction="up")
    assert caught.value.translation_key == "order_outcome_unknown"
    assert len(front_door.invoked) == 1


async def test_buttons(
    hass: HomeAssistant, loaded: MockConfigEntry, front_door: Device
) -> None:
    """Those that move are there for who enables them."""
    registry = er.async_get(hass)
    names = {
        "move_up": 2,
        "move_down": 3,
        "move_left": 0,
        "move_right": 1,
        "zoom_in": 8,
        "zoom_out": 9,
    }
    for name in names:
        entity_id = f"button.front_door_{name}"
        row = registry.async_get(entity_id)
        assert row is not None
        assert row.disabled_by is er.RegistryEntryDisabler.INTEGRATION
        registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(loaded.entry_id)
    for name in names:
        await press(hass, name)
    assert done(front_door) == [
        (MOVE, {"ActionType": number, "Step": 5}) for number in names.values()
    ]


async def press(hass: HomeAssistant, name: str) -> None:
    """Press a button of the front door."""
    entity_id = f"button.front_door_{name}"
    await hass.services.async_call(
        "button", "press", {"entity_id": entity_id}, blocking=True
    )


async def test_restart(
    hass: HomeAssistant, loaded: MockConfigEntry, clock: Clock, front_door: Device
) -> None:
    """A camera that starts anew is away for a moment."""
    state = hass.states.get("button.front_door_restart")
    assert state is not None
    assert state.attributes["device_class"] == "restart"
    row = er.async_get(hass).async_get("button.front_door_restart")
    assert row is not None
    assert row.entity_category == "config"
    await press(hass, "restart")
    assert done(front_door) == [("Reboot", {})]
    status: str = front_door.status
    assert status == "OFFLINE"
