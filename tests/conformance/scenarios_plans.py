"""Record plans and event record plans: what each operation does. Both families are told at once."""

from dataclasses import dataclass
from typing import Any

from tests.emulator.cloud import Cloud

from .scenario import Call, cameras, device, scenario
from .scenarios_templates import WORK, create_template


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of plan: what its operations have in common in their names, and what its plans have more than others."""

    word: str
    sent: dict[str, Any]
    told: dict[str, Any]
    listed: dict[str, Any]

    async def make(self, call: Call, template_id: str, name: str = "plan") -> str:
        """Have a plan made; return its ID."""
        params = {"Name": name, "TemplateId": template_id, **self.sent}
        reply = await call(f"Create{self.word}Plan", params)
        assert (reply["Success"], reply["Code"]) == (True, "200")
        assert len(reply["Data"]) == 32
        return str(reply["Data"])

    async def give(
        self, cloud: Cloud, call: Call, plan_id: str, stream_type: int, number: int = 0
    ) -> None:
        """Have a camera's stream get a plan."""
        params = {"PlanId": plan_id, "StreamType": stream_type, **device(cloud, number)}
        reply = await call(f"Add{self.word}PlanDevice", params)
        assert (reply["Success"], reply["Code"]) == (True, "200")

    async def of_stream(
        self, cloud: Cloud, call: Call, stream_type: int = 0
    ) -> dict[str, Any] | None:
        """Return what is told of the plan of the first camera's stream."""
        params = {"StreamType": stream_type, **device(cloud)}
        reply = await call(f"Query{self.word}PlanDeviceByDevice", params)
        assert (reply["Success"], reply["Code"]) == (True, "200")
        data: dict[str, Any] | None = reply.get("Data")
        return data

    async def detail(self, call: Call, plan_id: str) -> dict[str, Any]:
        """Return what is told of a plan."""
        reply = await call(f"Query{self.word}PlanDetail", {"PlanId": plan_id})
        data: dict[str, Any] = reply["Data"]
        return data

    def described(self, plan_id: str, template_id: str) -> dict[str, Any]:
        """Return what is to be told of a plan that follows WORK."""
        return {
            "PlanId": plan_id,
            "Name": "plan",
            "TemplateId": template_id,
            "TemplateInfo": {
                "AllDay": 0,
                "Default": 0,
                "Name": "work",
                "TemplateId": template_id,
                "TimeSectionList": WORK,
            },
            **self.told,
        }


RECORD = Family("Record", {}, {}, {})
_LENGTHS = {"RecordDuration": 30, "PreRecordDuration": 5}
EVENT = Family(
    "EventRecord",
    {"EventTypes": "3,10007", **_LENGTHS},
    _LENGTHS,
    {"EventType": "3,10007"},
)
FAMILIES = (RECORD, EVENT)


async def _create(family: Family, cloud: Cloud, call: Call) -> None:
    template_id = await create_template(call)
    ids = [await family.make(call, template_id) for _ in range(2)]
    assert ids[0] != ids[1]
    assert await family.of_stream(cloud, call) is None


async def _query_all(family: Family, cloud: Cloud, call: Call) -> None:
    template_id = await create_template(call)
    ids = [await family.make(call, template_id) for _ in range(3)]
    found = []
    for page, count in ((1, 2), (2, 1), (3, 0)):
        params = {"PageSize": 2, "CurrentPage": page}
        data = (await call(f"Query{family.word}Plans", params))["Data"]
        rows = data.pop("List")
        assert len(rows) == count
        assert data == {"Page": page, "PageSize": 2, "PageCount": 2, "Total": 3}
        found += rows
    more = {**family.told, **family.listed}
    assert found == [
        {"PlanId": plan_id, "Name": "plan", "TemplateId": template_id, **more}
        for plan_id in ids
    ]


async def _query_detail(family: Family, cloud: Cloud, call: Call) -> None:
    template_id = await create_template(call)
    plan_id = await family.make(call, template_id)
    told = await family.detail(call, plan_id)
    assert told == family.described(plan_id, template_id)


async def _update(family: Family, cloud: Cloud, call: Call) -> None:
    plan_id = await family.make(call, await create_template(call))
    await family.give(cloud, call, plan_id, 0)
    other = await create_template(call, "other")
    params = {"PlanId": plan_id, "Name": "new", "TemplateId": other, **family.sent}
    reply = await call(f"Update{family.word}Plan", params)
    assert (reply["Success"], reply["Code"]) == (True, "200")
    told = await family.detail(call, plan_id)
    assert (told["Name"], told["TemplateId"]) == ("new", other)
    assert told["TemplateInfo"]["Name"] == "other"
    assert await family.of_stream(cloud, call) == told


async def _delete(family: Family, cloud: Cloud, call: Call) -> None:
    template_id = await create_template(call)
    first, second = [await family.make(call, template_id) for _ in range(2)]
    reply = await call(f"Delete{family.word}Plan", {"PlanId": first})
    assert (reply["Success"], reply["Code"]) == (True, "200")
    rows = (await call(f"Query{family.word}Plans", {}))["Data"]["List"]
    assert [row["PlanId"] for row in rows] == [second]


async def _add_device(family: Family, cloud: Cloud, call: Call) -> None:
    template_id = await create_template(call)
    first, second = [await family.make(call, template_id) for _ in range(2)]
    await family.give(cloud, call, first, 0)
    await family.give(cloud, call, first, 0)
    await family.give(cloud, call, second, 1)
    for stream_type, plan_id in enumerate((first, second)):
        told = await family.of_stream(cloud, call, stream_type)
        assert told == family.described(plan_id, template_id)
    await family.give(cloud, call, second, 0)
    told = await family.of_stream(cloud, call)
    assert told == family.described(second, template_id)
    other = next(each for each in FAMILIES if each is not family)
    assert await other.of_stream(cloud, call) is None


async def _delete_device(family: Family, cloud: Cloud, call: Call) -> None:
    plan_id = await family.make(call, await create_template(call))
    for stream_type in (0, 1):
        await family.give(cloud, call, plan_id, stream_type)
    for _ in range(2):
        params = {"StreamType": 1, **device(cloud)}
        reply = await call(f"Delete{family.word}PlanDevice", params)
        assert (reply["Success"], reply["Code"]) == (True, "200")
    assert await family.of_stream(cloud, call, 1) is None
    assert await family.of_stream(cloud, call, 0) is not None


async def _by_plan(family: Family, cloud: Cloud, call: Call) -> None:
    template_id = await create_template(call)
    plan_id, other = [await family.make(call, template_id) for _ in range(2)]
    await family.give(cloud, call, other, 1)
    streams = ((0, 0), (1, 1), (2, 0))
    for number, stream_type in streams:
        await family.give(cloud, call, plan_id, stream_type, number)
    found = []
    for page, count in ((1, 2), (2, 1), (3, 0)):
        params = {"PlanId": plan_id, "PageSize": 2, "CurrentPage": page}
        data = (await call(f"Query{family.word}PlanDeviceByPlan", params))["Data"]
        rows = data.pop("List")
        assert len(rows) == count
        assert data == {"Page": page, "PageSize": 2, "PageCount": 2, "Total": 3}
        found += rows
    assert found == [
        {"StreamType": stream_type, "IotId": cameras(cloud)[number].iot_id}
        for number, stream_type in streams
    ]


@scenario("CreateRecordPlan")
async def create_record_plan(cloud: Cloud, call: Call) -> None:
    """Make plans that no camera has."""
    await _create(RECORD, cloud, call)


@scenario("CreateEventRecordPlan")
async def create_event_record_plan(cloud: Cloud, call: Call) -> None:
    """Make plans that no camera has; without more words, it is of motion only, and nothing lies before the alarm."""
    await _create(EVENT, cloud, call)
    template_id = await create_template(call)
    params = {"Name": "short", "RecordDuration": 10, "TemplateId": template_id}
    await call("CreateEventRecordPlan", params)
    row = (await call("QueryEventRecordPlans", {}))["Data"]["List"][-1]
    del row["PlanId"]
    assert row == {**params, "EventType": "1", "PreRecordDuration": 0}


@scenario("QueryRecordPlans")
async def query_record_plans(cloud: Cloud, call: Call) -> None:
    """List plans, page by page, counted."""
    await _query_all(RECORD, cloud, call)


@scenario("QueryEventRecordPlans")
async def query_event_record_plans(cloud: Cloud, call: Call) -> None:
    """List plans, page by page, counted; the types of alarms are called EventType here."""
    await _query_all(EVENT, cloud, call)


@scenario("QueryRecordPlanDetail")
async def query_record_plan_detail(cloud: Cloud, call: Call) -> None:
    """Read back a plan and its template."""
    await _query_detail(RECORD, cloud, call)


@scenario("QueryEventRecordPlanDetail")
async def query_event_record_plan_detail(cloud: Cloud, call: Call) -> None:
    """Read back a plan and its template, but not its types of alarms."""
    await _query_detail(EVENT, cloud, call)


@scenario("UpdateRecordPlan")
async def update_record_plan(cloud: Cloud, call: Call) -> None:
    """Change a plan's name and template, also for the camera that has it."""
    await _update(RECORD, cloud, call)


@scenario("UpdateEventRecordPlan")
async def update_event_record_plan(cloud: Cloud, call: Call) -> None:
    """Change a plan as a whole: what is not sent has its default again."""
    await _update(EVENT, cloud, call)
    row = (await call("QueryEventRecordPlans", {}))["Data"]["List"][0]
    changes = {
        "PlanId": row["PlanId"],
        "Name": row["Name"],
        "TemplateId": row["TemplateId"],
        "RecordDuration": 60,
    }
    await call("UpdateEventRecordPlan", changes)
    row = (await call("QueryEventRecordPlans", {}))["Data"]["List"][0]
    assert row == {**changes, "PreRecordDuration": 0, "EventType": "1"}


@scenario("DeleteRecordPlan")
async def delete_record_plan(cloud: Cloud, call: Call) -> None:
    """Delete one; the others stay."""
    await _delete(RECORD, cloud, call)


@scenario("DeleteEventRecordPlan")
async def delete_event_record_plan(cloud: Cloud, call: Call) -> None:
    """Delete one; the others stay."""
    await _delete(EVENT, cloud, call)


@scenario("AddRecordPlanDevice")
async def add_record_plan_device(cloud: Cloud, call: Call) -> None:
    """Give each stream a plan of its own; another one takes its place."""
    await _add_device(RECORD, cloud, call)


@scenario("AddEventRecordPlanDevice")
async def add_event_record_plan_device(cloud: Cloud, call: Call) -> None:
    """Give each stream a plan of its own, the main stream where none is named."""
    await _add_device(EVENT, cloud, call)
    plan_id = await EVENT.make(call, await create_template(call), "unnamed")
    await call("AddEventRecordPlanDevice", {"PlanId": plan_id, **device(cloud)})
    told = await EVENT.of_stream(cloud, call)
    assert told is not None
    assert told["Name"] == "unnamed"


@scenario("DeleteRecordPlanDevice")
async def delete_record_plan_device(cloud: Cloud, call: Call) -> None:
    """Take a stream's plan away, whichever it is; the other stream keeps its own."""
    await _delete_device(RECORD, cloud, call)


@scenario("DeleteEventRecordPlanDevice")
async def delete_event_record_plan_device(cloud: Cloud, call: Call) -> None:
    """Take a stream's plan away, whichever it is; the other stream keeps its own, unless none is named."""
    await _delete_device(EVENT, cloud, call)
    await call("DeleteEventRecordPlanDevice", device(cloud))
    assert await EVENT.of_stream(cloud, call) is None


@scenario("QueryRecordPlanDeviceByDevice")
async def query_record_plan_device_by_device(cloud: Cloud, call: Call) -> None:
    """Tell the plan of a stream, if it has one."""
    assert await RECORD.of_stream(cloud, call) is None
    await _add_device(RECORD, cloud, call)


@scenario("QueryEventRecordPlanDeviceByDevice")
async def query_event_record_plan_device_by_device(cloud: Cloud, call: Call) -> None:
    """Tell the plan of a stream, if it has one, of the main stream where none is named."""
    await _add_device(EVENT, cloud, call)
    reply = await call("QueryEventRecordPlanDeviceByDevice", device(cloud))
    assert reply["Data"] == await EVENT.of_stream(cloud, call)


@scenario("QueryRecordPlanDeviceByPlan")
async def query_record_plan_device_by_plan(cloud: Cloud, call: Call) -> None:
    """List the streams that have a plan, also of cameras that are offline."""
    await _by_plan(RECORD, cloud, call)


@scenario("QueryEventRecordPlanDeviceByPlan")
async def query_event_record_plan_device_by_plan(cloud: Cloud, call: Call) -> None:
    """List the streams that have a plan, also of cameras that are offline."""
    await _by_plan(EVENT, cloud, call)
