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
