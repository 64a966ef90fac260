"""Plans among those of other people: theirs are never touched, and what they change in ours is told."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.plans import Section
from tests.emulator.world import Device

from .plans import (
    OFFICE_HOURS,
    Helpers,
    access_token,
    add_plan,
    change_plan,
    own,
    plan_name,
    remove_plan,
    settle,
)
from .test_repairs import Mender, issues

type OpenIssues = Callable[[], Awaitable[Mender]]


@pytest.fixture
async def open_issues(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_client: ClientSessionGenerator
) -> OpenIssues:
    """Return a function that opens the page of issues; before, the clock may be moved."""
    assert await async_setup_component(hass, "repairs", {})

    async def open_issues() -> Mender:
        return Mender(hass, await hass_client(await access_token(hass)))

    return open_issues


def foreign(cloud: Cloud) -> Any:
    """Return all that is not Home Assistant's."""
    plans = cloud.plans
    ours = {
        plan.plan_id
        for plan in (*plans.record_plans.values(), *plans.event_plans.values())
        if plan.name.startswith("HA-")
    }
    return deepcopy(
        [
            *(
                [each for each in group.values() if not each.name.startswith("HA-")]
                for group in (plans.templates, plans.record_plans, plans.event_plans)
            ),
            *(
                {key: each for key, each in group.items() if each not in ours}
                for group in (plans.record_streams, plans.event_streams)
            ),
        ]
    )


@pytest.mark.parametrize("kind", ["record_plan", "event_plan"])
async def test_foreign_plan_survives(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    kind: str,
) -> None:
    """Somebody else's plans stay as they are, whatever is done here; the user is told which cameras have one."""
    front, garage = cameras["Front door"], cameras["Garage"]
    cloud.plans.add_foreign_record_plan(front, "night watch", [Section(1, 0, 3600)])
    cloud.plans.add_foreign_event_plan(front, "night watch")
    before = foreign(cloud)
    both = [front.iot_id, garage.iot_id]
    plan = await add_plan(hass, clock, loaded, kind, cameras=both)
    issue = issues(hass)["plan_blocked"]
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["cameras"] == "Front door (night watch)"
    assert foreign(cloud) == before
    await clock.tick(3600)
    await change_plan(hass, clock, loaded, plan, cameras=[front.iot_id])
    assert foreign(cloud) == before
    await change_plan(hass, clock, loaded, plan, cameras=both)
    await hass.config_entries.async_reload(loaded.entry_id)
    await settle(hass, clock)
    assert foreign(cloud) == before
    await remove_plan(hass, clock, loaded, plan)
    assert "plan_blocked" not in issues(hass)
    await add_plan(hass, clock, loaded, kind, cameras=both)
    assert await hass.config_entries.async_remove(loaded.entry_id)
    assert foreign(cloud) == before
    assert own(cloud) == (0, 0)


async def test_foreign_plan_taken_away(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """A camera whose other plan was taken away gets this one within an hour."""
    cloud.plans.add_foreign_record_plan(front_door)
    plan = await add_plan(hass, clock, loaded, cameras=[front_door.iot_id])
    assert plan_name(cloud, front_door) == "console-plan"
    cloud.plans.record_streams.clear()
    await clock.tick(3600)
    assert plan_name(cloud, front_door) == f"HA-{plan.subentry_id}"
    assert "plan_blocked" not in issues(hass)


async def test_foreign_plan_bound_later(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    open_issues: OpenIssues,
    front_door: Device,
) -> None:
    """A plan that somebody else bound instead survives the repair, and the removal of ours."""
    plan = await add_plan(hass, clock, loaded, cameras=[front_door.iot_id])
    cloud.plans.add_foreign_record_plan(front_door)
    await clock.tick(3600)
    mender = await open_issues()
    flow = await mender.open("plan_changed")
    await mender.submit(flow)
    assert set(issues(hass)) >= {"plan_blocked"}
    assert "plan_changed" not in issues(hass)
    assert plan_name(cloud, front_door) == "console-plan"
    await remove_plan(hass, clock, loaded, plan)
    assert plan_name(cloud, front_door) == "console-plan"
    assert own(cloud) == (0, 0)


async def test_template_in_foreign_use(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """A template that somebody else's plan uses, too, is left to it."""
    plan = await add_plan(hass, clock, loaded, cameras=[cameras["Front door"].iot_id])
    (made,) = cloud.plans.record_plans.values()
    other = cloud.plans.add_foreign_event_plan(cameras["Garage"])
    other.template_id = made.template_id
    await remove_plan(hass, clock, loaded, plan)
    assert own(cloud) == (1, 0)
    assert made.template_id in cloud.plans.templates
    assert not cloud.calls_of("DeleteTimeTemplate")


async def test_foreign_plan_bound_at_that_moment(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """The call that unbinds names no plan: a plan that came between the list and the call is left alone."""
    plan = await add_plan(hass, clock, loaded, cameras=[front_door.iot_id])
    cloud.plans.add_foreign_record_plan(front_door)
    stale = {"List": [{"IotId": front_door.iot_id, "StreamType": 0}]}
    cloud.faults.append(
        Fault("patch", "QueryRecordPlanDeviceByPlan", patch={"Data": stale})
    )
    await remove_plan(hass, clock, loaded, plan)
    assert plan_name(cloud, front_door) == "console-plan"
    assert own(cloud) == (0, 0)


async def test_schedule_changed_after_somebody_else(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """A new week does not overwrite what somebody else changed; the user's own change of the plan does."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    plan = await add_plan(
        hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule
    )
    (template,) = [each for each in cloud.plans.templates.values() if not each.default]
    template.sections = theirs = (Section(0, 0, 60),)
    await helpers.change("Office hours", {"sunday": [("10:00:00", "11:00:00")]})
    await settle(hass, clock)
    assert template.sections == theirs
    assert "plan_changed" in issues(hass)
    await change_plan(
        hass,
        clock,
        loaded,
        plan,
        cameras=[front_door.iot_id],
        schedule=schedule,
        stream_type="sub",
    )
    assert template.sections != theirs
    assert "plan_changed" not in issues(hass)


@pytest.mark.parametrize(
    "change",
    ["template", "plan", "plan deleted", "unbound", "bound", "renamed"],
)
async def test_changed_by_somebody_else(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    open_issues: OpenIssues,
    cameras: dict[str, Device],
    change: str,
) -> None:
    """What somebody else changed is told, left alone, and put back on request."""
    front, garage = cameras["Front door"], cameras["Garage"]
    plan = await add_plan(hass, clock, loaded, "event_plan", cameras=[front.iot_id])
    plans = cloud.plans
    ((plan_id, made),) = plans.event_plans.items()
    match change:
        case "template":
            template = plans.templates[made.template_id]
            template.all_day, template.sections = False, (Section(0, 0, 60),)
        case "plan":
            made.record_duration = 10
        case "plan deleted":
            plans.event_plans.clear()
            plans.event_streams.clear()
        case "unbound":
            plans.event_streams.clear()
        case "bound":
            plans.event_streams[garage.iot_id, 0] = plan_id
        case "renamed":
            made.name = "mine now"
            plans.event_streams.clear()
    before = deepcopy((plans.event_plans, plans.templates, plans.event_streams))
    await clock.tick(3600)
    assert "plan_changed" in issues(hass)
    await clock.tick(3600)
    assert (plans.event_plans, plans.templates, plans.event_streams) == before

    mender = await open_issues()
    flow = await mender.open("plan_changed")
    assert flow["step_id"] == "confirm"
    result = await mender.submit(flow)
    assert result["type"] == "create_entry"
    assert "plan_changed" not in issues(hass)
    found = plans.event_plan_at(front, 2, dt_util.utcnow())
    assert found is not None
    assert found.name == f"HA-{plan.subentry_id}"
    assert found.record_duration == 30
    assert plans.event_plan_of(garage) is None
    assert own(cloud) == (1, 1)


async def test_repair_refused(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    open_issues: OpenIssues,
    front_door: Device,
) -> None:
    """A repair that the cloud refuses says why, and can be tried again."""
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id])
    cloud.plans.record_streams.clear()
    await clock.tick(3600)
    mender = await open_issues()
    flow = await mender.open("plan_changed")
    cloud.denied.add("AddRecordPlanDevice")
    flow = await mender.submit(flow)
    assert flow["errors"] == {"base": "refused"}
    assert "permission" in flow["description_placeholders"]["reason"]
    cloud.denied.clear()
    flow = await mender.submit(flow)
    assert flow["type"] == "create_entry"
    assert plan_name(cloud, front_door)
