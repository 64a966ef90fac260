"""Plans that are half made: whatever step fails, or is killed, the next attempt ends where it should, without duplicates."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .plans import add_plan, change_plan, remove_plan, settle
from .test_repairs import issues

STEPS = (
    "QueryTimeTemplate",
    "QueryRecordPlans",
    "CreateTimeTemplate",
    "CreateRecordPlan",
    "QueryRecordPlanDeviceByDevice",
    "AddRecordPlanDevice",
)
REMOVAL = (
    "QueryTimeTemplate",
    "QueryRecordPlanDeviceByPlan",
    "DeleteRecordPlanDevice",
    "DeleteRecordPlan",
    "DeleteTimeTemplate",
)
FAULTS: dict[str, dict[str, Any]] = {
    "refused": {"kind": "service", "code": "500", "message": "system error."},
    "throttled": {"kind": "gateway", "code": "Throttling.User"},
    "cut": {"kind": "cut"},
    "cut after": {"kind": "cut", "after": True},
    "other body": {"kind": "body", "after": True},
}
ATTEMPTS = 3  # of a call that may be repeated


@pytest.fixture
def both(cameras: dict[str, Device]) -> list[str]:
    """Return two cameras."""
    return [cameras["Front door"].iot_id, cameras["Garage"].iot_id]


def made(cloud: Cloud) -> tuple[int, int, int]:
    """Return how many templates, plans and bindings there are."""
    plans = cloud.plans
    templates = [each for each in plans.templates.values() if not each.default]
    return len(templates), len(plans.record_plans), len(plans.record_streams)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("action", STEPS)
async def test_made(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    both: list[str],
    action: str,
    fault: str,
) -> None:
    """A plan whose making fails at a step is completed later."""
    cloud.faults.append(Fault(action=action, times=ATTEMPTS, **FAULTS[fault]))
    await add_plan(hass, clock, loaded, cameras=both)
    for _ in range(6):
        await clock.tick(600)
    assert made(cloud) == (1, 1, 2)
    assert "plan_failed" not in issues(hass)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("action", REMOVAL)
async def test_removed(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    both: list[str],
    action: str,
    fault: str,
) -> None:
    """A plan whose removal fails at a step is removed later, also after a restart."""
    plan = await add_plan(hass, clock, loaded, cameras=both)
    cloud.faults.append(Fault(action=action, times=ATTEMPTS, **FAULTS[fault]))
    await remove_plan(hass, clock, loaded, plan)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    for _ in range(6):
        await clock.tick(600)
    assert made(cloud) == (0, 0, 0)
    assert "plan_failed" not in issues(hass)


@pytest.mark.parametrize("action", [*STEPS[2:4], STEPS[5]])
async def test_killed(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    both: list[str],
    action: str,
) -> None:
    """A plan that was being made when Home Assistant stopped is completed by the next start."""
    cloud.faults.append(Fault("delay", action, seconds=60))
    adding = hass.async_create_task(add_plan(hass, clock, loaded, cameras=both))
    while not cloud.calls_of(action):
        await asyncio.sleep(0.01)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await adding
    assert made(cloud) != (1, 1, 2)
    cloud.faults.clear()
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await settle(hass, clock)
    assert made(cloud) == (1, 1, 2)


async def test_killed_and_removed(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    both: list[str],
) -> None:
    """What was made before Home Assistant was killed is removed, though its subentry is gone by the next start."""
    cloud.faults.append(Fault("delay", "AddRecordPlanDevice", seconds=60))
    adding = hass.async_create_task(add_plan(hass, clock, loaded, cameras=both))
    while not cloud.calls_of("AddRecordPlanDevice"):
        await asyncio.sleep(0.01)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    plan = await adding
    cloud.faults.clear()
    hass.config_entries.async_remove_subentry(loaded, plan.subentry_id)
    assert made(cloud)[:2] == (1, 1)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await settle(hass, clock)
    assert made(cloud) == (0, 0, 0)


async def test_made_twice(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    both: list[str],
) -> None:
    """What was made twice is told as a change, and is one after the plan is changed."""
    plan = await add_plan(hass, clock, loaded, cameras=both)
    other = cloud.plans.add_foreign_record_plan(
        next(each for each in cloud.world.devices.values() if each.iot_id == both[1]),
        f"HA-{plan.subentry_id}",
    )
    await clock.tick(3600)
    assert "plan_changed" in issues(hass)
    await change_plan(hass, clock, loaded, plan, name="Again", cameras=both[:1])
    assert made(cloud) == (1, 1, 1)
    assert other.plan_id not in cloud.plans.record_plans
    assert "plan_changed" not in issues(hass)


async def test_refusal_is_told(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    both: list[str],
) -> None:
    """A refusal is told at once, with its reason, until it is over."""
    cloud.denied.add("CreateTimeTemplate")
    await add_plan(hass, clock, loaded, cameras=both)
    placeholders = issues(hass)["plan_failed"].translation_placeholders
    assert placeholders is not None
    assert "permission" in placeholders["reason"]
    cloud.denied.clear()
    await clock.tick(3600)
    assert "plan_failed" not in issues(hass)
    assert made(cloud) == (1, 1, 2)


async def test_unreachable_for_long(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    both: list[str],
) -> None:
    """A connection that breaks again and again is told."""
    cloud.faults.append(Fault("cut", "CreateTimeTemplate", None))
    await add_plan(hass, clock, loaded, cameras=both)
    assert "plan_failed" not in issues(hass)
    for _ in range(4):
        await clock.tick(3600)
    assert "plan_failed" in issues(hass)


@pytest.mark.parametrize(
    "stored",
    [
        {"plans": {"x": {"kind": "RecordPlan"}, "y": [], "z": {"kind": "Nonsense"}}},
        {"plans": []},
        {},
    ],
)
async def test_storage_lost(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    both: list[str],
    hass_storage: dict[str, Any],
    stored: dict[str, Any],
) -> None:
    """Without what was stored, a plan is found by its name."""
    await add_plan(hass, clock, loaded, cameras=both)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    hass_storage[f"linkvisual.{loaded.entry_id}.plans"]["data"] = stored
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await settle(hass, clock)
    assert made(cloud) == (1, 1, 2)
    assert len(cloud.calls_of("CreateRecordPlan")) == 1


async def test_clock_is_set_back(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    both: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next attempt does not wait until the clock of this machine, which was a year ahead, is there again."""
    cloud.faults.append(Fault("cut", "CreateTimeTemplate", times=None))
    plan = await add_plan(hass, clock, loaded, cameras=both)
    with monkeypatch.context() as ahead:
        clock.set_by(365 * 86400, ahead)
        await change_plan(hass, clock, loaded, plan, cameras=both[:1])
        await clock.run(60, step=5)
    cloud.faults.clear()
    await clock.run(3700, step=60)
    assert made(cloud) == (1, 1, 1)
