"""What each operation does when all is well, told once; every SDK plays it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import aiohttp
import pytest

from tests.emulator.cloud import ACCOUNT_ID, Cloud
from tests.emulator.world import Device

type Reply = dict[str, Any]
type Call = Callable[[str, dict[str, Any]], Awaitable[Reply]]
type Scenario = Callable[[Cloud, Call], Awaitable[None]]

SCENARIOS: dict[str, Scenario] = {}

UPLOAD = 6


def _scenario(action: str) -> Callable[[Scenario], Scenario]:
    def register(function: Scenario) -> Scenario:
        SCENARIOS[action] = function
        return function

    return register


def cameras(cloud: Cloud) -> list[Device]:
    """Return what has video."""
    return [each for each in cloud.world.devices.values() if each.product.video]


def device(cloud: Cloud, number: int = 0) -> dict[str, Any]:
    """Return the parameters that name a camera."""
    return {
        "IotId": cameras(cloud)[number].iot_id,
        "IotInstanceId": cloud.iot_instance_id,
    }


def _shanghai(when: float) -> str:
    zone = timezone(timedelta(hours=8))
    return datetime.fromtimestamp(when, zone).strftime("%Y-%m-%d %H:%M:%S")


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


@_scenario("TriggerRecord")
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
    assert file["BeginTime"] == _shanghai(begun[0])
    assert file["EndTime"] == _shanghai(begun[0] + 60)
    assert file["FileName"].startswith(f"{int(begun[0])}_{cameras(cloud)[0].iot_id}_1/")
    assert other["EndTime"] == _shanghai(begun[1] + 30)


@_scenario("QueryRecordByRecordId")
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
    assert file["BeginTime"] == _shanghai(record.begin)
    assert file["VodUrl"].startswith("http://127.0.0.1:")
    params = {"RecordId": record_id, **device(cloud, 1)}
    assert (await call("QueryRecordByRecordId", params))["Data"] == []


@_scenario("StopTriggeredRecord")
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


@_scenario("QueryRecord")
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
    assert "RecordId" not in pages[0][0]
    reply = await call("QueryRecord", {**params, "EndTime": begin - 5})
    assert (reply["Success"], reply["Code"]) == (False, "460")
    assert reply["ErrorMessage"] == "beginTime can not bigger or equal endTime."


@_scenario("QueryDeviceRecordLifeCycle")
async def query_device_record_life_cycle(cloud: Cloud, call: Call) -> None:
    """Read the days of two cameras; Code is a number."""
    params = {"DeviceList": [camera.iot_id for camera in cameras(cloud)[2:4]]}
    reply = await call("QueryDeviceRecordLifeCycle", params)
    assert (reply["Success"], reply["Code"]) == (True, 200)
    assert [row["IotId"] for row in reply["Data"]] == params["DeviceList"]
    assert [row["Day"] for row in reply["Data"]] == [7, 0]


@_scenario("SetDeviceRecordLifeCycle")
async def set_device_record_life_cycle(cloud: Cloud, call: Call) -> None:
    """Set what can be read afterwards."""
    reply = await call("SetDeviceRecordLifeCycle", {"Day": 30, **device(cloud)})
    assert (reply["Success"], reply["Code"]) == (True, "200")
    params = {"DeviceList": [camera.iot_id for camera in cameras(cloud)[:2]]}
    reply = await call("QueryDeviceRecordLifeCycle", params)
    assert [row["Day"] for row in reply["Data"]] == [30, 7]


@_scenario("QueryLiveStreaming")
async def query_live_streaming(cloud: Cloud, call: Call) -> None:
    """Play an address once, or again and again."""
    for unlimited, second in ((True, 200), (False, 403)):
        params = {
            "Scheme": "hls",
            "PlayUnLimited": unlimited,
            "ForceIFrame": True,
            "UrlValidDuration": 600,
            **device(cloud),
        }
        reply = await call("QueryLiveStreaming", params)
        assert (reply["Success"], reply["Code"]) == (True, "200")
        path = reply["Data"]["Path"]
        async with aiohttp.ClientSession() as session:
            async with session.get(path) as response:
                assert (await response.text()).startswith("#EXTM3U")
            cloud.clock_offset += 60
            async with session.get(path) as response:
                assert response.status == second
    reply = await call("QueryLiveStreaming", device(cloud))
    assert reply["Data"]["Path"].startswith("rtmp://127.0.0.1:")


@_scenario("QueryProductList")
async def query_product_list(cloud: Cloud, call: Call) -> None:
    """List the newest first, page by page, counted, without a category."""
    keys: list[str] = []
    for page, count in ((1, 2), (2, 1)):
        params = {"CurrentPage": page, "PageSize": 2}
        reply = await call(
            "QueryProductList", {**params, "IotInstanceId": cloud.iot_instance_id}
        )
        assert reply["Success"] is True
        data = reply["Data"]
        counts = {"CurrentPage": page, "PageSize": 2, "PageCount": 2, "Total": 3}
        assert {name: data[name] for name in counts} == counts
        rows = data["List"]["ProductInfo"]
        assert len(rows) == count
        assert not any("CategoryKey" in row for row in rows)
        keys += [row["ProductKey"] for row in rows]
    assert keys == list(reversed(cloud.world.products))


@_scenario("QueryProduct")
async def query_product(cloud: Cloud, call: Call) -> None:
    """Find a category where the product is made from a standard one."""
    categories, counts = [], []
    for key in cloud.world.products:
        params = {"ProductKey": key, "IotInstanceId": cloud.iot_instance_id}
        data = (await call("QueryProduct", params))["Data"]
        assert data["ProductKey"] == key
        categories.append(data.get("CategoryKey"))
        counts.append(data["DeviceCount"])
    assert categories == ["Camera", None, "Light"]
    assert counts == [3, 3, 1]


@_scenario("QueryDevice")
async def query_device(cloud: Cloud, call: Call) -> None:
    """List a product's devices, newest first, counted at the top."""
    key = next(iter(cloud.world.products))
    params = {"ProductKey": key, "PageSize": 2, "IotInstanceId": cloud.iot_instance_id}
    rows: list[dict[str, Any]] = []
    for page in (1, 2):
        reply = await call("QueryDevice", {**params, "CurrentPage": page})
        counts = {"Page": page, "PageSize": 2, "PageCount": 2, "Total": 3}
        assert {name: reply[name] for name in counts} == counts
        assert bool(reply["NextToken"]) == (page == 1)
        rows += reply["Data"]["DeviceInfo"]
    own = [each for each in cameras(cloud) if each.product.product_key == key]
    assert [row["IotId"] for row in reversed(rows)] == [each.iot_id for each in own]
    assert [row["Nickname"] for row in rows] == ["Driveway", "Garden", "Front door"]
    assert [row["DeviceStatus"] for row in rows] == ["UNACTIVE", "OFFLINE", "ONLINE"]
    # The same moment, in the two spellings that only this operation has.
    created = datetime.fromisoformat(rows[0]["UtcCreate"])
    assert created.strftime("%a, %d-%b-%Y %H:%M:%S GMT") == rows[0]["GmtCreate"]


@_scenario("BatchQueryDeviceDetail")
async def batch_query_device_detail(cloud: Cloud, call: Call) -> None:
    """Describe the two devices that the product has, of eleven names."""
    first, _, third = cameras(cloud)[:3]
    first.firmware = "V9"
    names = [first.device_name, *(f"none{n}" for n in range(9)), third.device_name]
    params = {
        "ProductKey": first.product.product_key,
        "DeviceName": names,
        "IotInstanceId": cloud.iot_instance_id,
    }
    rows = (await call("BatchQueryDeviceDetail", params))["Data"]["Data"]
    assert [row["IotId"] for row in rows] == [first.iot_id, third.iot_id]
    assert [row["Nickname"] for row in rows] == ["Front door", "Garden"]
    assert [row["Status"] for row in rows] == ["ONLINE", "OFFLINE"]
    assert [row["FirmwareVersion"] for row in rows] == ["V9", "V1.2.0"]


@_scenario("BatchGetDeviceState")
async def batch_get_device_state(cloud: Cloud, call: Call) -> None:
    """Ask by IotId across products, or by name within one."""
    all_cameras, instance = cameras(cloud), {"IotInstanceId": cloud.iot_instance_id}
    wanted = [*(each.iot_id for each in all_cameras), "nobody"]

    async def states(params: dict[str, Any]) -> dict[str, str]:
        reply = await call("BatchGetDeviceState", {**params, **instance})
        rows = reply["DeviceStatusList"]["DeviceStatus"]
        return {row["IotId"]: row["Status"] for row in rows}

    found = await states({"IotId": wanted})
    assert found == {each.iot_id: each.status for each in all_cameras}
    assert set(found.values()) == {"ONLINE", "OFFLINE", "UNACTIVE"}
    named = {
        "ProductKey": all_cameras[2].product.product_key,
        "DeviceName": [all_cameras[2].device_name],
    }
    assert await states(named) == {all_cameras[2].iot_id: "OFFLINE"}


@_scenario("GetCallerIdentity")
async def get_caller_identity(cloud: Cloud, call: Call) -> None:
    """Learn the account."""
    reply = await call("GetCallerIdentity", {})
    assert reply["AccountId"] == ACCOUNT_ID
    assert reply["Arn"].startswith(f"acs:ram::{ACCOUNT_ID}:user/")
    assert reply["IdentityType"] == "RAMUser"
    assert reply["UserId"] == reply["PrincipalId"]
