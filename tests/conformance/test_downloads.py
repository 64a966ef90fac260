"""Recordings as MP4s: made while one waits, and fetched from object storage."""

from hashlib import md5
from typing import Any
from urllib.parse import parse_qs, urlsplit

from darabonba.utils.xml import XML
import pytest

from tests.emulator import mp4
from tests.emulator.archive import RecordedFile
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .conftest import Ask
from .fetch import Fetched, get, play


@pytest.fixture
def file(cloud: Cloud, camera: Device) -> RecordedFile:
    """Return a file of thirty seconds, for which the cloud needs three."""
    begin = cloud.now() - 3600
    return cloud.world.add_file(camera, begin, begin + 30)


async def _progress(ask: Ask, file: RecordedFile) -> dict[str, Any]:
    reply = await ask("QueryRecordDownloadUrl", FileName=file.file_name)
    data: dict[str, Any] = reply["Data"]
    return data


async def _url(ask: Ask, cloud: Cloud, file: RecordedFile) -> str:
    """Have it made, however long that takes."""
    await _progress(ask, file)
    cloud.clock_offset += 200
    return str((await _progress(ask, file))["Url"])


def _refusal(fetched: Fetched) -> tuple[int, str, str]:
    """Read OSS's no."""
    assert fetched.headers["Content-Type"] == "application/xml"
    root: dict[str, Any] = XML.parse_xml(fetched.body.decode())
    error = root["Error"]
    assert error["RequestId"] == fetched.headers["x-oss-request-id"]
    assert error["HostId"]
    return fetched.status, error["Code"], error["Message"]


async def test_progress(ask: Ask, cloud: Cloud, file: RecordedFile) -> None:
    """The first call begins; nobody else's does."""
    cloud.clock_offset = 1
    for offset, progress in ((0, 0), (1, 33), (2.9, 96), (3, 100)):
        cloud.clock_offset = 1 + offset
        data = await _progress(ask, file)
        assert data["Progress"] == progress
        assert data["Status"] == (0 if progress == 100 else 1)
        assert bool(data["Url"]) == (progress == 100)
    cloud.clock_offset = 86400
    assert (await _progress(ask, file))["Status"] == 0


async def test_how_long_it_takes(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """Longer for longer files, never less than two seconds, and less in a fast cloud."""
    now = cloud.now()
    for length, speed, seconds in ((5, 1, 2), (600, 1, 60), (600, 10, 6), (5, 2, 1)):
        cloud.speed = speed
        file = cloud.world.add_file(camera, now - 3600, now - 3600 + length)
        cloud.clock_offset = 0
        await _progress(ask, file)
        cloud.clock_offset = seconds - 0.01
        assert (await _progress(ask, file))["Progress"] == 99
        cloud.clock_offset = seconds
        assert (await _progress(ask, file))["Progress"] == 100


async def test_inferred_times(ask: Ask, cloud: Cloud, file: RecordedFile) -> None:
    """All of that is a guess."""
    cloud.inferred.download_per_second = 1
    cloud.inferred.download_url_valid = 60
    await _progress(ask, file)
    cloud.clock_offset = 29
    assert (await _progress(ask, file))["Status"] == 1
    cloud.clock_offset = 30
    url = (await _progress(ask, file))["Url"]
    for offset, status in ((90, 200), (91, 403)):
        cloud.clock_offset = offset
        assert (await get(url)).status == status


async def test_playable(ask: Ask, cloud: Cloud, file: RecordedFile) -> None:
    """It is an MP4 with H.264 and AAC, as long as the recording, its index at the front."""
    fetched = await get(await _url(ask, cloud, file))
    assert fetched.headers["Content-Type"] == "video/mp4"
    assert fetched.body.index(b"moov") < fetched.body.index(b"mdat")
    played = await play(fetched.body)
    assert played.codecs == {"h264", "aac"}
    assert played.end - played.begin == pytest.approx(30, abs=0.2)
    assert played.frames == pytest.approx(300, abs=1)
    assert played.size == (640, 360)


@pytest.mark.parametrize(("name", "seconds"), [("sub", 0.5), ("main", 8.0)])
async def test_lengths(name: str, seconds: float) -> None:
    """Shorter than the pattern, or exactly as long; the same one is made once."""
    movie = mp4.movie(name, seconds)
    played = await play(bytes(movie.data))
    assert played.end - played.begin == pytest.approx(seconds, abs=0.11)
    assert mp4.movie(name, seconds) is movie


@pytest.mark.parametrize(
    ("told", "status"), [("empty", 0), ("absent", 1), ("early", 0)]
)
async def test_unfinished(
    ask: Ask, cloud: Cloud, file: RecordedFile, told: Any, status: Any
) -> None:
    """What is told of an MP4 in the making, in other readings than the first."""
    cloud.inferred.unfinished_download_url = told
    cloud.inferred.unfinished_download_status = status
    data = await _progress(ask, file)
    assert (data["Status"], data["Progress"]) == (status, 0)
    assert ("Url" in data) == (told != "absent")
    if told == "early":
        assert _refusal(await get(data["Url"]))[:2] == (404, "NoSuchKey")
        cloud.clock_offset = 3
        assert (await get(data["Url"])).status == 200


@pytest.mark.parametrize("restarts", [True, False])
async def test_failure(
    ask: Ask, cloud: Cloud, file: RecordedFile, restarts: bool
) -> None:
    """It can fail, at the end; whether one may try again is a guess."""
    cloud.inferred.failed_download_restarts = restarts
    cloud.inferred.unfinished_download_url = "early"
    cloud.downloads_fail = True
    url = (await _progress(ask, file))["Url"]
    cloud.downloads_fail = False
    cloud.clock_offset = 3
    assert (await get(url)).status == 404
    data = await _progress(ask, file)
    assert (data["Status"], data["Url"]) == (-1, "")
    assert (await _progress(ask, file))["Status"] == (1 if restarts else -1)
    cloud.clock_offset = 6
    assert (await _progress(ask, file))["Status"] == (0 if restarts else -1)


async def test_whole(ask: Ask, cloud: Cloud, file: RecordedFile) -> None:
    """What OSS tells of an object."""
    url = await _url(ask, cloud, file)
    fetched = await get(url)
    assert fetched.status == 200
    headers = fetched.headers
    assert headers["ETag"] == f'"{md5(fetched.body).hexdigest().upper()}"'
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["Content-Length"] == str(len(fetched.body))
    assert headers["Last-Modified"].endswith(" GMT")
    assert headers["x-oss-request-id"]
    assert (await get(url)).headers["ETag"] == headers["ETag"]


async def test_ranges(ask: Ask, cloud: Cloud, file: RecordedFile) -> None:
    """OSS ignores a range that is not inside, unless one insists on the standard."""
    url = await _url(ask, cloud, file)
    whole = (await get(url)).body
    size = len(whole)
    inside = {
        "0-99": (0, 100),
        "100000-": (100000, size),
        "-500": (size - 500, size),
        f"10-{size - 1}": (10, size),
        "0-9,20-29": (0, 10),
    }
    beyond = {
        f"0-{size}": (0, size),
        f"{size - 9}-{size + 99}": (size - 9, size),
        f"-{size + 1}": (0, size),
        f"{size}-": None,
        f"{size}-{size + 9}": None,
    }
    standard = {"x-oss-range-behavior": "standard"}
    for text, asked in {**inside, **beyond}.items():
        header = {"Range": f"bytes={text}"}
        part = await get(url, headers=header)
        if text in beyond:
            assert (part.status, part.body) == (200, whole)
            assert "Content-Range" not in part.headers
            part = await get(url, headers={**header, **standard})
        if asked is None:
            assert part.status == 416
            continue
        begin, end = asked
        assert (part.status, part.body) == (206, whole[begin:end])
        assert part.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{size}"


@pytest.mark.parametrize("served", [False, True])
async def test_head(ask: Ask, cloud: Cloud, file: RecordedFile, served: bool) -> None:
    """The signature covers the method, the OSS documentation says; the other reading is kinder."""
    cloud.inferred.oss_get_url_serves_head = served
    url = await _url(ask, cloud, file)
    head = await get(url, "HEAD")
    assert head.status == (200 if served else 403)
    assert head.body == b""
    if served:
        whole = await get(url)
        assert head.headers["Content-Length"] == str(len(whole.body))
        assert head.headers["ETag"] == whole.headers["ETag"]


async def test_expiry(ask: Ask, cloud: Cloud, file: RecordedFile) -> None:
    """An address is good for an hour, and each call gives a new one."""
    old = await _url(ask, cloud, file)
    cloud.clock_offset += 1800
    new = (await _progress(ask, file))["Url"]
    cloud.clock_offset += 1801
    expired = (403, "AccessDenied", "Request has expired.")
    assert _refusal(await get(old)) == expired
    assert (await get(new)).status == 200


async def test_signature(
    ask: Ask, cloud: Cloud, file: RecordedFile, camera: Device
) -> None:
    """No part of an address may be changed, nor left out."""
    url = await _url(ask, cloud, file)
    later = cloud.world.add_file(camera, file.begin, file.end)
    other_key = urlsplit(await _url(ask, cloud, later)).path
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert query.keys() == {"Expires", "OSSAccessKeyId", "Signature"}
    wrong = "SignatureDoesNotMatch"
    for changed, code in (
        (url.replace(parts.path, other_key), wrong),
        (url.replace(query["Expires"], f"{int(query['Expires']) + 1}"), wrong),
        (f"{url}&x-oss-process=image%2Fresize", wrong),
        (url.replace("Signature=", "Signature=A"), wrong),
        (url.replace("OSSAccessKeyId=", "OSSAccessKeyId=X"), "InvalidAccessKeyId"),
        (url.replace("Expires=", "Expires=x"), "AccessDenied"),
        (url.replace("Expires=", "Expires=9999999999999999"), "AccessDenied"),
        (url.replace("Signature=", "Nothing="), "AccessDenied"),
        (url.partition("?")[0], "AccessDenied"),
    ):
        assert _refusal(await get(changed))[:2] == (403, code)
    assert (await get(url)).status == 200


async def test_deleted(ask: Ask, cloud: Cloud, file: RecordedFile) -> None:
    """The MP4 goes with the recording."""
    url = await _url(ask, cloud, file)
    await ask("DeleteRecord", FileNameList=[file.file_name])
    text = "The specified key does not exist."
    assert _refusal(await get(url)) == (404, "NoSuchKey", text)
