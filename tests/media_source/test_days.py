"""The media browser's days: those of Home Assistant's time zone, whatever the cloud calls a day."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
import pytest

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device
from tests.media import MediaBrowser, asked, titles_of

from .files import NOW, add, days


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata"]
)
@pytest.mark.parametrize("hours_east", [8, 0])
@pytest.mark.parametrize("order", ["ascending", "descending", "shuffled"])
async def test_days_are_those_of_home_assistant(
    hass: HomeAssistant,
    cloud: Cloud,
    front_door: Device,
    browser: MediaBrowser,
    zone: str,
    hours_east: int,
    order: Any,
) -> None:
    """Each recording is in one day: the one in which it began where Home Assistant is.

    Whatever the cloud's days are, and in whatever order it lists.
    """
    await hass.config.async_set_time_zone(zone)
    cloud.inferred.text_time_zone = hours_east
    cloud.inferred.record_order = order
    expected: dict[str, list[str]] = {}
    moment = datetime(2026, 10, 30, 0, 30, tzinfo=UTC)
    while moment < NOW:
        add(cloud, front_door, moment, 1800)
        local = moment.astimezone(ZoneInfo(zone))
        title = f"Continuous · {local:%H:%M}"
        expected.setdefault(local.date().isoformat(), []).insert(0, title)
        moment += timedelta(hours=7, minutes=30)

    found: dict[str, list[str]] = {}
    for name in await days(browser):
        place = browser.content_id(front_door.iot_id, "day", name)
        found[name] = titles_of((await browser.open(place))["children"])
    assert found == expected


@pytest.mark.parametrize(
    ("day", "hours"), [("2027-10-31", 25), ("2027-03-28", 23), ("2026-12-01", 24)]
)
async def test_length_of_days(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    browser: MediaBrowser,
    day: str,
    hours: int,
) -> None:
    """A day may have 23 or 25 hours."""
    front_door.retention_days = 3650
    begin = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/London"))
    start = begin.astimezone(UTC)
    clock.move_to(start + timedelta(days=3))
    for number in range(-2, hours + 2):
        add(cloud, front_door, start + timedelta(hours=number, minutes=30))
    folder = await browser.open(browser.content_id(front_door.iot_id, "day", day))
    assert len(folder["children"]) == hours


async def test_only_days_with_recordings(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """A recording that only ends on a day does not make it one with recordings."""
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    add(cloud, front_door, midnight - timedelta(minutes=10), 1800)
    assert await days(browser) == ["2026-11-19"]
    assert len(asked(cloud)) <= 10


async def test_older_months(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """Months beyond the last days are a folder each, as far back as recordings are kept."""
    add(cloud, front_door, datetime(2026, 9, 3, 12, tzinfo=UTC))
    add(cloud, front_door, datetime(2026, 9, 30, 23, 50, tzinfo=UTC))
    add(cloud, front_door, datetime(2026, 10, 2, 23, 50, tzinfo=UTC))
    month = await browser.walk("Front door", "Sep 2026")
    assert titles_of(month["children"]) == ["Thu 3 Sep"]
    # In London it is summer: ten to one is the next day.
    assert await days(browser) == ["2026-10-03", "2026-10-01"]
    day = await browser.walk("Front door", "Thu 1 Oct")
    assert titles_of(day["children"]) == ["Continuous · 00:50"]


async def test_new_day(
    cloud: Cloud, front_door: Device, browser: MediaBrowser, clock: Clock
) -> None:
    """A first recording of the day shows, although a moment ago there was none."""
    assert await days(browser) == []
    add(cloud, front_door, NOW - timedelta(seconds=70))
    clock.move_to(NOW + timedelta(seconds=61))
    assert await days(browser) == ["2026-11-23"]
