"""What Home Assistant serves of recordings beside playlists: MP4s, thumbnails; and to whom."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault
from tests.emulator.world import Device

from .media import MediaBrowser, asked, call
from .playback import names


@pytest.fixture
async def mp4_path(
    hass: HomeAssistant,
    clock: Clock,
    browser: MediaBrowser,
    clip: str,
    cloud: Cloud,
    tmp_path: Any,
) -> str:
    """Have an MP4 made; return where it is."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    cloud.speed = 100
    await call(hass, "save_recording", media_content_id=clip, folder=str(tmp_path))
    resolved = await browser.resolve(clip)
    assert resolved["mime_type"] == "video/mp4"
    assert isinstance(resolved["url"], str)
    return resolved["url"]


async def test_mp4(mp4_path: str, player: TestClient[Any, Any], cloud: Cloud) -> None:
    """Where the cloud has made an MP4, that is played, in ranges as players ask for them; no call is spent."""
    cloud.calls.clear()
    whole = await (await player.get(mp4_path)).read()
    assert whole[4:8] == b"ftyp"
    for wanted, part in (
        ("bytes=0-99", whole[:100]),
        ("bytes=100-", whole[100:]),
        ("bytes=-50", whole[-50:]),
    ):
        response = await player.get(mp4_path, headers={"Range": wanted})
        assert response.status == HTTPStatus.PARTIAL_CONTENT
        assert response.headers["Accept-Ranges"] == "bytes"
        assert response.headers["Content-Range"].endswith(f"/{len(whole)}")
        assert await response.read() == part
    assert not asked(cloud)


async def test_mp4_address_dies(
    mp4_path: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    clock: Clock,
) -> None:
    """An old address of an MP4 is replaced; one that is refused is not used again."""
    cloud.calls.clear()
    clock.jump(3100)
    assert (await player.get(mp4_path)).status == HTTPStatus.OK
    assert len(cloud.calls_of("QueryRecordDownloadUrl")) == 1
    cloud.media_faults.append(MediaFault("status", status=403))
    assert (await player.get(mp4_path)).status == HTTPStatus.NOT_FOUND
    assert (await player.get(mp4_path)).status == HTTPStatus.OK
    assert len(cloud.calls_of("QueryRecordDownloadUrl")) == 2


async def test_mp4_of_a_deleted_recording(
    mp4_path: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    clock: Clock,
    cameras: dict[str, Device],
) -> None:
    """A recording that is gone is told."""
    camera = cameras["Front door"]
    camera.deleted_files.update(names(camera))
    clock.jump(3100)
    response = await player.get(mp4_path)
    assert response.status == HTTPStatus.BAD_GATEWAY
    assert "no longer in the cloud" in await response.text()


async def test_mp4_in_the_making(
    mp4_path: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    clock: Clock,
) -> None:
    """Who asks for an MP4 before it is made is told to come back."""
    clock.jump(3100)
    cloud.downloads.clear()
    cloud.speed = 1
    response = await player.get(mp4_path)
    assert response.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.headers["Retry-After"] == "5"
    clock.jump(10)
    assert (await player.get(mp4_path)).status == HTTPStatus.OK


async def test_thumbnail(
    hass: HomeAssistant,
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    clock: Clock,
) -> None:
    """A thumbnail is a small picture; after an hour its address is asked for anew."""
    camera = await browser.walk("Front door")
    day = await browser.open(camera["children"][0]["media_content_id"])
    thumbnail = day["children"][0]["thumbnail"]
    path = async_sign_path(hass, thumbnail, timedelta(days=1))
    response = await player.get(path)
    assert response.status == HTTPStatus.OK
    assert response.content_type == "image/jpeg"
    assert (await response.read()).startswith(b"\xff\xd8\xff")
    cloud.calls.clear()
    await player.get(path)
    assert not asked(cloud, "QueryRecord")
    clock.jump(3700)
    assert (await player.get(path)).status == HTTPStatus.OK
    assert len(asked(cloud, "QueryRecord")) == 1
    cloud.denied.add("QueryRecord")
    clock.jump(3700)
    assert (await player.get(path)).status == HTTPStatus.BAD_GATEWAY


async def test_no_thumbnail(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    player: TestClient[Any, Any],
    cloud: Cloud,
) -> None:
    """A recording that nobody listed has no thumbnail, and costs no call."""
    camera = cameras["Front door"].iot_id
    path = f"/api/linkvisual/recording/{loaded.entry_id}/{camera}/YWJj/thumbnail.jpg"
    cloud.calls.clear()
    signed = async_sign_path(hass, path, timedelta(days=1))
    assert (await player.get(signed)).status == HTTPStatus.NOT_FOUND
    assert not asked(cloud)


@pytest.mark.parametrize(
    "path",
    [
        "recording/{entry}/{camera}/YWJj/index.m3u8",
        "recording/{entry}/{camera}/YWJj/video.mp4",
        "recording/{entry}/{camera}/YWJj/thumbnail.jpg",
        "picture/{entry}/{camera}/YWJj.jpg",
    ],
)
async def test_login(
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    player: TestClient[Any, Any],
    hass_client: ClientSessionGenerator,
    cloud: Cloud,
    path: str,
) -> None:
    """Without a login or a signed path there is nothing; nor for cameras and names that are none."""
    cloud.calls.clear()
    whole = path.format(entry=loaded.entry_id, camera=cameras["Front door"].iot_id)
    response = await player.get(f"/api/linkvisual/{whole}")
    assert response.status == HTTPStatus.UNAUTHORIZED
    client = await hass_client()
    for wrong in (
        path.format(entry="unknown", camera=cameras["Front door"].iot_id),
        path.format(entry=loaded.entry_id, camera="unknown"),
        whole.replace("YWJj", "%C3%BC"),
        whole.replace("YWJj", "____"),
    ):
        response = await client.get(f"/api/linkvisual/{wrong}")
        assert response.status == HTTPStatus.NOT_FOUND
    assert not asked(cloud)


async def test_page_for_an_mp4(
    mp4_path: str, player: TestClient[Any, Any], cloud: Cloud
) -> None:
    """An MP4 is video to the browser, whatever the cloud calls it."""
    headers = {"Content-Type": "text/html"}
    cloud.media_faults.append(
        MediaFault(
            "status", status=200, headers=headers, text="<script>ran = 1</script>"
        )
    )
    response = await player.get(mp4_path)
    assert response.content_type == "video/mp4"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
