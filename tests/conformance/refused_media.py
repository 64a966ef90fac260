"""Files and pictures: what is refused."""

from typing import Any

from tests.emulator.cloud import Cloud

from .refusal import gateway_says, refusal, service_says
from .scenario import Call, cameras, device


@refusal
async def unknown_file(cloud: Cloud, call: Call) -> None:
    """Play and load nothing that is not there, not any more, or not this camera's."""
    begin = int(cloud.now()) - 600
    deleted, own = [
        cloud.world.add_file(cameras(cloud)[0], begin, begin + 60) for _ in range(2)
    ]
    foreign = cloud.world.add_file(cameras(cloud)[1], begin, begin + 60)
    cameras(cloud)[0].deleted_files.add(deleted.file_name)
    near = f"{own.file_name[:-1]}x"
    odd = ("x", "_", "²_x", f"{begin}", "9" * 20, "-1_x", deleted.file_name, near)
    code, message = cloud.inferred.unknown_file
    for action in ("QueryRecordUrl", "QueryRecordDownloadUrl"):
        for name in (*odd, foreign.file_name):
            params = {"FileName": name, **device(cloud)}
            await service_says(code, message, call, action, params)
        params = {"FileName": own.file_name, **device(cloud)}
        assert (await call(action, params))["Success"] is True
    assert len(cloud.vod) == 1
    params = {"BeginTime": begin - 60, "EndTime": begin, **device(cloud)}
    await service_says(code, message, call, "QueryRecordUrlByTime", params)


@refusal
async def newer_errors(cloud: Cloud, call: Call) -> None:
    """Hear the gateway say what is said of newer operations, which is the other reading."""
    cloud.inferred.newer_errors_by_http = True
    cloud.inferred.unknown_record_is_empty = False
    refused: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
        (400, "iot.vision.RecordNotExist", "QueryRecordUrl", {"FileName": "x"}),
        (400, "iot.vision.RecordNotExist", "QueryRecordByRecordId", {"RecordId": "x"}),
        (400, "iot.vision.NoStorageQuota", "TriggerRecord", {"RecordDuration": 60}),
        (
            403,
            "iot.lv.requestParamError",
            "DeletePicture",
            {"PictureIdList": ["x"] * 51},
        ),
    )
    for status, code, action, params in refused:
        whole = {**params, **device(cloud, 3)}
        await gateway_says(status, code, call, action, whole)
    params = {"RecordDuration": 9, **device(cloud)}
    await service_says(*cloud.inferred.out_of_range, call, "TriggerRecord", params)


@refusal
async def too_many(cloud: Cloud, call: Call) -> None:
    """Delete fifty at once; how many pictures is told in two ways."""
    code, message = cloud.inferred.too_many_pictures
    names = [f"none{number}" for number in range(101)]
    params = {"PictureIdList": names[:51], **device(cloud)}
    await service_says(code, message, call, "DeletePicture", params)
    cloud.inferred.pictures_deleted_at_once = 100
    for count in (51, 100):
        params = {"PictureIdList": names[:count], **device(cloud)}
        assert (await call("DeletePicture", params))["Success"] is True
    params = {"PictureIdList": names, **device(cloud)}
    await gateway_says(400, "InvalidPictureIdList", call, "DeletePicture", params)
    params = {"PictureIdList": names[:50], **device(cloud)}
    assert (await call("QueryDevicePictureByList", params))["Success"] is True
    params = {"PictureIdList": names[:51], **device(cloud)}
    action = "QueryDevicePictureByList"
    await gateway_says(400, "InvalidPictureIdList", call, action, params)
    params = {"FileNameList": names[:50], **device(cloud)}
    assert (await call("DeleteRecord", params))["Success"] is True
    params = {"FileNameList": names[:51], **device(cloud)}
    await gateway_says(400, "InvalidFileNameList", call, "DeleteRecord", params)


@refusal
async def bad_times(cloud: Cloud, call: Call) -> None:
    """Want a begin before the end, and a month of the calendar."""
    now = int(cloud.now())
    message = "beginTime can not bigger or equal endTime."
    for action, unit in (
        ("QueryRecord", 1),
        ("QueryRecordUrlByTime", 1),
        ("QueryPictureFiles", 1000),
        ("QueryDeviceEvent", 1000),
    ):
        for begin in (now, now + 1):
            params = {**device(cloud), "BeginTime": begin * unit, "EndTime": now * unit}
            await service_says("460", message, call, action, params)
    code, message = cloud.inferred.out_of_range
    for month in ("", "2024", "2024-2", "202400", "202413", "2024011", "000001"):
        params = {"Month": month, **device(cloud)}
        await service_says(code, message, call, "QueryMonthRecord", params)


@refusal
async def bad_numbers(cloud: Cloud, call: Call) -> None:
    """Refuse what only the documentation forbids."""
    code, message = cloud.inferred.out_of_range
    now = int(cloud.now())
    name = cloud.world.add_file(cameras(cloud)[0], now - 60, now).file_name
    pic_id = cloud.world.add_picture(cameras(cloud)[0], now).pic_id
    times: dict[str, Any] = {"BeginTime": now - 60, "EndTime": now}
    bad: tuple[tuple[str, dict[str, Any]], ...] = (
        ("QueryRecordUrl", {"FileName": name, "SeekTime": -1}),
        ("QueryRecordUrl", {"FileName": name, "SeekTime": 60}),
        ("QueryRecordUrlByTime", {"StreamType": 2, **times}),
        ("QueryRecord", {"PageSize": 51, **times}),
        ("QueryPictureFiles", {"PageSize": 51, **times}),
        ("QueryPictureFiles", {"PictureSource": 5, **times}),
        ("QueryDevicePictureFile", {"CaptureId": pic_id, "ThumbWidth": 4097}),
        ("QueryDevicePictureFile", {"CaptureId": pic_id, "ExpireTime": 43201}),
        ("QueryDevicePictureByList", {"PictureIdList": ["x"], "ThumbWidth": 4097}),
        ("SetDevicePictureLifeCycle", {"Day": -1}),
        ("SetDeviceRecordLifeCycle", {"Day": -1}),
        ("SetDeviceRecordLifeCycle", {"Day": 3651}),
        ("StopLiveStreaming", {"StreamType": 2}),
    )
    for action, params in bad:
        await service_says(code, message, call, action, {**params, **device(cloud)})
    for seconds in (9, 3601):
        more = {"UrlValidDuration": seconds, **device(cloud)}
        code = "InvalidUrlValidDuration"
        params = {"FileName": name, **more}
        await gateway_says(400, code, call, "QueryRecordUrl", params)
        params = {**times, **more}
        await gateway_says(400, code, call, "QueryRecordUrlByTime", params)


@refusal
async def bad_picture(cloud: Cloud, call: Call) -> None:
    """Refuse pictures that nobody took, and kinds of them that do not exist."""
    action, message = "QueryDevicePictureFile", "picture owner error."
    for pic_id in ("x", "0" * 32, "=="):
        params = {"CaptureId": pic_id, **device(cloud)}
        await service_says("403", message, call, action, params)
    now = cloud.now()
    pic_id = cloud.world.add_picture(cameras(cloud)[0], now).pic_id
    times = {"BeginTime": int(now) * 1000, "EndTime": int(now + 1) * 1000}
    message = "picture type error."
    for picture_type in (-1, 3):
        kind = {"PictureType": picture_type, **device(cloud)}
        params = {"CaptureId": pic_id, **kind}
        await service_says("460", message, call, action, params)
        params = {"PictureIdList": [pic_id], **kind}
        await service_says("460", message, call, "QueryDevicePictureByList", params)
        params = {**times, **kind}
        await service_says("460", message, call, "QueryPictureFiles", params)
