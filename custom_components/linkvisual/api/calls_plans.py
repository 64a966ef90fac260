"""Linkvisual: time templates, record plans and event record plans. Source: linkvisual-api.md section 20.1."""

from collections.abc import Callable
from typing import Any

from .calls import Calls
from .errors import NotFoundError, OutcomeUnknownError, UnreadableReplyError
from .fields import Row, key
from .media_models import StreamType
from .plan_models import EventRule, Plan, PlanKind, PlanStream, TimeTemplate, Week
from .regions import Product
from .replies import Reply
from .retries import Effect
from .rows import inner, is_last_page, read_every, read_one, rows_of
from .signing import Scalar
from .transport import Operation

ROWS_PER_PAGE = 50
# Pages of a list that are read at most: more are those of a cloud that repeats them.
MAX_PAGES = 100


def _operations(
    name: str, effect: Effect = Effect.NONE, *, takes_instance: bool = False
) -> dict[PlanKind, Operation]:
    """Return the operation of each family of plans. Plans belong to the account, devices to an instance."""
    return {
        kind: Operation(
            Product.LINKVISUAL,
            name.format(kind),
            effect,
            takes_instance=takes_instance,
        )
        for kind in PlanKind
    }


_CREATE_PLAN = _operations("Create{}", Effect.REPEATED)
_QUERY_PLANS = _operations("Query{}s")
_UPDATE_PLAN = _operations("Update{}", Effect.IDEMPOTENT)
_DELETE_PLAN = _operations("Delete{}", Effect.IDEMPOTENT)
_QUERY_DEVICES = _operations("Query{}DeviceByPlan")
_QUERY_BY_DEVICE = _operations("Query{}DeviceByDevice", takes_instance=True)
_ADD_DEVICE = _operations("Add{}Device", Effect.IDEMPOTENT, takes_instance=True)
_DELETE_DEVICE = _operations("Delete{}Device", Effect.IDEMPOTENT, takes_instance=True)

_CREATE_TIME_TEMPLATE = Operation(
    Product.LINKVISUAL, "CreateTimeTemplate", Effect.REPEATED, takes_instance=False
)
_QUERY_TIME_TEMPLATE = Operation(
    Product.LINKVISUAL, "QueryTimeTemplate", takes_instance=False
)
_UPDATE_TIME_TEMPLATE = Operation(
    Product.LINKVISUAL, "UpdateTimeTemplate", Effect.IDEMPOTENT, takes_instance=False
)
_DELETE_TIME_TEMPLATE = Operation(
    Product.LINKVISUAL, "DeleteTimeTemplate", Effect.IDEMPOTENT, takes_instance=False
)


class PlanCalls(Calls):
    """Time templates, plans, and the streams that plans are bound to.

    Creating is not retried once the request may have arrived: OutcomeUnknownError is raised then. Lists are read whole:
    UnreadableReplyError is raised if a row is malformed, which might be the one that is looked for.
    """

    async def query_time_templates(self) -> list[TimeTemplate]:
        """Return the account's time templates (QueryTimeTemplate)."""
        return await self._all(_QUERY_TIME_TEMPLATE, {}, TimeTemplate.from_row)

    async def create_time_template(self, name: str, week: Week) -> str:
        """Create a time template; return its TemplateId."""
        reply = await self._call(
            _CREATE_TIME_TEMPLATE, {"Name": name, **_week_params(week)}
        )
        return _created(reply)

    async def update_time_template(
        self, template_id: str, name: str, week: Week
    ) -> None:
        """Change a time template, and with it all plans that use it."""
        await self._call(
            _UPDATE_TIME_TEMPLATE,
            {"TemplateId": template_id, "Name": name, **_week_params(week)},
        )

    async def delete_time_template(self, template_id: str) -> None:
        """Delete a time template."""
        await self._call(_DELETE_TIME_TEMPLATE, {"TemplateId": template_id})

    async def query_plans(self, kind: PlanKind) -> list[Plan]:
        """Return the account's plans (QueryRecordPlans, QueryEventRecordPlans)."""
        return await self._all(_QUERY_PLANS[kind], {}, Plan.from_row)

    async def create_plan(
        self, kind: PlanKind, name: str, template_id: str, rule: EventRule | None
    ) -> str:
        """Create a plan; return its PlanId. An event record plan takes a rule."""
        params = {"Name": name, "TemplateId": template_id, **_rule_params(rule)}
        return _created(await self._call(_CREATE_PLAN[kind], params))

    async def update_plan(
        self,
        kind: PlanKind,
        plan_id: str,
        name: str,
        template_id: str,
        rule: EventRule | None,
    ) -> None:
        """Change a plan."""
        await self._call(
            _UPDATE_PLAN[kind],
            {
                "PlanId": plan_id,
                "Name": name,
                "TemplateId": template_id,
                **_rule_params(rule),
            },
        )

    async def delete_plan(self, kind: PlanKind, plan_id: str) -> None:
        """Delete a plan."""
        await self._call(_DELETE_PLAN[kind], {"PlanId": plan_id})

    async def query_plan_streams(
        self, kind: PlanKind, plan_id: str
    ) -> frozenset[PlanStream]:
        """Return the streams that a plan is bound to (Query…DeviceByPlan)."""
        params: dict[str, Scalar] = {"PlanId": plan_id}
        return frozenset(
            await self._all(_QUERY_DEVICES[kind], params, PlanStream.from_row)
        )

    async def query_plan_of_stream(
        self, kind: PlanKind, iot_id: str, stream_type: StreamType
    ) -> Plan | None:
        """Return the plan that is bound to a stream; None if there is none (Query…DeviceByDevice)."""
        params = _stream_params(iot_id, stream_type)
        try:
            reply = await self._call(_QUERY_BY_DEVICE[kind], params)
        except NotFoundError:
            # What the cloud answers then is not documented.
            return None
        data = inner(reply, "Data")
        return read_one(Plan.from_row, data) if data else None

    async def add_plan_device(
        self, kind: PlanKind, plan_id: str, iot_id: str, stream_type: StreamType
    ) -> None:
        """Bind a plan to a stream."""
        await self._call(
            _ADD_DEVICE[kind],
            {"PlanId": plan_id, **_stream_params(iot_id, stream_type)},
        )

    async def delete_plan_device(
        self, kind: PlanKind, iot_id: str, stream_type: StreamType
    ) -> None:
        """Unbind whatever plan is bound to a stream."""
        await self._call(_DELETE_DEVICE[kind], _stream_params(iot_id, stream_type))

    async def _all[T](
        self, operation: Operation, params: dict[str, Scalar], read: Callable[[Row], T]
    ) -> list[T]:
        """Return the rows of all pages of a list."""
        values: list[T] = []
        for page in range(1, MAX_PAGES + 1):
            reply = await self._call(
                operation, {**params, "CurrentPage": page, "PageSize": ROWS_PER_PAGE}
            )
            rows: list[Any] = rows_of(reply, "Data", "List")
            values += read_every(read, rows)
            if len(rows) < ROWS_PER_PAGE or is_last_page(inner(reply, "Data"), page):
                return values
        raise UnreadableReplyError("the list does not end")


def _created(reply: Reply) -> str:
    """Return the ID of what was created. Raises OutcomeUnknownError: it may exist without."""
    try:
        return key(reply, "Data")
    except ValueError as err:
        raise OutcomeUnknownError("accepted without an ID") from err


def _week_params(week: Week) -> dict[str, Scalar]:
    params: dict[str, Scalar] = {"AllDay": int(week.all_day)}
    for index, section in enumerate(sorted(week.sections), start=1):
        prefix = f"TimeSections.{index}"
        params[f"{prefix}.DayOfWeek"] = section.day_of_week
        params[f"{prefix}.Begin"] = section.begin
        params[f"{prefix}.End"] = section.end
    return params


def _rule_params(rule: EventRule | None) -> dict[str, Scalar]:
    if rule is None:
        return {}
    return {
        "EventTypes": ",".join(map(str, sorted(rule.event_types))),
        "RecordDuration": rule.record_duration,
        "PreRecordDuration": rule.pre_record_duration,
    }


def _stream_params(iot_id: str, stream_type: StreamType) -> dict[str, Scalar]:
    return {"IotId": iot_id, "StreamType": stream_type.value}
