"""The media browser's folders and its search, with few calls of the cloud whatever is stored."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device
from tests.media import ROOT, MediaBrowser, asked, titles_of

from .files import NOW, add, days


async def test_tree(
    cloud: Cloud,
    front_door: Device,
    browser: MediaBrowser,
) -> None:
    """From the camera over the day to a recording; nothing is asked before it is opened."""
    name = add(cloud, front_door, NOW - timedelta(hours=1), 95, record_type=1)
    add(cloud, front_door, NOW - timedelta(hours=2), 10, record_type=2)
    add(cloud, front_door, NOW - timedelta(hours=3), 1800, record_type=0, stream_type=1)
    add(cloud, front_door, NOW - timedelta(days=4))
    root = await browser.open(ROOT)
    assert root["title"] == "Alibaba Cloud LinkVisual"
    assert titles_of(root["children"]) == [
        "Latest, all cameras",
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
        "Today",
        "Thu 19 Nov",
        "Sep 2026",
        "Aug 2026",
        "Pictures",
    ]
    day = await browser.walk("Front door", "Today")
    assert titles_of(day["children"]) == [
        "Motion · 11:00 · 95 s",
        "Manual · 10:00 · 10 s",
        "Continuous · 09:00",
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


@pytest.mark.parametrize(
    ("language", "days", "month", "tile"),
    [
        ("de", ("Heute", "Gestern", "Sa., 21. Nov."), "Sept. 2026", "Person · 11:00 · 60 s"),
        ("es", ("Hoy", "Ayer", "sáb, 21 nov"), "sept 2026", "Persona · 11:00 · 60 s"),
        ("fr", ("Aujourd'hui", "Hier", "sam. 21 nov."), "sept. 2026", "Personne · 11:00"),
        ("ja", ("今日", "昨日", "11月21日(土)"), "2026年9月", "人物 · 11:00 · 60秒"),
        ("zh-Hans", ("今天", "昨天", "11月21日 周六"), "2026年9月", "人形 · 11:00 · 60 秒"),
        ("zh-Hant", ("今天", "昨天", "11月21日 週六"), "2026年9月", "人形 · 11:00 · 60 秒"),
        ("xx", ("Today", "Yesterday", "Sat 21 Nov"), "Sep 2026", "Human · 11:00 · 60 s"),
    ],
)  # fmt: skip
async def test_texts_follow_the_language(
    hass: HomeAssistant,
    cloud: Cloud,
    front_door: Device,
    browser: MediaBrowser,
    language: str,
    days: tuple[str, ...],
    month: str,
    tile: str,
) -> None:
    """Titles are in the language of Home Assistant."""
    hass.config.language = language
    for ago in range(3):
        begin = NOW - timedelta(days=ago, hours=1)
        add(cloud, front_door, begin, record_type=1, event_type=3)
    camera = await browser.walk("Front door")
    titles = titles_of(camera["children"])
    assert titles[:3] == [*days]
    assert titles[3] == month
    day = await browser.open(camera["children"][0]["media_content_id"])
    assert titles_of(day["children"]) == [tile]


@pytest.mark.parametrize(
    ("event_type", "record_type", "seconds", "title"),
    [
        (1, 1, 20, "Motion · 11:00 · 20 s"),
        (10005, 1, 20, "Vehicle · 11:00 · 20 s"),
        (77, 1, 120, "Alarm · 11:00 · 2 min"),
        (13002, 1, 20, "Fire lane blocked · 11:00"),
        (None, 2, 300, "Manual · 11:00 · 5 min"),
        (1, 1, 119, "Motion · 11:00 · 119 s"),
    ],
)
async def test_reasons(
    cloud: Cloud,
    front_door: Device,
    browser: MediaBrowser,
    event_type: int | None,
    record_type: int,
    seconds: int,
    title: str,
) -> None:
    """The reason comes first: the type of an alarm if it has a name, else the kind; the length last, if it has room."""
    begin = NOW - timedelta(hours=1)
    add(
        cloud, front_door, begin, seconds,
        record_type=record_type, event_type=event_type, available_at=begin.timestamp(),
    )  # fmt: skip
    day = await browser.walk("Front door", "Today")
    assert titles_of(day["children"]) == [title]


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
    kinds = ("Continuous", "Motion", "Manual")
    expected = [
        f"{kinds[number % 3]} · {begin:%H:%M}{'' if number % 3 == 0 else ' · 30 s'}"
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
    day = await browser.walk("Front door", "Today")
    rows = day["children"]
    while rows[-1]["title"].startswith("Before"):
        day = await browser.open(rows.pop()["media_content_id"])
        rows += day["children"]
    assert len(rows) == len({row["media_content_id"] for row in rows}) == 131


async def test_reopening(
    cloud: Cloud, front_door: Device, browser: MediaBrowser, clock: Clock
) -> None:
    """Going back and forth asks the cloud nothing; what is new shows after half a minute."""
    add(cloud, front_door, NOW - timedelta(hours=1))
    title = "Today"
    await browser.walk("Front door", title)
    cloud.calls.clear()
    await browser.walk("Front door", title)
    assert not asked(cloud)
    add(cloud, front_door, NOW - timedelta(minutes=30))
    clock.jump(31)
    assert len((await browser.walk("Front door", title))["children"]) == 2


async def test_pictures(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """The pictures of the last month, newest first."""
    for hours in range(60):
        cloud.world.add_picture(front_door, (NOW - timedelta(hours=hours)).timestamp())
    folder = await browser.walk("Front door", "Pictures")
    titles = titles_of(folder["children"])
    assert len(titles) == 60
    assert titles[:2] == ["Today · 12:00", "Today · 11:00"]
    assert len(asked(cloud, "QueryPictureFiles")) == 2
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
    assert len(asked(cloud, "QueryPictureFiles")) == 4
