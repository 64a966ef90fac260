"""Jobs that cut a time range into one MP4: how they go, how long they and their files are kept."""

from typing import Any

import pytest

from tests.emulator.archive import Shelf
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .conftest import Ask
from .fetch import get, play


async def _create(ask: Ask, cloud: Cloud, seconds: int = 30) -> str:
    begin = int(cloud.now()) - 3600
    reply = await ask(
        "CreateRecordDownloadByTimeJob", BeginTime=begin, EndTime=begin + seconds
    )
    return str(reply["Data"]["JobId"])


async def _job(ask: Ask, job_id: str) -> dict[str, Any]:
    reply = await ask("QueryRecordDownloadJobById", JobId=job_id)
    data: dict[str, Any] = reply["Data"]
    return data


@pytest.fixture
def begin(cloud: Cloud, camera: Device) -> float:
    """Record a minute in three files, which overlap, an hour ago; return its begin."""
    begin = cloud.now() - 3600
    for start, stop in ((-20, 10), (5, 20), (24, 40)):
        cloud.world.add_file(camera, begin + start, begin + stop)
    return begin


async def test_progress(ask: Ask, cloud: Cloud, begin: float) -> None:
    """It takes as long as the recording that there is of the time range asks for: here 26 s."""
    job_id = await _create(ask, cloud)
    for offset, progress in ((0, 0), (1.3, 50), (2.5, 96), (2.6, 100)):
        cloud.clock_offset = offset
        data = await _job(ask, job_id)
        assert data["Progress"] == progress
        assert data["Status"] == (0 if progress == 100 else 1)


async def test_playable(ask: Ask, cloud: Cloud, begin: float) -> None:
    """What overlaps is there once, and what lies outside of the range is not."""
    job_id = await _create(ask, cloud)
    cloud.clock_offset = 10
    played = await play((await get((await _job(ask, job_id))["Url"])).body)
    assert played.end - played.begin == pytest.approx(26, abs=0.2)


async def test_mixed(ask: Ask, cloud: Cloud, camera: Device, begin: float) -> None:
    """A job of recordings of several kinds says so."""
    cloud.world.add_file(camera, begin, begin + 3, record_type=1)
    assert (await _job(ask, await _create(ask, cloud)))["RecordType"] == 99


@pytest.mark.parametrize("told", ["empty", "absent", "early"])
async def test_unfinished(ask: Ask, cloud: Cloud, begin: float, told: Any) -> None:
    """What is told of an address before there is an MP4 is a guess."""
    cloud.inferred.unfinished_download_url = told
    data = await _job(ask, await _create(ask, cloud))
    assert ("Url" in data) == (told != "absent")
    if told == "early":
        assert (await get(data["Url"])).status == 404


@pytest.mark.parametrize("code", [9441, 9442])
async def test_failure(ask: Ask, cloud: Cloud, begin: float, code: Any) -> None:
    """A job that fails says why, in the end; another one may succeed."""
    cloud.downloads_fail, cloud.inferred.job_error_code = True, code
    job_id = await _create(ask, cloud)
    assert (await _job(ask, job_id))["Status"] == 1
    cloud.clock_offset = 10
    data = await _job(ask, job_id)
    assert (data["Status"], data["JobErrorCode"]) == (-1, code)
    assert "Url" not in data
    cloud.downloads_fail = False
    again = await _create(ask, cloud)
    cloud.clock_offset = 20
    assert (await _job(ask, again))["Status"] == 0


async def test_expiry(ask: Ask, cloud: Cloud, camera: Device, begin: float) -> None:
    """An address is good for an hour, the job and its file for a day; the recordings may go before."""
    job_id = await _create(ask, cloud)
    cloud.clock_offset = 10
    old = (await _job(ask, job_id))["Url"]
    cloud.clock_offset = 3611
    assert (await get(old)).status == 403
    cloud.clock_offset = 86400 - 10
    camera.stored = Shelf()
    url = (await _job(ask, job_id))["Url"]
    assert (await get(url)).status == 200
    cloud.clock_offset = 86401
    assert (await get(url)).status == 404
    reply = await ask("QueryRecordDownloadJobById", JobId=job_id)
    assert (reply["Code"], reply["ErrorMessage"]) == cloud.inferred.unknown_job
