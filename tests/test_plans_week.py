"""The week of a schedule helper, as the cloud sees it: at each instant, both are on or both are off."""

from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linkvisual.api.plan_models import TimeSection, Week
from custom_components.linkvisual.plans.week import (
    ALWAYS,
    NEVER,
    WEEKDAYS,
    TooManySectionsError,
    cloud_week,
    hours,
    next_offset_change,
    ranges_of,
)

CHINA = timezone(timedelta(hours=8))
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",  # half an hour
    "Australia/Lord_Howe",  # DST of half an hour
    "Australia/Adelaide",
    "Asia/Kolkata",
    "Asia/Kathmandu",  # three quarters
    "Asia/Shanghai",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Pacific/Chatham",
    "Africa/Casablanca",  # DST but for a month
    "UTC",
)


def is_on(schedule: dict[str, list[dict[str, Any]]], moment: datetime) -> bool:
    """Return whether a schedule helper is on at a moment of its time zone (homeassistant/components/schedule)."""
    now = moment.time()
    return any(
        block["from"] <= now and (now < block["to"] or block["to"] == time.max)
        for block in schedule.get(WEEKDAYS[moment.weekday()], [])
    )


def applies(week: Week, moment: datetime) -> bool:
    """Return whether the cloud's week applies at a moment."""
    local = moment.astimezone(CHINA)
    second = local.hour * 3600 + local.minute * 60 + local.second
    return week.all_day or any(
        section.day_of_week == local.isoweekday() % 7
        and section.begin <= second < section.end
        for section in week.sections
    )


@st.composite
def schedules(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Draw the weeks of schedule helpers: blocks of a day that do not overlap, to the minute, and up to midnight."""
    schedule = {}
    for day in draw(st.sets(st.sampled_from(WEEKDAYS))):
        minutes = st.integers(0, 24 * 60)
        edges = sorted(draw(st.sets(minutes, min_size=2, max_size=8)))
        schedule[day] = [
            {"from": _time(begin), "to": _time(end)}
            for begin, end in zip(edges[::2], edges[1::2], strict=False)
        ]
    return schedule


def _time(minutes: int) -> time:
    return time.max if minutes == 24 * 60 else time(minutes // 60, minutes % 60)


@settings(deadline=None)
@given(
    schedules(),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),
    st.data(),
)
def test_same_at_each_instant(
    schedule: dict[str, list[dict[str, Any]]],
    zone_name: str,
    made_at: datetime,
    data: st.DataObject,
) -> None:
    """What is converted is right until the next change of the clocks, and converted anew it is right from then on."""
    zone = ZoneInfo(zone_name)
    ranges = ranges_of(schedule)
    change = next_offset_change(zone, made_at) or made_at + timedelta(days=300)
    after = next_offset_change(zone, change) or change + timedelta(days=300)
    for begin, end in ((made_at, change), (change, after)):
        offset = begin.astimezone(zone).utcoffset()
        assert offset is not None
        week = cloud_week(ranges, offset)
        seconds = int((end - begin).total_seconds())
        passed = data.draw(
            st.integers(0, seconds - 1)
            | st.integers(0, min(3, seconds - 1))
            | st.integers(max(0, seconds - 4), seconds - 1)
        )
        moment = (begin + timedelta(seconds=passed)).replace(microsecond=0)
        if moment < begin:
            continue
        moments = [moment]
        # Both sides of the edges of a block that is drawn, in the week of the moment.
        for block in schedule.get(WEEKDAYS[moment.astimezone(zone).weekday()], []):
            local = moment.astimezone(zone)
            edge = datetime.combine(local.date(), block["from"], tzinfo=zone)
            moments += [
                edge.astimezone(UTC),
                edge.astimezone(UTC) - timedelta(seconds=1),
            ]
        for each in moments:
            # The cloud has no name for the end of the last second of its day.
            is_last = each.astimezone(CHINA).time().replace(microsecond=0) == time(
                23, 59, 59
            )
            if begin <= each < end and not is_last:
                assert applies(week, each) is is_on(schedule, each.astimezone(zone))


@given(schedules(), st.integers(-12 * 4, 14 * 4))
def test_fits_the_cloud(
    schedule: dict[str, list[dict[str, Any]]], quarters: int
) -> None:
    """Sections lie within a day, each ends after it begins, none touches another, and the hours are the same."""
    ranges = ranges_of(schedule)
    week = cloud_week(ranges, timedelta(minutes=15 * quarters))
    assert hours(week) == pytest.approx(
        sum(end - begin for begin, end in ranges) / 3600
    )
    if week.all_day:
        assert not week.sections
    by_day: dict[int, int] = {}
    for section in sorted(week.sections):
        assert 0 <= section.day_of_week <= 6
        assert 0 <= section.begin < section.end <= 86_399
        assert section.begin > by_day.get(section.day_of_week, -1)
        by_day[section.day_of_week] = section.end


def blocks(**days: list[tuple[time, time]]) -> dict[str, list[dict[str, Any]]]:
    """Return the week of a schedule helper."""
    return {
        day: [{"from": begin, "to": end} for begin, end in ranges]
        for day, ranges in days.items()
    }


def test_weekdays_in_berlin() -> None:
    """Weekdays 8 to 18 are 15 to 1 in China in winter, 14 to midnight in summer; from Sunday, which is 0."""
    office = ranges_of(blocks(**{day: [(time(8), time(18))] for day in WEEKDAYS[:5]}))
    winter = cloud_week(office, timedelta(hours=1))
    assert sorted(winter.sections) == sorted(
        [
            *(TimeSection(day, 15 * 3600, 86_399) for day in range(1, 6)),
            *(TimeSection(day, 0, 3600) for day in range(2, 7)),
        ]
    )
    summer = cloud_week(office, timedelta(hours=2))
    assert sorted(summer.sections) == [
        TimeSection(day, 14 * 3600, 86_399) for day in range(1, 6)
    ]
    assert hours(winter) == hours(summer) == 50


def test_over_the_end_of_the_week() -> None:
    """What begins on Saturday in the cloud goes on on Sunday, its first day."""
    late = ranges_of(blocks(saturday=[(time(16), time(20))]))
    assert sorted(cloud_week(late, timedelta(hours=1)).sections) == [
        TimeSection(0, 0, 3 * 3600),
        TimeSection(6, 23 * 3600, 86_399),
    ]


def test_empty_and_whole() -> None:
    """No block is never; blocks that fill the week are always, wherever they begin and end."""
    assert cloud_week(ranges_of({}), timedelta(hours=1)) == NEVER
    whole = {day: [(time(0), time(9, 30)), (time(9, 30), time.max)] for day in WEEKDAYS}
    assert cloud_week(ranges_of(blocks(**whole)), timedelta(hours=-3.5)) == ALWAYS
    assert hours(ALWAYS) == 168


def test_last_second_only() -> None:
    """What lies within the last second of the cloud's day cannot be said, and is left out."""
    second = ranges_of(blocks(monday=[(time(16, 59, 59), time(17, 0, 30))]))
    assert cloud_week(second, timedelta(hours=1)).sections == {TimeSection(2, 0, 30)}


def test_too_many() -> None:
    """The cloud takes a thousand sections."""
    few = [(2 * each, 2 * each + 1) for each in range(1000)]
    assert len(cloud_week(few, timedelta(hours=8)).sections) == 1000
    with pytest.raises(TooManySectionsError):
        cloud_week([*few, (3000, 3001)], timedelta(hours=8))


@pytest.mark.parametrize(
    ("zone", "after", "change"),
    [
        ("Europe/Berlin", "2026-11-24", "2027-03-28T01:00:00"),
        ("Europe/Berlin", "2027-03-28T01:00:00", "2027-10-31T01:00:00"),
        ("Europe/Berlin", "2027-03-28T00:59:59.5", "2027-03-28T01:00:00"),
        ("Australia/Lord_Howe", "2026-11-24", "2027-04-03T15:00:00"),
        ("Africa/Casablanca", "2026-11-24", "2027-02-07T02:00:00"),
        ("Asia/Shanghai", "2026-11-24", None),
    ],
)
def test_next_change(zone: str, after: str, change: str | None) -> None:
    """The next change of the clocks is found to the second."""
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(change).replace(tzinfo=UTC) if change else None
    assert next_offset_change(ZoneInfo(zone), moment) == expected
