"""The media browser: days as people count them, and few calls of the cloud whatever is stored."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import ROOT, MediaBrowser, MediaError, asked, titles_of

# A Monday.
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def now(clock: Clock) -> Clock:
    """Make it noon in Greenwich."""
    clock.move_to(NOW)
    return clock


@pytest.fixture
async def in_london(hass: HomeAssistant, now: Clock) -> None:
    """Put Home Assistant where noon is noon."""
    await hass.config.async_set_time_zone("Europe/London")


@pytest.fixture
async def browser(
    hass: HomeAssistant,
    in_london: None,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    cloud: Cloud,
) -> MediaBrowser:
    """Open the media browser; what was asked of the cloud before does not count."""
    browser = await MediaBrowser.connect(hass, hass_ws_client, loaded.entry_id)
    cloud.calls.clear()
    return browser


@pytest.fixture
def front_door(now: Clock, cameras: dict[str, Device]) -> Device:
    """Return a camera that keeps its recordings for a long time."""
    camera = cameras["Front door"]
    camera.retention_days = 100
    return camera


def add(
    cloud: Cloud, camera: Device, begin: datetime, seconds: float = 60, **more: Any
) -> str:
    """Store a file; return its name."""
    start = begin.timestamp()
    return cloud.world.add_file(camera, start, start + seconds, **more).file_name


async def test_tree(
    cloud: Cloud,
    front_door: Device,
    browser: MediaBrowser,
) -> None:
    """From the account over camera and day to a recording; nothing is asked before it is opened."""
    name = add(cloud, front_door, NOW - timedelta(hours=1), 95, record_type=1)
    add(cloud, front_door, NOW - timedelta(hours=2), 10, record_type=2)
    add(cloud, front_door, NOW - timedelta(hours=3), 1800, record_type=0, stream_type=1)
    add(cloud, front_door, NOW - timedelta(days=4))
    root = await browser.open(ROOT)
    assert root["title"] == "Alibaba Cloud LinkVisual"
    assert titles_of(root["children"]) == [cloud.iot_instance_id]
    account = await browser.open(root["children"][0]["media_content_id"])
    assert titles_of(account["children"]) == [
        "Attic",
        "Driveway",
        "Front door",
        "Garage",
        "Garden",
        "Hall",
    ]
    assert not asked(cloud)
    camera = await browser.walk("Front door")
    assert titles_of(camera["children"]) == [
        "Today (2026-11-23)",
        "2026-11-19",
        "2026-09",
        "2026-08",
        "Pictures",
    ]
    day = await browser.walk("Front door", "Today (2026-11-23)")
    assert titles_of(day["children"]) == [
        "11:00:00 · 1:35 min · Alarm",
        "10:00:00 · 10 s · Manual",
        "09:00:00 · 30:00 min · Continuous",
    ]
    newest = day["children"][0]
    assert newest["can_play"]
    assert not newest["can_expand"]
    assert newest["media_class"] == "video"
    assert newest["thumbnail"].startswith("/api/linkvisual/recording/")
    quoted = name.replace("/", "%2F")
    assert newest["media_content_id"] == browser.content_id(
        front_door.iot_id, "recording", quoted
    )


async def test_texts_follow_the_language(
    hass: HomeAssistant, cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """Titles are in the language of Home Assistant."""
    hass.config.language = "zh-Hans"
    add(cloud, front_door, NOW - timedelta(hours=1), record_type=2)
    camera = await browser.walk("Front door")
    assert camera["children"][0]["title"] == "今天 (2026-11-23)"
    day = await browser.open(camera["children"][0]["media_content_id"])
    assert day["children"][0]["title"] == "11:00:00 · 1:00 min · 手动"


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
        title = f"{local:%H:%M:%S} · 30:00 min · Continuous"
        expected.setdefault(local.date().isoformat(), []).insert(0, title)
        moment += timedelta(hours=7, minutes=30)

    found: dict[str, list[str]] = {}
    for name in await days(browser):
        place = browser.content_id(front_door.iot_id, "day", name)
        found[name] = titles_of((await browser.open(place))["children"])
    assert found == expected


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-10-25", 25), ("2026-03-29", 23), ("2026-12-01", 24)]
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


async def days(browser: MediaBrowser) -> list[str]:
    """Return the days of the front door, by their dates."""
    rows = (await browser.walk("Front door"))["children"]
    places = [row["media_content_id"].split("/") for row in rows]
    return [place[-1] for place in places if place[-2] == "day"]


async def test_older_months(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """Months beyond the last days are a folder each, as far back as recordings are kept."""
    add(cloud, front_door, datetime(2026, 9, 3, 12, tzinfo=UTC))
    add(cloud, front_door, datetime(2026, 9, 30, 23, 50, tzinfo=UTC))
    add(cloud, front_door, datetime(2026, 10, 2, 23, 50, tzinfo=UTC))
    month = await browser.walk("Front door", "2026-09")
    assert titles_of(month["children"]) == ["2026-09-03"]
    # In London it is summer: ten to one is the next day.
    assert await days(browser) == ["2026-10-03", "2026-10-01"]
    day = await browser.walk("Front door", "2026-10-01")
    assert titles_of(day["children"]) == ["00:50:00 · 1:00 min · Continuous"]


@pytest.fixture
def month(cloud: Cloud, front_door: Device) -> list[datetime]:
    """Store 10,000 recordings of a month; return their begins, newest first."""
    step = timedelta(days=30) / 10_000
    begins = [NOW - (number + 1) * step for number in range(10_000)]
    for number, begin in enumerate(begins):
        add(cloud, front_door, begin, 30, record_type=number % 3)
    return begins


@pytest.mark.parametrize("order", ["ascending", "descending", "shuffled"])
async def test_ten_thousand_recordings(
    cloud: Cloud,
    month: list[datetime],
    browser: MediaBrowser,
    order: Any,
) -> None:
    """A month of 10,000 recordings is not loaded: a day shows its newest, and a folder with the earlier ones."""
    cloud.inferred.record_order = order
    cloud.inferred.qps["QueryRecord"] = 10_000
    assert len(await days(browser)) == 31
    assert len(asked(cloud)) <= 40
    cloud.calls.clear()
    day = await browser.open(
        browser.content_id(
            next(iter(cloud.world.devices)),
            "day",
            "2026-11-21",
        )
    )
    assert len(asked(cloud)) <= 10
    shown: list[str] = []
    pages = 0
    while True:
        pages += 1
        *rows, last = titles_of(day["children"])
        if not last.startswith("Before"):
            shown += [*rows, last]
            break
        assert len(rows) >= 100
        shown += rows
        day = await browser.open(day["children"][-1]["media_content_id"])
    kinds = ("Continuous", "Alarm", "Manual")
    expected = [
        f"{begin:%H:%M:%S} · 30 s · {kinds[number % 3]}"
        for number, begin in enumerate(month)
        if begin.date().isoformat() == "2026-11-21"
    ]
    assert shown == expected
    assert 2 <= pages <= 4


async def test_burst(cloud: Cloud, front_door: Device, browser: MediaBrowser) -> None:
    """Many recordings in a few minutes are all shown, on both streams."""
    for number in range(130):
        begin = NOW - timedelta(hours=2, seconds=number)
        add(cloud, front_door, begin, 5, stream_type=number % 2)
    add(cloud, front_door, NOW - timedelta(hours=11), 5)
    day = await browser.walk("Front door", "Today (2026-11-23)")
    rows = titles_of(day["children"])
    while rows[-1].startswith("Before"):
        day = await browser.open(day["children"][-1]["media_content_id"])
        rows = rows[:-1] + titles_of(day["children"])
    assert len(rows) == len(set(rows)) == 131


async def test_reopening(
    cloud: Cloud, front_door: Device, browser: MediaBrowser, clock: Clock
) -> None:
    """Going back and forth asks the cloud nothing; what is new shows after half a minute."""
    add(cloud, front_door, NOW - timedelta(hours=1))
    title = "Today (2026-11-23)"
    await browser.walk("Front door", title)
    cloud.calls.clear()
    await browser.walk("Front door", title)
    assert not asked(cloud)
    add(cloud, front_door, NOW - timedelta(minutes=30))
    clock.jump(31)
    assert len((await browser.walk("Front door", title))["children"]) == 2


async def test_new_day(
    cloud: Cloud, front_door: Device, browser: MediaBrowser, clock: Clock
) -> None:
    """A first recording of the day shows, although a moment ago there was none."""
    assert await days(browser) == []
    add(cloud, front_door, NOW - timedelta(seconds=70))
    clock.move_to(NOW + timedelta(seconds=61))
    assert await days(browser) == ["2026-11-23"]


async def test_pictures(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """The pictures of the last month, newest first."""
    for hours in range(60):
        cloud.world.add_picture(front_door, (NOW - timedelta(hours=hours)).timestamp())
    folder = await browser.walk("Front door", "Pictures")
    titles = titles_of(folder["children"])
    assert len(titles) == 60
    assert titles[:2] == ["2026-11-23 12:00:00", "2026-11-23 11:00:00"]
    assert len(cloud.calls_of("QueryPictureFiles")) == 2
    row = folder["children"][0]
    assert row["thumbnail"].startswith("/api/linkvisual/picture/")
    assert row["media_class"] == "image"
    resolved = await browser.resolve(row["media_content_id"])
    assert resolved["mime_type"] == "image/jpeg"


async def test_very_many_pictures(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """Of very many pictures some are shown, for few calls."""
    for minutes in range(500):
        created = (NOW - timedelta(minutes=minutes)).timestamp()
        cloud.world.add_picture(front_door, created)
    folder = await browser.walk("Front door", "Pictures")
    assert len(folder["children"]) == 200
    assert len(cloud.calls_of("QueryPictureFiles")) == 4


async def test_search(
    cloud: Cloud,
    front_door: Device,
    cameras: dict[str, Device],
    browser: MediaBrowser,
) -> None:
    """Recordings are found by camera, day, time and kind; in the folder that is open."""
    add(cloud, front_door, NOW - timedelta(hours=1), record_type=1)
    add(cloud, front_door, NOW - timedelta(days=2), record_type=2)
    add(cloud, front_door, NOW - timedelta(days=20), record_type=1)
    add(cloud, cameras["Garage"], NOW - timedelta(hours=1), record_type=1)
    alarm = "Front door · 2026-11-23 · 11:00:00 · 1:00 min · Alarm"
    manual = "Front door · 2026-11-21 · 12:00:00 · 1:00 min · Manual"
    garage = "Garage · 2026-11-23 · 11:00:00 · 1:00 min · Alarm"
    here = browser.content_id(front_door.iot_id)
    assert await browser.search(ROOT, "alarm") == [alarm, garage]
    assert await browser.search(ROOT, "") == [alarm, garage, manual]
    assert await browser.search(here, "alarm") == [alarm]
    assert await browser.search(ROOT, "front door") == [alarm, manual]
    assert await browser.search(ROOT, "2026-11-21 manual") == [manual]
    assert await browser.search(ROOT, "nothing like it") == []
    assert await browser.search(f"{ROOT}/other", "alarm") == []


@pytest.mark.parametrize(
    "place",
    [
        "{entry}/unknown",
        "unknown",
        "{entry}/{camera}/week/47",
        "{entry}/{camera}/day/yesterday",
        "{entry}/{camera}/day/2026-11-23@soon",
        "{entry}/{camera}/month/2026-13",
        "{entry}/{camera}/month/2026",
        "{entry}/{camera}/day/2026-11-23/more",
        "{entry}/{camera}/day/9999-12-31",
        "{entry}/{camera}/day/0001-01-01",
        "{entry}/{camera}/day/2026-02-30@99999999999999",
        "{entry}/{camera}/day/2026-11-20@99999999999999",
        "{entry}/{camera}/day/2026-11-20@99999999999999999999999999",
        "{entry}/{camera}/day/2026-11-20@-1",
        "{entry}/{camera}/month/0-0",
        "{entry}/{camera}/month/1-1",
        "{entry}/{camera}/month/9999-12",
        "{entry}//day",
    ],
)
async def test_no_such_folder(
    loaded: MockConfigEntry,
    front_door: Device,
    browser: MediaBrowser,
    cloud: Cloud,
    place: str,
) -> None:
    """What is not there is told, and costs no call."""
    path = place.format(entry=loaded.entry_id, camera=front_door.iot_id)
    with pytest.raises(MediaError, match="There is nothing here"):
        await browser.open(f"{ROOT}/{path}")
    assert not asked(cloud)


@pytest.mark.parametrize(
    ("action", "titles"),
    [
        ("QueryMonthRecord", ()),
        ("QueryRecord", ("2026-11-19",)),
        ("QueryPictureFiles", ("Pictures",)),
    ],
)
async def test_no_permission(
    cloud: Cloud,
    front_door: Device,
    browser: MediaBrowser,
    action: str,
    titles: tuple[str, ...],
) -> None:
    """Without one permission one folder says so, once; all others open."""
    add(cloud, front_door, datetime(2026, 11, 19, 12, tzinfo=UTC))
    if titles:
        await browser.walk("Front door")
    cloud.denied.add(action)
    cloud.calls.clear()
    with pytest.raises(MediaError, match=f"lacks a permission.*{action}"):
        await browser.walk("Front door", *titles)
    assert len(cloud.calls_of(action)) <= 2
    cloud.denied.clear()
    assert await browser.walk("Front door", *titles)


async def test_search_fails(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """A search that the cloud refuses says so."""
    cloud.denied.add("QueryRecord")
    with pytest.raises(MediaError, match="lacks a permission"):
        await browser.search(ROOT, "alarm")


async def test_cloud_is_down(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """A cloud that cannot be reached is told; no storm of calls follows."""
    cloud.attempts.clear()
    cloud.faults.append(Fault("gateway", times=None, status=503, code="InternalError"))
    with pytest.raises(MediaError, match="Try again"):
        await browser.walk("Front door")
    assert len(cloud.attempts) < 20


async def test_not_loaded(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    front_door: Device,
    browser: MediaBrowser,
) -> None:
    """An account that is not set up is not in the tree, and its folders say so."""
    here = browser.content_id(front_door.iot_id)
    await hass.config_entries.async_unload(loaded.entry_id)
    assert (await browser.open(ROOT))["children"] == []
    with pytest.raises(MediaError, match="is not connected"):
        await browser.open(here)


@pytest.fixture(autouse=True)
def calls_by_operation(cloud: Cloud) -> Iterator[None]:
    """Show what was asked of the cloud, in the output of a test that fails."""
    yield
    print(Counter(asked(cloud)))  # noqa: T201
