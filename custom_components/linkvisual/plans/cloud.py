"""Templates and plans in the cloud. Only those under the names of Home Assistant's plans are ever changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

from ..api.client import LinkVisualClient
from ..api.errors import (
    CloudError,
    DeviceNotFoundError,
    InstanceNotAccessibleError,
    NotFoundError,
    ThrottledError,
)
from ..api.plan_models import Plan, PlanKind, PlanStream, TimeTemplate
from .models import Outcome, Target, cloud_name
from .week import NEVER


@dataclass(frozen=True, slots=True)
class Held:
    """What the cloud holds under the name of a plan: a template and a plan, none, or several that were made twice."""

    name: str
    kind: PlanKind
    templates: list[TimeTemplate]
    plans: dict[str, Plan]  # by PlanId
    streams: dict[str, frozenset[PlanStream]]

    @property
    def all_streams(self) -> frozenset[PlanStream]:
        """The streams that are bound to any of the plans."""
        return frozenset[PlanStream]().union(*self.streams.values())

    def is_equal(
        self,
        target: Target,
        known: Collection[str],
        allowed: frozenset[PlanStream] = frozenset(),
    ) -> bool:
        """Return whether this is the target; more streams may be bound if they are `allowed`.

        Bindings of cameras that are not known do not count: these are gone.
        """
        if target.week == NEVER:
            return not self.plans and not self.templates
        if len(self.plans) != 1 or len(self.templates) != 1:
            return False
        (plan,), (template,) = self.plans.values(), self.templates
        different = (target.streams - self.all_streams) | (
            self.all_streams - target.streams - allowed
        )
        return (
            template.week == target.week
            and plan.template_id == template.template_id
            and plan.rule == target.rule
            and not any(stream.iot_id in known for stream in different)
        )


class CloudPlans:
    """The templates and plans of an account, as they were when they were read."""

    def __init__(
        self,
        client: LinkVisualClient,
        templates: list[TimeTemplate],
        plans: dict[PlanKind, list[Plan]],
    ) -> None:
        self._client = client
        self._templates = templates
        self._plans = plans

    @classmethod
    async def async_read(
        cls, client: LinkVisualClient, kinds: Iterable[PlanKind]
    ) -> Self:
        """Read the templates, and the plans of some kinds."""
        templates = await client.query_time_templates()
        plans = {kind: await client.query_plans(kind) for kind in sorted(kinds)}
        return cls(client, templates, plans)

    async def async_held(self, kind: PlanKind, plan_id: str) -> Held:
        """Return what there is under the name of a subentry's plan."""
        name = cloud_name(plan_id)
        plans = {each.plan_id: each for each in self._plans[kind] if each.name == name}
        streams = {
            cloud_id: await self._client.query_plan_streams(kind, cloud_id)
            for cloud_id in plans
        }
        templates = [each for each in self._templates if each.name == name]
        return Held(name, kind, templates, plans, streams)

    async def async_release(self, held: Held, target: Target) -> None:
        """Unbind the streams that the target does not have."""
        await self._async_unbind(held, held.all_streams - target.streams)

    async def async_apply(
        self, held: Held, target: Target, known: Collection[str]
    ) -> Outcome:
        """Make the cloud hold the target. Streams are bound as far as possible, of cameras that are known."""
        outcome = Outcome()
        if target.week == NEVER:
            await self.async_remove(held)
            return outcome
        template_id = await self._async_put_template(held, target)
        cloud_id = await self._async_put_plan(held, target, template_id)
        await self._async_remove_others(held, template_id, cloud_id)
        bound = held.streams.get(cloud_id, frozenset())
        for stream in sorted(target.streams):
            if stream in bound:
                outcome.streams.add(stream)
            elif stream.iot_id in known:
                await self._async_bind(held.kind, cloud_id, stream, outcome)
        return outcome

    async def async_remove(self, held: Held) -> None:
        """Remove what there is. A template that another plan uses is left: somebody took it."""
        await self._async_remove_others(held, "", "")

    async def _async_put_template(self, held: Held, target: Target) -> str:
        """Create the template or change it; return its TemplateId."""
        if not held.templates:
            return await self._client.create_time_template(held.name, target.week)
        template = held.templates[0]
        if template.week != target.week:
            await self._client.update_time_template(
                template.template_id, held.name, target.week
            )
        return template.template_id

    async def _async_put_plan(
        self, held: Held, target: Target, template_id: str
    ) -> str:
        """Create the plan or change it; return its PlanId."""
        if not held.plans:
            return await self._client.create_plan(
                held.kind, held.name, template_id, target.rule
            )
        plan = next(iter(held.plans.values()))
        if plan.template_id != template_id or plan.rule != target.rule:
            await self._client.update_plan(
                held.kind, plan.plan_id, held.name, template_id, target.rule
            )
        return plan.plan_id

    async def _async_remove_others(
        self, held: Held, template_id: str, cloud_id: str
    ) -> None:
        """Remove all templates and plans but those."""
        plans = [each for each in held.plans if each != cloud_id]
        for each in plans:
            await self._async_unbind(held, held.streams[each])
            try:
                await self._client.delete_plan(held.kind, each)
            except NotFoundError:
                continue
        templates = [
            each.template_id
            for each in held.templates
            if each.template_id != template_id
        ]
        if not templates:
            return
        used = {
            plan.template_id
            for kind in PlanKind
            for plan in await self._client.query_plans(kind)
        }
        for each in templates:
            if each not in used:
                try:
                    await self._client.delete_time_template(each)
                except NotFoundError:
                    continue

    async def _async_unbind(self, held: Held, streams: frozenset[PlanStream]) -> None:
        """Unbind streams. The call names no plan, so it must be one of these that is bound."""
        for stream in sorted(streams):
            try:
                plan = await self._client.query_plan_of_stream(held.kind, *stream)
                if plan and plan.plan_id in held.plans:
                    await self._client.delete_plan_device(held.kind, *stream)
            except (
                DeviceNotFoundError,
                InstanceNotAccessibleError,
                NotFoundError,
            ):
                # The camera was deleted.
                continue

    async def _async_bind(
        self, kind: PlanKind, cloud_id: str, stream: PlanStream, outcome: Outcome
    ) -> None:
        """Bind a stream, unless it has another plan: that would be replaced."""
        try:
            plan = await self._client.query_plan_of_stream(kind, *stream)
            if plan and plan.plan_id != cloud_id:
                outcome.blocked[stream] = plan.name
                return
            if plan is None:
                await self._client.add_plan_device(kind, cloud_id, *stream)
        except ThrottledError:
            raise
        except CloudError as err:
            outcome.failed[stream] = err
        else:
            outcome.streams.add(stream)
