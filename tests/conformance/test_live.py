"""Live streams by HTTP-FLV: the same pictures as by HLS, without its delay."""

import asyncio
from io import BytesIO
from itertools import pairwise

import aiohttp
import av
import pytest

from tests.emulator import flv, mpegts
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import MediaFault
from tests.emulator.media import WINDOW
from tests.emulator.world import Device

from .conftest import Ask
from .fetch import get, open_flv


@pytest.fixture
async def live(ask: Ask) -> str:
    """Return the address of a live stream."""
    params = {"Scheme": "flv", "PlayUnLimited": True}
    return str((await ask("QueryLiveStreaming", **params))["Data"]["Path"])


def _stream(name: str, first: int, seconds: float) -> bytes:
    """Return a stream from a segment on."""
    stream = flv.start(name)
    begin = first * mpegts.SEGMENT_SECONDS
    for time, tag in flv.tags(name, first):
        if time > begin + seconds:
            break
        stream += tag
    return stream


@pytest.mark.parametrize("name", ["main", "sub"])
@pytest.mark.parametrize("first", [0, 3, 6])
def test_pictures(name: str, first: int) -> None:
    """A stream begins with a key frame at any segment, and goes on over the pattern's end: ten pictures a second."""
    with av.open(BytesIO(_stream(name, first, 11)), "r", format="flv") as stream:
        shown = list(stream.decode(video=0))
    assert shown[0].key_frame
    assert len(shown) >= 110
    times = [float(picture.time or 0) for picture in shown]
    assert times[0] == 0
    assert all(0.09 < after - before < 0.11 for before, after in pairwise(times))
    segment = BytesIO(mpegts.segment(name, first))
    with av.open(segment, "r", format="mpegts") as by_hls:
        same = next(by_hls.decode(video=0))
    assert bytes(same.planes[0]) == bytes(shown[0].planes[0])


def test_sound() -> None:
    """The sound goes on without a gap, too."""
    with av.open(BytesIO(_stream("main", 0, 18)), "r", format="flv") as stream:
        times = [float(frame.time or 0) for frame in stream.decode(audio=0)]
    assert times[-1] > 17
    # 1,024 samples, in the milliseconds of FLV.
    assert all(0.06 < after - before < 0.07 for before, after in pairwise(times))


async def test_now(cloud: Cloud, live: str) -> None:
    """What is sent at once is the newest group of pictures: what HLS lists last, not first."""
    started = await open_flv(live)
    assert started.headers["Content-Type"] == "video/x-flv"
    assert started.body.startswith(b"FLV")
    cloud.clock_offset += 10
    later = await open_flv(live, len(flv.start("main")) + 1000)
    assert later.body[: len(flv.start("main"))] == flv.start("main")
    newest = next(flv.tags("main", 5 + WINDOW))[1]
    assert later.body[len(flv.start("main")) :].startswith(newest[:500])


async def test_ends_with_the_camera(cloud: Cloud, camera: Device, live: str) -> None:
    """Without the camera there is no more of it, and no address of it can be opened."""
    async with aiohttp.ClientSession() as session, session.get(live) as response:
        await response.content.readexactly(1000)
        set_status(cloud, camera, "OFFLINE")
        async with asyncio.timeout(10):
            await response.content.read()
    assert (await get(live)).status == 404


async def test_cut(cloud: Cloud, live: str) -> None:
    """The connection may break; the log tells how much was sent."""
    cloud.media_faults = [MediaFault("cut", ".flv")]
    with pytest.raises(aiohttp.ClientPayloadError):
        await get(live)
    (request,) = cloud.media_requests
    assert (request.path, request.status) == ("/media/live/*.flv", 200)
    assert request.sent == len(flv.start("main"))
