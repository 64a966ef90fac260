"""Plans: what is set here is what the cloud records by, through changes of the clocks, of schedules and of cameras."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .plans import (
    OFFICE_HOURS,
    Helpers,
    add_plan,
    change_plan,
    local,
    remove_plan,
    settle,
)

# A Wednesday; summer time begins on March 28.
WINTER_DAY = local(2027, 3, 24, 12)


@pytest.fixture(autouse=True)
async def berlin(hass: HomeAssistant, clock: Clock) -> None:
    """Live in Berlin, in winter."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    clock.move_to(WINTER_DAY)


def records(cloud: Cloud, camera: Device, *moments: datetime) -> list[bool]:
    """Return whether the cloud records a camera at moments."""
    return [cloud.plans.records_at(camera, each) is not None for each in moments]


def own_names(cloud: Cloud) -> set[str]:
    """Return the names of the templates and plans that Home Assistant made."""
    plans = cloud.plans
    return {
        each.name
        for group in (plans.templates, plans.record_plans, plans.event_plans)
        for each in group.values()
        if each.name.startswith("HA-")
    }


async def test_office_hours_across_summer_time(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """Weekdays 8 to 18 in Berlin are recorded before and after summer time begins, and ends."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule)
    friday = (
        local(2027, 3, 26, 7, 59),
        local(2027, 3, 26, 8),
        local(2027, 3, 26, 17, 59),
        local(2027, 3, 26, 18, 1),
    )
    assert records(cloud, front_door, *friday) == [False, True, True, False]
    for change, monday in (
        (datetime(2027, 3, 28, 1, tzinfo=UTC), (2027, 3, 29)),
        (datetime(2027, 10, 31, 1, tzinfo=UTC), (2027, 11, 1)),
    ):
        # At that moment, not with the next check.
        clock.move_to(change - timedelta(minutes=30))
        await settle(hass, clock)
        clock.move_to(change)
        await settle(hass, clock)
        moments = [local(*monday, 7, 59), local(*monday, 8), local(*monday, 18, 1)]
        assert records(cloud, front_door, *moments) == [False, True, False]
        saturday = local(*monday, 12) - timedelta(days=2)
        assert records(cloud, front_door, saturday) == [False]
    # They are the same template and plan.
    assert len(cloud.calls_of("CreateTimeTemplate")) == 1
    assert len(cloud.calls_of("CreateRecordPlan")) == 1


async def test_always(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """A plan without a schedule is always, on the stream that was chosen."""
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id], stream_type="sub")
    (template,) = [
        each for each in cloud.plans.templates.values() if each.name.startswith("HA-")
    ]
    assert template.all_day
    assert cloud.plans.record_plan_of(front_door, stream_type=1)
    assert cloud.plans.record_plan_of(front_door) is None


async def test_alarms(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """An alarm plan records the alarms that were chosen, during its schedule; without a choice all of them."""
    schedule = await helpers.add("Nights", {"monday": [("20:00:00", "24:00:00")]})
    plan = await add_plan(
        hass,
        clock,
        loaded,
        "event_plan",
        cameras=[front_door.iot_id],
        schedule=schedule,
        alarm_types=["human", "pet"],
    )
    night, day = local(2027, 3, 22, 23), local(2027, 3, 22, 12)
    made = cloud.plans.event_plan_at(front_door, 3, night)
    assert made is not None
    assert (made.record_duration, made.pre_record_duration) == (30, 5)
    assert cloud.plans.event_plan_at(front_door, 11018, night)
    assert cloud.plans.event_plan_at(front_door, 1, night) is None
    assert cloud.plans.event_plan_at(front_door, 3, day) is None
    await change_plan(
        hass,
        clock,
        loaded,
        plan,
        cameras=[front_door.iot_id],
        record_duration=60,
        pre_record_duration=0,
    )
    made = cloud.plans.event_plan_at(front_door, 1, day)
    assert made is not None
    assert (made.record_duration, made.pre_record_duration) == (60, 0)
    assert len(cloud.plans.event_plans) == 1


async def test_schedule_changed(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """A schedule that is changed changes the plan, also where its state stays; an empty one records nothing."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule)
    sunday = local(2027, 3, 21, 12)
    assert records(cloud, front_door, sunday) == [False]
    await helpers.change(
        "Office hours", {**OFFICE_HOURS, "sunday": [("10:00:00", "13:00:00")]}
    )
    await settle(hass, clock)
    assert records(cloud, front_door, sunday) == [True]
    await helpers.change("Office hours", {})
    await settle(hass, clock)
    assert not own_names(cloud)
    await helpers.change("Office hours", {"sunday": [("10:00:00", "13:00:00")]})
    await settle(hass, clock)
    assert records(cloud, front_door, sunday) == [True]


async def test_schedule_renamed(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """A schedule is followed under its new entity ID."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule)
    er.async_get(hass).async_update_entity(schedule, new_entity_id="schedule.work")
    await settle(hass, clock)
    await helpers.change("Office hours", {"sunday": [("10:00:00", "13:00:00")]})
    await settle(hass, clock)
    assert records(cloud, front_door, local(2027, 3, 21, 12)) == [True]


async def test_time_zone_changed(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """The plan moves with Home Assistant."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule)
    await hass.config.async_update(time_zone="Asia/Shanghai")
    await settle(hass, clock)
    moments = [
        local(2027, 3, 24, 0, 59),
        local(2027, 3, 24, 1),
        local(2027, 3, 24, 11, 1),
    ]
    assert records(cloud, front_door, *moments) == [False, True, False]


async def test_cameras_changed(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """A camera goes from one plan to another, at once."""
    first, second = cameras["Front door"], cameras["Garage"]
    plan = await add_plan(
        hass, clock, loaded, name="One", cameras=[first.iot_id, second.iot_id]
    )
    other = await add_plan(
        hass, clock, loaded, name="Two", cameras=[first.iot_id], stream_type="sub"
    )
    hass.config_entries.async_update_subentry(
        loaded, plan, data={**plan.data, "cameras": [second.iot_id]}
    )
    hass.config_entries.async_update_subentry(
        loaded, other, data={**other.data, "stream_type": "main"}
    )
    await settle(hass, clock)
    names = [
        found.name if (found := cloud.plans.record_plan_of(camera, stream)) else None
        for camera, stream in ((first, 0), (first, 1), (second, 0))
    ]
    assert names == [f"HA-{other.subentry_id}", None, f"HA-{plan.subentry_id}"]


@pytest.mark.parametrize("kind", ["record_plan", "event_plan"])
async def test_removed(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    kind: str,
) -> None:
    """With the subentry, its plan, template and bindings go; with the account, those of all."""
    both = [cameras["Front door"].iot_id, cameras["Garage"].iot_id]
    plan = await add_plan(hass, clock, loaded, kind, cameras=both)
    assert own_names(cloud) == {f"HA-{plan.subentry_id}"}
    await remove_plan(hass, clock, loaded, plan)
    assert not own_names(cloud)
    await add_plan(hass, clock, loaded, kind, cameras=both)
    assert own_names(cloud)
    assert await hass.config_entries.async_remove(loaded.entry_id)
    assert not own_names(cloud)


async def test_no_calls_without_need(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """Whether the schedule is on or off costs nothing; what somebody else changed is looked for once an hour."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule)

    def calls() -> list[Any]:
        return [
            call.action
            for call in cloud.calls
            if "Plan" in call.action or "Template" in call.action
        ]

    before = calls()
    hass.states.async_set(schedule, "off")
    await settle(hass, clock)
    hass.states.async_set(schedule, "on")
    await settle(hass, clock)
    assert calls() == before
    await clock.tick(3600)
    assert calls()[len(before) :] == [
        "QueryTimeTemplate",
        "QueryRecordPlans",
        "QueryRecordPlanDeviceByPlan",
    ]


@pytest.mark.conformance
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
async def test_read_back_by_the_sdk(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    endpoint: str,
    helpers: Helpers,
    loaded: MockConfigEntry,
    front_door: Device,
) -> None:
    """Alibaba's own SDK reads office hours in Berlin as hours in China, an hour earlier in summer."""
    from tests.conformance.new_sdk import sdk_call

    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    await add_plan(hass, clock, loaded, cameras=[front_door.iot_id], schedule=schedule)
    call = sdk_call(cloud, endpoint)

    async def monday() -> list[tuple[int, int]]:
        reply = await call(
            "QueryRecordPlanDeviceByDevice",
            {
                "IotId": front_door.iot_id,
                "StreamType": 0,
                "IotInstanceId": cloud.iot_instance_id,
            },
        )
        return [
            (row["Begin"], row["End"])
            for row in reply["Data"]["TemplateInfo"]["TimeSectionList"]
            if row["DayOfWeek"] == 1
        ]

    assert await monday() == [(15 * 3600, 86_399)]
    clock.move_to(local(2027, 3, 28, 3))
    await settle(hass, clock)
    assert await monday() == [(14 * 3600, 86_399)]
