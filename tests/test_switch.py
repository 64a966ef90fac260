"""The switches of a camera: what is shown between an order and the moment the camera has carried it out."""

from collections.abc import Awaitable, Callable
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator import things
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

LIGHT = "switch.front_door_status_light"
MICROPHONE = "switch.front_door_microphone"
READ = "QueryDevicePropertyStatus"

type Turn = Callable[..., Awaitable[None]]


@pytest.fixture
def turn(hass: HomeAssistant, clock: Clock, polled: MockConfigEntry) -> Turn:
    """Return what turns a switch on or off."""

    async def turn(way: str, entity_id: str = LIGHT) -> None:
        await hass.services.async_call(
            "switch", f"turn_{way}", {"entity_id": entity_id}, blocking=True
        )

    return turn


async def look(hass: HomeAssistant) -> None:
    """Ask the front door what it is."""
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": LIGHT}, blocking=True
    )


def orders(cloud: Cloud) -> list[dict[str, Any]]:
    """Return what cameras were told."""
    return [
        json.loads(call.params["Items"]) for call in cloud.calls_of("SetDeviceProperty")
    ]


async def test_switched(
    hass: HomeAssistant, cloud: Cloud, clock: Clock, turn: Turn, front_door: Device
) -> None:
    """A switch shows at once what was asked for, also where the camera is asked meanwhile, and stays so."""
    assert hass.states.is_state(LIGHT, "on")
    await turn("off")
    assert hass.states.is_state(LIGHT, "off")
    await look(hass)
    assert things.values(cloud, front_door)["StatusLightSwitch"] == "1"
    assert hass.states.is_state(LIGHT, "off")
    await clock.run(60, step=5)
    assert hass.states.is_state(LIGHT, "off")
    await turn("on")
    assert hass.states.is_state(LIGHT, "on")
    assert orders(cloud) == [{"StatusLightSwitch": 0}, {"StatusLightSwitch": 1}]


async def test_seen_elsewhere(
    hass: HomeAssistant, cloud: Cloud, clock: Clock, turn: Turn, front_door: Device
) -> None:
    """Once the camera has done it, the wish is forgotten: somebody else's order counts from then on."""
    await turn("off")
    await clock.tick(6)
    things.report(cloud, front_door, {"StatusLightSwitch": "1"})
    await look(hass)
    assert hass.states.is_state(LIGHT, "on")


async def test_not_taken(
    hass: HomeAssistant, clock: Clock, turn: Turn, front_door: Device
) -> None:
    """A camera that does not do it is believed, after it has had its time."""
    front_door.deaf = True
    await turn("off")
    await clock.tick(6)
    assert hass.states.is_state(LIGHT, "off")
    await clock.tick(6)
    assert hass.states.is_state(LIGHT, "on")


async def test_slow_camera(
    hass: HomeAssistant, cloud: Cloud, clock: Clock, turn: Turn
) -> None:
    """A camera may take its time, and is not asked for ever."""
    cloud.inferred.property_delay = 8
    await turn("off")
    for _ in range(4):
        await clock.tick(6)
        assert hass.states.is_state(LIGHT, "off")
    cloud.calls.clear()
    await clock.run(60, step=5)
    assert not [call for call in cloud.calls_of(READ) if call.at > cloud.now() - 50]


async def test_two_switches(
    hass: HomeAssistant, clock: Clock, turn: Turn, cloud: Cloud
) -> None:
    """Orders to one camera do not disturb each other."""
    await turn("off")
    await clock.tick(4)
    await turn("off", MICROPHONE)
    cloud.calls.clear()
    await clock.tick(4)
    assert not cloud.calls_of(READ)
    await clock.run(12)
    assert hass.states.is_state(LIGHT, "off")
    assert hass.states.is_state(MICROPHONE, "off")


async def test_ordered_while_confirmed(
    hass: HomeAssistant, cloud: Cloud, clock: Clock, turn: Turn, front_door: Device
) -> None:
    """An order that goes out while another one is looked up has its own time."""
    front_door.deaf = True
    await turn("off")
    cloud.faults.append(Fault("delay", READ, seconds=0.2))
    clock.jump(5)
    await turn("off", MICROPHONE)
    await hass.async_block_till_done(wait_background_tasks=True)
    front_door.deaf = False
    things.report(cloud, front_door, {"MicSwitch": "0"})
    await clock.run(11)
    assert hass.states.is_state(LIGHT, "on")
    assert hass.states.is_state(MICROPHONE, "off")


@pytest.mark.parametrize("arrived", [True, False])
async def test_answer_lost(
    hass: HomeAssistant, cloud: Cloud, clock: Clock, turn: Turn, arrived: bool
) -> None:
    """It is not told twice; a little later the switch shows what came of it."""
    cloud.faults.append(Fault("cut", "SetDeviceProperty", after=arrived))
    with pytest.raises(HomeAssistantError) as caught:
        await turn("off")
    assert caught.value.translation_key == "order_outcome_unknown"
    assert "recording" not in str(caught.value)
    assert hass.states.is_state(LIGHT, "on")
    await clock.tick(6)
    assert hass.states.is_state(LIGHT, "off" if arrived else "on")
    assert len(orders(cloud)) == 1


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("iot.device.SetDevicePropertyFailed", "order_failed"),
        ("iot.device.CanNotSetReadOnlyProperty", "order_failed"),
        ("iot.messagebroker.OFFLINE", "camera_offline"),
        ("iot.common.RamActionPermissionDeny", "permission_denied"),
    ],
)
async def test_refused(
    hass: HomeAssistant, cloud: Cloud, turn: Turn, code: str, key: str
) -> None:
    """A refusal is told, and nothing is shown that is not so."""
    cloud.faults.append(Fault("service", "SetDeviceProperty", code=code))
    with pytest.raises(HomeAssistantError) as caught:
        await turn("off")
    assert caught.value.translation_key == key
    assert hass.states.is_state(LIGHT, "on")


async def test_nobody_tells(
    hass: HomeAssistant,
    cloud: Cloud,
    clock: Clock,
    turn: Turn,
    front_door: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """While the cloud does not tell what the camera is, the wish is believed; then the camera is."""
    front_door.deaf = True
    cloud.faults.append(Fault("cut", READ, times=None))
    await turn("off")
    await clock.run(60, step=5)
    assert hass.states.is_state(LIGHT, "off")
    await look(hass)
    assert hass.states.is_state(LIGHT, "off")
    assert "Traceback" not in caplog.text
    cloud.faults.clear()
    await look(hass)
    assert hass.states.is_state(LIGHT, "on")


async def test_unload(
    hass: HomeAssistant, cloud: Cloud, clock: Clock, turn: Turn, polled: MockConfigEntry
) -> None:
    """An account that is unloaded asks for nothing more."""
    await turn("off")
    await hass.config_entries.async_unload(polled.entry_id)
    cloud.calls.clear()
    await clock.run(20, step=5)
    assert not cloud.calls


async def test_offline(
    hass: HomeAssistant, cloud: Cloud, clock: Clock, turn: Turn, front_door: Device
) -> None:
    """A camera that is offline can be told nothing; what it told before stays."""
    things.set_status(cloud, front_door, "OFFLINE")
    await clock.tick(61)
    for entity_id in (
        LIGHT,
        "select.front_door_image_flip",
        "button.front_door_restart",
    ):
        assert hass.states.is_state(entity_id, "unavailable"), entity_id
    assert hass.states.is_state("sensor.front_door_memory_card", "normal")
