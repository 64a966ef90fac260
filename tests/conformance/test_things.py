"""Properties and services: what devices make of orders, and what is guessed about it."""

import json
from typing import Any

import aiohttp
import pytest

from tests.emulator import things
from tests.emulator.cloud import Cloud
from tests.emulator.things import set_status
from tests.emulator.world import Device

from .conftest import Ask

LIGHT = "StatusLightSwitch"


async def _rows(ask: Ask) -> dict[str, dict[str, Any]]:
    reply = await ask("QueryDevicePropertyStatus")
    rows = reply["Data"]["List"]["PropertyStatusInfo"]
    return {row["Identifier"]: row for row in rows}


async def _value(ask: Ask, identifier: str = LIGHT) -> Any:
    return (await _rows(ask))[identifier].get("Value")


async def _set(ask: Ask, *, qos: int = 0, **values: Any) -> bool:
    reply = await ask("SetDeviceProperty", Items=json.dumps(values), Qos=qos)
    return bool(reply["Success"])


async def _invoke(ask: Ask, service: str, **arguments: int) -> dict[str, Any]:
    args = json.dumps(arguments)
    return await ask("InvokeThingService", Identifier=service, Args=args)


@pytest.mark.parametrize("speed", [1, 4])
async def test_delay(ask: Ask, cloud: Cloud, speed: int) -> None:
    """A value is told when the device has it; how long that takes is a guess."""
    cloud.inferred.property_delay = 8
    cloud.speed = speed
    begun = cloud.now()
    assert await _set(ask, StatusLightSwitch=0)
    for offset, value in ((8 / speed - 0.1, "1"), (8 / speed, "0")):
        cloud.clock_offset = offset
        assert await _value(ask) == value
    told = int((await _rows(ask))[LIGHT]["Time"]) / 1000
    assert told == begun + 8 / speed


async def test_last_one_wins(ask: Ask, cloud: Cloud) -> None:
    """Orders are carried out one after another."""
    for value in (0, 1, 0):
        assert await _set(ask, StatusLightSwitch=value, DayNightMode=value)
    cloud.clock_offset = 60
    assert [await _value(ask, name) for name in (LIGHT, "DayNightMode")] == ["0", "0"]


async def test_deaf(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """A success does not tell that anything was done."""
    camera.deaf = True
    assert await _set(ask, StatusLightSwitch=0)
    assert (await _invoke(ask, "Reboot"))["Success"] is True
    cloud.clock_offset = 3
    assert await _value(ask) == "1"
    assert camera.status == "ONLINE"
    assert [each.service for each in camera.invoked] == ["Reboot"]


async def test_unchecked(ask: Ask, cloud: Cloud) -> None:
    """The other reading: a value that the TSL does not have is passed on, and ignored."""
    assert not await _set(ask, StatusLightSwitch=7)
    cloud.inferred.values_checked = False
    assert await _set(ask, StatusLightSwitch=7)
    assert await _set(ask, StatusLightSwitch=7, DayNightMode=0)
    cloud.clock_offset = 60
    assert [await _value(ask, name) for name in (LIGHT, "DayNightMode")] == ["1", "0"]


@pytest.mark.parametrize("waits", [True, False])
async def test_qos(ask: Ask, cloud: Cloud, camera: Device, waits: bool) -> None:
    """With Qos 1 a device that is offline gets the order when it is back; or it is refused: the two readings."""
    cloud.inferred.qos_1_waits = waits
    set_status(cloud, camera, "OFFLINE")
    assert not await _set(ask, StatusLightSwitch=0)
    assert await _set(ask, StatusLightSwitch=0, qos=1) is waits
    cloud.clock_offset = 60
    assert await _value(ask) == "1"
    set_status(cloud, camera, "ONLINE")
    cloud.clock_offset = 61
    assert await _value(ask) == ("0" if waits else "1")


async def test_connection_lost(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """What a device did not report before, it does not report while it is gone."""
    assert await _set(ask, StatusLightSwitch=0)
    set_status(cloud, camera, "OFFLINE")
    cloud.clock_offset = 60
    assert await _value(ask) == "1"


@pytest.mark.parametrize("told", ["without_value", "empty", "left_out"])
async def test_never_reported(
    ask: Ask, cloud: Cloud, camera: Device, told: Any
) -> None:
    """A property without a value is listed without one, with an empty one, or not at all: the readings."""
    cloud.inferred.unreported_property = told
    del camera.properties[LIGHT]
    rows = await _rows(ask)
    assert len(rows) == (15 if told == "left_out" else 16)
    if told != "left_out":
        expected = "" if told == "empty" else None
        assert rows[LIGHT].get("Value") == rows[LIGHT].get("Time") == expected


async def test_first_connection(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """A device that was never connected has no values until it is."""
    camera.iot_id = [*cloud.world.devices.values()][4].iot_id
    assert not any("Value" in row for row in (await _rows(ask)).values())
    set_status(cloud, cloud.world.devices[camera.iot_id], "ONLINE")
    assert all("Value" in row for row in (await _rows(ask)).values())


async def test_of_no_camera(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """What is no camera has properties, too: this is Iot, not LinkVisual."""
    cloud.activated = False
    lamp = list(cloud.world.devices.values())[-1]
    camera.iot_id = lamp.iot_id
    assert list(await _rows(ask)) == ["LightSwitch"]


@pytest.mark.parametrize("speed", [1, 4])
async def test_reboot(ask: Ask, cloud: Cloud, camera: Device, speed: int) -> None:
    """A device that starts anew is gone for some seconds; what it recorded ends."""
    cloud.speed = speed
    record_id = (await ask("TriggerRecord", RecordDuration=600))["Data"]
    await _invoke(ask, "Reboot")
    assert camera.records[record_id].end == cloud.now()
    for offset, refused in ((5 / speed - 0.1, True), (5 / speed, False)):
        cloud.clock_offset = offset
        reply = await _invoke(ask, "StopPTZAction")
        assert reply["Success"] is not refused
    assert camera.status_since == cloud.now()


async def test_reboot_for_ever(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """A device that was disabled, or lost, meanwhile does not come back by itself."""
    await _invoke(ask, "Reboot")
    cloud.clock_offset = 1
    set_status(cloud, camera, "ONLINE")
    cloud.clock_offset = 2
    set_status(cloud, camera, "OFFLINE")
    cloud.clock_offset = 60
    await _rows(ask)
    status: str = camera.status
    assert status == "OFFLINE"


async def test_card(ask: Ask, cloud: Cloud) -> None:
    """A card that is not there can be neither formatted nor taken out."""
    assert (await _invoke(ask, "EjectStorageCard"))["Success"] is True
    cloud.clock_offset = 1
    assert await _value(ask, "StorageStatus") == "0"
    for service in ("FormatStorageMedium", "EjectStorageCard"):
        assert (await _invoke(ask, service))["Success"] is True
        cloud.clock_offset += 60
        assert await _value(ask, "StorageStatus") == "0"
    assert await _value(ask, "StorageRemainCapacity") == "12040.12"


@pytest.mark.parametrize("answered", [True, False])
async def test_result(ask: Ask, cloud: Cloud, camera: Device, answered: bool) -> None:
    """A service that the device answers has a Result; which do is told in the TSL."""
    cloud.inferred.services_answer = answered
    data = (await _invoke(ask, "StopPTZAction"))["Data"]
    assert data.get("Result") == ("{}" if answered else None)
    key = camera.product.product_key
    reply = await ask("GetThingModelTslPublished", ProductKey=key)
    services = json.loads(reply["Data"]["TslStr"])["services"]
    kinds = {each["callType"] for each in services}
    assert kinds == {"sync" if answered else "async"}


async def test_control(ask: Ask, cloud: Cloud, camera: Device, endpoint: str) -> None:
    """A program outside of this process sees what was called, and lets the camera report."""
    mine = f"{endpoint}/_emulator/cameras/{camera.iot_id}"
    await _invoke(ask, "PTZActionControl", ActionType=1, Step=2)
    async with aiohttp.ClientSession(raise_for_status=True) as session:

        async def call(method: str, url: str, body: Any = None) -> Any:
            async with session.request(method, url, json=body) as response:
                return await response.json()

        (told,) = await call("GET", f"{mine}/services")
        assert told == {
            "service": "PTZActionControl",
            "arguments": {"ActionType": 1, "Step": 2},
            "at": cloud.now(),
        }
        await call("DELETE", f"{mine}/services")
        assert await call("GET", f"{mine}/services") == []
        await call("PATCH", f"{mine}/properties", {LIGHT: "0"})
        assert await _value(ask) == "0"
        told = await call("GET", f"{mine}/properties")
        assert told == things.values(cloud, camera)
        assert told[LIGHT] == "0"
        await call("PATCH", mine, {"deaf": True})
        assert camera.deaf is True
        await call(
            "POST", f"{endpoint}/_emulator/inferred", {"event_order": "shuffled"}
        )
        assert cloud.inferred.event_order == "shuffled"
