"""What the media browser shows of several cameras: their folders, the latest recordings, and what is searched."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device
from tests.media import ROOT, MediaBrowser, MediaError, asked, call, titles_of

from .files import NOW, add

LATEST = "Latest, all cameras"


async def test_latest(
    cloud: Cloud,
    front_door: Device,
    cameras: dict[str, Device],
    browser: MediaBrowser,
    clock: Clock,
) -> None:
    """The recordings of today and yesterday of all cameras, for two calls per camera; again for none."""
    garage = cameras["Garage"]
    hour = timedelta(hours=1)
    add(cloud, garage, NOW - hour, 20, record_type=1)
    add(cloud, front_door, NOW - 2 * hour, 60, record_type=2, stream_type=1)
    add(cloud, garage, NOW - 13 * hour, 20, record_type=1, event_type=3)
    add(cloud, front_door, NOW - timedelta(days=2), 20)
    expected = [
        "Motion · 11:00 · Garage",
        "Manual · 10:00 · Front door",
        "Human · Sun 23:00 · Garage",
    ]
    root = await browser.open(ROOT)
    assert root["children"][0]["title"] == LATEST
    place = root["children"][0]["media_content_id"]
    latest = await browser.open(place)
    assert latest["title"] == LATEST
    assert titles_of(latest["children"]) == expected
    assert len(asked(cloud)) == 2 * len(cameras)
    first = latest["children"][0]
    assert first["thumbnail"].startswith("/api/linkvisual/recording/")
    assert await browser.resolve(first["media_content_id"])
    cloud.calls.clear()
    await browser.open(place)
    assert not asked(cloud)
    clock.jump(31)
    add(cloud, front_door, NOW - hour / 2, 10)
    latest = await browser.open(place)
    assert latest["children"][0]["title"] == "Continuous · 11:30 · Front door"
    assert await browser.search(place, "human") == [expected[2]]


async def test_latest_of_many(
    hass: HomeAssistant,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    browser: MediaBrowser,
) -> None:
    """Many cameras cost as many calls as ten: those that were active last; of many recordings the newest show."""
    cloud.speed = 100
    product = cameras["Front door"].product
    names = [f"Camera {number:02}" for number in range(12)]
    for name in names:
        camera = cloud.world.add_device(product, name)
        for number in range(20):
            add(cloud, camera, NOW - timedelta(hours=1, minutes=number), 20)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    await call(hass, "capture_picture", entity_id="camera.camera_11")
    cloud.calls.clear()
    latest = await browser.walk(LATEST)
    assert len(asked(cloud)) == 20
    assert len(latest["children"]) == 50
    assert "Camera 11" in " ".join(titles_of(latest["children"]))


async def test_latest_fails(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """A cloud that refuses is told."""
    cloud.denied.add("QueryRecord")
    with pytest.raises(MediaError, match="lacks a permission"):
        await browser.walk(LATEST)


async def test_last_pictures(
    hass: HomeAssistant,
    cloud: Cloud,
    front_door: Device,
    browser: MediaBrowser,
) -> None:
    """A camera's folder shows its last picture, which is fetched when it is drawn."""
    cloud.speed = 100
    reply = await call(hass, "capture_picture", entity_id="camera.front_door")
    cloud.calls.clear()
    folders = {row["title"]: row for row in (await browser.open(ROOT))["children"]}
    assert not asked(cloud)
    assert folders["Garage"]["thumbnail"] is None
    path = reply["camera.front_door"]["path"]
    assert folders["Front door"]["thumbnail"] == path.partition("?")[0]


async def test_several_accounts(
    hass: HomeAssistant,
    cloud: Cloud,
    entry: MockConfigEntry,
    browser: MediaBrowser,
) -> None:
    """With several accounts, the account is chosen first."""
    other = MockConfigEntry(
        domain="linkvisual",
        title="Holiday home",
        unique_id="other",
        data=dict(entry.data),
    )
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)
    await hass.async_block_till_done()
    root = await browser.open(ROOT)
    assert titles_of(root["children"]) == [cloud.iot_instance_id, "Holiday home"]
    account = await browser.open(root["children"][1]["media_content_id"])
    assert account["title"] == "Holiday home"
    assert titles_of(account["children"])[:2] == [LATEST, "Attic"]
    await hass.config_entries.async_unload(other.entry_id)
    assert titles_of((await browser.open(ROOT))["children"])[:2] == [LATEST, "Attic"]


async def test_strange_names(
    hass: HomeAssistant,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    browser: MediaBrowser,
) -> None:
    """A name that looks like a placeholder or a page is shown as it is."""
    name = "{month} <b>%s</b> · 门"
    front_door.nickname = name
    add(cloud, front_door, NOW - timedelta(hours=1), 20, record_type=1)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert name in titles_of((await browser.open(ROOT))["children"])
    latest = await browser.walk(LATEST)
    title = f"Motion · 11:00 · {name}"
    assert titles_of(latest["children"]) == [title]
    assert await browser.search(ROOT, "{month}") == [title]


async def test_search(
    cloud: Cloud,
    front_door: Device,
    cameras: dict[str, Device],
    browser: MediaBrowser,
) -> None:
    """Recordings are found by camera, day, time, kind and type of alarm; in the folder that is open."""
    add(cloud, front_door, NOW - timedelta(hours=1), record_type=1)
    add(cloud, front_door, NOW - timedelta(days=2), record_type=2)
    add(cloud, front_door, NOW - timedelta(days=20), record_type=1)
    add(cloud, cameras["Garage"], NOW - timedelta(hours=1), record_type=1, event_type=3)
    motion = "Motion · 11:00 · Front door"
    manual = "Manual · Sat 12:00 · Front door"
    human = "Human · 11:00 · Garage"
    here = browser.content_id(front_door.iot_id)
    assert await browser.search(ROOT, "alarm") == [human, motion]
    assert await browser.search(ROOT, "") == [human, motion, manual]
    assert await browser.search(here, "alarm") == [motion]
    assert await browser.search(f"{ROOT}/camera.front_door", "alarm") == [motion]
    assert await browser.search(ROOT, "front door") == [motion, manual]
    assert await browser.search(ROOT, "2026-11-21 manual") == [manual]
    assert await browser.search(ROOT, "sat 21 nov") == [manual]
    assert await browser.search(ROOT, "today 11:00") == [human, motion]
    assert await browser.search(ROOT, "garage motion") == []
    assert await browser.search(ROOT, "nothing like it") == []
    assert await browser.search(f"{ROOT}/other", "alarm") == []


async def test_search_with_a_slow_clock(
    hass: HomeAssistant,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    browser: MediaBrowser,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was recorded and taken just now is found and shown, though this machine's clock is ten minutes behind."""
    moment = NOW - timedelta(minutes=2)
    add(cloud, front_door, moment, record_type=1)
    cloud.world.add_picture(front_door, moment.timestamp())
    cloud.clock_offset = 600
    clock.set_by(-600, monkeypatch)
    await loaded.runtime_data.coordinator.async_refresh()
    assert len(await browser.search(ROOT, "alarm")) == 1
    folder = await browser.walk("Front door", "Pictures")
    assert len(folder["children"]) == 1


@pytest.mark.parametrize(
    "words",
    ["bewegung", "MOUVEMENT", "movimiento", "モーション", "移动", "動作 警報", "Alarme gestern"],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
async def test_search_in_any_language(
    hass: HomeAssistant,
    cloud: Cloud,
    front_door: Device,
    browser: MediaBrowser,
    language: str,
    words: Any,
) -> None:
    """A person finds alarms in their own language: Home Assistant tells its own only."""
    hass.config.language = language
    add(cloud, front_door, NOW - timedelta(days=1), record_type=1)
    add(cloud, front_door, NOW - timedelta(hours=2), record_type=1, event_type=2)
    (title,) = await browser.search(ROOT, words)
    assert title.split(" · ")[0] == {"en": "Motion", "zh-Hans": "移动"}[language]
