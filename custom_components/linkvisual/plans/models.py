"""Models of plans: what a subentry asks for, and what the cloud should hold of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from ..alarm_types import alarm_type_numbers
from ..api.errors import LinkVisualError
from ..api.media_models import StreamType
from ..api.plan_models import (
    ALL_EVENTS,
    EventRule,
    PlanKind,
    PlanStream,
    TimeSection,
    Week,
)
from ..const import (
    ATTR_PRE_RECORD_DURATION,
    ATTR_RECORD_DURATION,
    ATTR_STREAM_TYPE,
    DOMAIN,
)
from .week import NEVER

RECORD_PLAN = "record_plan"
EVENT_PLAN = "event_plan"
SUBENTRY_TYPES = {RECORD_PLAN: PlanKind.RECORD, EVENT_PLAN: PlanKind.EVENT}

CONF_ALARM_TYPES = "alarm_types"
CONF_CAMERAS = "cameras"
CONF_SCHEDULE = "schedule"

# Begins the names of templates and plans in the cloud that are Home Assistant's. Names take no spaces.
_MARK = "HA-"


def plan_signal(entry_id: str) -> str:
    """Return the dispatcher signal for changes of an entry's plans."""
    return f"{DOMAIN}_plans_{entry_id}"


def cloud_name(plan_id: str) -> str:
    """Return the name of a subentry's template and plan in the cloud."""
    return f"{_MARK}{plan_id}"


def event_types_of(alarm_types: list[str]) -> frozenset[int]:
    """Return the cloud's event types of alarm types; without any, the one that stands for all."""
    numbers = [number for name in alarm_types for number in alarm_type_numbers(name)]
    return frozenset(numbers or [ALL_EVENTS])


@dataclass(frozen=True, slots=True)
class Target:
    """What the cloud should hold of a plan. With an empty week: nothing."""

    kind: PlanKind
    week: Week
    streams: frozenset[PlanStream]
    rule: EventRule | None = None

    @classmethod
    def from_settings(cls, kind: PlanKind, data: Mapping[str, Any], week: Week) -> Self:
        """Return the target of a subentry's data."""
        stream_type = StreamType[str(data[ATTR_STREAM_TYPE]).upper()]
        rule = None
        if kind is PlanKind.EVENT:
            rule = EventRule(
                event_types_of(data.get(CONF_ALARM_TYPES, [])),
                data[ATTR_RECORD_DURATION],
                data[ATTR_PRE_RECORD_DURATION],
            )
        streams = frozenset(
            PlanStream(iot_id, stream_type) for iot_id in data[CONF_CAMERAS]
        )
        return cls(kind, week, frozenset() if week == NEVER else streams, rule)

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON object."""
        return {
            "all_day": self.week.all_day,
            "sections": sorted(self.week.sections),
            "streams": sorted(self.streams),
            "rule": self.rule
            and [
                sorted(self.rule.event_types),
                self.rule.record_duration,
                self.rule.pre_record_duration,
            ],
        }

    @classmethod
    def from_dict(cls, kind: PlanKind, row: Mapping[str, Any]) -> Self:
        """Read a JSON object. Raises KeyError, TypeError or ValueError."""
        rule = row["rule"]
        return cls(
            kind,
            Week(
                bool(row["all_day"]),
                frozenset(TimeSection(*section) for section in row["sections"]),
            ),
            frozenset(
                PlanStream(iot_id, StreamType(stream_type))
                for iot_id, stream_type in row["streams"]
            ),
            rule and EventRule(frozenset(rule[0]), rule[1], rule[2]),
        )


class ScheduleProblem(StrEnum):
    """Reason why the week of a plan is not known."""

    MISSING = "missing"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class WantedPlan:
    """What a subentry asks for. `target` is None if its week is not known."""

    kind: PlanKind
    title: str
    settings: dict[str, Any]
    target: Target | None
    schedule: ScheduleProblem | None = None


def is_done(applied: Target | None, target: Target, known: Collection[str]) -> bool:
    """Return whether the cloud was made to hold a target, as far as its cameras are known."""
    if applied is None or replace(applied, streams=target.streams) != target:
        return False
    missing = target.streams - applied.streams
    return not any(stream.iot_id in known for stream in missing)


@dataclass(slots=True)
class StoredPlan:
    """A plan that may exist in the cloud. `applied` is what it was made to hold; None while that changes.

    `settings` are the data that the subentry had then.
    """

    kind: PlanKind
    title: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    applied: Target | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON object."""
        return {
            "kind": self.kind.value,
            "title": self.title,
            "settings": self.settings,
            "applied": self.applied and self.applied.as_dict(),
        }

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Self:
        """Read a JSON object. Raises AttributeError, KeyError, TypeError or ValueError."""
        kind = PlanKind(row["kind"])
        applied = row["applied"]
        return cls(
            kind,
            str(row["title"]),
            dict(row["settings"]),
            applied and Target.from_dict(kind, applied),
        )


@dataclass(slots=True)
class Outcome:
    """What came of binding a plan to its streams."""

    streams: set[PlanStream] = field(default_factory=set)
    # Streams that have another plan, with its name.
    blocked: dict[PlanStream, str] = field(default_factory=dict)
    failed: dict[PlanStream, LinkVisualError] = field(default_factory=dict)


@dataclass(slots=True)
class PlanState:
    """What is wrong with a plan."""

    title: str = ""
    schedule: ScheduleProblem | None = None
    is_changed: bool = False  # by somebody else, in the cloud
    outcome: Outcome = field(default_factory=Outcome)
    error: LinkVisualError | None = None
    failures: int = 0  # in a row

    @property
    def errors(self) -> list[LinkVisualError]:
        """All errors, of the plan and of its streams."""
        errors = list(self.outcome.failed.values())
        return [self.error, *errors] if self.error else errors
