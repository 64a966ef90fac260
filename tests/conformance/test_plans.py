"""Plans: the week they follow, what they record, and what is guessed about them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from tests.emulator import continuous
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.inferred import Inferred
from tests.emulator.plans import RecordPlan, Section
from tests.emulator.things import remove_device
from tests.emulator.world import Device

from .conftest import Ask
from .raw import Raw

MONDAY_8_TO_18 = Section(1, 28800, 64799)
HOUR = 3600

# A LinkVisual call that names no camera.
type AskAccount = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def ask_account(raw: Raw) -> AskAccount:
    """Call about the account."""

    async def ask(action: str, **params: Any) -> dict[str, Any]:
        reply: dict[str, Any] = (await raw.acs3(action, params)).json
        return reply

    return ask


@pytest.mark.parametrize(
    ("zone", "begin"),
    [
        ("Asia/Shanghai", "2026-03-30T00:00:00Z"),
        ("UTC", "2026-03-30T08:00:00Z"),
        ("Europe/Berlin", "2026-03-23T07:00:00Z"),
        ("Europe/Berlin", "2026-03-30T06:00:00Z"),
    ],
)
def test_zone(cloud: Cloud, camera: Device, zone: str, begin: str) -> None:
    """The week is UTC+8's, or another reading's, which may have summer time."""
    assert cloud.inferred.plan_zone == "Asia/Shanghai"
    cloud.inferred.plan_zone = zone
    plan = cloud.plans.add_foreign_record_plan(camera, sections=[MONDAY_8_TO_18])
    first = datetime.fromisoformat(begin).timestamp()
    for seconds, inside in (
        (-1, False),
        (0, True),
        (10 * HOUR - 1, True),
        (10 * HOUR, False),
        (24 * HOUR, False),
    ):
        when = datetime.fromtimestamp(first + seconds, UTC)
        assert cloud.plans.records_at(camera, when) is (plan if inside else None)


@pytest.mark.parametrize("included", [True, False])
def test_end(cloud: Cloud, camera: Device, included: bool) -> None:
    """The second that ends a section belongs to it, or does not; if it does, whole days leave no gap."""
    cloud.inferred.section_end_included = included
    days = [Section(day, 0, 86399) for day in range(7)]
    cloud.plans.add_foreign_record_plan(camera, sections=days)
    last = datetime(2026, 3, 30, 23, 59, 59, 999999, ZoneInfo("Asia/Shanghai"))
    assert bool(cloud.plans.records_at(camera, last)) is included


def test_days(cloud: Cloud, camera: Device) -> None:
    """A week begins with Sunday, which is 0."""
    for day in range(7):
        cloud.plans.add_foreign_record_plan(camera, sections=[Section(day, 0, 86399)])
        recorded = [
            date
            for date in range(1, 8)
            if cloud.plans.records_at(camera, datetime(2026, 11, date, 4, tzinfo=UTC))
        ]
        assert recorded == [day + 1]  # the first of November is a Sunday


def test_which_alarms(cloud: Cloud, camera: Device) -> None:
    """An event plan takes its types of alarms, at its times, on its stream."""
    plans, inside = cloud.plans, datetime(2026, 3, 30, 4, tzinfo=UTC)
    plan = plans.add_foreign_event_plan(
        camera, sections=[MONDAY_8_TO_18], stream_type=1, event_types="3,10007"
    )
    for event_type, stream_type, taken in (
        (3, 1, True),
        (10007, 1, True),
        (1, 1, False),
        (3, 0, False),
    ):
        found = plans.event_plan_at(camera, event_type, inside, stream_type)
        assert found is (plan if taken else None)
    assert plans.event_plan_at(camera, 3, inside.replace(day=31), 1) is None
    assert plans.records_at(camera, inside, 1) is None
    plan.event_types = "0"
    assert plans.event_plan_at(camera, 11007, inside, 1) is plan


async def test_alarm_recorded(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """An alarm that a plan takes is recorded, as long as the plan says, and partly from before."""
    plan = cloud.plans.add_foreign_event_plan(
        camera, record_duration=40, pre_record_duration=8
    )
    now = cloud.now()
    taken, other = [raise_alarm(cloud, camera, each, delay=0) for each in (1, 2)]
    cloud.clock_offset = 60
    (row,) = (await ask("QueryDeviceEventRecord", EventId=taken))["Data"]
    (file,) = camera.stored.overlapping(now - 60, now + 60)
    assert (file.file_name, file.record_type) == (row["FileName"], 1)
    assert (file.begin, file.end) == (now - 8, now + 32)
    assert (await ask("QueryDeviceEventRecord", EventId=other))["Data"] == []
    camera.retention_days = 0
    assert plan.takes(1)
    without = raise_alarm(cloud, camera, delay=0)
    cloud.clock_offset = 120
    assert (await ask("QueryDeviceEventRecord", EventId=without))["Data"] == []


@pytest.mark.parametrize("stream_type", [0, 1])
async def test_recorded_continuously(
    ask: Ask, cloud: Cloud, camera: Device, stream_type: int
) -> None:
    """A plan leaves files of half an hour, and a shorter one at each end, for as long as it says."""
    evening = [Section(1, 72000, 86399), Section(2, 0, 4199)]
    cloud.plans.add_foreign_record_plan(
        camera, sections=evening, stream_type=stream_type
    )
    begin = datetime(2026, 3, 30, 20, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
    cloud.clock = lambda: begin + 86400
    files = continuous.record(cloud, camera, begin - HOUR, begin + 86400)
    assert [file.end - file.begin for file in files] == [1800] * 10 + [600]
    assert files[0].begin == begin
    assert files[-1].end == begin + 5 * HOUR + 600
    reply = await ask(
        "QueryRecord",
        BeginTime=int(begin),
        EndTime=int(begin) + 86400,
        RecordType=0,
        StreamType=stream_type,
        PageSize=50,
    )
    assert len(reply["Data"]["List"]) == 11


def test_all_day_recorded(cloud: Cloud, camera: Device) -> None:
    """A plan for the whole week leaves files of exactly what was asked for, none without storage being looked at."""
    cloud.plans.add_foreign_record_plan(camera)
    begin = cloud.now() - 3 * 86400
    files = continuous.record(cloud, camera, begin, begin + 2 * 86400)
    assert len(files) == 96
    assert {file.end - file.begin for file in files} == {1800}


async def _make(ask_account: AskAccount) -> tuple[str, str]:
    """Return a template and a plan."""
    template_id = (await ask_account("CreateTimeTemplate", Name="t", AllDay=1))["Data"]
    params = {"Name": "p", "TemplateId": template_id}
    return template_id, (await ask_account("CreateRecordPlan", **params))["Data"]


async def test_template_gone(
    ask: Ask, ask_account: AskAccount, cloud: Cloud, camera: Device
) -> None:
    """The other guess: a template is deleted under its plan, which records nothing from then on."""
    cloud.inferred.template_in_use_refused = False
    template_id, plan_id = await _make(ask_account)
    await ask("AddRecordPlanDevice", PlanId=plan_id, StreamType=0)
    when = datetime.now(UTC)
    assert cloud.plans.records_at(camera, when)
    await ask_account("DeleteTimeTemplate", TemplateId=template_id)
    assert cloud.plans.records_at(camera, when) is None
    told = (await ask("QueryRecordPlanDeviceByDevice", StreamType=0))["Data"]
    assert told == {"PlanId": plan_id, "Name": "p", "TemplateId": template_id}


@pytest.mark.parametrize("refused", [True, False])
async def test_plan_gone(
    ask: Ask, ask_account: AskAccount, cloud: Cloud, camera: Device, refused: bool
) -> None:
    """A plan that cameras have is taken from them when it is deleted, or cannot be."""
    cloud.inferred.plan_in_use_refused = refused
    _, plan_id = await _make(ask_account)
    await ask("AddRecordPlanDevice", PlanId=plan_id, StreamType=0)
    reply = await ask_account("DeleteRecordPlan", PlanId=plan_id)
    assert reply["Success"] is not refused
    assert bool(cloud.plans.record_plan_of(camera)) is refused
    assert bool(cloud.plans.record_streams) is refused
    await ask("DeleteRecordPlanDevice", StreamType=0)
    if refused:
        reply = await ask_account("DeleteRecordPlan", PlanId=plan_id)
        assert reply["Success"] is True


@pytest.mark.parametrize("replaces", [True, False])
async def test_second_plan(
    ask: Ask, ask_account: AskAccount, cloud: Cloud, camera: Device, replaces: bool
) -> None:
    """A stream that has a plan gets another one instead, or keeps its own."""
    cloud.inferred.second_plan_replaces = replaces
    foreign = cloud.plans.add_foreign_record_plan(camera)
    _, plan_id = await _make(ask_account)
    params = {"PlanId": plan_id, "StreamType": 0}
    assert (await ask("AddRecordPlanDevice", **params))["Success"] is replaces
    found = cloud.plans.record_plan_of(camera)
    assert found is not None
    assert found.plan_id == (plan_id if replaces else foreign.plan_id)
    params["PlanId"] = found.plan_id
    assert (await ask("AddRecordPlanDevice", **params))["Success"] is True


@pytest.mark.parametrize("told", ["absent", "empty", "refused"])
async def test_no_plan(ask: Ask, cloud: Cloud, told: Any) -> None:
    """A stream without a plan is told without Data, with an empty one, or refused."""
    cloud.inferred.no_plan = told
    reply = await ask("QueryEventRecordPlanDeviceByDevice")
    assert reply["Success"] is (told != "refused")
    assert reply.get("Data") == ({} if told == "empty" else None)


@pytest.mark.parametrize("refused", [True, False])
async def test_nothing_to_take(ask: Ask, cloud: Cloud, refused: bool) -> None:
    """Taking away what is not there does nothing, or is refused."""
    cloud.inferred.unbinding_nothing_refused = refused
    reply = await ask("DeleteEventRecordPlanDevice")
    assert reply["Success"] is not refused


async def test_without_storage(
    ask: Ask, ask_account: AskAccount, cloud: Cloud, camera: Device
) -> None:
    """The other guess: a camera without cloud storage gets a plan all the same."""
    cloud.inferred.plan_needs_storage = False
    camera.retention_days = 0
    _, plan_id = await _make(ask_account)
    reply = await ask("AddRecordPlanDevice", PlanId=plan_id, StreamType=0)
    assert reply["Success"] is True


@pytest.mark.parametrize("told", ["empty", "absent", "week"])
async def test_whole_week(ask_account: AskAccount, cloud: Cloud, told: Any) -> None:
    """What a template for the whole week says of its parts is a guess."""
    cloud.inferred.all_day_sections = told
    (row,) = (await ask_account("QueryTimeTemplate"))["Data"]["List"]
    expected: dict[str, Any] = {
        "empty": [],
        "week": [{"DayOfWeek": day, "Begin": 0, "End": 86399} for day in range(7)],
    }
    assert row.get("TimeSectionList") == expected.get(told)


async def test_names(ask_account: AskAccount, cloud: Cloud) -> None:
    """Other guesses: letters of any script, and no name twice."""
    cloud.inferred.name_letters_of_any_script = True
    cloud.inferred.same_names_allowed = False
    for name, accepted in (("tür-門", True), ("tür-門", False), ("a b", False)):
        reply = await ask_account("CreateTimeTemplate", Name=name, AllDay=1)
        assert reply["Success"] is accepted
    template_id = list(cloud.plans.templates)[-1]
    params = {"TemplateId": template_id, "AllDay": 1, "Name": "tür-門"}
    assert (await ask_account("UpdateTimeTemplate", **params))["Success"] is True


@pytest.mark.parametrize("order", ["ascending", "descending", "shuffled"])
async def test_order(ask_account: AskAccount, cloud: Cloud, order: Any) -> None:
    """Whatever it is, pages fit together."""
    cloud.inferred.plan_order = order
    for number in range(8):
        plan = RecordPlan(cloud.plans.new_id(), f"p{number}", "")
        cloud.plans.record_plans[plan.plan_id] = plan
    made = list(cloud.plans.record_plans)
    found = []
    for page in range(1, 5):
        params = {"PageSize": 2, "CurrentPage": page}
        data = (await ask_account("QueryRecordPlans", **params))["Data"]
        found += [row["PlanId"] for row in data["List"]]
    assert sorted(found) == sorted(made)
    assert (found == made) == (order == "ascending")
    assert (found == made[::-1]) == (order == "descending")


def test_default_template() -> None:
    """An account may have no template before it makes one; its cameras' IDs are the same."""
    cloud = Cloud(inferred=Inferred(default_template=False))
    assert not cloud.plans.templates
    assert Cloud().world.devices.keys() == cloud.world.devices.keys()


def test_camera_removed(cloud: Cloud, camera: Device) -> None:
    """A camera that is removed has no plans any more; the plans stay."""
    cloud.plans.add_foreign_record_plan(camera)
    cloud.plans.add_foreign_event_plan(camera, stream_type=1)
    remove_device(cloud, camera)
    assert not cloud.plans.record_streams
    assert not cloud.plans.event_streams
    assert len(cloud.plans.record_plans) == len(cloud.plans.event_plans) == 1


async def test_control(ask: Ask, cloud: Cloud, camera: Device, endpoint: str) -> None:
    """A program outside of this process can be somebody else in the console."""
    control = f"{endpoint}/_emulator"
    mine = f"{control}/cameras/{camera.iot_id}"
    async with aiohttp.ClientSession(raise_for_status=True) as session:

        async def send(method: str, url: str, json: Any = None) -> Any:
            async with session.request(method, url, json=json) as response:
                return await response.json()

        wanted: dict[str, Any] = {"name": "theirs", "sections": [[1, 28800, 64799]]}
        plan = await send("POST", f"{mine}/plans/record", wanted)
        wanted |= {"event_types": "0", "record_duration": 20, "stream_type": 1}
        await send("POST", f"{mine}/plans/event", wanted)
        begin = datetime(2026, 3, 30, tzinfo=UTC).timestamp()
        told = await send("GET", f"{mine}/plans?at={begin}")
        assert told == {"record": plan, "event": None}
        told = await send("GET", f"{mine}/plans?at={begin}&stream_type=1&event_type=9")
        assert told["record"] is None
        assert told["event"]["record_duration"] == 20
        everything = await send("GET", f"{control}/plans")
        assert [len(everything[kind]) for kind in everything] == [1, 1, 3]
        span = {"begin": begin - 60, "end": begin + 60}
        (file,) = await send("POST", f"{mine}/continuous", span)
        assert (file["begin"], file["end"]) == (begin, begin + 60)

        changes = {"name": "changed"}
        await send("PATCH", f"{control}/plans/record/{plan['plan_id']}", changes)
        week = {"all_day": False, "sections": [[0, 0, 60]]}
        template = f"{control}/plans/templates/{plan['template_id']}"
        await send("PATCH", template, week)
        data = (await ask("QueryRecordPlanDeviceByDevice", StreamType=0))["Data"]
        assert data["Name"] == "changed"
        assert data["TemplateInfo"]["TimeSectionList"] == [
            {"DayOfWeek": 0, "Begin": 0, "End": 60}
        ]
        await send("DELETE", f"{mine}/plans/event?stream_type=1")
        assert not cloud.plans.event_streams
        await send("DELETE", f"{control}/plans/record/{plan['plan_id']}")
        assert "Data" not in await ask("QueryRecordPlanDeviceByDevice", StreamType=0)
