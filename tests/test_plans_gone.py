"""Plans that lose what they need: a schedule, a camera, cloud storage, the account."""

from copy import deepcopy

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .plans import (
    OFFICE_HOURS,
    Helpers,
    add_plan,
    change_plan,
    own,
    plan_name,
    remove_plan,
    settle,
)
from .test_repairs import Mender, issues


async def test_removed_without_schedule(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """A plan that was never made, since its schedule went at once, leaves nothing behind."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    await helpers.add("Other", {})
    cloud.denied.add("QueryTimeTemplate")
    plan = await add_plan(
        hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule
    )
    await helpers.delete("Office hours")
    await settle(hass, clock)
    assert "schedule_missing" in issues(hass)
    await remove_plan(hass, clock, loaded, plan)
    assert not set(issues(hass)) & {"schedule_missing", "plan_failed"}


async def test_schedule_deleted(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """A plan whose schedule is deleted stays as it is in the cloud, and the user is told; another schedule mends it."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    plan = await add_plan(
        hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule
    )
    before = deepcopy(cloud.plans.templates)
    await helpers.delete("Office hours")
    await settle(hass, clock)
    assert "schedule_missing" in issues(hass)
    await clock.tick(3600)
    assert cloud.plans.templates == before
    assert plan_name(cloud, front_door) == f"HA-{plan.subentry_id}"
    await change_plan(hass, clock, loaded, plan, cameras=[front_door.iot_id])
    assert "schedule_missing" not in issues(hass)
    (template,) = [each for each in cloud.plans.templates.values() if not each.default]
    assert template.all_day


async def test_schedule_comes_back(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """A schedule that is made again mends the plan by itself."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule)
    await helpers.delete("Office hours")
    await settle(hass, clock)
    assert "schedule_missing" in issues(hass)
    await helpers.add("Office hours", {"sunday": [("10:00:00", "11:00:00")]})
    await settle(hass, clock)
    assert "schedule_missing" not in issues(hass)
    (template,) = [each for each in cloud.plans.templates.values() if not each.default]
    assert len(template.sections) == 1


async def test_schedule_too_long(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """A schedule that the cloud cannot take leaves the plan as it is, and the user is told."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule)
    before = deepcopy(cloud.plans.templates)
    minutes = [
        (f"{hour:02}:{minute:02}:00", f"{hour:02}:{minute + 1:02}:00")
        for hour in range(24)
        for minute in range(0, 60, 8)
    ]
    many = dict.fromkeys((*OFFICE_HOURS, "saturday", "sunday"), minutes)
    await helpers.change("Office hours", many)
    await settle(hass, clock)
    assert "schedule_too_long" in issues(hass)
    assert cloud.plans.templates == before
    await helpers.change("Office hours", OFFICE_HOURS)
    await settle(hass, clock)
    assert "schedule_too_long" not in issues(hass)


async def test_camera_without_storage(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    cameras: dict[str, Device],
) -> None:
    """A camera that cannot be recorded holds up no other, and gets its plan as soon as it can."""
    (bare,) = [each for each in cameras.values() if each.retention_days == 0]
    front = cameras["Front door"]
    plan = await add_plan(hass, clock, loaded, cameras=[bare.iot_id, front.iot_id])
    assert plan_name(cloud, front) == f"HA-{plan.subentry_id}"
    assert plan_name(cloud, bare) is None
    assert "plan_failed" in issues(hass)
    assert await async_setup_component(hass, "repairs", {})
    mender = Mender(hass, await hass_client())
    await mender.submit(await mender.open("no_cloud_storage"), days=7)
    await settle(hass, clock)
    assert plan_name(cloud, bare) == f"HA-{plan.subentry_id}"
    assert "plan_failed" not in issues(hass)


async def test_offline_camera(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """A plan is the cloud's: the camera may be offline."""
    set_status(cloud, front_door, "OFFLINE")
    await clock.tick(60)
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id])
    assert plan_name(cloud, front_door)


async def test_camera_deleted(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """A camera that is gone from the cloud is no change that anybody made, and holds up no removal."""
    front, garage = cameras["Front door"], cameras["Garage"]
    plan = await add_plan(hass, clock, loaded, cameras=[front.iot_id, garage.iot_id])
    del cloud.world.devices[front.iot_id]
    cloud.plans.forget(front)
    for _ in range(3):
        await clock.tick(3600)
    assert not set(issues(hass)) & {"plan_changed", "plan_failed", "plan_blocked"}
    cloud.world.devices[front.iot_id] = front
    for _ in range(2):
        await clock.tick(3600)
    assert plan_name(cloud, front) == f"HA-{plan.subentry_id}"
    assert "plan_changed" not in issues(hass)
    del cloud.world.devices[front.iot_id]
    await remove_plan(hass, clock, loaded, plan)
    assert own(cloud) == (0, 0)


@pytest.mark.parametrize("kind", ["record_plan", "event_plan"])
async def test_account_removed_while_unreachable(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    front_door: Device,
    caplog: pytest.LogCaptureFixture,
    kind: str,
) -> None:
    """What cannot be taken away is named in the log, so that the user can."""
    plan = await add_plan(hass, clock, loaded, kind, cameras=[front_door.iot_id])
    cloud.faults.append(Fault("cut", "QueryTimeTemplate", None))
    assert await hass.config_entries.async_remove(loaded.entry_id)
    assert f"delete HA-{plan.subentry_id} there" in caplog.text
