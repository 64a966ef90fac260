"""Time templates and plans: what is refused."""

from typing import Any

from tests.emulator.cloud import Cloud

from .refusal import gateway_says, refusal, service_says
from .scenario import Call, cameras, device
from .scenarios_plans import EVENT, FAMILIES, RECORD
from .scenarios_templates import WORK, create_template

UNKNOWN_TEMPLATE = ("403", "template owner error.")


@refusal
async def bad_weeks(cloud: Cloud, call: Call) -> None:
    """Refuse a week without a part, and parts that are none; a thousand of them are the most."""
    template_id = await create_template(call)
    one = WORK[0]
    bad: list[dict[str, Any]] = [
        {"AllDay": 2},
        {"AllDay": -1},
        {"TimeSections": []},
        {"TimeSections": [{**one, "DayOfWeek": 7}]},
        {"TimeSections": [{**one, "DayOfWeek": -1}]},
        {"TimeSections": [{**one, "Begin": -1}]},
        {"TimeSections": [{**one, "End": 86400}]},
        {"TimeSections": [one, {**one, "Begin": one["End"]}]},
        {"TimeSections": [{"DayOfWeek": 1, "Begin": 0}]},
    ]
    good: dict[str, Any] = {"Name": "work", "AllDay": 0, "TimeSections": WORK}
    for changes in bad:
        params = {**good, **changes}
        code, message = cloud.inferred.out_of_range
        await service_says(code, message, call, "CreateTimeTemplate", params)
        params["TemplateId"] = template_id
        await service_says(code, message, call, "UpdateTimeTemplate", params)
    assert cloud.plans.templates.keys() == {
        *list(cloud.plans.templates)[:1],
        template_id,
    }
    odd = {**good, "TimeSections": [{**one, "Begin": "8:00"}]}
    await gateway_says(400, "InvalidTimeSections", call, "CreateTimeTemplate", odd)
    for name in ("Name", "AllDay"):
        params = {each: value for each, value in good.items() if each != name}
        await gateway_says(400, f"Missing{name}", call, "CreateTimeTemplate", params)


@refusal
async def bad_names(cloud: Cloud, call: Call) -> None:
    """Refuse a name with other characters than a few, and one of 48 of them."""
    template_id = await create_template(call)
    for name in ("a" * 48, "", "front door", "a/b", "tür", "门"):
        code, message = cloud.inferred.out_of_range
        params: dict[str, Any] = {"Name": name, "AllDay": 1}
        await service_says(code, message, call, "CreateTimeTemplate", params)
        params["TemplateId"] = template_id
        await service_says(code, message, call, "UpdateTimeTemplate", params)
        for family in FAMILIES:
            params = {"Name": name, "TemplateId": template_id, **family.sent}
            action = f"Create{family.word}Plan"
            await service_says(code, message, call, action, params)
    params = {"Name": "a" * 47, "AllDay": 1}
    assert (await call("CreateTimeTemplate", params))["Success"] is True


@refusal
async def bad_event_plans(cloud: Cloud, call: Call) -> None:
    """Refuse lengths out of range, pre-recording of the whole length, and types of alarms that are none, or too many."""
    template_id = await create_template(call)
    plan_id = await EVENT.make(call, template_id)
    good = {"Name": "plan", "TemplateId": template_id, "RecordDuration": 10}
    eleven = ",".join(str(number) for number in range(1, 12))
    bad: list[dict[str, Any]] = [
        {"RecordDuration": 9},
        {"RecordDuration": 61},
        {"RecordDuration": 60, "PreRecordDuration": 11},
        {"PreRecordDuration": 10},
        {"PreRecordDuration": -1},
        *(
            {"EventTypes": text}
            for text in ("", "x", "1,", "1, 2", "0,1", "-1", eleven)
        ),
    ]
    for changes in bad:
        params = {**good, **changes}
        code, message = cloud.inferred.out_of_range
        await service_says(code, message, call, "CreateEventRecordPlan", params)
        params["PlanId"] = plan_id
        await service_says(code, message, call, "UpdateEventRecordPlan", params)
    assert len(cloud.plans.event_plans) == 1
    for types in ("0", eleven.removesuffix(",11")):
        params = {**good, "PreRecordDuration": 9, "EventTypes": types}
        assert (await call("CreateEventRecordPlan", params))["Success"] is True
    del good["RecordDuration"]
    action = "CreateEventRecordPlan"
    await gateway_says(400, "MissingRecordDuration", call, action, good)


@refusal
async def unknown_template(cloud: Cloud, call: Call) -> None:
    """Refuse a template that is not there, and an empty ID; nobody changes the one that nobody made."""
    changes: dict[str, dict[str, Any]] = {
        "UpdateTimeTemplate": {"AllDay": 1},
        "DeleteTimeTemplate": {},
    }
    uses: dict[str, dict[str, Any]] = {"QueryTimeTemplateDetail": {}, **changes}
    for family in FAMILIES:
        uses[f"Create{family.word}Plan"] = {"Name": "plan", **family.sent}
    empty = ("460", "templateId or tenantId can not be null.")
    for template_id, (code, message) in (("0" * 32, UNKNOWN_TEMPLATE), ("", empty)):
        for action, others in uses.items():
            params = {"TemplateId": template_id, **others}
            await service_says(code, message, call, action, params)
    (default,) = cloud.plans.templates
    for action, others in changes.items():
        params = {"TemplateId": default, **others}
        await service_says(*UNKNOWN_TEMPLATE, call, action, params)


@refusal
async def unknown_plan(cloud: Cloud, call: Call) -> None:
    """Refuse a plan that is not there, one of the other kind, and an empty ID."""
    template_id = await create_template(call)
    ids = [await family.make(call, template_id) for family in FAMILIES]
    empty = ("460", "planId or tenantId can not be null.")
    unknown = cloud.inferred.unknown_plan
    for family, foreign in zip(FAMILIES, reversed(ids), strict=True):
        change = {"Name": "plan", "TemplateId": template_id, **family.sent}
        uses: dict[str, dict[str, Any]] = {
            f"Query{family.word}PlanDetail": {},
            f"Update{family.word}Plan": change,
            f"Delete{family.word}Plan": {},
            f"Query{family.word}PlanDeviceByPlan": {},
            f"Add{family.word}PlanDevice": {"StreamType": 0, **device(cloud)},
        }
        for plan_id, (code, message) in (
            ("0" * 32, unknown),
            (foreign, unknown),
            ("", empty),
        ):
            for action, others in uses.items():
                params = {"PlanId": plan_id, **others}
                await service_says(code, message, call, action, params)


@refusal
async def template_in_use(cloud: Cloud, call: Call) -> None:
    """Keep a template as long as a plan of either kind follows it."""
    for family in FAMILIES:
        template_id = await create_template(call)
        plan_id = await family.make(call, template_id)
        named = {"TemplateId": template_id}
        code, message = cloud.inferred.template_in_use
        await service_says(code, message, call, "DeleteTimeTemplate", named)
        await call(f"Delete{family.word}Plan", {"PlanId": plan_id})
        assert (await call("DeleteTimeTemplate", named))["Success"] is True


@refusal
async def plans_of_cameras(cloud: Cloud, call: Call) -> None:
    """Refuse other streams than two, no stream for a record plan, somebody else's camera, and one without storage."""
    template_id = await create_template(call)
    for family in FAMILIES:
        plan_id = await family.make(call, template_id)
        words = ("Add{}PlanDevice", "Delete{}PlanDevice", "Query{}PlanDeviceByDevice")
        for action in (each.format(family.word) for each in words):
            params = {"StreamType": 2, **device(cloud)}
            if action.startswith("Add"):
                params["PlanId"] = plan_id
            code, message = cloud.inferred.out_of_range
            await service_says(code, message, call, action, params)
            params |= {"StreamType": 0, "IotId": "nobody"}
            await service_says("403", "tenant auth error.", call, action, params)
            params = {**params, **device(cloud), "IotInstanceId": "iot-foreign"}
            await service_says("403", "tenant auth error.", call, action, params)
            if family is RECORD:
                del params["StreamType"]
                await gateway_says(400, "MissingStreamType", call, action, params)
        assert cameras(cloud)[3].retention_days == 0
        params = {"StreamType": 0, "PlanId": plan_id, **device(cloud, 3)}
        code, message = cloud.inferred.no_storage
        await service_says(code, message, call, f"Add{family.word}PlanDevice", params)


@refusal
async def bad_pages_of_plans(cloud: Cloud, call: Call) -> None:
    """Refuse pages of none and of more than fifty rows, and pages before the first."""
    template_id = await create_template(call)
    listings: dict[str, dict[str, Any]] = {"QueryTimeTemplate": {}}
    for family in FAMILIES:
        plan_id = await family.make(call, template_id)
        listings[f"Query{family.word}Plans"] = {}
        listings[f"Query{family.word}PlanDeviceByPlan"] = {"PlanId": plan_id}
    for action, others in listings.items():
        for page in ({"PageSize": 0}, {"PageSize": 51}, {"CurrentPage": 0}):
            params = {**others, **page}
            code, message = cloud.inferred.out_of_range
            await service_says(code, message, call, action, params)
        reply = await call(action, {**others, "PageSize": 50})
        assert reply["Success"] is True
