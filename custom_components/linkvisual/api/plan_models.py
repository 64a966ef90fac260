"""Models of record plans, event record plans and their time templates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self

from .fields import Row, key, number, one_line, optional_member, optional_number, text
from .media_models import StreamType

# Limits of the cloud (linkvisual-api.md section 20.1). The last second of a day is also its end.
LAST_SECOND = 86_399
MAX_TIME_SECTIONS = 1000
MAX_EVENT_TYPES = 10
MIN_EVENT_DURATION = 10
MAX_EVENT_DURATION = 60
# The event type that stands for all.
ALL_EVENTS = 0


class PlanKind(StrEnum):
    """Family of plans. The names of their operations contain these values."""

    RECORD = "RecordPlan"
    EVENT = "EventRecordPlan"


class TimeSection(NamedTuple):
    """A range of a day in seconds; day 0 is Sunday."""

    day_of_week: int
    begin: int
    end: int

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of TimeSectionList."""
        section = cls(
            number(row, "DayOfWeek"), number(row, "Begin"), number(row, "End")
        )
        if not (
            0 <= section.day_of_week <= 6
            and 0 <= section.begin < section.end <= LAST_SECOND + 1
        ):
            raise ValueError("the section is not within a day")
        return section


@dataclass(frozen=True, slots=True)
class Week:
    """When a plan applies, in the cloud's time zone: always, or in sections of the week."""

    all_day: bool
    sections: frozenset[TimeSection] = frozenset()

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a template. Its sections do not count if it is for all days."""
        if number(row, "AllDay") == 1:
            return cls(all_day=True)
        rows = row.get("TimeSectionList")
        return cls(
            all_day=False,
            sections=frozenset(
                TimeSection.from_row(each if isinstance(each, Mapping) else {})
                for each in (rows if isinstance(rows, list) else [])
            ),
        )


def _readable[T](read: Callable[[Row], T], row: Row) -> T | None:
    """Return a part of a row; None if it is malformed: the row can be told from others all the same."""
    try:
        return read(row)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class TimeTemplate:
    """A time template (QueryTimeTemplate). `week` is None if it cannot be read."""

    template_id: str
    name: str
    week: Week | None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.List."""
        return cls(
            key(row, "TemplateId"),
            one_line(row.get("Name")),
            _readable(Week.from_row, row),
        )


@dataclass(frozen=True, slots=True)
class EventRule:
    """What an event record plan records; durations in seconds. `event_types` holds only 0 if it is all of them."""

    event_types: frozenset[int]
    record_duration: int
    pre_record_duration: int

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of QueryEventRecordPlans; details lack the event types, which are empty then."""
        types = text(row, "EventType") or str(optional_number(row, "EventType") or "")
        return cls(
            frozenset(int(each) for each in types.split(",") if each.strip()),
            number(row, "RecordDuration"),
            optional_number(row, "PreRecordDuration") or 0,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """A record plan, or an event record plan with its rule. `rule` is None, too, if it cannot be read."""

    plan_id: str
    name: str
    template_id: str
    rule: EventRule | None = None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.List, or Data of one plan."""
        return cls(
            key(row, "PlanId"),
            one_line(row.get("Name")),
            text(row, "TemplateId"),
            _readable(EventRule.from_row, row),
        )


class PlanStream(NamedTuple):
    """A stream of a camera that a plan is bound to."""

    iot_id: str
    stream_type: StreamType

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.List."""
        stream_type = optional_member(StreamType, row, "StreamType")
        if stream_type is None:
            raise ValueError("StreamType is missing or unknown")
        return cls(key(row, "IotId"), stream_type)
