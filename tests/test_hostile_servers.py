"""Media servers that do what no emulator of the cloud does: what comes of it is bounded, and no whole video."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
import tracemalloc
from typing import Any

from aiohttp import ClientPayloadError, web
from aiohttp.test_utils import TestClient, TestServer
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault, MediaFault

from .live import load, open_stream, source_of
from .media import MediaBrowser, MediaError, call

HEAD = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
MP4_HEAD = b"\0\0\0\x20ftyp"

type Serve = Callable[
    [Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]
]


@pytest.fixture
async def serve(endpoint: str) -> AsyncIterator[Serve]:
    """Return a function that serves something on the endpoint's host, and returns the address."""
    servers: list[TestServer] = []

    async def start(
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> str:
        app = web.Application()
        app.router.add_get("/{path:.*}", handler)
        server = TestServer(app, host="127.0.0.1")
        servers.append(server)
        await server.start_server(max_line_size=1_000_000)
        return str(server.make_url("/media")).rstrip("/")

    yield start
    for server in servers:
        await server.close()


async def test_long_addresses(
    browser: MediaBrowser, clip: str, cloud: Cloud, serve: Serve
) -> None:
    """A short playlist at a long address does not become as many long addresses as it has parts."""

    async def answer(request: web.Request) -> web.Response:
        if "long" in request.path:
            return web.Response(text=HEAD + "#EXTINF:2,\n0.ts\n" * 5000)
        address = f"/{'long' * 10_000}/media.m3u8"
        return web.Response(text=f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{address}\n")

    url = f"{await serve(answer)}/x.m3u8"
    cloud.faults.append(Fault("patch", "QueryRecordUrl", None, patch={"Data": url}))
    tracemalloc.start()
    try:
        with pytest.raises(MediaError):
            await browser.resolve(clip)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


@pytest.fixture
async def mp4_path(
    hass: HomeAssistant, browser: MediaBrowser, clip: str, cloud: Cloud, tmp_path: Any
) -> str:
    """Have an MP4 made; return where it is."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    cloud.speed = 100
    await call(hass, "save_recording", media_content_id=clip, folder=str(tmp_path))
    return str((await browser.resolve(clip))["url"])


async def serve_mp4(
    cloud: Cloud, hass: HomeAssistant, entry: MockConfigEntry, url: str
) -> None:
    """Let the cloud name another address for MP4s."""
    data = {"Status": 0, "Progress": 100, "Url": url}
    cloud.faults.append(
        Fault("patch", "QueryRecordDownloadUrl", None, patch={"Data": data})
    )
    assert await hass.config_entries.async_reload(entry.entry_id)


@pytest.mark.parametrize("size", [50, 200])
async def test_range_of_another_length(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    mp4_path: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    serve: Serve,
    size: int,
) -> None:
    """A range without a length that is not as long as it says is no range: the player notices."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            status=206, headers={"Content-Range": "bytes 0-99/1000"}
        )
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(b"x" * size)
        return response

    await serve_mp4(cloud, hass, loaded, f"{await serve(answer)}/x.mp4")
    response = await player.get(mp4_path, headers={"Range": "bytes=0-99"})
    assert response.status == HTTPStatus.PARTIAL_CONTENT
    with pytest.raises(ClientPayloadError):
        await response.read()


async def test_reset_within_chunks(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    mp4_path: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    serve: Serve,
) -> None:
    """A video without a length whose connection breaks does not end as if it were whole."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(MP4_HEAD + bytes(1000))
        await asyncio.sleep(0.05)
        assert request.transport is not None
        request.transport.abort()
        return response

    await serve_mp4(cloud, hass, loaded, f"{await serve(answer)}/x.mp4")
    response = await player.get(mp4_path)
    with pytest.raises(ClientPayloadError):
        await response.read()


async def test_live_playlist_out_of_range(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A live playlist that makes no sense is the cloud's fault, and told as such."""
    await load(hass, entry, "hls")
    assert (await open_stream(hass, hass_ws_client))["success"]
    player = await hass_client_no_auth()
    for number, text in enumerate(
        (
            f"{HEAD}#EXTINF:1e30,\n0.ts\n",
            f"{HEAD}#EXTINF:2,\nhttp://example.com:99999/0.ts\n",
            f"{HEAD}#EXT-X-MEDIA-SEQUENCE:10\n#EXTINF:2,\n0.ts\n",
            f"{HEAD}#EXT-X-MEDIA-SEQUENCE:5\n#EXTINF:2,\n0.ts\n",
            f"{HEAD}#EXT-X-MEDIA-SEQUENCE:{'9' * 4300}\n#EXTINF:2,\n0.ts\n",
        )
    ):
        good = number in (2, 3)
        cloud.media_faults.append(
            MediaFault("status", "/media/live", 1 if good else 2, status=200, text=text)
        )
        response = await player.get(source_of(hass).path_qs)
        assert response.status == (HTTPStatus.OK if good else HTTPStatus.BAD_GATEWAY)
    assert "Traceback" not in caplog.text
