"""What tests can order to go wrong with media, and what they can learn of requests."""

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault
from tests.emulator.world import Device

from .conftest import Ask
from .fetch import get, open_playlist

BROKEN = (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError)


@pytest.fixture
async def vod(ask: Ask, cloud: Cloud, camera: Device) -> str:
    """Return the address of a playlist with five segments."""
    now = cloud.now()
    name = cloud.world.add_file(camera, now - 60, now - 50).file_name
    return str((await ask("QueryRecordUrl", FileName=name))["Data"])


@pytest.fixture
async def picture(ask: Ask, cloud: Cloud, camera: Device) -> str:
    """Return the address of a picture."""
    pic_id = cloud.world.add_picture(camera, cloud.now()).pic_id
    reply = await ask("QueryDevicePictureFile", CaptureId=pic_id)
    return str(reply["Data"]["PicUrl"])


@pytest.fixture
async def live(ask: Ask) -> str:
    """Return the address of a live stream."""
    params = {"Scheme": "hls", "PlayUnLimited": True}
    return str((await ask("QueryLiveStreaming", **params))["Data"]["Path"])


async def test_log(cloud: Cloud, vod: str, picture: str, live: str) -> None:
    """Every request is told, without what opens an address."""
    segment = (await open_playlist(vod)).segments[3]
    part = await get(segment, headers={"Range": "bytes=0-99"})
    await get(vod)
    whole = await get(picture)
    await get(picture, "HEAD")
    watched = (await open_playlist(live)).segments[0]
    await get(watched)
    requests = list(cloud.media_requests)
    assert [(each.method, each.path, each.status) for each in requests] == [
        ("GET", "/media/vod/*.m3u8", 200),
        ("GET", "/media/vod/*/3.ts", 206),
        ("GET", "/media/vod/*.m3u8", 403),
        ("GET", "/media/oss/*.jpg", 200),
        ("HEAD", "/media/oss/*.jpg", 403),
        ("GET", "/media/live/*.m3u8", 200),
        ("GET", "/media/live/*/0.ts", 200),
    ]
    assert [each.range for each in requests[:2]] == ["", "bytes=0-99"]
    assert requests[1].sent == len(part.body) == 100
    assert requests[3].sent == len(whole.body)
    assert requests[4].sent == 0
    assert requests[0].at == cloud.now()


async def test_status(cloud: Cloud, vod: str, live: str) -> None:
    """The n-th of some requests fails, and only those; an address is not used up by it."""
    cloud.media_faults = [
        MediaFault("status", "/vod/*.m3u8", status=503),
        MediaFault("status", ".ts", status=404, skip=2, times=2),
    ]
    assert (await get(vod)).status == 503
    playlist = await open_playlist(vod)
    found = [(await get(url)).status for url in playlist.segments]
    assert found == [200, 200, 404, 404, 200]
    assert [each.status for each in cloud.media_requests][:2] == [503, 200]
    cloud.media_faults = [MediaFault("status", "live", times=None)]
    assert [(await get(live)).status for _ in range(3)] == [500] * 3
    assert (await get(playlist.segments[0])).status == 200


async def test_stall(cloud: Cloud, picture: str) -> None:
    """Nothing comes for a while; the log tells that somebody waits."""
    cloud.media_faults = [MediaFault("stall", "oss", seconds=0.3)]
    waiting = asyncio.create_task(get(picture))
    await asyncio.sleep(0.15)
    (request,) = cloud.media_requests
    assert (request.status, request.sent, waiting.done()) == (0, 0, False)
    assert (await waiting).status == 200
    assert request.status == 200


async def test_stall_ends_with_the_client(cloud: Cloud, picture: str) -> None:
    """Who gives up leaves nothing behind."""
    cloud.media_faults = [MediaFault("stall", seconds=600)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await get(picture)
    # The server of this test would not stop before all is answered.


async def test_slow(cloud: Cloud, vod: str) -> None:
    """The bytes come one after another, all of them."""
    playlist = await open_playlist(vod)
    fast = await get(playlist.segments[0])
    rate = int(len(fast.body) / 0.4)
    cloud.media_faults = [MediaFault("slow", ".ts", bytes_per_second=rate)]
    loop = asyncio.get_running_loop()
    started = loop.time()
    slow = await get(playlist.segments[0])
    assert slow.body == fast.body
    assert 0.35 < loop.time() - started < 2


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
async def test_cut(cloud: Cloud, vod: str, share: float) -> None:
    """The connection ends in the middle of a body; what was sent before arrives."""
    playlist = await open_playlist(vod)
    whole = await get(playlist.segments[0])
    cloud.media_faults = [MediaFault("cut", ".ts", share=share)]
    got = b""
    async with aiohttp.ClientSession() as session:
        async with session.get(playlist.segments[0]) as response:
            assert response.status == 200
            try:
                async for data in response.content.iter_any():
                    got += data
            except BROKEN:
                assert share < 1
        assert got == whole.body[: int(len(whole.body) * share)]
        async with session.get(playlist.segments[0]) as response:
            assert await response.read() == whole.body
    sent = [each.sent for each in cloud.media_requests][-3:]
    assert sent == [len(whole.body), len(got), len(whole.body)]


@pytest.mark.parametrize("revives", [False, True])
async def test_stopped_live_stream(
    ask: Ask, cloud: Cloud, live: str, revives: bool
) -> None:
    """A stopped stream may live on at its old address once somebody asks anew: the two readings."""
    cloud.inferred.stopped_address_revives = revives
    await open_playlist(live)
    await ask("StopLiveStreaming")
    assert (await get(live)).status == 404
    await ask("QueryLiveStreaming", StreamType=1)
    assert (await get(live)).status == 404
    await ask("QueryLiveStreaming")
    assert (await get(live)).status == (200 if revives else 404)


async def test_control(
    cloud: Cloud, camera: Device, endpoint: str, picture: str
) -> None:
    """A program outside of this process can do all of that, too."""
    now = cloud.now()
    base = f"{endpoint}/_emulator"
    mine = f"{base}/cameras/{camera.iot_id}"
    async with aiohttp.ClientSession(raise_for_status=True) as session:

        async def call(method: str, url: str, body: Any = None) -> Any:
            async with session.request(method, url, json=body) as response:
                return await response.json()

        file = {"begin": now - 60, "end": now}
        added = await call("POST", f"{mine}/files", file)
        assert added["file_name"].startswith(f"{int(now - 60)}_{camera.iot_id}_0/")
        more = [{**file, "record_type": 1, "stream_type": 1, "event_type": 3}] * 2
        added = [added, *await call("POST", f"{mine}/files", more)]
        assert await call("GET", f"{mine}/files") == added
        assert [each["event_type"] for each in added] == [None, 3, 3]

        cloud.clock_offset = 9
        added = await call("POST", f"{mine}/pictures", {"created": now, "source": 4})
        listed = await call("GET", f"{mine}/pictures")
        assert listed[1:] == [added]
        assert added["source"] == 4
        await call("PATCH", mine, {"picture_days": 9})
        assert camera.picture_days == 9

        order = {"kind": "status", "path": "oss", "status": 410, "times": None}
        await call("POST", f"{base}/media_faults", order)
        assert (await get(picture)).status == 410
        await call("DELETE", f"{base}/media_faults")
        assert (await get(picture)).status == 200
        requests = await call("GET", f"{base}/media_requests")
        assert [each["status"] for each in requests] == [410, 200]
        await call("DELETE", f"{base}/media_requests")
        assert await call("GET", f"{base}/media_requests") == []

        await call("POST", f"{base}/settings", {"downloads_fail": True})
        assert cloud.downloads_fail is True
