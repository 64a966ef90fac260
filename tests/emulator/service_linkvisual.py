"""Linkvisual: recordings and live streams. Source: linkvisual-api.md sections 11, 13 and 20.1."""

from typing import Any

from . import records
from .cloud import Cloud, LiveSession
from .operations import Params
from .refusals import ServiceRefusal
from .services import Fields, Origin, service
from .world import Device, RecordedFile, TriggeredRecord, wall_clock


def _in_range(cloud: Cloud, params: Params, name: str, low: int, high: int) -> int:
    """Return a number whose range only the service knows, not the gateway."""
    value = params.get(name, low)
    assert isinstance(value, int)
    if not low <= value <= high:
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    return value


@service("TriggerRecord")
def trigger_record(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Start a recording; Data is its RecordId. A second one may run beside the first."""
    camera = cloud.online_camera(params)
    record_duration = _in_range(cloud, params, "RecordDuration", 10, 7200)
    pre_record_duration = _in_range(cloud, params, "PreRecordDuration", 0, 10)
    stream_type = _in_range(cloud, params, "StreamType", 0, 1)
    if pre_record_duration >= record_duration:
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    if not camera.retention_days and cloud.inferred.refuse_without_storage:
        raise ServiceRefusal(*cloud.inferred.no_storage)
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
        raise ServiceRefusal(*cloud.inferred.unknown_record)
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
                "VodUrl": f"{origin.base_url}/media/vod/{cloud.world.hexadecimal()}.m3u8",
                "BeginTime": wall_clock(file.begin, zone),
            }
            for file in records.files(
                cloud.inferred, camera, record, cloud.now(), cloud.speed
            )
        ]
    }


@service("QueryRecord")
def query_record(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """List files that overlap a time range. No total, and no RecordId in the rows."""
    camera = cloud.camera(params)
    begin, end = params["BeginTime"], params["EndTime"]
    assert isinstance(begin, int)
    assert isinstance(end, int)
    if begin >= end:
        raise ServiceRefusal("460", "beginTime can not bigger or equal endTime.")
    size = _in_range(cloud, params, "PageSize", 1, 50)
    current = _in_range(cloud, params, "CurrentPage", 1, 2**31)
    stream_type = _in_range(cloud, params, "StreamType", 0, 1)
    rows = [
        file
        for file in records.all_files(cloud.inferred, camera, cloud.now(), cloud.speed)
        if file.begin < end
        and file.end > begin
        and file.stream_type == stream_type
        and params.get("RecordType", file.record_type) == file.record_type
    ]
    return {
        "Data": {
            "Page": current,
            "PageSize": size,
            "List": [
                _file_row(cloud, file)
                for file in rows[(current - 1) * size : current * size]
            ],
        }
    }


def _file_row(cloud: Cloud, file: RecordedFile) -> dict[str, Any]:
    zone = cloud.inferred.text_time_zone
    seconds = file.end - file.begin
    return {
        "EndTime": wall_clock(file.end, zone),
        "RecordType": file.record_type,
        "StreamType": file.stream_type,
        "BeginTime": wall_clock(file.begin, zone),
        "FileName": file.file_name,
        "VideoFrameNumber": int(seconds * 25),
        "FileSize": int(seconds * 64_000),
    }


@service("QueryDeviceRecordLifeCycle")
def query_device_record_life_cycle(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """Tell for how many days recordings are kept. Takes no instance; Code is a number."""
    iot_ids = params["DeviceList"]
    assert isinstance(iot_ids, list)
    cameras = [
        cloud.camera({"IotId": iot_id, "IotInstanceId": cloud.iot_instance_id})
        for iot_id in iot_ids
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
    camera.retention_days = _in_range(cloud, params, "Day", 0, 3650)
    return {}


@service("QueryLiveStreaming")
def query_live_streaming(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Make the camera push its stream, and give out an address with a token."""
    camera = cloud.online_camera(params)
    valid = params["UrlValidDuration"]
    assert isinstance(valid, int)
    if not 10 <= valid <= 14400:
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    stream_type = _in_range(cloud, params, "StreamType", 0, 1)
    token = cloud.world.hexadecimal()
    cloud.live[token] = LiveSession(
        token,
        camera.iot_id,
        stream_type,
        open_until=cloud.now() + valid,
        unlimited=bool(params.get("PlayUnLimited")),
    )
    name = f"{camera.iot_id}_{stream_type}"
    host = origin.base_url.partition("//")[2].rpartition(":")[0]
    match params["Scheme"]:
        case "hls":
            path = f"{origin.base_url}/media/live/{name}.m3u8?token={token}"
        case "flv":
            path = f"{origin.base_url}/media/live/{name}.flv?token={token}"
        case "rtmp":
            path = f"rtmp://{host}:8000/live?token={token}/{name}"
        case _:
            raise ServiceRefusal(*cloud.inferred.out_of_range)
    return {"Data": {"Path": path, "RelayDecryptKey": "", "StunInfo": ""}}
