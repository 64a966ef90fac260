"""What devices tell comes into the queue of their product, as IoT Platform puts it there."""

import asyncio
from base64 import b64decode
from datetime import datetime
import json
import re
from typing import Any

from mns.account import Account
from mns.mns_exception import MNSServerException
from mns.queue import Queue
import pytest

from tests.emulator import things
from tests.emulator.alarms import raise_alarm
from tests.emulator.archive import Alarm
from tests.emulator.cloud import Cloud
from tests.emulator.subscriptions import Delivery
from tests.emulator.world import Device

from .conftest import Ask


class _Reader:
    """Reads queues with the SDK, and both layers of base64."""

    def __init__(self, cloud: Cloud, endpoint: str) -> None:
        self._cloud = cloud
        key = cloud.access_key_id, cloud.access_key_secret
        self._account = Account(endpoint, *key)

    def queue(self, device: Device) -> Queue:
        """Return the SDK's queue of a device's product."""
        queue = self._account.get_queue(self._cloud.queue_of(device.product).name)
        queue.set_encoding(self._cloud.inferred.outer_base64)
        return queue

    def _receive(self, device: Device) -> list[str]:
        queue = self.queue(device)
        try:
            got = queue.batch_receive_message_with_str_body(16)
        except MNSServerException as error:
            if error.type != "MessageNotExist":
                raise
            return []
        queue.batch_delete_message([each.receipt_handle for each in got])
        return [each.message_body for each in got]

    async def read(self, device: Device) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Return envelopes with their payloads."""
        bodies = await asyncio.to_thread(self._receive, device)
        envelopes = [json.loads(body) for body in bodies]
        return [(each, json.loads(b64decode(each["payload"]))) for each in envelopes]

    async def read_one(self, device: Device) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the only message."""
        (read,) = await self.read(device)
        return read


@pytest.fixture
def reader(cloud: Cloud, endpoint: str) -> _Reader:
    """Subscribe all cameras' products, and read their queues."""
    cloud.subscribe()
    return _Reader(cloud, endpoint)


def _topic(device: Device, rest: str) -> str:
    return f"/{device.product.product_key}/{device.device_name}/thing/{rest}"


def _named(device: Device) -> dict[str, str]:
    return {
        "iotId": device.iot_id,
        "productKey": device.product.product_key,
        "deviceName": device.device_name,
    }


@pytest.mark.parametrize("outer_base64", [True, False])
async def test_alarm(
    cloud: Cloud, reader: _Reader, camera: Device, outer_base64: bool
) -> None:
    """An alarm is told at once, in the camera's milliseconds; one message an alarm."""
    cloud.inferred.outer_base64 = outer_base64
    event_id = raise_alarm(cloud, camera, 3, age=1.25)
    envelope, payload = await reader.read_one(camera)
    assert envelope["messagetype"] == "upload"
    assert envelope["topic"] == _topic(camera, "event/IntelligentAlarm/post")
    assert envelope["timestamp"] == int(cloud.now())
    assert re.fullmatch(r"\d{19}", str(envelope["messageid"]))
    assert payload["identifier"] == "IntelligentAlarm"
    assert {name: payload[name] for name in _named(camera)} == _named(camera)
    (event,) = payload["value"]["EventList"]
    at = int(camera.alarms[event_id].time * 1000)
    assert (event["AlarmType"], event["EventTime"]) == (3, str(at))
    assert event["AlarmPicID"] == camera.alarms[event_id].pic_id
    assert payload["time"] == at
    assert await reader.read(camera) == []


async def test_alarm_is_listed_later(
    cloud: Cloud, reader: _Reader, camera: Device, ask: Ask
) -> None:
    """The list has it a little later, at the same time, in whole seconds."""
    raise_alarm(cloud, camera, age=0.75)
    _, payload = await reader.read_one(camera)
    day = {"BeginTime": 0, "EndTime": int(cloud.now() + 1) * 1000}
    assert not (await ask("QueryDeviceEvent", **day))["Data"]["List"]
    cloud.clock_offset += 5
    (row,) = (await ask("QueryDeviceEvent", **day))["Data"]["List"]
    listed = datetime.fromisoformat(f"{row['EventTime']}+08:00").timestamp()
    assert payload["time"] // 1000 == listed


async def test_older_alarm(cloud: Cloud, reader: _Reader, camera: Device) -> None:
    """The older event has no list, and its time at the top only."""
    cloud.inferred.alarm_event = "AlarmEvent"
    raise_alarm(cloud, camera, 2, picture=False)
    envelope, payload = await reader.read_one(camera)
    assert envelope["topic"] == _topic(camera, "event/AlarmEvent/post")
    assert payload["identifier"] == "AlarmEvent"
    assert payload["value"] == {"AlarmType": 2, "AlarmPicID": "", "Data": "{}"}
    assert payload["time"] == int(cloud.now() * 1000)


async def test_status(cloud: Cloud, reader: _Reader, camera: Device) -> None:
    """Being online is told when it changes, in two time zones."""
    for status in ("OFFLINE", "OFFLINE", "ONLINE"):
        things.set_status(cloud, camera, status)
    first, second = await reader.read(camera)
    envelope, payload = first
    assert envelope["messagetype"] == "status"
    name = camera.device_name
    topic = f"/as/mqtt/status/{camera.product.product_key}/{name}"
    assert envelope["topic"] == topic
    assert (payload["status"], second[1]["status"]) == ("offline", "online")
    assert payload["iotId"] == camera.iot_id
    at = datetime.fromisoformat(payload["utcTime"])
    assert at.timestamp() == cloud.now()
    assert datetime.fromisoformat(f"{payload['time']}+08:00") == at
    assert datetime.fromisoformat(payload["utcLastTime"]) <= at


async def test_older_status(cloud: Cloud, reader: _Reader, camera: Device) -> None:
    """Older messages have neither a topic nor an IotId, and newer samples texts for numbers."""
    cloud.inferred.status_topic = cloud.inferred.status_iot_id = False
    cloud.inferred.message_id_is_text = cloud.inferred.message_time_is_text = True
    things.set_status(cloud, camera, "OFFLINE")
    envelope, payload = await reader.read_one(camera)
    assert envelope["topic"] is None
    assert "iotId" not in payload
    assert payload["deviceName"] == camera.device_name
    assert envelope["timestamp"] == str(int(cloud.now()))
    assert isinstance(envelope["messageid"], str)


async def test_properties(cloud: Cloud, reader: _Reader, camera: Device) -> None:
    """What a camera reports is told with the type it has, of itself and after an order."""
    cloud.inferred.sys_topics = True
    told = {"AlarmSwitch": "0", "StorageRemainCapacity": "17.50"}
    things.report(cloud, camera, told)
    envelope, payload = await reader.read_one(camera)
    assert envelope["messagetype"] == "upload"
    assert envelope["topic"] == f"/sys{_topic(camera, 'event/property/post')}"
    at = int(cloud.now() * 1000)
    assert payload["items"] == {
        "AlarmSwitch": {"value": 0, "time": at},
        "StorageRemainCapacity": {"value": 17.5, "time": at},
    }
    things.order(cloud, camera, {"AlarmSwitch": "1"})
    assert await reader.read(camera) == []
    cloud.clock_offset += 5
    _, payload = await reader.read_one(camera)
    assert payload["items"]["AlarmSwitch"]["value"] == 1


async def test_life_cycle(cloud: Cloud, reader: _Reader, camera: Device) -> None:
    """Making, disabling, enabling and removing a camera is told."""
    made = things.add_device(cloud, camera.product, nickname="New")
    things.set_status(cloud, camera, "DISABLE")
    things.set_status(cloud, camera, "ONLINE")
    things.remove_device(cloud, made)
    read = await reader.read(camera)
    told = [
        (payload.get("action") or payload["status"], payload["deviceName"])
        for _, payload in read
    ]
    name = camera.device_name
    assert told == [
        ("create", made.device_name),
        ("disable", name),
        ("offline", name),
        ("enable", name),
        ("online", name),
        ("delete", made.device_name),
    ]
    envelope, payload = read[0]
    assert envelope["messagetype"] == "device_lifecycle"
    assert envelope["topic"] == _topic(made, "lifecycle")
    assert payload["messageCreateTime"] == int(cloud.now() * 1000)


@pytest.mark.parametrize(
    ("flag", "kinds"),
    [
        ("DeviceDataFlag", {"upload"}),
        ("DeviceStatusChangeFlag", {"status"}),
        ("DeviceLifeCycleFlag", {"device_lifecycle"}),
        ("OtaEventFlag", set()),
    ],
)
async def test_flags(
    cloud: Cloud, reader: _Reader, camera: Device, flag: str, kinds: set[str]
) -> None:
    """What is not subscribed is not told."""
    cloud.subscribe(camera.product, flags=[flag])
    raise_alarm(cloud, camera)
    things.report(cloud, camera, {"AlarmSwitch": "0"})
    things.set_status(cloud, camera, "DISABLE")
    told = {envelope["messagetype"] for envelope, _ in await reader.read(camera)}
    assert told == kinds


async def test_products_apart(cloud: Cloud, reader: _Reader, camera: Device) -> None:
    """Each product has a queue of its own; one that is not subscribed has none."""
    other = list(cloud.world.devices.values())[1]
    lamp = list(cloud.world.devices.values())[-1]
    things.report(cloud, lamp, {"LightSwitch": "1"})
    raise_alarm(cloud, other)
    assert await reader.read(camera) == []
    assert len(await reader.read(other)) == 1
    assert len(cloud.queues) == 2


async def test_alarms_on_one_way(cloud: Cloud, reader: _Reader, camera: Device) -> None:
    """An alarm may be listed only, or come by the queue only, late or several times."""
    raise_alarm(cloud, camera, pushed=False, delay=0)
    assert await reader.read(camera) == []
    raise_alarm(cloud, camera, listed=False, delay=0, push_copies=2)
    first, second = await reader.read(camera)
    assert first == second
    raise_alarm(cloud, camera, push_delay=60)
    assert await reader.read(camera) == []
    cloud.clock_offset += 61
    assert len(await reader.read(camera)) == 1
    listed: list[Alarm] = list(camera.alarms.values())
    assert [each.visible_at < cloud.now() for each in listed] == [True, False, True]


async def test_delivery(cloud: Cloud, reader: _Reader, camera: Device) -> None:
    """All messages may be doubled, lost, late, and out of order."""
    cloud.delivery = Delivery(copies=3)
    raise_alarm(cloud, camera)
    assert len(await reader.read(camera)) == 3
    cloud.delivery = Delivery(lost=1)
    raise_alarm(cloud, camera)
    assert await reader.read(camera) == []
    cloud.delivery = Delivery(late=60)
    raise_alarm(cloud, camera)
    assert await reader.read(camera) == []
    cloud.clock_offset += 61
    assert len(await reader.read(camera)) == 1
    cloud.delivery = Delivery()
    cloud.queue_of(camera.product).order_seed = 1
    for event_type in range(8):
        raise_alarm(cloud, camera, event_type)
    types = [
        payload["value"]["EventList"][0]["AlarmType"]
        for _, payload in await reader.read(camera)
    ]
    assert types != sorted(types)
    assert sorted(types) == list(range(8))


async def test_waiting_for_a_late_message(
    cloud: Cloud, reader: _Reader, camera: Device
) -> None:
    """Who waits gets a message that comes late, too."""
    queue = reader.queue(camera)
    waiting = asyncio.create_task(asyncio.to_thread(queue.receive_message, 30))
    while not cloud.queue_of(camera.product).waiting:
        await asyncio.sleep(0.01)
    raise_alarm(cloud, camera, push_delay=60)
    cloud.clock_offset += 61
    assert (await waiting).dequeue_count == 1
