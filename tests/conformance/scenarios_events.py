"""Alarms: what each operation does."""

from typing import Any

from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud

from .fetch import get
from .scenario import Call, cameras, device, scenario, shanghai

UPLOAD = 6
JPEG = b"\xff\xd8\xff"


@scenario("QueryDeviceEvent")
async def query_device_event(cloud: Cloud, call: Call) -> None:
    """Find alarms by time in milliseconds, and by type, page by page, counted."""
    camera, now = cameras(cloud)[0], cloud.now()
    cloud.clock = lambda: now
    cloud.inferred.event_order = "ascending"
    event_ids = [
        raise_alarm(
            cloud, camera, event_type, age=age, delay=0, picture=event_type == 1
        )
        for event_type, age in ((1, 30.0), (10007, 20.0), (1, 10.0))
    ]
    raise_alarm(cloud, cameras(cloud)[1], delay=0)
    moments = [int((now - age) * 1000) for age in (30, 20, 10)]
    params = {"BeginTime": moments[0], "EndTime": moments[-1], **device(cloud)}

    async def rows(total: int, **more: int) -> list[dict[str, Any]]:
        reply = await call("QueryDeviceEvent", {**params, **more})
        assert (reply["Success"], reply["Code"]) == (True, "200")
        data, size = reply["Data"], more.get("PageSize", 10)
        found: list[dict[str, Any]] = data.pop("List")
        assert data == {
            "Page": more.get("CurrentPage", 1),
            "PageSize": size,
            "PageCount": (total + size - 1) // size,
            "Total": total,
        }
        return found

    found = await rows(3)
    assert [row["EventId"] for row in found] == event_ids
    for row, moment in zip(found, moments, strict=True):
        assert row["EventId"].endswith(f"_{moment}")
        assert row["EventTime"] == shanghai(moment / 1000)
        assert row["EventData"] == "{}"
    assert [row["EventType"] for row in found] == [1, 10007, 1]
    assert [bool(row["EventPicId"]) for row in found] == [True, False, True]
    assert [row["EventDesc"] for row in found[:2]] == [
        "motion detection",
        "event 10007",
    ]
    assert await rows(3, EventType=0) == found
    assert await rows(2, EventType=1) == [found[0], found[2]]
    assert await rows(0, EventType=2) == []
    assert await rows(2, EndTime=moments[-1] - 1) == found[:2]
    assert await rows(2, BeginTime=moments[0] + 1) == found[1:]
    pages = [await rows(3, PageSize=2, CurrentPage=page) for page in (1, 2, 3)]
    assert pages == [found[:2], found[2:], []]


@scenario("QueryDeviceEventPicture")
async def query_device_event_picture(cloud: Cloud, call: Call) -> None:
    """See the picture that the event's row names; Code is a number."""
    camera = cameras(cloud)[0]
    event_id = raise_alarm(cloud, camera, 3, delay=0)
    params = {"EventId": event_id, **device(cloud)}
    reply = await call("QueryDeviceEventPicture", params)
    assert (reply["Success"], reply["Code"]) == (True, 200)
    picture = await get(reply["Data"])
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.body.startswith(JPEG)
    now = int(cloud.now() * 1000)
    times = {"BeginTime": now - 60_000, "EndTime": now, **device(cloud)}
    (row,) = (await call("QueryDeviceEvent", times))["Data"]["List"]
    named = {"CaptureId": row["EventPicId"], **device(cloud)}
    data = (await call("QueryDevicePictureFile", named))["Data"]
    assert (await get(data["PicUrl"])).body == picture.body
    assert data["PicCreateTime"] == int(event_id.partition("_")[2])
    (listed,) = (await call("QueryPictureFiles", {"PictureSource": 1, **times}))[
        "Data"
    ]["List"]
    assert listed["PicId"] == row["EventPicId"]
    event_id = raise_alarm(cloud, camera, delay=0, picture=False)
    params = {"EventId": event_id, **device(cloud)}
    reply = await call("QueryDeviceEventPicture", params)
    assert reply["Success"] is True
    assert "Data" not in reply


@scenario("QueryDeviceEventRecord")
async def query_device_event_record(cloud: Cloud, call: Call) -> None:
    """Find the recording around an alarm once it is uploaded; Code is a number."""
    camera, now = cameras(cloud)[0], cloud.now()
    cloud.clock = lambda: now
    params = {
        "EventId": raise_alarm(cloud, camera, 2, delay=0, record=True),
        **device(cloud),
    }
    for offset in (0, 15 + UPLOAD - 0.1):
        cloud.clock_offset = offset
        reply = await call("QueryDeviceEventRecord", params)
        assert (reply["Success"], reply["Code"], reply["Data"]) == (True, 200, [])
    cloud.clock_offset = 15 + UPLOAD
    reply = await call("QueryDeviceEventRecord", params)
    (row,) = reply["Data"]
    assert row.keys() == {"EndTime", "FileName", "VodUrl", "BeginTime"}
    times = (row["BeginTime"], row["EndTime"])
    assert times == (shanghai(now - 5), shanghai(now + 15))
    assert (await get(row["VodUrl"])).body.startswith(b"#EXTM3U")
    assert (await get(row["VodUrl"])).status == 403
    span = {"BeginTime": int(now) - 60, "EndTime": int(now) + 60, "RecordType": 1}
    (file,) = (await call("QueryRecord", {**span, **device(cloud)}))["Data"]["List"]
    assert (file["FileName"], file["EventType"]) == (row["FileName"], 2)
    await call("DeleteRecord", {"FileNameList": [row["FileName"]], **device(cloud)})
    assert (await call("QueryDeviceEventRecord", params))["Data"] == []
    params["EventId"] = raise_alarm(cloud, camera, delay=0)
    cloud.clock_offset = 600
    assert (await call("QueryDeviceEventRecord", params))["Data"] == []
