"""The condition: whether cameras are recording."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.assist import FRONT, FRONT_NAME, GARAGE, device_of
from tests.conftest import Clock
from tests.emulator.world import Device


async def ask_for(
    hass: HomeAssistant, target: dict[str, Any], options: dict[str, Any] | None = None
) -> None:
    """Add an automation that runs only while the condition holds."""
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": "event", "event_type": "question"},
                "conditions": {
                    "condition": "linkvisual.is_recording",
                    "target": target,
                    "options": options or {},
                },
                "actions": {"event": "answer"},
            }
        },
    )
    await hass.async_block_till_done()


async def is_recording(hass: HomeAssistant) -> bool:
    """Return whether the automation ran."""
    answers = async_capture_events(hass, "answer")
    hass.bus.async_fire("question")
    await hass.async_block_till_done()
    return bool(answers)


async def act(hass: HomeAssistant, action: str, *cameras: str) -> None:
    """Make cameras record, or stop."""
    await hass.services.async_call(
        "linkvisual", action, {"entity_id": list(cameras)}, blocking=True
    )
    await hass.async_block_till_done()


@pytest.mark.parametrize("by", ["entity", "device", "area"])
async def test_is_recording(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    by: str,
) -> None:
    """It holds while a triggered recording runs, and takes nothing else that is on for one."""
    device_id = device_of(hass, loaded, cameras[FRONT_NAME])
    area = ar.async_get(hass).async_create("Hall").id
    dr.async_get(hass).async_update_device(device_id, area_id=area)
    # A camera that is online is no camera that records.
    sensors = ["front_door_connectivity", "front_door_recording"]
    entities = [f"binary_sensor.{name}" for name in sensors]
    target = {"entity": entities, "device": device_id, "area": area}[by]
    await ask_for(hass, {f"{by}_id": target})
    assert not await is_recording(hass)
    await act(hass, "trigger_record", GARAGE)
    assert not await is_recording(hass)
    await act(hass, "trigger_record", FRONT)
    assert await is_recording(hass)
    await act(hass, "stop_record", FRONT)
    assert not await is_recording(hass)


@pytest.mark.parametrize("target", [{"entity_id": FRONT}, {"label_id": "watched"}])
async def test_any_entity_stands_for_its_camera(
    hass: HomeAssistant, loaded: MockConfigEntry, target: dict[str, Any]
) -> None:
    """A target finds the same cameras as that of an action, by any of their entities."""
    label = lr.async_get(hass).async_create("Watched").label_id
    er.async_get(hass).async_update_entity(FRONT, labels={label})
    await ask_for(hass, target)
    await act(hass, "trigger_record", GARAGE)
    assert not await is_recording(hass)
    await act(hass, "trigger_record", FRONT)
    assert await is_recording(hass)
    er.async_get(hass).async_update_entity(FRONT, labels=set())
    assert await is_recording(hass) == ("entity_id" in target)


async def test_the_editor_shows_it_live(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The automation editor sees when a camera that is the target begins to record."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {
            "type": "subscribe_condition",
            "condition": {
                "condition": "linkvisual.is_recording",
                "target": {"entity_id": FRONT},
            },
        }
    )
    assert (await client.receive_json())["success"]
    assert (await client.receive_json())["event"] == {"result": False}
    await act(hass, "trigger_record", FRONT)
    clock.jump(1)
    assert (await client.receive_json())["event"] == {"result": True}


async def test_all(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """All cameras may be asked for, and for how long they have been recording."""
    devices = [
        device_of(hass, loaded, cameras[name]) for name in (FRONT_NAME, "Garage")
    ]
    options = {"behavior": "all", "for": "00:00:20"}
    await ask_for(hass, {"device_id": devices}, options)
    await act(hass, "trigger_record", FRONT)
    await clock.tick(25)
    assert not await is_recording(hass)
    await act(hass, "trigger_record", GARAGE)
    assert not await is_recording(hass)
    await clock.tick(25)
    assert await is_recording(hass)


async def test_all_of_those_that_cannot_be_asked(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """A camera whose account is not connected, or whose sensor is disabled, is none that records; nor is no camera."""
    area = ar.async_get(hass).async_create("Empty").id
    await ask_for(hass, {"entity_id": FRONT, "area_id": area}, {"behavior": "all"})
    assert not await is_recording(hass)
    await act(hass, "trigger_record", FRONT)
    assert await is_recording(hass)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert not await is_recording(hass)
    er.async_get(hass).async_update_entity(
        "binary_sensor.front_door_recording",
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert not await is_recording(hass)
