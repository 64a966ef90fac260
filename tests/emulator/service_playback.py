"""Linkvisual: playing and downloading recordings. Source: linkvisual-api.md sections 11 and 20.1."""

from . import oss, records
from .archive import RecordedFile
from .cloud import Cloud
from .media_vod import vod_url
from .operations import Params
from .refusals import ServiceRefusal
from .services import Fields, Origin, number, refusal, service, time_range
from .sessions import DownloadJob, OssObject, Part
from .world import Device


def _file(cloud: Cloud, camera: Device, params: Params) -> RecordedFile:
    file = records.find(cloud, camera, str(params["FileName"]))
    if file is None:
        raise refusal(cloud, cloud.inferred.unknown_file)
    return file


def _seconds_valid(cloud: Cloud, params: Params) -> float:
    seconds = params.get("UrlValidDuration", cloud.inferred.vod_url_valid)
    assert isinstance(seconds, int | float)
    return seconds


@service("QueryRecordUrl")
def query_record_url(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Give out an address at which a file can be played once."""
    camera = cloud.camera(params)
    file = _file(cloud, camera, params)
    seek = number(cloud, params, "SeekTime", 0, 2**31 - 1)
    if seek >= file.end - file.begin:
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    parts = [Part(file, seek, file.end - file.begin)]
    seconds = _seconds_valid(cloud, params)
    return {"Data": vod_url(cloud, origin.base_url, camera.iot_id, parts, seconds)}


@service("QueryRecordUrlByTime")
def query_record_url_by_time(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Give out an address at which all files of a time range can be played once, one after another."""
    camera = cloud.camera(params)
    begin, end = time_range(params)
    stream_type = number(cloud, params, "StreamType", 0, 1)
    files = [
        file
        for file in records.between(cloud, camera, begin, end)
        if file.stream_type == stream_type
    ]
    if not files and cloud.inferred.empty_range_refused:
        raise refusal(cloud, cloud.inferred.unknown_file)
    cut = cloud.inferred.by_time_cuts_files
    parts = [
        Part(
            file,
            max(begin - file.begin, 0) if cut else 0,
            (min(end, file.end) if cut else file.end) - file.begin,
        )
        for file in files
    ]
    seconds = _seconds_valid(cloud, params)
    return {"Data": vod_url(cloud, origin.base_url, camera.iot_id, parts, seconds)}


@service("QueryRecordDownloadUrl")
def query_record_download_url(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Begin to make an MP4, or tell how far that is; at last, where it is."""
    camera = cloud.camera(params)
    file = _file(cloud, camera, params)
    now, inferred = cloud.now(), cloud.inferred
    seconds = (file.end - file.begin) * inferred.download_per_second
    seconds = max(seconds, inferred.download_at_least) / cloud.speed
    job = cloud.downloads.setdefault(
        file.file_name, DownloadJob(now, now + seconds, cloud.downloads_fail)
    )
    url = oss.signed_url(
        cloud,
        origin.base_url,
        OssObject("mp4", camera.iot_id, file.file_name),
        inferred.download_url_valid,
    )
    if now < job.ends_at:
        share = (now - job.started_at) / (job.ends_at - job.started_at)
        status = inferred.unfinished_download_status
        data: Fields = {"Status": status, "Progress": int(100 * share)}
        match inferred.unfinished_download_url:
            case "empty":
                data["Url"] = ""
            case "early":
                data["Url"] = url
        return {"Data": data}
    if job.fails:
        if inferred.failed_download_restarts:
            del cloud.downloads[file.file_name]
        return {"Data": {"Status": -1, "Progress": 0, "Url": ""}}
    return {"Data": {"Status": 0, "Progress": 100, "Url": url}}
