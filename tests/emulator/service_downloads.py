"""Linkvisual: jobs that cut a time range of recordings into one MP4. Source: linkvisual-api.md section 20.1."""

from . import oss, records
from .archive import RecordedFile
from .cloud import Cloud
from .operations import Params
from .services import Fields, Origin, number, page_of, refusal, service, time_range
from .sessions import OssObject, TimeJob

_BY_TIME = 2  # Type of a job
_MIXED = 99  # RecordType


@service("CreateRecordDownloadByTimeJob")
def create_record_download_by_time_job(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """Begin to make an MP4 of what there is of a time range now."""
    camera = cloud.camera(params)
    begin, end = time_range(params)
    stream_type = number(cloud, params, "StreamType", 0, 1)
    inferred, now = cloud.inferred, cloud.now()
    if end - begin > inferred.download_job_seconds:
        raise refusal(cloud, inferred.job_too_long)
    files = [
        file
        for file in records.between(cloud, camera, begin, end)
        if file.stream_type == stream_type
        and params.get("RecordType", file.record_type) == file.record_type
    ]
    if not files:
        raise refusal(cloud, inferred.unknown_file)
    if len(files) > inferred.download_job_files:
        raise refusal(cloud, inferred.job_of_too_many_files)
    running = [job for job in cloud.time_jobs.values() if job.ends_at > now]
    if len(running) >= inferred.download_jobs_at_once:
        raise refusal(cloud, inferred.too_many_jobs)
    seconds = _covered(files, begin, end)
    takes = max(seconds * inferred.download_per_second, inferred.download_at_least)
    kinds = {file.record_type for file in files}
    job = TimeJob(
        job_id=cloud.world.hexadecimal(),
        iot_id=camera.iot_id,
        begin=begin,
        end=end,
        stream_type=stream_type,
        record_type=kinds.pop() if len(kinds) == 1 else _MIXED,
        seconds=seconds,
        started_at=now,
        ends_at=now + takes / cloud.speed,
        error_code=inferred.job_error_code if cloud.downloads_fail else None,
    )
    cloud.time_jobs[job.job_id] = job
    return {"Data": {"JobId": job.job_id}}


def _covered(files: list[RecordedFile], begin: float, end: float) -> float:
    """Return how many seconds of a range are recorded; what overlaps counts once. Files are sorted by begin."""
    seconds, reached = 0.0, begin
    for file in files:
        start, stop = max(file.begin, reached), min(file.end, end)
        seconds += max(stop - start, 0)
        reached = max(reached, stop)
    return seconds


def _kept(cloud: Cloud) -> list[TimeJob]:
    """Return the jobs that are not forgotten yet, oldest first."""
    oldest = cloud.now() - cloud.inferred.download_job_kept
    return [job for job in cloud.time_jobs.values() if job.started_at > oldest]


def _fields(cloud: Cloud, job: TimeJob, origin: Origin) -> Fields:
    now, inferred = cloud.now(), cloud.inferred
    url = oss.signed_url(
        cloud,
        origin.base_url,
        OssObject("job", job.iot_id, job.job_id),
        inferred.download_url_valid,
    )
    fields: Fields = {
        "Status": 0,
        "EndTime": job.end,
        "Type": _BY_TIME,
        "Progress": job.progress(now),
        "RecordType": job.record_type,
        "StreamType": job.stream_type,
        "BeginTime": job.begin,
        "IotId": job.iot_id,
    }
    if now < job.ends_at:
        fields["Status"] = 1
        match inferred.unfinished_download_url:
            case "empty":
                fields["Url"] = ""
            case "early":
                fields["Url"] = url
    elif job.error_code is not None:
        fields |= {"Status": -1, "JobErrorCode": job.error_code}
    else:
        fields["Url"] = url
    return fields


@service("QueryRecordDownloadJobById")
def query_record_download_job_by_id(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """Tell how far a job is; at last, where its MP4 is."""
    cloud.check_linkvisual_instance(params)
    for job in _kept(cloud):
        if job.job_id == params["JobId"]:
            return {"Data": _fields(cloud, job, origin)}
    raise refusal(cloud, cloud.inferred.unknown_job)


@service("QueryRecordDownloadJobList")
def query_record_download_job_list(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """List the jobs of a camera, newest first."""
    camera = cloud.camera(params)
    listed_until = cloud.now() - cloud.inferred.download_job_listed_after
    jobs = [
        job
        for job in reversed(_kept(cloud))
        if job.iot_id == camera.iot_id and job.started_at <= listed_until
    ]
    page, _ = page_of(cloud, params, jobs)
    rows = [{**_fields(cloud, job, origin), "JobId": job.job_id} for job in page]
    return {"Data": {"Total": len(jobs), "JobList": rows}}
