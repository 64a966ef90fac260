"""Conversion of a weekly schedule in Home Assistant's time zone to a week of the cloud.

Both are weeks of wall clock times, apart by the difference of the time zones: between two changes of Home Assistant's UTC
offset, one is the other, shifted. With each change, the cloud's week must be converted anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from homeassistant.util import dt as dt_util

from ..api.fields import CLOUD_TIME_ZONE
from ..api.plan_models import LAST_SECOND, MAX_TIME_SECTIONS, TimeSection, Week

DAY = 86_400
WEEK = 7 * DAY
ALWAYS = Week(all_day=True)
NEVER = Week(all_day=False)
WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
# Offsets are compared at this distance: no zone changes it twice meanwhile.
_STEP = timedelta(days=1)
_LOOK_AHEAD = 400  # steps

# Seconds since the begin of a week.
type Range = tuple[int, int]


class TooManySectionsError(ValueError):
    """The week has more sections than the cloud takes."""


def ranges_of(schedule: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Range]:
    """Return the blocks of a schedule helper, by weekday with `from` and `to`, as ranges since Monday."""
    return [
        (
            day * DAY + _second(block["from"]),
            day * DAY + (DAY if block["to"] == time.max else _second(block["to"])),
        )
        for day, weekday in enumerate(WEEKDAYS)
        for block in schedule.get(weekday, ())
    ]


def utc_offset() -> timedelta:
    """Return how far Home Assistant's clocks are ahead of UTC now."""
    now = dt_util.now()
    return now.replace(tzinfo=UTC) - now


def _second(value: time) -> int:
    return value.hour * 3600 + value.minute * 60 + value.second


def cloud_week(ranges: Iterable[Range], utc_offset: timedelta) -> Week:
    """Return the cloud's week for ranges of a week whose clocks are `utc_offset` ahead of UTC.

    Raises TooManySectionsError.
    """
    ahead = CLOUD_TIME_ZONE.utcoffset(None) - utc_offset
    # The cloud's weeks begin on Sunday, a day earlier.
    shift = int(ahead.total_seconds()) + DAY
    merged = _merge(
        each for begin, end in ranges for each in _wrap(begin + shift, end + shift)
    )
    if merged == [(0, WEEK)]:
        return ALWAYS
    sections = frozenset(each for range_ in merged for each in _by_day(*range_))
    if len(sections) > MAX_TIME_SECTIONS:
        raise TooManySectionsError
    return Week(all_day=False, sections=sections)


def _wrap(begin: int, end: int) -> Iterator[Range]:
    """Yield a range's parts within the week, of a range that may begin before or end after it."""
    length = end - begin
    begin %= WEEK
    yield begin, min(begin + length, WEEK)
    if begin + length > WEEK:
        yield 0, begin + length - WEEK


def _merge(ranges: Iterable[Range]) -> list[Range]:
    """Join ranges that touch or overlap."""
    merged: list[Range] = []
    for begin, end in sorted(ranges):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif begin < end:
            merged.append((begin, end))
    return merged


def _by_day(begin: int, end: int) -> Iterator[TimeSection]:
    """Yield a range's sections, one a day. What lies within the last second of a day only has no section."""
    for day in range(begin // DAY, (end - 1) // DAY + 1):
        first = max(begin - day * DAY, 0)
        last = min(end - day * DAY, LAST_SECOND)
        if first < last:
            yield TimeSection(day, first, last)


def hours(week: Week) -> float:
    """Return how many hours of a week it takes."""
    if week.all_day:
        return 24 * 7
    # The last second of a day is the end of its last section.
    seconds = sum(
        section.end - section.begin + (section.end == LAST_SECOND)
        for section in week.sections
    )
    return seconds / 3600


def next_offset_change(zone: tzinfo, after: datetime) -> datetime | None:
    """Return when the UTC offset of a time zone changes next, in UTC; None if it does not within a year."""
    before = after.astimezone(UTC)
    for _ in range(_LOOK_AHEAD):
        later = before + _STEP
        if _offset(zone, later) != _offset(zone, before):
            return _bisect(zone, before, later)
        before = later
    return None


def _bisect(zone: tzinfo, before: datetime, later: datetime) -> datetime:
    """Return the first whole second after the offset changed."""
    before, later = before.replace(microsecond=0), later.replace(microsecond=0)
    while later - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((later - before).total_seconds()) // 2)
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            later = middle
    return later


def _offset(zone: tzinfo, moment: datetime) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
