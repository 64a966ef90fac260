"""Templates, plans and their streams, through the client."""

from typing import Any

import pytest

from custom_components.linkvisual.api import calls_plans, errors
from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.media_models import StreamType
from custom_components.linkvisual.api.plan_models import (
    EventRule,
    Plan,
    PlanKind,
    PlanStream,
    TimeSection,
    TimeTemplate,
    Week,
)
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.inferred import Inferred
from tests.emulator.world import Device

WEEK = Week(
    all_day=False,
    sections=frozenset({TimeSection(0, 0, 60), TimeSection(6, 1, 86_399)}),
)
ALWAYS = Week(all_day=True)
RULE = EventRule(frozenset({1, 10001}), 30, 5)
RULES = {PlanKind.RECORD: None, PlanKind.EVENT: RULE}


@pytest.fixture
def camera(cloud: Cloud) -> Device:
    """Return a camera with cloud storage."""
    return next(
        each
        for each in cloud.world.devices.values()
        if each.product.video and each.retention_days
    )


async def test_templates(cloud: Cloud, client: LinkVisualClient) -> None:
    """A template is made, changed, listed and deleted."""
    before = await client.query_time_templates()
    template_id = await client.create_time_template("HA-1", WEEK)
    assert await client.query_time_templates() == [
        *before,
        TimeTemplate(template_id, "HA-1", WEEK),
    ]
    await client.update_time_template(template_id, "HA-1", ALWAYS)
    assert (await client.query_time_templates())[-1].week == ALWAYS
    await client.delete_time_template(template_id)
    assert await client.query_time_templates() == before
    with pytest.raises(errors.NotFoundError):
        await client.delete_time_template(template_id)


@pytest.mark.parametrize("kind", PlanKind)
async def test_plans(
    cloud: Cloud, client: LinkVisualClient, camera: Device, kind: PlanKind
) -> None:
    """A plan is made, changed, bound, found, unbound and deleted."""
    rule = RULES[kind]
    template_id = await client.create_time_template("HA-1", WEEK)
    plan_id = await client.create_plan(kind, "HA-1", template_id, rule)
    assert await client.query_plans(kind) == [Plan(plan_id, "HA-1", template_id, rule)]
    other = await client.create_time_template("HA-2", ALWAYS)
    changed = rule and EventRule(frozenset({0}), 60, 0)
    await client.update_plan(kind, plan_id, "HA-2", other, changed)
    assert await client.query_plans(kind) == [Plan(plan_id, "HA-2", other, changed)]

    stream = PlanStream(camera.iot_id, StreamType.SUB)
    assert await client.query_plan_of_stream(kind, *stream) is None
    await client.add_plan_device(kind, plan_id, *stream)
    assert await client.query_plan_streams(kind, plan_id) == {stream}
    found = await client.query_plan_of_stream(kind, *stream)
    assert found is not None
    assert (found.plan_id, found.name) == (plan_id, "HA-2")
    await client.delete_plan_device(kind, *stream)
    assert await client.query_plan_streams(kind, plan_id) == frozenset()
    await client.delete_plan(kind, plan_id)
    assert await client.query_plans(kind) == []


@pytest.mark.parametrize("no_plan", ["absent", "empty", "refused"])
async def test_no_plan(
    cloud: Cloud, client: LinkVisualClient, camera: Device, no_plan: Any
) -> None:
    """What the cloud answers for a stream without a plan is not documented."""
    cloud.inferred = Inferred(no_plan=no_plan)
    for kind in PlanKind:
        plan = await client.query_plan_of_stream(kind, camera.iot_id, StreamType.MAIN)
        assert plan is None


async def test_long_lists(cloud: Cloud, client: LinkVisualClient) -> None:
    """Lists are read to their end, however long they are."""
    for number in range(120):
        cloud.plans.add_template(f"template-{number}")
    assert len(await client.query_time_templates()) == len(cloud.plans.templates)
    pages = [call.params["CurrentPage"] for call in cloud.calls_of("QueryTimeTemplate")]
    assert pages == [1, 2, 3]


async def test_endless_list(
    cloud: Cloud, client: LinkVisualClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that does not end is not read for ever."""
    monkeypatch.setattr(calls_plans, "MAX_PAGES", 3)
    rows = [{"TemplateId": "x", "Name": "x", "AllDay": 1}] * 50
    cloud.faults.append(
        Fault(
            "patch",
            "QueryTimeTemplate",
            None,
            patch={"Data": {"List": rows, "PageCount": None}},
        )
    )
    with pytest.raises(errors.UnreadableReplyError):
        await client.query_time_templates()


@pytest.mark.parametrize("data", [None, "", 7, "a/b", {"TemplateId": "x"}])
async def test_created_without_id(
    cloud: Cloud, client: LinkVisualClient, data: Any
) -> None:
    """What was created without an ID may exist."""
    cloud.faults.append(Fault("patch", "CreateTimeTemplate", patch={"Data": data}))
    with pytest.raises(errors.OutcomeUnknownError):
        await client.create_time_template("HA-1", ALWAYS)


@pytest.mark.parametrize("kind", PlanKind)
async def test_not_repeated(
    cloud: Cloud, client: LinkVisualClient, kind: PlanKind
) -> None:
    """Creating is never repeated once it may have arrived."""
    template_id = await client.create_time_template("HA-1", ALWAYS)
    cloud.faults.append(Fault("cut", f"Create{kind}", after=True))
    with pytest.raises(errors.OutcomeUnknownError):
        await client.create_plan(kind, "HA-1", template_id, RULES[kind])
    assert len(await client.query_plans(kind)) == 1


@pytest.mark.parametrize(
    "row",
    [
        {"AllDay": "x"},
        {"AllDay": 0, "TimeSectionList": [7]},
        {
            "AllDay": 0,
            "TimeSectionList": [{"DayOfWeek": 7, "Begin": 0, "End": 60}],
        },
        {
            "AllDay": 0,
            "TimeSectionList": [{"DayOfWeek": 0, "Begin": 60, "End": 60}],
        },
    ],
)
async def test_odd_template(
    cloud: Cloud, client: LinkVisualClient, row: dict[str, Any]
) -> None:
    """A template of somebody whose week cannot be read is one all the same; one without an ID is none."""
    cloud.plans.add_template("theirs")
    last = len(cloud.plans.templates) - 1
    patch = {"Data": {"List": {last: row}}}
    cloud.faults.append(Fault("patch", "QueryTimeTemplate", patch=patch))
    template = (await client.query_time_templates())[last]
    assert (template.name, template.week) == ("theirs", None)
    patch = {"Data": {"List": {last: {"TemplateId": None}}}}
    cloud.faults.append(Fault("patch", "QueryTimeTemplate", patch=patch))
    with pytest.raises(errors.UnreadableReplyError):
        await client.query_time_templates()


async def test_empty_week(cloud: Cloud, client: LinkVisualClient) -> None:
    """A template without sections is for no time at all."""
    cloud.plans.add_template("theirs")
    last = len(cloud.plans.templates) - 1
    patch = {"Data": {"List": {last: {"AllDay": 0, "TimeSectionList": None}}}}
    cloud.faults.append(Fault("patch", "QueryTimeTemplate", patch=patch))
    assert (await client.query_time_templates())[last].week == Week(all_day=False)


@pytest.mark.parametrize(
    ("patch", "types"),
    [
        ({"EventType": "3, 1"}, {1, 3}),
        ({"EventType": 3}, {3}),
        ({"EventType": None}, set()),
        ({"EventType": "x"}, None),
        ({"RecordDuration": "x"}, None),
    ],
)
async def test_odd_rule(
    cloud: Cloud,
    client: LinkVisualClient,
    camera: Device,
    patch: dict[str, Any],
    types: set[int] | None,
) -> None:
    """Event types come as text or as a number; a rule that cannot be read leaves the plan what it is."""
    plan = cloud.plans.add_foreign_event_plan(camera, "theirs")
    fault = Fault(
        "patch", "QueryEventRecordPlans", patch={"Data": {"List": {0: patch}}}
    )
    cloud.faults.append(fault)
    (found,) = await client.query_plans(PlanKind.EVENT)
    assert found.plan_id == plan.plan_id
    assert (set(found.rule.event_types) if found.rule else None) == types


async def test_odd_stream(
    cloud: Cloud, client: LinkVisualClient, camera: Device
) -> None:
    """A stream of an unknown kind is no reason to believe that a plan has none."""
    plan = cloud.plans.add_foreign_record_plan(camera)
    patch = {"Data": {"List": {0: {"StreamType": 9}}}}
    cloud.faults.append(Fault("patch", "QueryRecordPlanDeviceByPlan", patch=patch))
    with pytest.raises(errors.UnreadableReplyError):
        await client.query_plan_streams(PlanKind.RECORD, plan.plan_id)
