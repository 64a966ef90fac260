"""Linkvisual: pictures. Source: linkvisual-api.md sections 12 and 20.1."""

from . import oss, pictures
from .archive import Picture
from .cloud import Cloud
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
from .sessions import OssObject
from .world import Device


@service("TriggerCapturePicture")
def trigger_capture_picture(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Take a still; Data is its ID, under which nothing is found before it is uploaded."""
    camera = cloud.online_camera(params)
    return {"Data": pictures.capture(cloud, camera).pic_id}


def _described(
    cloud: Cloud,
    params: Params,
    origin: Origin,
    camera: Device,
    picture: Picture,
    *,
    minutes: int,
    width: int,
) -> Fields:
    """Return a picture's row, with those addresses that PictureType asks for."""
    picture_type = params["PictureType"]
    item = OssObject("picture", camera.iot_id, picture.pic_id)
    seconds = minutes * 60
    row: Fields = {
        "PicId": picture.pic_id,
        "PicCreateTime": int(picture.created * 1000),
        "IotId": camera.iot_id,
    }
    if picture_type in (1, 2):
        row["PicUrl"] = oss.signed_url(cloud, origin.base_url, item, seconds)
    if picture_type in (0, 2):
        thumb = oss.resize_to(width)
        row["ThumbUrl"] = oss.signed_url(cloud, origin.base_url, item, seconds, thumb)
    return row


def _check_picture_type(params: Params) -> None:
    if params["PictureType"] not in (0, 1, 2):
        raise ServiceRefusal("460", "picture type error.")


@service("QueryDevicePictureFile")
def query_device_picture_file(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Tell where a picture is. ExpireTime is in minutes."""
    camera = cloud.camera(params)
    _check_picture_type(params)
    minutes = number(cloud, params, "ExpireTime", 0, 43200)
    width = number(cloud, params, "ThumbWidth", 0, 4096)
    picture = pictures.find(cloud, camera, str(params["CaptureId"]))
    pending = picture is not None and picture.available_at > cloud.now()
    if picture is None or (pending and cloud.inferred.pending_picture_refused):
        raise ServiceRefusal("403", "picture owner error.")
    if pending:
        return {}
    row = _described(
        cloud,
        params,
        origin,
        camera,
        picture,
        minutes=minutes or cloud.inferred.picture_minutes_valid,
        width=width or cloud.inferred.thumb_width,
    )
    return {"Data": row}


@service("QueryDevicePictureByList")
def query_device_picture_by_list(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """Tell where pictures are; those that are not there are left out. `picData` begins in lower case."""
    camera = cloud.camera(params)
    _check_picture_type(params)
    minutes = number(cloud, params, "ExpireTime", 0, 43200)
    width = number(cloud, params, "ThumbWidth", 0, 4096)
    found = [
        picture
        for pic_id in texts(params, "PictureIdList")
        if (picture := pictures.find(cloud, camera, pic_id)) is not None
        and picture.available_at <= cloud.now()
    ]
    rows = [
        _described(
            cloud,
            params,
            origin,
            camera,
            picture,
            minutes=minutes or cloud.inferred.picture_minutes_valid,
            width=width or cloud.inferred.thumb_width,
        )
        for picture in found
    ]
    return {"Data": {"picData": rows}}


@service("QueryPictureFiles")
def query_picture_files(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """List pictures of a time range in milliseconds. No total."""
    camera = cloud.camera(params)
    _check_picture_type(params)
    begin, end = time_range(params)
    source = number(cloud, params, "PictureSource", 0, 4)
    found = [
        picture
        for picture in pictures.arrived(cloud, camera)
        if begin <= int(picture.created * 1000) <= end and source in (0, picture.source)
    ]
    order = cloud.inferred.picture_order
    in_order = listed(cloud, found, order, lambda picture: picture.pic_id)
    page, data = page_of(cloud, params, in_order)
    width = cloud.inferred.thumb_width
    rows = [
        _described(cloud, params, origin, camera, picture, minutes=60, width=width)
        for picture in page
    ]
    return {"Data": {**data, "List": rows}}


@service("DeletePicture")
def delete_picture(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Delete pictures, and tell how many of them there were."""
    camera = cloud.camera(params)
    pic_ids = texts(params, "PictureIdList")
    if len(pic_ids) > cloud.inferred.pictures_deleted_at_once:
        raise refusal(cloud, cloud.inferred.too_many_pictures)
    there = {picture.pic_id for picture in pictures.arrived(cloud, camera)}
    deleted = there.intersection(pic_ids)
    for pic_id in deleted:
        del camera.pictures[pic_id]
    return {"Data": {"DeletedCount": len(deleted)}}


@service("QueryDevicePictureLifeCycle")
def query_device_picture_life_cycle(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """Tell for how many days pictures are kept. Takes no instance."""
    camera = cloud.camera({**params, "IotInstanceId": cloud.iot_instance_id})
    days = camera.picture_days
    if days is None:
        days = cloud.inferred.unset_picture_days
    data: Fields = {"IotId": camera.iot_id}
    if days is not None:
        data["Day"] = days
    return {"Data": data}


@service("SetDevicePictureLifeCycle")
def set_device_picture_life_cycle(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """Set for how many days pictures are kept; no range is published."""
    camera = cloud.camera(params)
    camera.picture_days = number(cloud, params, "Day", 0, 2**31 - 1)
    return {}
