"""Linkvisual: alarms. Source: linkvisual-api.md sections 14 and 20.1."""

from operator import attrgetter

from . import alarms, oss, pictures, records
from .archive import Alarm
from .cloud import Cloud
from .media_vod import vod_url
from .operations import Params
from .refusals import ServiceRefusal
from .services import (
    Fields,
    Origin,
    counted_page_of,
    listed,
    number,
    service,
    time_range,
)
from .sessions import OssObject, Part
from .world import Device, wall_clock


@service("QueryDeviceEvent")
def query_device_event(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """List alarms of a time range in milliseconds; counted."""
    camera = cloud.camera(params)
    begin, end = time_range(params)
    event_type = number(cloud, params, "EventType", 0, 2**31 - 1)
    found = [
        alarm
        for alarm in alarms.visible(cloud, camera)
        if begin <= int(alarm.time * 1000) <= end
        and event_type in (0, alarm.event_type)
        for _ in range(alarm.times)
    ]
    order = cloud.inferred.event_order
    page, data = counted_page_of(
        cloud, params, listed(cloud, found, order, attrgetter("event_id"))
    )
    return {"Data": {**data, "List": [_row(cloud, alarm) for alarm in page]}}


def _row(cloud: Cloud, alarm: Alarm) -> Fields:
    row: Fields = {
        "EventId": alarm.event_id,
        "EventTime": wall_clock(alarm.time, cloud.inferred.text_time_zone),
        "EventType": alarm.event_type,
        "EventDesc": alarm.description,
        "EventData": alarm.data,
    }
    if alarm.pic_id is not None or cloud.inferred.no_event_picture == "empty":
        row["EventPicId"] = alarm.pic_id or ""
    return row


def _alarm(cloud: Cloud, camera: Device, params: Params) -> Alarm:
    event_id = str(params["EventId"])
    if not event_id:
        raise ServiceRefusal("460", "eventId or tenantId can not be null.")
    alarm = alarms.find(cloud, camera, event_id)
    if alarm is None:
        raise ServiceRefusal("403", "device event auth failed.")
    return alarm


@service("QueryDeviceEventPicture")
def query_device_event_picture(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Tell where an alarm's picture is: Data is the address. Code is a number."""
    camera = cloud.camera(params)
    alarm = _alarm(cloud, camera, params)
    picture = pictures.find(cloud, camera, alarm.pic_id or "")
    if picture is not None and picture.available_at <= cloud.now():
        item = OssObject("picture", camera.iot_id, picture.pic_id)
        seconds = cloud.inferred.picture_minutes_valid * 60
        url = oss.signed_url(cloud, origin.base_url, item, seconds)
        if cloud.inferred.event_picture_by_oss:
            key = url.partition("/media/oss/")[2].partition("?")[0]
            url = f"oss://{oss.BUCKET}/{key}"
        return {"Data": url}
    match cloud.inferred.no_event_picture_url:
        case "refused":
            raise ServiceRefusal("403", "picture owner error.")
        case "empty":
            return {"Data": ""}
    return {}


@service("QueryDeviceEventRecord")
def query_device_event_record(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Tell the recording of an alarm: an array, empty until it is uploaded, and where nothing was recorded."""
    camera = cloud.camera(params)
    alarm = _alarm(cloud, camera, params)
    file = records.find(cloud, camera, alarm.file_name or "")
    if file is None:
        return {"Data": []}
    zone = cloud.inferred.text_time_zone
    url = vod_url(
        cloud,
        origin.base_url,
        camera.iot_id,
        [Part(file, 0, file.end - file.begin)],
        cloud.inferred.vod_url_valid,
    )
    row = {
        "EndTime": wall_clock(file.end, zone),
        "FileName": file.file_name,
        "VodUrl": url,
        "BeginTime": wall_clock(file.begin, zone),
    }
    return {"Data": [row]}
