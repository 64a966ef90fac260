"""URLs that open a camera's day in the frontend, and the entity IDs in them."""

from datetime import timedelta
from urllib.parse import unquote

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.linkvisual.media.urls import day_url
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device
from tests.media import ROOT, MediaBrowser, MediaError, titles_of

from .files import NOW, add


def folders_of(url: str) -> list[str]:
    """Return the content IDs of the folders that the frontend opens one in another: "back" leads to the one before."""
    path = url.removeprefix("/media-browser/browser/")
    items = [unquote(segment).split(",", 1) for segment in path.split("/")]
    assert [media_type for media_type, _ in items] == ["app", "video", "video"]
    return [content_id for _, content_id in items]


async def test_day_url(cloud: Cloud, front_door: Device, browser: MediaBrowser) -> None:
    """The way of a URL is that of a person: all cameras, the camera, its day."""
    add(cloud, front_door, NOW - timedelta(days=1), 20, record_type=1)
    url = day_url("camera.front_door", NOW.date() - timedelta(days=1))
    assert url == (
        "/media-browser/browser/app%2Cmedia-source%3A%2F%2Flinkvisual"
        "/video%2Cmedia-source%3A%2F%2Flinkvisual%2Fcamera.front_door"
        "/video%2Cmedia-source%3A%2F%2Flinkvisual%2Fcamera.front_door%2Fday%2F2026-11-22"
    )
    opened = [await browser.open(place) for place in folders_of(url)]
    assert [folder["title"] for folder in opened] == [
        "Alibaba Cloud LinkVisual",
        "Front door",
        "Yesterday",
    ]
    (row,) = opened[-1]["children"]
    assert row["title"] == "Motion · 12:00 · 20 s"
    assert (await browser.resolve(row["media_content_id"]))["url"]


async def test_today(cloud: Cloud, front_door: Device, browser: MediaBrowser) -> None:
    """A dashboard's link opens the day that it is."""
    add(cloud, front_door, NOW - timedelta(hours=1), 20)
    day = await browser.open(f"{ROOT}/camera.front_door/day/today")
    assert day["title"] == "Today"
    assert titles_of(day["children"]) == ["Continuous · 11:00"]


async def test_media_of_an_entity(
    hass: HomeAssistant, cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """The entity ID stands for the camera in any ID, also after it was changed."""
    name = add(cloud, front_door, NOW - timedelta(hours=1), 20)
    er.async_get(hass).async_update_entity(
        "camera.front_door", new_entity_id="camera.porch"
    )
    await hass.async_block_till_done()
    quoted = name.replace("/", "%2F")
    assert await browser.resolve(f"{ROOT}/camera.porch/recording/{quoted}")
    with pytest.raises(MediaError, match="There is nothing here"):
        await browser.open(f"{ROOT}/camera.front_door")


@pytest.mark.parametrize(
    "place",
    [
        "camera.other",
        "camera.unknown",
        "camera.front_door/day/yesterday",
        "camera.front_door/day/today/more",
        "button.front_door_record",
        "camera.",
    ],
)
async def test_no_such_entity(
    hass: HomeAssistant, front_door: Device, browser: MediaBrowser, place: str
) -> None:
    """What is no camera of ours opens nothing."""
    er.async_get(hass).async_get_or_create(
        "camera", "elsewhere", "1", suggested_object_id="other"
    )
    with pytest.raises(MediaError, match="There is nothing here"):
        await browser.open(f"{ROOT}/{place}")
