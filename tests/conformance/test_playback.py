"""Recordings as HLS: who may play what, how often, how long."""

from collections.abc import Callable

import pytest

from tests.emulator import mpegts
from tests.emulator.archive import RecordedFile
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .conftest import Ask
from .fetch import get, open_playlist, play

HOUR = 3600


def _file(
    cloud: Cloud,
    camera: Device,
    seconds: float,
    ago: float = HOUR,
    stream_type: int = 0,
) -> RecordedFile:
    begin = cloud.now() - ago
    return cloud.world.add_file(camera, begin, begin + seconds, stream_type=stream_type)


async def _url(ask: Ask, file: RecordedFile, **more: int) -> str:
    reply = await ask("QueryRecordUrl", FileName=file.file_name, **more)
    return str(reply["Data"])


@pytest.mark.parametrize(
    ("stream_type", "size"), [(0, (640, 360)), (1, (320, 180))], ids=["main", "sub"]
)
async def test_played_by_ffmpeg(
    ask: Ask, cloud: Cloud, camera: Device, stream_type: int, size: tuple[int, int]
) -> None:
    """A player that knows nothing of the emulator decodes it, from the first frame to the last."""
    file = _file(cloud, camera, 21, stream_type=stream_type)
    played = await play(await _url(ask, file))
    assert played.codecs == {"h264", "aac"}
    assert played.size == size
    assert played.end - played.begin == pytest.approx(21, abs=1)
    assert played.frames == pytest.approx(210, abs=10)


@pytest.mark.parametrize("seek", [0, 4, 5, 19])
async def test_seek(ask: Ask, cloud: Cloud, camera: Device, seek: int) -> None:
    """A key frame at or before the time is where it begins; the picture is that of the whole file there."""
    playlist = await open_playlist(
        await _url(ask, _file(cloud, camera, 19.5), SeekTime=seek)
    )
    assert sum(playlist.lengths) == pytest.approx(19.5 - seek, abs=1.001)
    assert playlist.lengths[-1] == 1.5
    first = (await get(playlist.segments[0])).body
    assert first == mpegts.segment("main", seek // 2)


async def test_playlist(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """It says how long it is, and that it is all."""
    playlist = await open_playlist(await _url(ask, _file(cloud, camera, 5.4)))
    assert playlist.lengths == [2, 2, 1.4]
    assert playlist.text.splitlines()[1:5] == [
        "#EXT-X-VERSION:3",
        "#EXT-X-TARGETDURATION:2",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    assert playlist.text.splitlines()[-1] == "#EXT-X-ENDLIST"


async def test_vod_url_of_a_record(ask: Ask, cloud: Cloud) -> None:
    """The address in a reply of QueryRecordByRecordId is another one each time, and as good."""
    record_id = (await ask("TriggerRecord", RecordDuration=10))["Data"]
    cloud.clock_offset = 60
    urls = [
        (await ask("QueryRecordByRecordId", RecordId=record_id))["Data"][0]["VodUrl"]
        for _ in range(2)
    ]
    for url in urls:
        assert sum((await open_playlist(url)).lengths) == 10
        assert (await get(url)).status == 403


@pytest.mark.parametrize(("asked", "valid"), [(None, 300), (10, 10), (3600, 3600)])
async def test_address_expires(
    ask: Ask, cloud: Cloud, camera: Device, asked: int | None, valid: int
) -> None:
    """One that is not opened in time cannot be opened."""
    more = {} if asked is None else {"UrlValidDuration": asked}
    file = _file(cloud, camera, 10)
    for offset, status in ((valid, 200), (valid + 1, 403)):
        cloud.clock_offset = 0
        url = await _url(ask, file, **more)
        cloud.clock_offset = offset
        assert (await get(url)).status == status


async def test_inferred_validity(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """How long it is valid if nobody says so is a guess, as is how long it can be watched."""
    cloud.inferred.vod_url_valid = 20
    cloud.inferred.vod_session = 60
    file = _file(cloud, camera, 10)
    late = await _url(ask, file)
    cloud.clock_offset = 20
    playlist = await open_playlist(late)
    for offset, status in ((80, 200), (81, 403)):
        cloud.clock_offset = offset
        assert (await get(playlist.segments[0])).status == status
    url = await _url(ask, file)
    cloud.clock_offset += 21
    assert (await get(url)).status == 403


async def test_watched_for_an_hour(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """Segments outlive the address."""
    playlist = await open_playlist(await _url(ask, _file(cloud, camera, 10)))
    for offset, status in ((HOUR, 200), (HOUR + 1, 403)):
        cloud.clock_offset = offset
        assert (await get(playlist.segments[-1])).status == status


async def test_strangers(ask: Ask, cloud: Cloud, camera: Device, endpoint: str) -> None:
    """Only what was given out leads anywhere, and segments only after their playlist."""
    url = await _url(ask, _file(cloud, camera, 10))
    base = url.removesuffix(".m3u8")
    assert (await get(f"{base}/0.ts")).status == 403
    assert (await get(url, "HEAD")).status == 405
    assert len((await open_playlist(url)).segments) == 5
    for path, status in {
        f"{base}/4.ts": 200,
        f"{base}/5.ts": 404,
        f"{base}/x.ts": 404,
        f"{endpoint}/media/vod/{'0' * 32}.m3u8": 403,
        f"{endpoint}/media/vod/{'0' * 32}/0.ts": 403,
    }.items():
        assert (await get(path)).status == status


def _delete(cloud: Cloud, camera: Device, file: RecordedFile) -> None:
    camera.deleted_files.add(file.file_name)


def _purge(cloud: Cloud, camera: Device, file: RecordedFile) -> None:
    camera.retention_days = 0


def _remove(cloud: Cloud, camera: Device, file: RecordedFile) -> None:
    del cloud.world.devices[camera.iot_id]


@pytest.mark.parametrize("end", [_delete, _purge, _remove])
async def test_gone_while_watched(
    ask: Ask,
    cloud: Cloud,
    camera: Device,
    end: Callable[[Cloud, Device, RecordedFile], None],
) -> None:
    """What is deleted cannot be watched any more, nor its address be opened."""
    file = _file(cloud, camera, 10)
    other = await _url(ask, file)
    playlist = await open_playlist(await _url(ask, file))
    assert (await get(playlist.segments[0])).status == 200
    end(cloud, camera, file)
    assert (await get(playlist.segments[1])).status == 404
    assert (await get(other)).status == 404


async def test_deleted_by_the_operation(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """A triggered recording that is deleted is gone everywhere."""
    record_id = (await ask("TriggerRecord", RecordDuration=10))["Data"]
    cloud.clock_offset = 60
    row = (await ask("QueryRecordByRecordId", RecordId=record_id))["Data"][0]
    playlist = await open_playlist(row["VodUrl"])
    name = row["FileName"]
    reply = await ask("DeleteRecord", FileNameList=[name])
    assert reply["Data"] == {"DeletedCount": 1}
    assert (await get(playlist.segments[0])).status == 404
    assert (await ask("QueryRecordByRecordId", RecordId=record_id))["Data"] == []
    now = int(cloud.now())
    reply = await ask("QueryRecord", BeginTime=now - 100, EndTime=now)
    assert reply["Data"]["List"] == []
    for action in ("QueryRecordUrl", "QueryRecordDownloadUrl"):
        assert (await ask(action, FileName=name))["Success"] is False


@pytest.mark.parametrize("cut", [False, True])
async def test_by_time(ask: Ask, cloud: Cloud, camera: Device, cut: bool) -> None:
    """All files of the range, from their begin to their end, or cut to it, which is the other reading."""
    cloud.inferred.by_time_cuts_files = cut
    begin = int(cloud.now()) - HOUR
    for offset in (40, 0, 20):
        cloud.world.add_file(camera, begin + offset, begin + offset + 8)
    cloud.world.add_file(camera, begin, begin + 60, stream_type=1)
    reply = await ask("QueryRecordUrlByTime", BeginTime=begin + 4, EndTime=begin + 43)
    playlist = await open_playlist(reply["Data"])
    expected = ([2, 2], [2] * 4, [2, 1]) if cut else ([2] * 4, [2] * 4, [2] * 4)
    assert playlist.lengths == [each for part in expected for each in part]
    assert playlist.seams == [len(expected[0]), len(expected[0]) + 4]
    bodies = [(await get(url)).body for url in playlist.segments]
    first = mpegts.segment("main", 0)
    assert [n for n, body in enumerate(bodies) if body == first] == (
        [2, 6] if cut else [0, 4, 8]
    )
    part = b"".join(bodies[playlist.seams[0] : playlist.seams[1]])
    assert (await play(part)).frames == 80


async def test_by_time_after_a_deletion(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """What is left is played."""
    files = [_file(cloud, camera, 4, ago) for ago in (40, 30, 20)]
    now = int(cloud.now())
    reply = await ask("QueryRecordUrlByTime", BeginTime=now - 60, EndTime=now)
    _delete(cloud, camera, files[0])
    playlist = await open_playlist(reply["Data"])
    assert (playlist.lengths, playlist.seams) == ([2, 2, 2, 2], [2])
    _delete(cloud, camera, files[1])
    found = [(await get(url)).status for url in playlist.segments]
    assert found == [404, 404, 200, 200]


async def test_by_time_without_files(ask: Ask, cloud: Cloud) -> None:
    """Refused, or an empty playlist: the two readings."""
    now = int(cloud.now())
    times = {"BeginTime": now - 60, "EndTime": now}
    assert (await ask("QueryRecordUrlByTime", **times))["Success"] is False
    cloud.inferred.empty_range_refused = False
    reply = await ask("QueryRecordUrlByTime", **times)
    assert (await open_playlist(reply["Data"])).segments == []


@pytest.mark.parametrize("absolute", [False, True])
async def test_how_segments_are_named(
    ask: Ask, cloud: Cloud, camera: Device, endpoint: str, absolute: bool
) -> None:
    """Relative to the playlist or by whole addresses, in recordings and live."""
    cloud.inferred.absolute_segment_urls = absolute
    live = await ask("QueryLiveStreaming", Scheme="hls")
    for url in (await _url(ask, _file(cloud, camera, 10)), live["Data"]["Path"]):
        playlist = await open_playlist(url)
        assert (endpoint in playlist.text) is absolute
        assert (await get(playlist.segments[0])).status == 200


async def test_range_of_a_segment(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """A part of one, as HTTP has it."""
    playlist = await open_playlist(await _url(ask, _file(cloud, camera, 2)))
    (url,) = playlist.segments
    whole = await get(url)
    size = len(whole.body)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Content-Type"] == "video/mp2t"
    for text, begin, end in (
        ("0-99", 0, 100),
        ("188-", 188, size),
        ("-188", size - 188, size),
        (f"100-{size}", 100, size),
        (f"-{size + 1}", 0, size),
        ("0-9,20-29", 0, 10),
    ):
        part = await get(url, headers={"Range": f"bytes={text}"})
        assert part.status == 206
        assert part.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{size}"
        assert part.body == whole.body[begin:end]
    for text in ("bytes=-", "bytes=9-8", "lines=0-9"):
        assert (await get(url, headers={"Range": text})).status == 200
    for text in (f"bytes={size}-", f"bytes={size}-{size + 9}", "bytes=-0"):
        part = await get(url, headers={"Range": text})
        assert (part.status, part.body) == (416, b"")
        assert part.headers["Content-Range"] == f"bytes */{size}"


async def test_addresses_are_forgotten(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """Those that nobody can use any more take no room."""
    file = _file(cloud, camera, 10)
    for _ in range(3):
        await _url(ask, file, UrlValidDuration=10)
    opened = await _url(ask, file)
    await open_playlist(opened)
    cloud.clock_offset = 301
    await _url(ask, file)
    assert len(cloud.vod) == 2
    cloud.clock_offset = HOUR + 302
    await _url(ask, file)
    assert len(cloud.vod) == 1
