"""What the sensors tell of a camera's cloud storage."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device

SENSOR = "sensor.front_door_cloud_storage"


async def test_cloud_storage(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """The days for which recordings are kept, whether the camera is online or not."""
    state = hass.states.get(SENSOR)
    assert state is not None
    assert state.state == "7"
    assert state.attributes["unit_of_measurement"] == "d"
    assert state.attributes["device_class"] == "duration"
    assert hass.states.is_state("sensor.attic_cloud_storage", "0")
    registered = er.async_get(hass).async_get(SENSOR)
    assert registered is not None
    assert registered.unique_id == f"{cameras['Front door'].iot_id}_cloud_storage"
    assert registered.entity_category == "diagnostic"

    cameras["Front door"].retention_days = 30
    set_status(cloud, cameras["Front door"], "OFFLINE")
    await clock.tick(301)
    assert hass.states.is_state(SENSOR, "30")


async def test_cloud_does_not_tell(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """Not known is not the same as none. The first call is the probe of a product."""
    cloud.faults.append(
        Fault("service", "QueryDeviceRecordLifeCycle", None, skip=1, code="403")
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.is_state(SENSOR, "unknown")


async def test_account(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, loaded: MockConfigEntry
) -> None:
    """What the account costs is told, where somebody wants to know."""
    registry = er.async_get(hass)
    for key in ("calls_last_hour", "clock_offset"):
        entity_id = registry.async_get_entity_id(
            "sensor", "linkvisual", f"{loaded.entry_id}_{key}"
        )
        assert entity_id is not None
        assert hass.states.get(entity_id) is None
        registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(loaded.entry_id)
    cloud.clock_offset = 3600
    await clock.run(720, step=60)
    calls = hass.states.get("sensor.iot_emulator01_calls_in_the_last_hour")
    assert calls is not None
    assert 20 < int(calls.state) <= len(cloud.attempts)
    offset = hass.states.get("sensor.iot_emulator01_clock_offset")
    assert offset is not None
    assert abs(float(offset.state) - 3600) < 60
