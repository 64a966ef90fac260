"""Which cameras exist and how they are: found, gone, online; and what it costs to know."""

from collections import Counter
import logging
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import asked


def cameras_of(hass: HomeAssistant) -> set[str]:
    """Return the entity IDs of all cameras."""
    return set(hass.states.async_entity_ids("camera"))


async def test_discovery(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """Cameras of a camera product and of a self-made one are found; the lamp is not."""
    assert cameras_of(hass) == {
        "camera.front_door",
        "camera.garage",
        "camera.garden",
        "camera.attic",
        "camera.driveway",
        "camera.hall",
    }
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier(
        ("linkvisual", cameras["Front door"].iot_id), loaded.entry_id
    )
    assert device is not None
    assert device.name == "Front door"
    assert device.model == "Indoor camera"
    assert device.serial_number == "ipc_0000"
    assert device.sw_version == "V1.2.0"
    assert len(dr.async_entries_for_config_entry(registry, loaded.entry_id)) == 6
    # One probe for the product without a category, one call for all retentions.
    assert len(cloud.calls_of("QueryDeviceRecordLifeCycle")) == 2


async def test_camera_without_a_nickname(
    hass: HomeAssistant,
    cloud: Cloud,
    entry: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """Then its device name is its name."""
    cameras["Front door"].nickname = ""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("camera.ipc_0000") is not None


async def test_all_pages(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """Cameras on every page of every list are found, with as few calls as there are pages."""
    product = cloud.world.add_product("Many", "Camera", video=True)
    for _ in range(120):
        cloud.world.add_device(product)
    for number in range(210):
        cloud.world.add_product(f"Empty {number}", None, video=False)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert len(cameras_of(hass)) == 126
    calls = Counter(call.action for call in cloud.calls)
    assert calls["QueryProductList"] == 2
    assert calls["QueryDevice"] == 3 + 2
    assert calls["QueryProduct"] == 4
    assert calls["QueryDeviceRecordLifeCycle"] == 1 + 2


async def test_self_made_product_without_video(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """A product without a category that has no video is left out, and asked about once."""
    product = cloud.world.add_product("Thing", None, video=False)
    cloud.world.add_device(product, nickname="Thing")
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("camera.thing") is None
    assert len(cameras_of(hass)) == 6


async def test_status(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """An offline camera's picture and buttons are unavailable; settings and history stay."""
    assert hass.states.is_state("binary_sensor.front_door_connectivity", "on")
    set_status(cloud, cameras["Front door"], "OFFLINE")
    cloud.calls.clear()
    await clock.tick(61)
    assert len(cloud.calls_of("BatchGetDeviceState")) == 1
    assert not cloud.calls_of("QueryDevice")
    states = {
        state.entity_id: state.state
        for state in hass.states.async_all()
        if "front_door" in state.entity_id
    }
    unavailable = {
        entity_id
        for entity_id, state in states.items()
        # What the camera reports of itself may be known by now, or not: see test_switch.py.
        if state == STATE_UNAVAILABLE and not entity_id.startswith(("select", "switch"))
    }
    assert unavailable == {
        "camera.front_door",
        "button.front_door_record",
        "button.front_door_restart",
        "button.front_door_stop_recording",
        "button.front_door_snapshot",
    }
    assert states["binary_sensor.front_door_connectivity"] == "off"
    assert states["number.front_door_record_duration"] == "60"
    assert states["binary_sensor.front_door_recording"] == "off"

    set_status(cloud, cameras["Front door"], "ONLINE")
    await clock.tick(61)
    assert hass.states.is_state("camera.front_door", "idle")


async def test_update_entity(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """Whoever wants to know now, asks now."""
    await async_setup_component(hass, "homeassistant", {})
    set_status(cloud, cameras["Front door"], "OFFLINE")
    await hass.services.async_call(
        "homeassistant",
        "update_entity",
        {"entity_id": "binary_sensor.front_door_connectivity"},
        blocking=True,
    )
    await hass.async_block_till_done()
    assert hass.states.is_state("binary_sensor.front_door_connectivity", "off")


async def test_new_camera(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A new camera appears without a reload."""
    product = next(iter(cloud.world.products.values()))
    cloud.world.add_device(product, nickname="Cellar")
    await clock.run(360, step=60)
    assert hass.states.is_state("camera.cellar", "idle")
    assert hass.states.is_state("button.cellar_record", "unknown")


async def test_first_camera_of_an_account(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """An account without cameras keeps looking for some."""
    cloud.world.devices.clear()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert not cameras_of(hass)
    cloud.world.add_device(next(iter(cloud.world.products.values())), nickname="First")
    await clock.run(360, step=60)
    assert cameras_of(hass) == {"camera.first"}


async def test_camera_is_gone(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """One list without a camera is no proof, two are: then its device goes; if it comes back, it is new."""
    gone = cloud.world.devices.pop(cameras["Front door"].iot_id)
    await clock.run(360, step=60)
    assert hass.states.is_state("camera.front_door", STATE_UNAVAILABLE)
    await clock.run(360, step=60)
    assert hass.states.get("camera.front_door") is None
    assert er.async_get(hass).async_get("camera.front_door") is None
    assert hass.states.get("camera.garage") is not None

    cloud.world.devices[gone.iot_id] = gone
    await clock.run(360, step=60)
    assert hass.states.is_state("camera.front_door", "idle")


async def test_camera_is_away_for_a_moment(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """A list that misses a camera once does it no harm."""
    away = cloud.world.devices.pop(cameras["Front door"].iot_id)
    await clock.run(360, step=60)
    cloud.world.devices[away.iot_id] = away
    await clock.run(720, step=60)
    assert hass.states.is_state("camera.front_door", "idle")


async def test_gone_while_home_assistant_was_down(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """A camera that was removed meanwhile goes, too: after two lists."""
    await hass.config_entries.async_unload(loaded.entry_id)
    del cloud.world.devices[cameras["Front door"].iot_id]
    await hass.config_entries.async_setup(loaded.entry_id)
    assert er.async_get(hass).async_get("camera.front_door") is not None
    await clock.run(360, step=60)
    assert er.async_get(hass).async_get("camera.front_door") is None


async def test_outage(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """From the first failed poll on entities are unavailable. One line tells so, with the reason, one the end."""
    caplog.set_level(logging.INFO)
    caplog.clear()
    cloud.faults.append(Fault("body", status=504, times=None))
    for _ in range(4):
        await clock.tick(61)
        assert hass.states.is_state(
            "binary_sensor.front_door_connectivity", STATE_UNAVAILABLE
        )
        assert hass.states.is_state("camera.front_door", STATE_UNAVAILABLE)
    assert hass.states.is_state("number.front_door_record_duration", "60")
    cloud.faults.clear()
    await clock.tick(61)
    assert hass.states.is_state("binary_sensor.front_door_connectivity", "on")
    own = [
        record
        for record in caplog.records
        if record.name.startswith("custom_components.linkvisual")
        and record.levelno >= logging.INFO
    ]
    assert [record.levelname for record in own] == ["ERROR", "INFO"]
    assert "Alibaba Cloud has an internal problem (HTTP 504)" in own[0].getMessage()


async def test_throttled(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A single throttled poll changes nothing; after the second the cloud is asked again when it says so."""
    cloud.faults.append(
        Fault(
            "gateway",
            code="Throttling.User",
            headers={"x-acs-retry-after": "300000"},
            times=None,
        )
    )
    await clock.tick(61)
    assert hass.states.is_state("binary_sensor.front_door_connectivity", "on")
    await clock.tick(61)
    assert hass.states.is_state(
        "binary_sensor.front_door_connectivity", STATE_UNAVAILABLE
    )
    cloud.calls.clear()
    await clock.run(240, step=60)
    assert not asked(cloud)
    cloud.faults.clear()
    await clock.run(120, step=60)
    assert hass.states.is_state("binary_sensor.front_door_connectivity", "on")


async def test_key_is_disabled_and_back(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A refused key asks for another, once; if it works again, the question is taken back."""
    cloud.keys[cloud.access_key_id].active = False
    for _ in range(3):
        await clock.tick(61)
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == ["reauth"]
    cloud.keys[cloud.access_key_id].active = True
    await clock.tick(61)
    assert not hass.config_entries.flow.async_progress()
    assert hass.states.is_state("binary_sensor.front_door_connectivity", "on")


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"IotId": 7, "Status": "ONLINE"},
        {"IotId": "unknown", "Status": "ONLINE"},
        "text",
    ],
)
async def test_odd_row(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    row: object,
) -> None:
    """An odd row among the states harms nobody else."""
    good = {"IotId": cameras["Garage"].iot_id, "Status": "OFFLINE"}
    cloud.faults.append(
        Fault(
            "patch",
            "BatchGetDeviceState",
            patch={"DeviceStatusList": {"DeviceStatus": [row, good]}},
        )
    )
    await clock.tick(61)
    assert hass.states.is_state("binary_sensor.garage_connectivity", "off")
    assert hass.states.is_state("binary_sensor.front_door_connectivity", "on")


@pytest.mark.parametrize(
    "action", ["QueryDeviceRecordLifeCycle", "BatchQueryDeviceDetail"]
)
async def test_what_is_nice_to_know(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry, action: str
) -> None:
    """Without retention and firmware the cameras work as well. The first call is the probe of a product."""
    cloud.faults.append(
        Fault("service", action, None, skip=1, code="403", message="tenant auth error")
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert len(cameras_of(hass)) == 6
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.front_door_record"}, blocking=True
    )


async def test_list_fails_on_a_page(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A part of a list is never taken for the whole: no camera goes because a page could not be read."""
    for _ in range(3):
        cloud.faults.append(Fault("body", "QueryDevice", 10, skip=1, status=502))
        await clock.run(300, step=60)
        cloud.faults.clear()
    assert len(cameras_of(hass)) == 6
    await clock.run(360, step=60)
    assert hass.states.is_state("camera.front_door", "idle")


async def test_list_fails(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """While only the list is refused, the cameras that are known go on."""
    cloud.faults.append(Fault("body", "QueryDevice", None, status=502))
    set_status(cloud, cameras["Garden"], "ONLINE")
    for _ in range(12):
        await clock.tick(61)
        assert hass.states.is_state("binary_sensor.garage_connectivity", "on")
    assert hass.states.is_state("binary_sensor.garden_connectivity", "on")
    assert 1 < len(cloud.calls_of("QueryDevice")) < 12


async def test_many_cameras(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """From 500 cameras on only the vital entities are enabled; the others can be."""
    product = cloud.world.add_product("Many", "Camera", video=True)
    for _ in range(495):
        cloud.world.add_device(product)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    keys: dict[str, Any] = {
        row.unique_id.partition("_")[2]: row.disabled_by
        for row in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    assert {key for key, disabled in keys.items() if disabled is None} == {
        "camera",
        "record",
        "recording",
    }
    assert "record_duration" in keys
