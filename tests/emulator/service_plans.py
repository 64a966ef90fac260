"""Linkvisual: record plans and event record plans, and which streams have them. Source: linkvisual-api.md section 20.1.

Both families have the same operations; event plans have more fields.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .cloud import Cloud
from .operations import Params
from .plans import ALL_EVENTS, EventPlan, RecordPlan, Streams
from .refusals import ServiceRefusal
from .service_templates import described, find_template, new_name
from .services import Fields, Origin, counted_page_of, listed, number, refusal, service

_EVENT_TYPES_AT_MOST = 10


def _event_types(cloud: Cloud, params: Params) -> str:
    """Return EventTypes, or refuse: "0" alone, or numbers with commas."""
    text = str(params["EventTypes"])
    types = text.split(",")
    right = all(each.isdecimal() and each.isascii() and int(each) for each in types)
    if text != ALL_EVENTS and (not right or len(types) > _EVENT_TYPES_AT_MOST):
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    return text


def _new_record_plan(cloud: Cloud, params: Params, plan_id: str, name: str) -> Any:
    return RecordPlan(plan_id, name, find_template(cloud, params).template_id)


def _new_event_plan(cloud: Cloud, params: Params, plan_id: str, name: str) -> Any:
    """Return the event plan that parameters describe, or refuse; what is not sent has its default, also of an update."""
    record_duration = number(cloud, params, "RecordDuration", 10, 60)
    pre_record_duration = number(cloud, params, "PreRecordDuration", 0, 10)
    if pre_record_duration >= record_duration:
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    return EventPlan(
        plan_id,
        name,
        find_template(cloud, params).template_id,
        record_duration,
        pre_record_duration,
        _event_types(cloud, params),
    )


@dataclass(frozen=True, slots=True)
class _Family:
    """The operations of one kind of plan. `plans` and `streams` are where the cloud has them."""

    plans: Callable[[Cloud], dict[str, Any]]
    streams: Callable[[Cloud], Streams]
    new: Callable[[Cloud, Params, str, str], Any]

    def register(self, word: str) -> None:
        """Register all operations; `word` is what their names have in common."""
        service(f"Create{word}Plan")(self.create)
        service(f"Update{word}Plan")(self.update)
        service(f"Delete{word}Plan")(self.delete)
        service(f"Query{word}Plans")(self.query_all)
        service(f"Query{word}PlanDetail")(self.query_detail)
        service(f"Add{word}PlanDevice")(self.add_device)
        service(f"Delete{word}PlanDevice")(self.delete_device)
        service(f"Query{word}PlanDeviceByDevice")(self.query_by_device)
        service(f"Query{word}PlanDeviceByPlan")(self.query_by_plan)

    def _find(self, cloud: Cloud, params: Params) -> Any:
        plan_id = str(params["PlanId"])
        if not plan_id:
            raise ServiceRefusal("460", "planId or tenantId can not be null.")
        if plan := self.plans(cloud).get(plan_id):
            return plan
        raise refusal(cloud, cloud.inferred.unknown_plan)

    def _put(self, cloud: Cloud, params: Params, plan_id: str) -> None:
        """Make a plan, or replace one in its place."""
        plans = self.plans(cloud)
        taken = [each.name for each in plans.values() if each.plan_id != plan_id]
        name = new_name(cloud, params, taken)
        plans[plan_id] = self.new(cloud, params, plan_id, name)

    def create(self, cloud: Cloud, params: Params, origin: Origin) -> Fields:
        """Make a plan, which no camera has; Data is its ID."""
        plan_id = cloud.plans.new_id()
        self._put(cloud, params, plan_id)
        return {"Data": plan_id}

    def update(self, cloud: Cloud, params: Params, origin: Origin) -> Fields:
        """Change a plan, for all cameras that have it."""
        self._put(cloud, params, self._find(cloud, params).plan_id)
        return {}

    def delete(self, cloud: Cloud, params: Params, origin: Origin) -> Fields:
        """Delete a plan."""
        plan_id = self._find(cloud, params).plan_id
        used = plan_id in self.streams(cloud).values()
        if used and cloud.inferred.plan_in_use_refused:
            raise refusal(cloud, cloud.inferred.plan_in_use)
        cloud.plans.take_from_all(plan_id)
        del self.plans(cloud)[plan_id]
        return {}

    def query_all(self, cloud: Cloud, params: Params, origin: Origin) -> Fields:
        """List plans, counted; this alone tells EventType."""
        order = cloud.inferred.plan_order
        plans = list(self.plans(cloud).values())
        in_order = listed(cloud, plans, order, lambda plan: plan.plan_id)
        page, data = counted_page_of(cloud, params, in_order)
        rows = [self._row(plan) for plan in page]
        for row, plan in zip(rows, page, strict=True):
            if isinstance(plan, EventPlan):
                row["EventType"] = plan.event_types
        return {"Data": {**data, "List": rows}}

    @staticmethod
    def _row(plan: RecordPlan) -> Fields:
        row: Fields = {
            "PlanId": plan.plan_id,
            "Name": plan.name,
            "TemplateId": plan.template_id,
        }
        if isinstance(plan, EventPlan):
            row["RecordDuration"] = plan.record_duration
            row["PreRecordDuration"] = plan.pre_record_duration
        return row

    def _detail(self, cloud: Cloud, plan: RecordPlan) -> Fields:
        fields = self._row(plan)
        if template := cloud.plans.templates.get(plan.template_id):
            fields["TemplateInfo"] = described(cloud, template)
        return {"Data": fields}

    def query_detail(self, cloud: Cloud, params: Params, origin: Origin) -> Fields:
        """Describe a plan and its template."""
        return self._detail(cloud, self._find(cloud, params))

    def add_device(self, cloud: Cloud, params: Params, origin: Origin) -> Fields:
        """Give a plan to a camera's stream."""
        camera, plan = cloud.camera(params), self._find(cloud, params)
        key = camera.iot_id, number(cloud, params, "StreamType", 0, 1)
        if not camera.retention_days and cloud.inferred.plan_needs_storage:
            raise refusal(cloud, cloud.inferred.no_storage)
        streams = self.streams(cloud)
        another = streams.get(key, plan.plan_id) != plan.plan_id
        if another and not cloud.inferred.second_plan_replaces:
            raise refusal(cloud, cloud.inferred.second_plan)
        streams[key] = plan.plan_id
        return {}

    def delete_device(self, cloud: Cloud, params: Params, origin: Origin) -> Fields:
        """Take the plan of a camera's stream away, whichever it is."""
        camera = cloud.camera(params)
        key = camera.iot_id, number(cloud, params, "StreamType", 0, 1)
        found = self.streams(cloud).pop(key, None)
        if found is None and cloud.inferred.unbinding_nothing_refused:
            raise refusal(cloud, cloud.inferred.unknown_plan)
        return {}

    def query_by_device(self, cloud: Cloud, params: Params, origin: Origin) -> Fields:
        """Describe the plan of a camera's stream, if it has one."""
        camera = cloud.camera(params)
        key = camera.iot_id, number(cloud, params, "StreamType", 0, 1)
        plan = self.plans(cloud).get(self.streams(cloud).get(key, ""))
        if plan is not None:
            return self._detail(cloud, plan)
        match cloud.inferred.no_plan:
            case "refused":
                raise refusal(cloud, cloud.inferred.unknown_plan)
            case "empty":
                return {"Data": {}}
        return {}

    def query_by_plan(self, cloud: Cloud, params: Params, origin: Origin) -> Fields:
        """List the streams that have a plan, counted."""
        plan_id = self._find(cloud, params).plan_id
        keys = [key for key, each in self.streams(cloud).items() if each == plan_id]
        order = cloud.inferred.plan_order
        page, data = counted_page_of(cloud, params, listed(cloud, keys, order, str))
        rows = [
            {"StreamType": stream_type, "IotId": iot_id} for iot_id, stream_type in page
        ]
        return {"Data": {**data, "List": rows}}


_Family(
    lambda cloud: cloud.plans.record_plans,
    lambda cloud: cloud.plans.record_streams,
    _new_record_plan,
).register("Record")
_Family(
    lambda cloud: cloud.plans.event_plans,
    lambda cloud: cloud.plans.event_streams,
    _new_event_plan,
).register("EventRecord")
