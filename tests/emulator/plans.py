"""Plans by which the cloud records, and the time templates they follow. Source: linkvisual-api.md section 20.1.

For tests, `cloud.plans` is the account's: `templates`, `record_plans` and `event_plans` by ID, and which stream has which
plan, in `record_streams` and `event_streams` by (IotId, StreamType). They may be changed in place, as somebody else does in
the console: `cloud.plans.record_plans[plan_id].name = "mine"`.

- `records_at(device, when)`: the plan by which a camera records continuously at a moment, or None
- `event_plan_at(device, event_type, when)`: the plan by which an alarm at a moment is recorded, or None; the plan tells how
  long (`record_duration`), and how much of that lies before (`pre_record_duration`), in seconds
- `record_plan_of(device)`, `event_plan_of(device)`: the plan that a stream has, whatever time it is
- `add_foreign_record_plan(device, name=…)`, `add_foreign_event_plan(…)`: somebody else gives a camera a plan in the console
- `add_template(name, sections)`

All look at plans only, neither at a camera's state nor at its cloud storage. A moment is a datetime with a zone; the week of
the templates is in the zone of `Inferred.plan_zone`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from .inferred import Inferred
from .world import Device

_DAY = 86400
ALL_EVENTS = "0"

# By IotId and StreamType: a PlanId.
type Streams = dict[tuple[str, int], str]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of each week. Times are seconds of the day; days count from Sunday, which is 0."""

    day_of_week: int
    begin: int
    end: int


WHOLE_WEEK = tuple(Section(day, 0, _DAY - 1) for day in range(7))


@dataclass(slots=True)
class Template:
    """When to record. With `all_day`, sections have no meaning."""

    template_id: str
    name: str
    all_day: bool
    sections: tuple[Section, ...] = ()
    default: bool = False  # nobody made it


@dataclass(slots=True)
class RecordPlan:
    """A plan by which cameras record all the time that its template tells."""

    plan_id: str
    name: str
    template_id: str


@dataclass(slots=True)
class EventPlan(RecordPlan):
    """A plan by which alarms are recorded. `event_types` is text as it was given: numbers with commas, or "0" for all."""

    record_duration: int
    pre_record_duration: int = 0
    event_types: str = "1"

    def takes(self, event_type: int) -> bool:
        """Return whether alarms of a type are recorded."""
        return ALL_EVENTS in (types := self.event_types.split(",")) or (
            str(event_type) in types
        )


@dataclass(slots=True)
class Plans:
    """All templates and plans of an account, oldest first, and what has them."""

    seed: int
    inferred: Callable[[], Inferred]
    templates: dict[str, Template] = field(default_factory=dict)
    record_plans: dict[str, RecordPlan] = field(default_factory=dict)
    event_plans: dict[str, EventPlan] = field(default_factory=dict)
    record_streams: Streams = field(default_factory=dict)
    event_streams: Streams = field(default_factory=dict)
    # Of its own, so that a plan does not change the identifiers of anything else.
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(f"plans {self.seed}")
        if self.inferred().default_template:
            default = Template(self.new_id(), "7x24", all_day=True, default=True)
            self.templates[default.template_id] = default

    def new_id(self) -> str:
        """Return an ID for a template or a plan."""
        return f"{self._random.getrandbits(128):032x}"

    def covers(self, template_id: str, when: datetime) -> bool:
        """Return whether a moment lies in a template's week. One that was deleted has none."""
        template = self.templates.get(template_id)
        if template is None:
            return False
        local = when.astimezone(ZoneInfo(self.inferred().plan_zone))
        second = local.hour * 3600 + local.minute * 60 + local.second
        last = 0 if self.inferred().section_end_included else 1
        return template.all_day or any(
            section.day_of_week == local.isoweekday() % 7
            and section.begin <= second <= section.end - last
            for section in template.sections
        )

    def record_plan_of(self, device: Device, stream_type: int = 0) -> RecordPlan | None:
        """Return the record plan of a camera's stream."""
        plan_id = self.record_streams.get((device.iot_id, stream_type), "")
        return self.record_plans.get(plan_id)

    def event_plan_of(self, device: Device, stream_type: int = 0) -> EventPlan | None:
        """Return the event plan of a camera's stream."""
        plan_id = self.event_streams.get((device.iot_id, stream_type), "")
        return self.event_plans.get(plan_id)

    def records_at(
        self, device: Device, when: datetime, stream_type: int = 0
    ) -> RecordPlan | None:
        """Return the plan by which a stream is recorded at a moment."""
        plan = self.record_plan_of(device, stream_type)
        return plan if plan and self.covers(plan.template_id, when) else None

    def event_plan_at(
        self, device: Device, event_type: int, when: datetime, stream_type: int = 0
    ) -> EventPlan | None:
        """Return the plan by which a stream is recorded when there is an alarm of a type at a moment."""
        plan = self.event_plan_of(device, stream_type)
        if plan is None or not plan.takes(event_type):
            return None
        return plan if self.covers(plan.template_id, when) else None

    def add_template(self, name: str, sections: Iterable[Section] = ()) -> Template:
        """Make a template; without sections, one for the whole week."""
        parts = tuple(sections)
        template = Template(self.new_id(), name, all_day=not parts, sections=parts)
        self.templates[template.template_id] = template
        return template

    def add_foreign_record_plan(
        self,
        device: Device,
        name: str = "console-plan",
        sections: Iterable[Section] = (),
        stream_type: int = 0,
    ) -> RecordPlan:
        """Give a camera a new record plan with a template of its own, as somebody else does in the console."""
        template = self.add_template(name, sections)
        plan = RecordPlan(self.new_id(), name, template.template_id)
        self.record_plans[plan.plan_id] = plan
        self.record_streams[device.iot_id, stream_type] = plan.plan_id
        return plan

    def add_foreign_event_plan(
        self,
        device: Device,
        name: str = "console-plan",
        sections: Iterable[Section] = (),
        stream_type: int = 0,
        *,
        event_types: str = "1",
        record_duration: int = 30,
        pre_record_duration: int = 5,
    ) -> EventPlan:
        """Give a camera a new event plan with a template of its own, as somebody else does in the console."""
        template = self.add_template(name, sections)
        plan = EventPlan(
            self.new_id(),
            name,
            template.template_id,
            record_duration,
            pre_record_duration,
            event_types,
        )
        self.event_plans[plan.plan_id] = plan
        self.event_streams[device.iot_id, stream_type] = plan.plan_id
        return plan

    def take_from_all(self, plan_id: str) -> None:
        """Take a plan away from all streams that have it."""
        for streams in (self.record_streams, self.event_streams):
            for key in [key for key, each in streams.items() if each == plan_id]:
                del streams[key]

    def forget(self, device: Device) -> None:
        """Take a camera's plans away, since it was removed."""
        for streams in (self.record_streams, self.event_streams):
            for key in [each for each in streams if each[0] == device.iot_id]:
                del streams[key]
