"""Media that are not what they should be: pages, compressed and wrong parts, giant playlists."""

from datetime import timedelta
import gzip
from http import HTTPStatus
import time
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual.media.urls import signed_picture_path
from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault
from tests.emulator.world import Device

from .media import MediaBrowser, MediaError
from .test_hostile_media import GOOD, HEAD, answer

PAGE = "<html><script>parent.ran = 1</script></html>"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>ran = 1</script></svg>'


def assert_inert(response: Any) -> None:
    """Check that a browser takes a response for nothing else than it says, and runs nothing of it."""
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    policy = response.headers["Content-Security-Policy"]
    assert policy == "sandbox; default-src 'none'"


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "image/jpeg"])
@pytest.mark.parametrize("text", [PAGE, SVG])
async def test_page_for_a_picture(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    player: TestClient[Any, Any],
    cloud: Cloud,
    cameras: dict[str, Device],
    content_type: str,
    text: str,
) -> None:
    """A picture is what begins like one, whatever the cloud calls it."""
    camera = cameras["Front door"]
    picture = cloud.world.add_picture(camera, cloud.now() - 60)
    path = signed_picture_path(hass, loaded.entry_id, camera.iot_id, picture.pic_id)
    headers = {"Content-Type": content_type}
    cloud.media_faults.append(
        MediaFault("status", status=200, headers=headers, text=text)
    )
    response = await player.get(path)
    assert response.status == HTTPStatus.NOT_FOUND
    assert "script" not in await response.text()
    assert_inert(response)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"RIFF\0\0\0\0WEBPrest", "image/webp"),
    ],
)
async def test_kinds_of_pictures(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    player: TestClient[Any, Any],
    cloud: Cloud,
    cameras: dict[str, Device],
    body: bytes,
    content_type: str,
) -> None:
    """A picture's first bytes tell its kind."""
    camera = cameras["Front door"]
    picture = cloud.world.add_picture(camera, cloud.now() - 60)
    path = signed_picture_path(hass, loaded.entry_id, camera.iot_id, picture.pic_id)
    headers = {"Content-Type": "text/html"}
    cloud.media_faults.append(
        MediaFault("status", status=200, headers=headers, body=body)
    )
    response = await player.get(path)
    assert response.content_type == content_type
    assert await response.read() == body
    assert_inert(response)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("0.ts", "video/mp2t"),
        ("0.m4s", "video/mp4"),
        ("0.mp4", "video/mp4"),
        ("0.aac", "audio/aac"),
        ("0.html", "video/mp2t"),
        ("0.svg", "video/mp2t"),
    ],
)
async def test_page_for_a_segment(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    name: str,
    content_type: str,
) -> None:
    """A segment is video to the browser, whatever the cloud calls it."""
    answer(cloud, f"{HEAD}#EXTINF:2,\n../oss/{name}\n")
    response = await player.get((await browser.resolve(clip))["url"])
    assert response.content_type == "application/vnd.apple.mpegurl"
    assert_inert(response)
    lines = (await response.text()).splitlines()
    segment = next(line for line in lines if line.startswith("/api"))
    headers = {"Content-Type": "text/html"}
    cloud.media_faults.clear()
    cloud.media_faults.append(
        MediaFault("status", status=200, headers=headers, text=PAGE)
    )
    response = await player.get(segment)
    assert response.content_type == content_type
    assert_inert(response)


@pytest.mark.parametrize(
    "path", ["recording/x/y/YWJj/index.m3u8", "play/x/y/z.ts", "live/x/y/main/z.ts"]
)
async def test_errors_are_inert(
    hass: HomeAssistant, player: TestClient[Any, Any], path: str
) -> None:
    """So are refusals."""
    path = async_sign_path(hass, f"/api/linkvisual/{path}", timedelta(hours=1))
    response = await player.get(path)
    assert response.status == HTTPStatus.NOT_FOUND
    assert_inert(response)


async def test_compressed_segment(
    browser: MediaBrowser, clip: str, player: TestClient[Any, Any], cloud: Cloud
) -> None:
    """What comes compressed, though nobody asked for that, is not passed on with a wrong length."""
    segment = await first_segment(browser, clip, player)
    headers = {"Content-Encoding": "gzip"}
    body = gzip.compress(b"0" * 10_000)
    cloud.media_faults.append(
        MediaFault("status", status=200, headers=headers, body=body)
    )
    assert (await player.get(segment)).status == HTTPStatus.NOT_FOUND
    assert (await player.get(segment)).status == HTTPStatus.OK


@pytest.mark.parametrize(
    ("asked", "status", "content_range"),
    [
        (None, 206, "bytes 0-2/9"),
        (None, 200, "bytes 0-2/9"),
        (None, 416, "bytes */9"),
        ("bytes=0-2", 206, "bytes 0-7/9"),
        ("bytes=0-2", 206, "<script>"),
        ("bytes=0-2", 206, None),
        ("bytes=0-2", 304, None),
    ],
)
async def test_wrong_range(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    asked: str | None,
    status: int,
    content_range: str | None,
) -> None:
    """A part of a segment is passed on only to who asked for one."""
    segment = await first_segment(browser, clip, player)
    headers = {"Content-Range": content_range} if content_range else {}
    cloud.media_faults.append(
        MediaFault("status", status=status, headers=headers, text="abc")
    )
    response = await player.get(segment, headers={"Range": asked} if asked else {})
    assert response.status == HTTPStatus.NOT_FOUND
    assert "Content-Range" not in response.headers


async def test_range_behind_the_end(
    browser: MediaBrowser, clip: str, player: TestClient[Any, Any]
) -> None:
    """A player that seeks too far learns how long a segment is."""
    segment = await first_segment(browser, clip, player)
    size = len(await (await player.get(segment)).read())
    response = await player.get(segment, headers={"Range": f"bytes={size}-"})
    assert response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    assert response.headers["Content-Range"] == f"bytes */{size}"
    assert await response.read() == b""


async def first_segment(
    browser: MediaBrowser, clip: str, player: TestClient[Any, Any]
) -> str:
    """Open a recording; return where its first segment is."""
    response = await player.get((await browser.resolve(clip))["url"])
    lines = (await response.text()).splitlines()
    return next(line for line in lines if line.startswith("/api"))


@pytest.mark.parametrize(
    "text",
    [
        GOOD * 300_000,
        HEAD + "#EXTINF:2,\n0\n" * 36_000,
        "#EXTM3U\n" + "#EXT-X-STREAM-INF:BANDWIDTH=1\na\n" * 15_000,
        HEAD
        + "".join(
            f'#EXT-X-KEY:METHOD=AES-128,URI="{number}"\n#EXTINF:2,\n0\n'
            for number in range(9_000)
        ),
    ],
    ids=["megabytes", "segments", "variants", "keys"],
)
async def test_giant_playlist(
    browser: MediaBrowser, clip: str, cloud: Cloud, text: str
) -> None:
    """A playlist that would take seconds to read is not read."""
    answer(cloud, text)
    before = time.process_time()
    with pytest.raises(MediaError, match="too l"):
        await browser.resolve(clip)
    assert time.process_time() - before < 2


async def test_long_playlist(
    browser: MediaBrowser, clip: str, player: TestClient[Any, Any], cloud: Cloud
) -> None:
    """A long one is played; comments cost nothing."""
    answer(cloud, HEAD + "#\n" * 150_000 + "#EXTINF:2,\n0.ts\n" * 5_000)
    response = await player.get((await browser.resolve(clip))["url"])
    assert (await response.text()).count("#EXTINF") == 5_000
