"""Downloads of time ranges: what is refused."""

from typing import Any

from tests.emulator.cloud import Cloud

from .refusal import gateway_says, refusal, service_says
from .scenario import Call, cameras, device

CREATE = "CreateRecordDownloadByTimeJob"


def _span(cloud: Cloud, seconds: int = 60) -> dict[str, Any]:
    """Return a time range of the first camera with recordings."""
    begin = int(cloud.now()) - 7200
    cloud.world.add_file(cameras(cloud)[0], begin, begin + 3600)
    return {"BeginTime": begin, "EndTime": begin + seconds, **device(cloud)}


@refusal
async def bad_span(cloud: Cloud, call: Call) -> None:
    """Cut nothing out of nothing, and no more than half an hour."""
    params = _span(cloud)
    message = "beginTime can not bigger or equal endTime."
    same = {**params, "EndTime": params["BeginTime"]}
    await service_says("460", message, call, CREATE, same)
    before = {
        **params,
        "BeginTime": params["BeginTime"] - 60,
        "EndTime": params["BeginTime"],
    }
    for nothing in (before, {**params, "StreamType": 1}, {**params, "RecordType": 2}):
        await service_says(*cloud.inferred.unknown_file, call, CREATE, nothing)
    await service_says(*cloud.inferred.job_too_long, call, CREATE, _span(cloud, 1801))
    assert (await call(CREATE, _span(cloud, 1800)))["Success"] is True
    code, message = cloud.inferred.out_of_range
    await service_says(code, message, call, CREATE, {**params, "StreamType": 2})


@refusal
async def too_many_files(cloud: Cloud, call: Call) -> None:
    """Join a hundred files, and not one more."""
    begin = int(cloud.now()) - 7200
    for number in range(101):
        at = begin + number * 10
        cloud.world.add_file(cameras(cloud)[0], at, at + 5)
    params = {"BeginTime": begin, "EndTime": begin + 1200, **device(cloud)}
    code, message = cloud.inferred.job_of_too_many_files
    await service_says(code, message, call, CREATE, params)
    params["EndTime"] = begin + 1000
    assert (await call(CREATE, params))["Success"] is True


@refusal
async def too_many_jobs(cloud: Cloud, call: Call) -> None:
    """Run ten jobs at once, of whatever cameras."""
    params = _span(cloud, 1800)
    for _ in range(10):
        assert (await call(CREATE, params))["Success"] is True
    await service_says(*cloud.inferred.too_many_jobs, call, CREATE, params)
    cloud.clock_offset += 181
    assert (await call(CREATE, params))["Success"] is True


@refusal
async def unknown_job(cloud: Cloud, call: Call) -> None:
    """Tell nothing of a job that is not there, nor of one that is a day old."""
    action = "QueryRecordDownloadJobById"
    job_id = (await call(CREATE, _span(cloud)))["Data"]["JobId"]
    instance = {"IotInstanceId": cloud.iot_instance_id}
    for other in ("x", job_id[:-1]):
        params = {"JobId": other, **instance}
        await service_says(*cloud.inferred.unknown_job, call, action, params)
    cloud.inferred.download_job_kept = 0
    params = {"JobId": job_id, **instance}
    await service_says(*cloud.inferred.unknown_job, call, action, params)
    reply = await call("QueryRecordDownloadJobList", {"PageSize": 1, **device(cloud)})
    assert reply["Data"] == {"Total": 0, "JobList": []}


@refusal
async def newer_errors_of_jobs(cloud: Cloud, call: Call) -> None:
    """Hear the gateway say it, which is the other reading; without an instance it says no in any case."""
    cloud.inferred.newer_errors_by_http = True
    cloud.inferred.download_jobs_at_once = 0
    span, late = _span(cloud), int(cloud.now()) - 60
    nothing = {**span, "BeginTime": late, "EndTime": late + 30}
    long = {**span, "EndTime": span["BeginTime"] + 1801}
    job = {"JobId": "x", "IotInstanceId": cloud.iot_instance_id}
    by_id = "QueryRecordDownloadJobById"
    await gateway_says(400, "iot.vision.ConcurrencyExceedLimit", call, CREATE, span)
    await gateway_says(400, "iot.vision.RecordNotExist", call, CREATE, nothing)
    await gateway_says(403, "iot.lv.requestParamError", call, CREATE, long)
    await gateway_says(400, "iot.vision.JobNotExist", call, by_id, job)
    cloud.inferred.download_job_files = 0
    await gateway_says(400, "iot.vision.DownloadJobError", call, CREATE, span)
    for action, params in ((CREATE, span), (by_id, job)):
        del params["IotInstanceId"]
        await gateway_says(400, "MissingIotInstanceId", call, action, params)
    for size in (0, 51):
        params = {"PageSize": size, **device(cloud)}
        action = "QueryRecordDownloadJobList"
        await gateway_says(400, "InvalidPageSize", call, action, params)
