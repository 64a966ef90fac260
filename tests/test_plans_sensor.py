"""The sensor of a camera's record plan, and what diagnostics tell of plans."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual.diagnostics import async_get_config_entry_diagnostics
from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .plans import add_plan, remove_plan

SENSOR = "sensor.front_door_record_plan"


@pytest.fixture
async def enabled(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry
) -> MockConfigEntry:
    """Enable the sensor of one camera."""
    registry = er.async_get(hass)
    entry = registry.async_get(SENSOR)
    assert entry is not None
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    registry.async_update_entity(SENSOR, disabled_by=None)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    return loaded


def state_of(hass: HomeAssistant) -> tuple[str, Any]:
    """Return the sensor's state and its stream."""
    state = hass.states.get(SENSOR)
    assert state is not None
    return state.state, state.attributes["stream_type"]


async def test_names(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    enabled: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """The sensor names the plan, whoever made it; ours by the title it has here."""
    front = cameras["Front door"]
    await clock.run(60, step=10)
    assert state_of(hass) == ("none", None)
    plan = await add_plan(
        hass, clock, enabled, name="Days", cameras=[front.iot_id], stream_type="sub"
    )
    await clock.run(30, step=10)
    assert state_of(hass) == ("Days", "sub")
    await remove_plan(hass, clock, enabled, plan)
    cloud.plans.add_foreign_record_plan(front, "night watch")
    await clock.run(30, step=10)
    assert state_of(hass) == ("night watch", "main")


async def test_long_name(
    hass: HomeAssistant, clock: Clock, enabled: MockConfigEntry, front_door: Device
) -> None:
    """A name that is longer than a state may be is shown as far as it fits."""
    name = "Days and nights " * 20
    await add_plan(hass, clock, enabled, name=name, cameras=[front_door.iot_id])
    await clock.run(30, step=10)
    assert state_of(hass) == (name[:255], "main")


async def test_costs_nothing_while_disabled(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, loaded: MockConfigEntry
) -> None:
    """Without plans, and without the sensor, the cloud is never asked for plans."""
    await clock.run(7200, step=600)
    assert not [
        call.action
        for call in cloud.calls
        if "Plan" in call.action or "Template" in call.action
    ]


async def test_polled_for_one(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    enabled: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """Only the camera whose sensor is enabled costs calls, no longer when it is disabled."""
    await clock.run(7200, step=600)
    asked = {
        call.params["IotId"] for call in cloud.calls_of("QueryRecordPlanDeviceByDevice")
    }
    assert asked == {cameras["Front door"].iot_id}
    er.async_get(hass).async_update_entity(
        SENSOR, disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    before = len(cloud.calls_of("QueryRecordPlanDeviceByDevice"))
    await clock.run(7200, step=600)
    assert len(cloud.calls_of("QueryRecordPlanDeviceByDevice")) == before


async def test_diagnostics(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """Diagnostics say how plans are, without names."""
    front, garage = cameras["Front door"], cameras["Garage"]
    cloud.plans.add_foreign_record_plan(garage, "night watch")
    await add_plan(
        hass, clock, loaded, name="Days", cameras=[front.iot_id, garage.iot_id]
    )
    found = await async_get_config_entry_diagnostics(hass, loaded)
    assert found["plans"] == [
        {
            "kind": "RecordPlan",
            "is_applied": True,
            "streams": 1,
            "hours": 168.0,
            "schedule": None,
            "is_changed": False,
            "blocked": 1,
            "errors": [],
        }
    ]
    assert "Days" not in str(found)
    assert front.iot_id not in str(found)
    cloud.denied.add("CreateTimeTemplate")
    await add_plan(hass, clock, loaded, cameras=[front.iot_id], stream_type="sub")
    refused = (await async_get_config_entry_diagnostics(hass, loaded))["plans"][1]
    assert (refused["is_applied"], refused["streams"], refused["hours"]) == (
        False,
        None,
        None,
    )
    assert len(refused["errors"]) == 1
