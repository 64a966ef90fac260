"""Templates and plans in the cloud. Only those under the names of Home Assistant's plans are ever changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..api.client import LinkVisualClient
from ..api.errors import CloudError, NotFoundError, ThrottledError
from ..api.plan_models import Plan, PlanKind, PlanStream, TimeTemplate, Week
from .models import Outcome, Target, cloud_name


@dataclass(slots=True)
class Held:
    """What the cloud holds under the name of a plan: one template and plan, unless some were made twice, or none."""

    templates: list[TimeTemplate]
    plans: list[Plan]
    # By PlanId.
    streams: dict[str, frozenset[PlanStream]]

    def is_equal(self, target: Target, known: Collection[str]) -> bool:
        """Return whether this is the target, but for bindings of cameras that are not known: these are gone."""
        if not target.streams and not self.plans and not self.templates:
            return target.week == Week(all_day=False)
        if len(self.plans) != 1 or len(self.templates) != 1:
            return False
        (plan,), (template,) = self.plans, self.templates
        return (
            template.week == target.week
            and plan.template_id == template.template_id
            and plan.rule == target.rule
            and _of(known, self.streams[plan.plan_id]) == _of(known, target.streams)
        )


def _of(known: Collection[str], streams: Iterable[PlanStream]) -> set[PlanStream]:
    return {stream for stream in streams if stream.iot_id in known}
