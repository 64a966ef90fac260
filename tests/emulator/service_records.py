"""Linkvisual: recordings and their files. Source: linkvisual-api.md sections 11 and 20.1."""

from calendar import monthrange
from datetime import datetime, timedelta, timezone
from math import ceil
from operator import attrgetter
import re
from typing import Any

from . import oss, records
from .archive import RecordedFile, TriggeredRecord
from .cloud import Cloud
from .media_vod import vod_url
from .operations import Params
from .refusals import ServiceRefusal
from .services import (
    Fields,
    Origin,
    listed,
    number,
    page_of,
    refusal,
    service,
    texts,
    time_range,
)
from .sessions import OssObject, Part
from .world import Device, wall_clock

_FILE_NAME = attrgetter("file_name")
_MONTH = re.compile(r"[0-9]{4}(0[1-9]|1[0-2])")


@service("TriggerRecord")
def trigger_record(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Start a recording; Data is its RecordId. A second one may run beside the first."""
    camera = cloud.online_camera(params)
    record_duration = number(cloud, params, "RecordDuration", 10, 7200)
    pre_record_duration = number(cloud, params, "PreRecordDuration", 0, 10)
    stream_type = number(cloud, params, "StreamType", 0, 1)
    if pre_record_duration >= record_duration:
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    if not camera.retention_days and cloud.inferred.refuse_without_storage:
        raise refusal(cloud, cloud.inferred.no_storage)
    record = records.start(
        cloud.world,
        cloud.inferred,
        camera,
        cloud.now(),
        record_duration=record_duration,
        pre_record_duration=pre_record_duration,
        stream_type=stream_type,
    )
    return {"Data": record.record_id}


def _record(cloud: Cloud, camera: Device, params: Params) -> TriggeredRecord | None:
    record = camera.records.get(str(params["RecordId"]))
    if record is None and not cloud.inferred.unknown_record_is_empty:
        raise refusal(cloud, cloud.inferred.unknown_record)
    return record


@service("StopTriggeredRecord")
def stop_triggered_record(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """End a recording. Ending it twice changes nothing."""
    camera = cloud.online_camera(params)
    if record := _record(cloud, camera, params):
        records.stop(record, cloud.now())
    return {}


@service("QueryRecordByRecordId")
def query_record_by_record_id(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Return the files of a recording: an array, empty until the first is uploaded."""
    camera = cloud.camera(params)
    record = _record(cloud, camera, params)
    if record is None:
        return {"Data": []}
    zone = cloud.inferred.text_time_zone
    return {
        "Data": [
            {
                "EndTime": wall_clock(file.end, zone),
                "FileName": file.file_name,
                "VodUrl": vod_url(
                    cloud,
                    origin.base_url,
                    camera.iot_id,
                    [Part(file, 0, file.end - file.begin)],
                    cloud.inferred.vod_url_valid,
                ),
                "BeginTime": wall_clock(file.begin, zone),
            }
            for file in _listed(cloud, records.files(cloud, camera, record))
        ]
    }


def _listed(cloud: Cloud, files: list[RecordedFile]) -> list[RecordedFile]:
    return listed(cloud, files, cloud.inferred.record_order, _FILE_NAME)


@service("QueryRecord")
def query_record(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """List files that overlap a time range. No total, and no RecordId in the rows."""
    camera = cloud.camera(params)
    begin, end = time_range(params)
    stream_type = number(cloud, params, "StreamType", 0, 1)
    found = [
        file
        for file in records.between(cloud, camera, begin, end)
        if file.stream_type == stream_type
        and params.get("RecordType", file.record_type) == file.record_type
    ]
    page, data = page_of(cloud, params, _listed(cloud, found))
    rows = [_file_row(cloud, file) for file in page]
    if params.get("NeedSnapshot"):
        for file, row in zip(page, rows, strict=True):
            row["SnapshotUrl"] = oss.signed_url(
                cloud,
                origin.base_url,
                OssObject("snapshot", camera.iot_id, file.file_name),
                cloud.inferred.snapshot_url_valid,
                oss.resize_to(cloud.inferred.thumb_width),
            )
    return {"Data": {**data, "List": rows}}


def _file_row(cloud: Cloud, file: RecordedFile) -> dict[str, Any]:
    zone = cloud.inferred.text_time_zone
    seconds = file.end - file.begin
    row = {
        "EndTime": wall_clock(file.end, zone),
        "RecordType": file.record_type,
        "StreamType": file.stream_type,
        "BeginTime": wall_clock(file.begin, zone),
        "FileName": file.file_name,
        "VideoFrameNumber": int(seconds * 25),
        "FileSize": int(seconds * 64_000),
    }
    if file.event_type is not None:
        row["EventType"] = file.event_type
    return row


@service("QueryMonthRecord")
def query_month_record(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Tell on which days of a month there are recordings: a digit for each day, of either stream."""
    camera = cloud.camera(params)
    month = str(params["Month"])
    if not _MONTH.fullmatch(month) or month < "197001":
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    zone = timezone(timedelta(hours=cloud.inferred.text_time_zone))
    first = datetime(int(month[:4]), int(month[4:]), 1, tzinfo=zone)
    days = monthrange(first.year, first.month)[1]
    begin = first.timestamp()
    digits = ["0"] * days
    for file in records.between(cloud, camera, begin, begin + days * 86400):
        begun = int((file.begin - begin) // 86400)
        # A file that ends at midnight does not reach into the next day.
        ended = ceil((file.end - begin) / 86400) - 1
        if cloud.inferred.month_by_begin:
            ended = begun
        for day in range(max(begun, 0), min(ended, days - 1) + 1):
            digits[day] = "1"
    return {"Data": "".join(digits[: cloud.inferred.month_at_most])}


@service("DeleteRecord")
def delete_record(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Delete files, and tell how many of them there were."""
    camera = cloud.camera(params)
    names = {
        name
        for name in texts(params, "FileNameList")
        if records.find(cloud, camera, name)
    }
    camera.deleted_files.update(names)
    return {"Data": {"DeletedCount": len(names)}}


@service("QueryDeviceRecordLifeCycle")
def query_device_record_life_cycle(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """Tell for how many days recordings are kept. Takes no instance; Code is a number."""
    cameras = [
        cloud.camera({"IotId": iot_id, "IotInstanceId": cloud.iot_instance_id})
        for iot_id in texts(params, "DeviceList")
    ]
    return {
        "Data": [
            {"Day": camera.retention_days, "IotId": camera.iot_id} for camera in cameras
        ]
    }


@service("SetDeviceRecordLifeCycle")
def set_device_record_life_cycle(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """Set for how many days recordings are kept."""
    camera = cloud.camera(params)
    least = 0 if cloud.inferred.zero_days_allowed else 1
    camera.retention_days = number(cloud, params, "Day", least, 3650)
    return {}
