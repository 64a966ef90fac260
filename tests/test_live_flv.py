"""Live video by FLV: less delay, where the cloud sends what Home Assistant's players read."""

import asyncio
from http import HTTPStatus
from io import BytesIO
import logging
from typing import Any

from aiohttp import ClientPayloadError
from aiohttp.test_utils import TestClient
import av
from homeassistant.components.camera import async_get_stream_source
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)
from yarl import URL

from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault, MediaFault
from tests.emulator.world import Device

from .live import CAMERA, load, open_stream, source_of

HEADER = b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"
# A video tag of a key frame, whose codec is 12: what cameras call H.265; and one of enhanced FLV.
H265 = HEADER + b"\x09\x00\x00\x05" + bytes(7) + b"\x1c\x00\x00\x00\x00"
ENHANCED = HEADER + b"\x09\x00\x00\x05" + bytes(7) + b"\x97hvc1"


def schemes(cloud: Cloud) -> list[Any]:
    """Return how streams were asked for."""
    return [call.params["Scheme"] for call in cloud.calls_of("QueryLiveStreaming")]


async def opened(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> tuple[bool, URL]:
    """Look at a dashboard; return whether there is a stream, and where the player looks."""
    answer = await open_stream(hass, hass_ws_client)
    return answer["success"], source_of(hass)


async def picture(player: TestClient[Any, Any], source: URL) -> av.VideoFrame:
    """Watch until the first picture is there; return it."""
    response = await player.get(source.path_qs)
    assert response.status == HTTPStatus.OK
    assert response.content_type == "video/x-flv"
    data = await response.content.readexactly(60_000)
    response.close()
    with av.open(BytesIO(data), "r", format="flv") as stream:
        return next(stream.decode(video=0))


async def test_by_itself(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The stream comes through Home Assistant, for one call, and nobody sees where it is from."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
    assert not cloud.calls_of("QueryLiveStreaming")
    success, source = await opened(hass, hass_ws_client)
    assert success
    assert (source.host, source.name) == ("127.0.0.1", "stream.flv")
    shown = await picture(await hass_client_no_auth(), source)
    assert (shown.width, shown.height, shown.key_frame) == (640, 360, True)
    assert schemes(cloud) == ["flv"]
    (token,) = cloud.live
    assert token not in caplog.text


async def test_forced_hls(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Who wants HLS gets it."""
    await load(hass, entry, "hls")
    assert (await opened(hass, hass_ws_client))[1].name == "index.m3u8"
    assert schemes(cloud) == ["hls"]


NOT_H264 = [
    {"body": H265, "status": 200},
    {"body": ENHANCED, "status": 200},
    {"text": "<html>", "status": 200},
    {"body": HEADER, "status": 200},
    {"body": HEADER + b"\x12\xff\xff\xff" + bytes(1_100_000), "status": 200},
    {"status": 404},
    {"status": 302, "headers": {"Location": "http://192.0.2.1/live.flv"}},
]


@pytest.mark.parametrize("answer", NOT_H264)
async def test_other_streams_are_hls(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
    answer: dict[str, Any],
) -> None:
    """Of a camera with H.265, or where there is no FLV, the same dashboard shows HLS; it is not tried again."""
    cloud.media_faults = [MediaFault("status", ".flv", times=None, **answer)]
    for _ in range(2):
        success, source = await opened(hass, hass_ws_client)
        assert success
        assert source.name == "index.m3u8"
    assert schemes(cloud) == ["flv", "hls"]


async def test_forced_flv(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Who wants FLV and nothing else is told where there is none."""
    await load(hass, entry, "flv")
    cloud.media_faults = [MediaFault("status", ".flv", status=200, body=H265)]
    answer = await open_stream(hass, hass_ws_client)
    assert not answer["success"]
    assert "Front door is not sending video" in answer["error"]["message"]
    assert (await opened(hass, hass_ws_client))[1].name == "stream.flv"


async def test_refusal_is_told(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A refusal of the cloud is no reason for another protocol."""
    refusal = Fault(
        "service", "QueryLiveStreaming", code="466", message="device status is offline."
    )
    cloud.faults.append(refusal)
    answer = await open_stream(hass, hass_ws_client)
    assert "Front door is offline" in answer["error"]["message"]
    assert schemes(cloud) == ["flv"]
    assert (await opened(hass, hass_ws_client))[1].name == "stream.flv"


@pytest.mark.parametrize("answer", NOT_H264[:3])
async def test_changed_while_watched(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    answer: dict[str, Any],
) -> None:
    """Nothing else than H.264 in FLV is passed on; who looks again gets HLS."""
    _, source = await opened(hass, hass_ws_client)
    player = await hass_client_no_auth()
    cloud.media_faults = [MediaFault("status", ".flv", **answer)]
    assert (await player.get(source.path_qs)).status == HTTPStatus.NOT_FOUND
    assert (await opened(hass, hass_ws_client))[1].name == "index.m3u8"


async def test_end(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """When the camera goes offline, or the connection breaks, the response ends, and no player waits."""
    _, source = await opened(hass, hass_ws_client)
    player = await hass_client_no_auth()
    watched = await player.get(source.path_qs)
    await watched.content.readexactly(1000)
    set_status(cloud, cameras["Front door"], "OFFLINE")
    await watched.read()
    set_status(cloud, cameras["Front door"], "ONLINE")
    cloud.media_faults = [MediaFault("cut", ".flv")]
    with pytest.raises(ClientPayloadError):
        await (await player.get(source.path_qs)).read()


async def test_unload(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """An account that is removed shows nothing any more, also to who was watching."""
    _, source = await opened(hass, hass_ws_client)
    player = await hass_client_no_auth()
    watched = await player.get(source.path_qs)
    await watched.content.readexactly(1000)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    async with asyncio.timeout(10):
        with pytest.raises(ClientPayloadError):
            await watched.read()
    assert (await player.get(source.path_qs)).status == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("auth", ["wrong", ""])
async def test_strangers(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    auth: str,
) -> None:
    """Without the token there is nothing, and the cloud is not asked."""
    _, source = await opened(hass, hass_ws_client)
    player = await hass_client_no_auth()
    path = source.relative().with_query(auth=auth)
    assert (await player.get(str(path))).status == HTTPStatus.NOT_FOUND
    assert schemes(cloud) == ["flv"]
    assert hass.states.is_state(CAMERA, "idle")


async def test_player_opens_by_itself(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """A player such as go2rtc, which Home Assistant only tells the address, gets the stream, or why there is none."""
    source = URL(await async_get_stream_source(hass, CAMERA) or "")
    assert not schemes(cloud)
    player = await hass_client_no_auth()
    cloud.faults.append(
        Fault(
            "service",
            "QueryLiveStreaming",
            code="466",
            message="device status is offline.",
        )
    )
    response = await player.get(source.path_qs)
    assert response.status == HTTPStatus.BAD_GATEWAY
    assert "Front door is offline" in await response.text()
    assert (await picture(player, source)).key_frame
