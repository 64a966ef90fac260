"""Downloads of time ranges: what each operation does."""

from typing import Any

from tests.emulator.cloud import Cloud

from .fetch import get
from .scenario import Call, cameras, device, scenario


async def _begin_job(cloud: Cloud, call: Call, number: int = 0) -> str:
    """Have two minutes of a camera cut out of a longer recording."""
    begin = int(cloud.now()) - 3600
    cloud.world.add_file(cameras(cloud)[number], begin - 60, begin + 600)
    params = {"BeginTime": begin, "EndTime": begin + 120, **device(cloud, number)}
    reply = await call("CreateRecordDownloadByTimeJob", params)
    assert (reply["Success"], reply["Code"]) == (True, "200")
    assert reply["Data"].keys() == {"JobId"}
    return str(reply["Data"]["JobId"])


async def _job(cloud: Cloud, call: Call, job_id: str) -> dict[str, Any]:
    params = {"JobId": job_id, "IotInstanceId": cloud.iot_instance_id}
    reply = await call("QueryRecordDownloadJobById", params)
    assert (reply["Success"], reply["Code"]) == (True, "200")
    data: dict[str, Any] = reply["Data"]
    return data


@scenario("CreateRecordDownloadByTimeJob")
async def create_record_download_by_time_job(cloud: Cloud, call: Call) -> None:
    """Each request begins a job of its own, also for the same time range."""
    first, second = [await _begin_job(cloud, call) for _ in range(2)]
    assert first != second
    begin = int(cloud.now()) - 1200
    cloud.world.add_file(cameras(cloud)[0], begin, begin + 60, 2, stream_type=1)
    params = {
        "BeginTime": begin,
        "EndTime": begin + 60,
        "StreamType": 1,
        "RecordType": 2,
        **device(cloud),
    }
    reply = await call("CreateRecordDownloadByTimeJob", params)
    data = await _job(cloud, call, reply["Data"]["JobId"])
    assert (data["StreamType"], data["RecordType"]) == (1, 2)


@scenario("QueryRecordDownloadJobById")
async def query_record_download_job_by_id(cloud: Cloud, call: Call) -> None:
    """Ask again and again until the MP4 is there, then fetch it."""
    begin = int(cloud.now()) - 3600
    job_id = await _begin_job(cloud, call)
    data = await _job(cloud, call, job_id)
    assert 0 <= data.pop("Progress") < 50
    assert data.pop("BeginTime") in (begin, begin + 1)
    assert data.pop("EndTime") in (begin + 120, begin + 121)
    assert data == {
        "Status": 1,
        "Type": 2,
        "RecordType": 0,
        "StreamType": 0,
        "Url": "",
        "IotId": cameras(cloud)[0].iot_id,
    }
    cloud.clock_offset += 6
    assert 50 <= (await _job(cloud, call, job_id))["Progress"] < 100
    cloud.clock_offset += 6
    data = await _job(cloud, call, job_id)
    assert (data["Status"], data["Progress"]) == (0, 100)
    fetched = await get(data["Url"])
    assert fetched.status == 200
    assert fetched.headers["Content-Type"] == "video/mp4"
    assert fetched.body[4:8] == b"ftyp"


@scenario("QueryRecordDownloadJobList")
async def query_record_download_job_list(cloud: Cloud, call: Call) -> None:
    """List the jobs of one camera, page by page."""
    job_ids = [await _begin_job(cloud, call) for _ in range(3)]
    await _begin_job(cloud, call, 1)
    found = []
    for page, count in ((1, 2), (2, 1), (3, 0)):
        params = {"PageSize": 2, "CurrentPage": page, **device(cloud)}
        data = (await call("QueryRecordDownloadJobList", params))["Data"]
        assert (data["Total"], len(data["JobList"])) == (3, count)
        found += data["JobList"]
    assert {row["JobId"] for row in found} == set(job_ids)
    assert {row["IotId"] for row in found} == {cameras(cloud)[0].iot_id}
    assert {row["Type"] for row in found} == {2}
