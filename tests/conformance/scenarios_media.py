"""Live streams, playback and downloads: what each operation does."""

from typing import Any

from tests.emulator.archive import RecordedFile
from tests.emulator.cloud import Cloud

from .fetch import get, open_flv, open_playlist
from .scenario import Call, cameras, device, scenario


@scenario("QueryLiveStreaming")
async def query_live_streaming(cloud: Cloud, call: Call) -> None:
    """Play an address once, or again and again."""
    for unlimited, second in ((True, 200), (False, 403)):
        params = {
            "Scheme": "hls",
            "PlayUnLimited": unlimited,
            "ForceIFrame": True,
            "UrlValidDuration": 600,
            **device(cloud),
        }
        reply = await call("QueryLiveStreaming", params)
        assert (reply["Success"], reply["Code"]) == (True, "200")
        path = reply["Data"]["Path"]
        await open_playlist(path)
        cloud.clock_offset += 60
        assert (await get(path)).status == second
    for unlimited, second in ((True, 200), (False, 403)):
        params = {"Scheme": "flv", "PlayUnLimited": unlimited, **device(cloud)}
        path = (await call("QueryLiveStreaming", params))["Data"]["Path"]
        assert (await open_flv(path)).status == 200
        assert (await open_flv(path)).status == second
    reply = await call("QueryLiveStreaming", device(cloud))
    assert reply["Data"]["Path"].startswith("rtmp://127.0.0.1:")


@scenario("StopLiveStreaming")
async def stop_live_streaming(cloud: Cloud, call: Call) -> None:
    """Stop one stream of a camera, for everybody, until somebody asks for it again."""

    async def address(number: int, stream_type: int) -> str:
        params = {"Scheme": "hls", "PlayUnLimited": True, "StreamType": stream_type}
        reply = await call("QueryLiveStreaming", {**params, **device(cloud, number)})
        return str(reply["Data"]["Path"])

    main, again, sub, other = [
        await address(*stream) for stream in ((0, 0), (0, 0), (0, 1), (1, 0))
    ]
    segment = (await open_playlist(main)).segments[0]
    reply = await call("StopLiveStreaming", device(cloud))
    assert (reply["Success"], reply["Code"]) == (True, "200")
    assert "Data" not in reply
    assert [(await get(url)).status for url in (main, segment, again)] == [404] * 3
    assert [(await get(url)).status for url in (sub, other)] == [200, 200]
    params = {"StreamType": 1, **device(cloud)}
    assert (await call("StopLiveStreaming", params))["Success"] is True
    assert (await get(sub)).status == 404
    await open_playlist(await address(0, 0))
    assert (await get(main)).status == 404


def _add_files(cloud: Cloud, *lengths: int) -> list[RecordedFile]:
    """Record one file after another, of so many seconds each, a minute apart."""
    begin, files = int(cloud.now()) - 3600, []
    for seconds in lengths:
        file = cloud.world.add_file(cameras(cloud)[0], begin, begin + seconds)
        files.append(file)
        begin += seconds + 60
    return files


@scenario("QueryRecordUrl")
async def query_record_url(cloud: Cloud, call: Call) -> None:
    """Play a file once, from the begin or from later."""
    (file,) = _add_files(cloud, 7)
    named = {"FileName": file.file_name, **device(cloud)}
    for more, lengths in (({}, [2, 2, 2, 1]), ({"SeekTime": 4}, [2, 1])):
        reply = await call("QueryRecordUrl", {**named, **more, "UrlValidDuration": 10})
        assert (reply["Success"], reply["Code"]) == (True, "200")
        assert reply["Data"].partition("?")[0].endswith(".m3u8")
        playlist = await open_playlist(reply["Data"])
        assert playlist.lengths == lengths
        assert playlist.text.endswith("#EXT-X-ENDLIST\n")
        assert (await get(reply["Data"])).status == 403
        segments = [await get(url) for url in playlist.segments]
        assert [segment.status for segment in segments] == [200] * len(lengths)
        assert {segment.body[0] for segment in segments} == {0x47}


@scenario("QueryRecordUrlByTime")
async def query_record_url_by_time(cloud: Cloud, call: Call) -> None:
    """Play the files of a time range as one, with a seam between them."""
    files = _add_files(cloud, 4, 5, 6)
    params = {"BeginTime": int(files[0].begin) + 1, "EndTime": int(files[1].begin) + 1}
    reply = await call("QueryRecordUrlByTime", {**params, **device(cloud)})
    assert (reply["Success"], reply["Code"]) == (True, "200")
    playlist = await open_playlist(reply["Data"])
    assert playlist.lengths == [2, 2, 2, 2, 1]
    assert playlist.seams == [2]
    assert (await get(playlist.segments[4])).status == 200
    assert (await get(reply["Data"])).status == 403


@scenario("QueryRecordDownloadUrl")
async def query_record_download_url(cloud: Cloud, call: Call) -> None:
    """Ask again and again until the MP4 is there, then fetch it."""
    (file,) = _add_files(cloud, 60)
    params = {"FileName": file.file_name, **device(cloud)}

    async def ask() -> dict[str, Any]:
        reply = await call("QueryRecordDownloadUrl", params)
        assert (reply["Success"], reply["Code"]) == (True, "200")
        data: dict[str, Any] = reply["Data"]
        return data

    assert await ask() == {"Status": 1, "Progress": 0, "Url": ""}
    progress = []
    for _ in range(2):
        cloud.clock_offset += 2
        data = await ask()
        assert (data["Status"], data["Url"]) == (1, "")
        progress.append(data["Progress"])
    assert 33 <= progress[0] < progress[1] < 100
    cloud.clock_offset += 2
    data = await ask()
    assert (data["Status"], data["Progress"]) == (0, 100)
    fetched = await get(data["Url"])
    assert fetched.status == 200
    assert fetched.headers["Content-Type"] == "video/mp4"
    assert fetched.body[4:8] == b"ftyp"
