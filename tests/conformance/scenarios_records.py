"""Recordings and their files: what each operation does."""

from datetime import datetime
from typing import Any

import pytest

from tests.emulator.cloud import Cloud

from .fetch import get
from .scenario import Call, cameras, device, scenario, shanghai

UPLOAD = 6


async def _trigger(cloud: Cloud, call: Call, seconds: int, **more: int) -> str:
    params = {"RecordDuration": seconds, **more, **device(cloud)}
    record_id = (await call("TriggerRecord", params))["Data"]
    assert isinstance(record_id, str)
    return record_id


async def _files(cloud: Cloud, call: Call, record_id: str) -> list[dict[str, str]]:
    params = {"RecordId": record_id, **device(cloud)}
    reply = await call("QueryRecordByRecordId", params)
    assert (reply["Success"], reply["Code"]) == (True, "200")
    files: list[dict[str, str]] = reply["Data"]
    return files


@scenario("TriggerRecord")
async def trigger_record(cloud: Cloud, call: Call) -> None:
    """Follow two recordings side by side from RecordId to file; the pre-recording is included."""
    begin = cloud.now()
    first = await _trigger(cloud, call, 60, PreRecordDuration=5, StreamType=1)
    second = await _trigger(cloud, call, 30)
    assert first != second
    assert len(first) == 32
    begun = [record.begin for record in cameras(cloud)[0].records.values()]
    assert begun == pytest.approx([begin - 5, begin], abs=2)
    cloud.clock_offset += 55 + UPLOAD + 2
    ((file,), (other,)) = [await _files(cloud, call, each) for each in (first, second)]
    assert file["BeginTime"] == shanghai(begun[0])
    assert file["EndTime"] == shanghai(begun[0] + 60)
    assert file["FileName"].startswith(f"{int(begun[0])}_{cameras(cloud)[0].iot_id}_1/")
    assert other["EndTime"] == shanghai(begun[1] + 30)


@scenario("QueryRecordByRecordId")
async def query_record_by_record_id(cloud: Cloud, call: Call) -> None:
    """Find nothing until the recording has ended and is uploaded, nor ever for another camera."""
    record_id = await _trigger(cloud, call, 60)
    (record,) = cameras(cloud)[0].records.values()
    for offset in (0, 55, 60 + UPLOAD - 5):
        cloud.clock_offset = offset
        assert await _files(cloud, call, record_id) == []
    cloud.clock_offset = 60 + UPLOAD + 2
    (file,) = await _files(cloud, call, record_id)
    assert file.keys() == {"FileName", "BeginTime", "EndTime", "VodUrl"}
    assert file["BeginTime"] == shanghai(record.begin)
    assert file["VodUrl"].startswith("http://127.0.0.1:")
    params = {"RecordId": record_id, **device(cloud, 1)}
    assert (await call("QueryRecordByRecordId", params))["Data"] == []


@scenario("StopTriggeredRecord")
async def stop_triggered_record(cloud: Cloud, call: Call) -> None:
    """Keep what was recorded before the stop."""
    record_id = await _trigger(cloud, call, 600)
    cloud.clock_offset = 20
    params = {"RecordId": record_id, **device(cloud)}
    reply = await call("StopTriggeredRecord", params)
    assert (reply["Success"], reply["Code"]) == (True, "200")
    assert await _files(cloud, call, record_id) == []
    cloud.clock_offset = 20 + UPLOAD + 2
    (file,) = await _files(cloud, call, record_id)
    begin, end = (datetime.fromisoformat(file[f"{at}Time"]) for at in ("Begin", "End"))
    assert (end - begin).total_seconds() == pytest.approx(20, abs=2)


@scenario("QueryRecord")
async def query_record(cloud: Cloud, call: Call) -> None:
    """Find files by time, stream and type, page by page, without a total."""
    begin = int(cloud.now())
    record_ids = [await _trigger(cloud, call, 10 + number) for number in range(3)]
    await _trigger(cloud, call, 10, StreamType=1)
    cloud.clock_offset = 30
    names = [(await _files(cloud, call, each))[0]["FileName"] for each in record_ids]
    params = {"BeginTime": begin - 5, "EndTime": begin + 60, **device(cloud)}

    async def rows(**more: int) -> list[dict[str, Any]]:
        data = (await call("QueryRecord", {**params, **more}))["Data"]
        assert data.keys() == {"Page", "PageSize", "List"}
        assert data["Page"] == more.get("CurrentPage", 1)
        assert data["PageSize"] == more.get("PageSize", 10)
        found: list[dict[str, Any]] = data["List"]
        return found

    assert {row["FileName"] for row in await rows()} == set(names)
    assert {row["RecordType"] for row in await rows(RecordType=2)} == {2}
    assert len(await rows(StreamType=1)) == 1
    assert await rows(RecordType=1) == []
    assert await rows(EndTime=begin - 1) == []
    assert await rows(BeginTime=begin + 20) == []
    pages = [await rows(PageSize=2, CurrentPage=page) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert {row["FileName"] for page in pages for row in page} == set(names)
    assert not any(
        name in row for row in pages[0] for name in ("RecordId", "EventType")
    )
    assert "SnapshotUrl" not in pages[0][0]
    await _alarms(cloud, call)
    reply = await call("QueryRecord", {**params, "EndTime": begin - 5})
    assert (reply["Success"], reply["Code"]) == (False, "460")
    assert reply["ErrorMessage"] == "beginTime can not bigger or equal endTime."


async def _alarms(cloud: Cloud, call: Call) -> None:
    """Find files of all kinds, alarms with their event, and a picture of each where wanted."""
    camera, begin = cameras(cloud)[0], int(cloud.now()) - 3600
    for record_type in (0, 1):
        cloud.world.add_file(camera, begin, begin + 60, record_type)
    cloud.world.add_file(camera, begin, begin + 60, 1, event_type=11)
    params = {"BeginTime": begin, "EndTime": begin + 1, **device(cloud)}
    data = (await call("QueryRecord", {**params, "NeedSnapshot": True}))["Data"]
    kinds = [(row["RecordType"], row.get("EventType")) for row in data["List"]]
    assert kinds == [(0, None), (1, 1), (1, 11)]
    for row in data["List"]:
        assert row["BeginTime"] == shanghai(begin)
        picture = await get(row["SnapshotUrl"])
        assert picture.status == 200
        assert picture.body.startswith(b"\xff\xd8")


@scenario("QueryMonthRecord")
async def query_month_record(cloud: Cloud, call: Call) -> None:
    """Find the days of a month on which something was recorded."""
    camera = cameras(cloud)[0]
    camera.retention_days = 3650
    first = datetime.fromisoformat("2024-02-01T00:00:00+08:00").timestamp()
    for day in (1, 10, 29):
        begin = first + (day - 1) * 86400
        cloud.world.add_file(camera, begin, begin + 60)
    reply = await call("QueryMonthRecord", {"Month": "202402", **device(cloud)})
    assert (reply["Success"], reply["Code"]) == (True, "200")
    days = [number for number, there in enumerate(reply["Data"], 1) if there == "1"]
    assert days == [1, 10, 29]
    assert set(reply["Data"]) == {"0", "1"}
    assert len(reply["Data"]) == 29
    reply = await call("QueryMonthRecord", {"Month": "202403", **device(cloud)})
    assert reply["Data"] == "0" * 31


@scenario("DeleteRecord")
async def delete_record(cloud: Cloud, call: Call) -> None:
    """Delete what there is of what is named, of one camera."""
    first, second = cameras(cloud)[:2]
    begin = int(cloud.now()) - 3600
    files = [cloud.world.add_file(first, begin + n, begin + 60) for n in range(3)]
    other = cloud.world.add_file(second, begin, begin + 60)
    names = [files[0].file_name, files[2].file_name, other.file_name, "nothing"]
    names += [files[0].file_name] + [f"none{n}" for n in range(7)]
    params = {"FileNameList": names, **device(cloud)}
    reply = await call("DeleteRecord", params)
    assert (reply["Success"], reply["Code"]) == (True, "200")
    assert reply["Data"] == {"DeletedCount": 2}
    assert (await call("DeleteRecord", params))["Data"] == {"DeletedCount": 0}
    for number, left in ((0, files[1]), (1, other)):
        params = {"BeginTime": begin, "EndTime": begin + 60, **device(cloud, number)}
        (row,) = (await call("QueryRecord", params))["Data"]["List"]
        assert row["FileName"] == left.file_name


@scenario("QueryDeviceRecordLifeCycle")
async def query_device_record_life_cycle(cloud: Cloud, call: Call) -> None:
    """Read the days of two cameras; Code is a number."""
    params = {"DeviceList": [camera.iot_id for camera in cameras(cloud)[2:4]]}
    reply = await call("QueryDeviceRecordLifeCycle", params)
    assert (reply["Success"], reply["Code"]) == (True, 200)
    assert [row["IotId"] for row in reply["Data"]] == params["DeviceList"]
    assert [row["Day"] for row in reply["Data"]] == [7, 0]


@scenario("SetDeviceRecordLifeCycle")
async def set_device_record_life_cycle(cloud: Cloud, call: Call) -> None:
    """Set what can be read afterwards."""
    reply = await call("SetDeviceRecordLifeCycle", {"Day": 30, **device(cloud)})
    assert (reply["Success"], reply["Code"]) == (True, "200")
    params = {"DeviceList": [camera.iot_id for camera in cameras(cloud)[:2]]}
    reply = await call("QueryDeviceRecordLifeCycle", params)
    assert [row["Day"] for row in reply["Data"]] == [30, 7]
