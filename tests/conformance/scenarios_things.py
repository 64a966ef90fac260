"""Properties and services: what each operation does."""

import json
from typing import Any

from tests.emulator import things
from tests.emulator.cloud import Cloud

from .scenario import Call, cameras, device, scenario

REPORTED = 1


async def properties(cloud: Cloud, call: Call, number: int = 0) -> dict[str, Any]:
    """Return the values of a camera that has told them all."""
    reply = await call("QueryDevicePropertyStatus", device(cloud, number))
    assert reply["Success"] is True
    rows = reply["Data"]["List"]["PropertyStatusInfo"]
    return {row["Identifier"]: row.get("Value") for row in rows}


@scenario("QueryDevicePropertyStatus")
async def query_device_property_status(cloud: Cloud, call: Call) -> None:
    """List what each product has, as texts, and with a time where there was a report."""
    camera = cameras(cloud)[0]
    reply = await call("QueryDevicePropertyStatus", device(cloud))
    rows = reply["Data"]["List"]["PropertyStatusInfo"]
    assert len(rows) == 16
    told = {row["Identifier"]: row for row in rows}
    assert told["MotionDetectSensitivity"] == {
        "Time": str(int(camera.status_since * 1000)),
        "Value": "3",
        "DataType": "enum",
        "Unit": "",
        "Identifier": "MotionDetectSensitivity",
        "Name": "Motion sensitivity",
    }
    capacity = told["StorageRemainCapacity"]
    kind = tuple(capacity[name] for name in ("DataType", "Value", "Unit"))
    assert kind == ("double", "12040.12", "MB")
    assert told["AlarmSwitch"]["DataType"] == "bool"
    assert await properties(cloud, call, 1) == {
        "StatusLightSwitch": "1",
        "MotionDetectSensitivity": "3",
        "ImageFlipState": None,
    }
    # Offline, but it has told what it has; the other one was never there.
    assert (await properties(cloud, call, 2))["StreamVideoQuality"] == "2"
    assert set((await properties(cloud, call, 4)).values()) == {None}
    params = {"FunctionBlockId": "own", **device(cloud)}
    reply = await call("QueryDevicePropertyStatus", params)
    assert reply["Data"]["List"]["PropertyStatusInfo"] == []


@scenario("SetDeviceProperty")
async def set_device_property(cloud: Cloud, call: Call) -> None:
    """Send values; the device reports them a little later."""
    before = await properties(cloud, call)
    wanted = {"AlarmSwitch": 0, "MotionDetectSensitivity": 5, "DayNightMode": 1}
    params = {"Items": json.dumps(wanted), **device(cloud)}
    reply = await call("SetDeviceProperty", params)
    assert reply["Success"] is True
    assert reply["Data"].keys() == {"MessageId"}
    assert await properties(cloud, call) == before
    cloud.clock_offset += REPORTED
    after = {**before, **{name: str(value) for name, value in wanted.items()}}
    assert await properties(cloud, call) == after
    assert (await properties(cloud, call, 1))["MotionDetectSensitivity"] == "3"
    # What was never reported is from now on.
    params = {"Items": '{"ImageFlipState": 1}', **device(cloud, 1)}
    other = await call("SetDeviceProperty", params)
    assert other["Data"]["MessageId"] != reply["Data"]["MessageId"]
    cloud.clock_offset += REPORTED
    assert (await properties(cloud, call, 1))["ImageFlipState"] == "1"


@scenario("InvokeThingService")
async def invoke_thing_service(cloud: Cloud, call: Call) -> None:
    """Turn the camera, format its card, take that out, and start it anew."""
    camera = cameras(cloud)[0]

    async def invoke(service: str, **arguments: int) -> None:
        args = {"Identifier": service, "Args": json.dumps(arguments)}
        reply = await call("InvokeThingService", {**args, **device(cloud)})
        assert reply["Success"] is True
        assert reply["Data"].keys() == {"MessageId"}

    for action in (0, 9):
        await invoke("PTZActionControl", ActionType=action, Step=10 - action)
    await invoke("StartPTZAction", ActionType=7, Speed=2)
    await invoke("StopPTZAction")
    invoked = [(each.service, each.arguments) for each in camera.invoked]
    assert invoked == [
        ("PTZActionControl", {"ActionType": 0, "Step": 10}),
        ("PTZActionControl", {"ActionType": 9, "Step": 1}),
        ("StartPTZAction", {"ActionType": 7, "Speed": 2}),
        ("StopPTZAction", {}),
    ]
    await invoke("FormatStorageMedium")
    assert things.values(cloud, camera)["StorageStatus"] == "3"
    cloud.clock_offset += 5
    told = await properties(cloud, call)
    assert told["StorageStatus"] == "1"
    assert told["StorageRemainCapacity"] == told["StorageTotalCapacity"] == "30436.00"
    await invoke("EjectStorageCard")
    cloud.clock_offset += REPORTED
    assert (await properties(cloud, call))["StorageStatus"] == "0"
    await invoke("Reboot")
    named = {"IotId": [camera.iot_id], "IotInstanceId": cloud.iot_instance_id}
    for offset, status in ((4.0, "OFFLINE"), (1.0, "ONLINE")):
        cloud.clock_offset += offset
        reply = await call("BatchGetDeviceState", named)
        (row,) = reply["DeviceStatusList"]["DeviceStatus"]
        assert row["Status"] == status
    assert len(camera.invoked) == 7


@scenario("GetThingModelTslPublished")
async def get_thing_model_tsl_published(cloud: Cloud, call: Call) -> None:
    """Learn what a product has, without any of its devices."""
    found = []
    for key in cloud.world.products:
        params = {"ProductKey": key, "IotInstanceId": cloud.iot_instance_id}
        reply = await call("GetThingModelTslPublished", params)
        tsl = json.loads(reply["Data"]["TslStr"])
        assert tsl["profile"] == {"productKey": key}
        found.append((len(tsl["properties"]), len(tsl["services"])))
        by_name = {each["identifier"]: each for each in tsl["properties"]}
        if "StorageStatus" in by_name:
            assert by_name["StorageStatus"]["accessMode"] == "r"
            assert by_name["MicSwitch"]["accessMode"] == "rw"
            specs = by_name["DayNightMode"]["dataType"]["specs"]
            assert list(specs) == ["0", "1", "2"]
        reply = await call("GetThingModelTslPublished", {"Simple": True, **params})
        simple = json.loads(reply["Data"]["TslStr"])
        names = [each["identifier"] for each in simple["properties"]]
        assert names == list(by_name)
        assert not any("name" in each for each in simple["properties"])
    assert found == [(16, 6), (3, 1), (1, 0)]
