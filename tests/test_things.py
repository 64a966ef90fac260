"""What cameras report of themselves: which entities that makes, and what is shown where it is not known."""

import asyncio
from collections.abc import Awaitable, Callable
import json
import logging
from typing import Any, Literal
from unittest.mock import patch

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.storage import Store
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual.api.errors import PermissionDeniedError
from tests.conftest import Clock
from tests.emulator import things
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

READ = "QueryDevicePropertyStatus"
LIGHT = "switch.front_door_status_light"
FLIP = "select.front_door_image_flip"
CARD = "sensor.front_door_memory_card"

type Refresh = Callable[[], Awaitable[None]]


@pytest.fixture
def refresh(
    hass: HomeAssistant, polled: MockConfigEntry, front_door: Device
) -> Refresh:
    """Return what asks the front door what it is, also where it has no entity of that yet."""

    async def refresh() -> None:
        await polled.runtime_data.properties.async_refresh(front_door.iot_id)
        await hass.async_block_till_done()

    return refresh


def state(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return a state; None where there is no such entity."""
    found = hass.states.get(entity_id)
    return found.state if found else None


async def enable(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Enable everything."""
    registry = er.async_get(hass)
    for row in er.async_entries_for_config_entry(registry, entry.entry_id):
        registry.async_update_entity(row.entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def test_values(
    hass: HomeAssistant, polled: MockConfigEntry, refresh: Refresh
) -> None:
    """What the camera reports is told in words."""
    await enable(hass, polled)
    await refresh()
    assert {
        entity_id.split("front_door_")[1]: state(hass, entity_id)
        for domain in ("select", "switch")
        for entity_id in hass.states.async_entity_ids(domain)
        if ".front_door_" in entity_id
    } == {
        "alarm_detection": "on",
        "alarm_frequency": "medium",
        "day_and_night_mode": "automatic",
        "image_flip": "normal",
        "memory_card_recording": "events",
        "microphone": "on",
        "motion_sensitivity": "medium",
        "sound_sensitivity": "off",
        "speaker": "on",
        "status_light": "on",
        "stream_encryption": "off",
        "stream_type": "main",
        "sub_stream_video_quality": "smooth",
        "video_quality": "hd",
    }
    assert state(hass, CARD) == "normal"
    for name, value in (("capacity", 30436.0), ("space_left", 12040.12)):
        sensor = hass.states.get(f"{CARD}_{name}")
        assert sensor is not None
        assert float(sensor.state) == value
        assert sensor.attributes["unit_of_measurement"] == "MB"


async def test_rare_ones(hass: HomeAssistant, polled: MockConfigEntry) -> None:
    """What few people need is there, but disabled."""
    assert {
        row.unique_id.partition("_")[2]
        for row in er.async_entries_for_config_entry(
            er.async_get(hass), polled.entry_id
        )
        if row.disabled_by
        and not row.unique_id.startswith(polled.entry_id)
        and not row.unique_id.partition("_")[2].startswith("ptz")
    } == {
        "alarm_frequency",
        "card_record_mode",
        "encryption",
        "person",
        "record_plan",
        "recordings",
        "sound",
        "sound_sensitivity",
        "speaker",
        "storage_days",
        "sub_stream_video_quality",
    }


async def test_select(
    hass: HomeAssistant, cloud: Cloud, polled: MockConfigEntry, front_door: Device
) -> None:
    """A choice is sent as the cloud's number, and shown at once."""
    entity_id = "select.front_door_motion_sensitivity"
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": entity_id, "option": "highest"},
        blocking=True,
    )
    assert state(hass, entity_id) == "highest"
    (call,) = cloud.calls_of("SetDeviceProperty")
    assert call.params["IotId"] == front_door.iot_id
    assert json.loads(call.params["Items"]) == {"MotionDetectSensitivity": 5}


async def test_set_up_asks_nothing(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """Nothing is asked while Home Assistant starts, however many cameras there are."""
    hass.set_state(CoreState.not_running)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not cloud.calls_of(READ)
    assert hass.states.is_state("camera.front_door", "idle")


@pytest.fixture(params=["without_value", "empty", "left_out"])
def listed(cloud: Cloud, request: pytest.FixtureRequest) -> None:
    """List properties without a value in each way that is possible."""
    cloud.inferred.unreported_property = request.param


async def test_only_what_is_reported(
    hass: HomeAssistant,
    cloud: Cloud,
    cameras: dict[str, Device],
    listed: None,
    polled: MockConfigEntry,
) -> None:
    """A property without a value makes no entity, until it has one."""
    garage = cameras["Garage"]
    assert state(hass, "switch.garage_status_light") == "on"
    assert state(hass, "switch.garage_microphone") is None
    assert state(hass, "select.garage_image_flip") is None
    things.report(cloud, garage, {"ImageFlipState": "1"})
    await hass.services.async_call(
        "homeassistant",
        "update_entity",
        {"entity_id": "switch.garage_status_light"},
        blocking=True,
    )
    await hass.async_block_till_done()
    assert state(hass, "select.garage_image_flip") == "flipped"


async def test_value_that_is_taken_back(
    hass: HomeAssistant, cloud: Cloud, front_door: Device, refresh: Refresh
) -> None:
    """A property that is no longer reported is unknown; its entity stays."""
    del front_door.properties["ImageFlipState"]
    await refresh()
    assert state(hass, FLIP) == "unknown"
    things.report(cloud, front_door, {"ImageFlipState": "1"})
    await refresh()
    assert state(hass, FLIP) == "flipped"


@pytest.mark.parametrize(
    ("identifier", "entity_id", "value"),
    [
        ("StatusLightSwitch", LIGHT, "2"),
        ("ImageFlipState", FLIP, "10"),
        ("ImageFlipState", FLIP, "-1"),
        ("StorageStatus", CARD, "4"),
        ("StorageTotalCapacity", f"{CARD}_capacity", "much"),
        ("StorageTotalCapacity", f"{CARD}_capacity", "nan"),
    ],
)
async def test_values_of_vendors(
    hass: HomeAssistant,
    cloud: Cloud,
    front_door: Device,
    refresh: Refresh,
    caplog: pytest.LogCaptureFixture,
    identifier: str,
    entity_id: str,
    value: str,
) -> None:
    """A value that nobody documented is unknown, and written to the debug log once."""
    caplog.set_level(logging.DEBUG, "custom_components.linkvisual")
    things.report(cloud, front_door, {identifier: value})
    for light in ("0", "1"):
        things.report(cloud, front_door, {"MicSwitch": light})
        await refresh()
    assert state(hass, entity_id) == "unknown"
    assert caplog.text.count(f"Unknown value of {entity_id}: {value!r}") == 1
    assert state(hass, "select.front_door_day_and_night_mode") == "automatic"


async def test_restart(
    hass: HomeAssistant, cloud: Cloud, polled: MockConfigEntry, refresh: Refresh
) -> None:
    """After a restart everything is there at once as it was before, and nothing is asked for that."""
    hass.set_state(CoreState.not_running)
    await hass.config_entries.async_reload(polled.entry_id)
    cloud.calls.clear()
    await hass.async_block_till_done()
    assert state(hass, LIGHT) == "on"
    assert state(hass, FLIP) == "normal"
    assert state(hass, f"{CARD}_capacity") == "30436.0"
    # One order does not make it forget the rest.
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": LIGHT}, blocking=True
    )
    assert state(hass, LIGHT) == "off"
    assert state(hass, FLIP) == "normal"
    assert not cloud.calls_of(READ)
    await refresh()
    assert state(hass, FLIP) == "normal"


async def test_gone_and_back(
    hass: HomeAssistant,
    cloud: Cloud,
    clock: Clock,
    polled: MockConfigEntry,
    front_door: Device,
    refresh: Refresh,
) -> None:
    """A camera that is removed and comes back has its entities again."""
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": LIGHT}, blocking=True
    )
    gone = cloud.world.devices.pop(front_door.iot_id)
    await clock.run(720, step=60)
    assert state(hass, LIGHT) is None
    cloud.world.devices[gone.iot_id] = gone
    await clock.run(360, step=60)
    await refresh()
    assert state(hass, LIGHT) == "off"


async def test_no_camera(
    hass: HomeAssistant, cloud: Cloud, polled: MockConfigEntry
) -> None:
    """What a device reports that is no camera is left alone."""
    lamp = list(cloud.world.devices.values())[-1]
    await polled.runtime_data.properties.async_refresh(lamp.iot_id)
    assert not polled.runtime_data.properties.get(lamp.iot_id)


async def test_asked_once(
    hass: HomeAssistant, cloud: Cloud, polled: MockConfigEntry, front_door: Device
) -> None:
    """All entities of a camera are brought up to date by one call."""
    things.report(cloud, front_door, {"StatusLightSwitch": "0", "ImageFlipState": "1"})
    cloud.calls.clear()
    cloud.faults.append(Fault("delay", READ, seconds=0.1))
    await hass.services.async_call(
        "homeassistant",
        "update_entity",
        {"entity_id": [LIGHT, FLIP, CARD]},
        blocking=True,
    )
    assert (state(hass, LIGHT), state(hass, FLIP)) == ("off", "flipped")
    asked: list[Any] = [call.params["IotId"] for call in cloud.calls_of(READ)]
    assert asked.count(front_door.iot_id) == 1


@pytest.mark.parametrize("denied_by", ["gateway", "iot"])
async def test_not_allowed(
    hass: HomeAssistant,
    cloud: Cloud,
    clock: Clock,
    loaded: MockConfigEntry,
    front_door: Device,
    denied_by: Literal["gateway", "iot"],
) -> None:
    """Without the permission there are no such entities, and all else works."""
    cloud.denied.add(READ)
    cloud.denied_by = denied_by
    with pytest.raises(PermissionDeniedError):
        await loaded.runtime_data.properties.async_refresh(front_door.iot_id)
    await clock.tick(61)
    assert not hass.states.async_entity_ids("switch")
    assert hass.states.is_state("camera.front_door", "idle")
    assert hass.states.is_state("select.front_door_stream_type", "main")
    assert not hass.config_entries.flow.async_progress()


@pytest.mark.parametrize("change", ["async_remove", "async_unload", "async_reload"])
async def test_answers_while_the_account_goes(
    hass: HomeAssistant,
    cloud: Cloud,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    change: str,
) -> None:
    """What a camera reports while its account is unloaded makes no entities, which nobody would remove."""
    cloud.faults.append(Fault("delay", READ, None, seconds=0.1))
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    while not cloud.calls_of(READ):
        await asyncio.sleep(0.01)
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.front_door_record_duration", "value": 20},
        blocking=True,
    )
    write = Store._async_handle_write_data

    async def write_slowly(self: Store[Any], *args: Any) -> None:
        await asyncio.sleep(0.3)
        await write(self, *args)  # type: ignore[no-untyped-call]

    with patch.object(Store, "_async_handle_write_data", write_slowly):
        await getattr(hass.config_entries, change)(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    if change != "async_reload":
        states = {state.state for state in hass.states.async_all()}
        assert states <= {"unavailable"}
    assert not [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.ERROR and "libturbojpeg" not in record.getMessage()
    ]


async def test_update_while_the_account_goes(
    hass: HomeAssistant, cloud: Cloud, polled: MockConfigEntry
) -> None:
    """Whoever asks for an update of an account that is unloaded is answered."""
    cloud.faults.append(Fault("delay", READ, None, seconds=1))
    cloud.calls.clear()
    update = asyncio.create_task(
        hass.services.async_call(
            "homeassistant", "update_entity", {"entity_id": LIGHT}, blocking=True
        )
    )
    while not cloud.calls_of(READ):
        await asyncio.sleep(0.01)
    await hass.config_entries.async_reload(polled.entry_id)
    await update
