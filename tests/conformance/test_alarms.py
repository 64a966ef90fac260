"""Alarms: when they are there, in which order, how often, and what is guessed about them."""

import asyncio
from datetime import datetime
from random import Random
from typing import Any

import aiohttp
import pytest

from tests.emulator.alarms import CameraOfflineError, raise_alarm, raise_any
from tests.emulator.cloud import Cloud
from tests.emulator.things import report, set_status
from tests.emulator.world import Device
from tests.instance.processes import run_emulator

from .conftest import Ask
from .fetch import get

LAG = 2
HOUR = 3600


async def _rows(ask: Ask, cloud: Cloud, **more: int) -> list[dict[str, Any]]:
    """Return what the camera told in the last hour."""
    now = int(cloud.now() * 1000)
    times = {"BeginTime": now - HOUR * 1000, "EndTime": now}
    reply = await ask("QueryDeviceEvent", **{**times, **more})
    rows: list[dict[str, Any]] = reply["Data"]["List"]
    return rows


@pytest.mark.parametrize("speed", [1, 4])
async def test_lag(ask: Ask, cloud: Cloud, camera: Device, speed: int) -> None:
    """An event is listed later than it happened; before, nothing knows it."""
    cloud.speed = speed
    event_id = raise_alarm(cloud, camera, record=True)
    for offset, there in ((LAG / speed - 0.1, False), (LAG / speed, True)):
        cloud.clock_offset = offset
        assert [row["EventId"] for row in await _rows(ask, cloud)] == [event_id] * there
        for action in ("QueryDeviceEventPicture", "QueryDeviceEventRecord"):
            reply = await ask(action, EventId=event_id)
            assert (reply["Success"], reply["Code"]) == (there, 200 if there else 403)


async def test_late(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """One that comes late stands where it belongs: between others, in the past."""
    cloud.inferred.event_order = "ascending"
    begun = cloud.now()
    late = raise_alarm(cloud, camera, delay=60, age=10)
    cloud.clock_offset = 30
    soon = raise_alarm(cloud, camera, delay=0, age=1)
    assert [row["EventId"] for row in await _rows(ask, cloud)] == [soon]
    cloud.clock_offset = 60
    rows = await _rows(ask, cloud)
    assert [row["EventId"] for row in rows] == [late, soon]
    told = datetime.fromisoformat(f"{rows[0]['EventTime']}+08:00").timestamp()
    assert told == begun - 10
    window = int((begun - 9) * 1000)
    assert len(await _rows(ask, cloud, BeginTime=window)) == 1


async def test_doubled(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """The same event may be listed twice, on two pages even, and is counted so."""
    event_id = raise_alarm(cloud, camera, delay=0, times=2)
    first, second = await _rows(ask, cloud)
    assert first == second
    assert first["EventId"] == event_id
    pages = [await _rows(ask, cloud, PageSize=1, CurrentPage=page) for page in (1, 2)]
    assert pages == [[first], [second]]
    assert len(camera.pictures) == 1


@pytest.mark.parametrize("order", ["ascending", "descending", "shuffled"])
async def test_order(ask: Ask, cloud: Cloud, camera: Device, order: Any) -> None:
    """Whatever it is, pages fit together."""
    cloud.inferred.event_order = order
    by_age = {
        age: raise_alarm(cloud, camera, delay=0, age=age)
        for age in (5, 9, 1, 3, 7, 8, 2, 4, 6)
    }
    by_time = [by_age[age] for age in sorted(by_age, reverse=True)]
    found = []
    for page in range(1, 6):
        rows = await _rows(ask, cloud, PageSize=2, CurrentPage=page)
        found += [row["EventId"] for row in rows]
    assert sorted(found) == sorted(by_time)
    assert (found == by_time) == (order == "ascending")
    assert (found == by_time[::-1]) == (order == "descending")


async def test_newest_first(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """That is the guess, if nothing else is said."""
    event_ids = [raise_alarm(cloud, camera, delay=0, age=age) for age in (2, 1)]
    assert [row["EventId"] for row in await _rows(ask, cloud)] == event_ids[::-1]


async def test_texts(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """Descriptions are the cloud's language, data are the camera's own."""
    raise_alarm(cloud, camera, delay=0, description="移动侦测", data='{"Score": 7}')
    (row,) = await _rows(ask, cloud)
    assert (row["EventDesc"], row["EventData"]) == ("移动侦测", '{"Score": 7}')


@pytest.mark.parametrize("told", ["empty", "absent"])
async def test_row_without_picture(
    ask: Ask, cloud: Cloud, camera: Device, told: Any
) -> None:
    """Its picture's ID is empty, or there is none: the two readings."""
    cloud.inferred.no_event_picture = told
    raise_alarm(cloud, camera, delay=0, picture=False)
    (row,) = await _rows(ask, cloud)
    assert row.get("EventPicId") == ("" if told == "empty" else None)
    assert not camera.pictures


@pytest.mark.parametrize("told", ["absent", "empty", "refused"])
async def test_no_picture(ask: Ask, cloud: Cloud, camera: Device, told: Any) -> None:
    """There is none, it is not there yet, or was deleted: no Data, an empty one, or a refusal."""
    cloud.inferred.no_event_picture_url = told
    cloud.inferred.alarm_picture_delay = 3
    with_picture = raise_alarm(cloud, camera, delay=0)
    without = raise_alarm(cloud, camera, delay=0, picture=False)

    async def nothing(event_id: str) -> None:
        reply = await ask("QueryDeviceEventPicture", EventId=event_id)
        if told == "refused":
            assert (reply["Code"], reply["ErrorMessage"]) == (
                403,
                "picture owner error.",
            )
        else:
            assert (reply["Success"], reply.get("Data", None)) == (
                True,
                "" if told == "empty" else None,
            )

    await nothing(without)
    await nothing(with_picture)
    cloud.clock_offset = 3
    reply = await ask("QueryDeviceEventPicture", EventId=with_picture)
    assert (await get(reply["Data"])).status == 200
    camera.pictures.clear()
    await nothing(with_picture)


async def test_picture_of_another_kind(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """The address may be one of object storage's own, as in the sample; the ID leads to a picture anyway."""
    cloud.inferred.event_picture_by_oss = True
    event_id = raise_alarm(cloud, camera, delay=0)
    reply = await ask("QueryDeviceEventPicture", EventId=event_id)
    assert reply["Data"].startswith("oss://")
    assert reply["Data"].endswith(".jpg")
    (row,) = await _rows(ask, cloud)
    reply = await ask("QueryDevicePictureFile", CaptureId=row["EventPicId"])
    assert (await get(reply["Data"]["PicUrl"])).status == 200


async def test_expiry(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """An address of a picture is valid for a while; how long is a guess."""
    cloud.inferred.picture_minutes_valid = 5
    event_id = raise_alarm(cloud, camera, delay=0)
    url = (await ask("QueryDeviceEventPicture", EventId=event_id))["Data"]
    for offset, status in ((300, 200), (301, 403)):
        cloud.clock_offset = offset
        assert (await get(url)).status == status


async def test_record_without_storage(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """Where nothing is stored, no alarm has a recording."""
    camera.retention_days = 0
    event_id = raise_alarm(cloud, camera, delay=0, record=True)
    cloud.clock_offset = 60
    assert (await ask("QueryDeviceEventRecord", EventId=event_id))["Data"] == []


async def test_offline(cloud: Cloud, camera: Device, endpoint: str) -> None:
    """A camera that is not connected raises nothing."""
    set_status(cloud, camera, "OFFLINE")
    with pytest.raises(CameraOfflineError):
        raise_alarm(cloud, camera)
    assert not camera.alarms
    assert not camera.pictures
    url = f"{endpoint}/_emulator/cameras/{camera.iot_id}/alarms"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json={}) as response,
    ):
        assert response.status == 409


def test_random(cloud: Cloud, camera: Device) -> None:
    """Every camera that is online raises some, but for those whose alarms are switched off."""
    report(cloud, camera, {"AlarmSwitch": "0"})
    random = Random(1)
    raised = [raise_any(cloud, random) for _ in range(200)]
    cameras = [each for each in cloud.world.devices.values() if each.product.video]
    able = [each for each in cameras if each.status == "ONLINE" and each is not camera]
    assert all(each.alarms for each in able)
    assert sum(len(each.alarms) for each in able) == 200 - raised.count(None)
    assert not any(each.alarms for each in cameras if each not in able)
    kinds = {alarm.event_type for each in able for alarm in each.alarms.values()}
    assert kinds == {1, 2, 3, 4}


async def test_control(ask: Ask, cloud: Cloud, camera: Device, endpoint: str) -> None:
    """A program outside of this process can raise them, too."""
    mine = f"{endpoint}/_emulator/cameras/{camera.iot_id}/alarms"
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        wanted = {
            "event_type": 3,
            "delay": 0,
            "age": 30,
            "times": 2,
            "picture": False,
            "record": True,
        }
        async with session.post(mine, json=wanted) as response:
            event_id = (await response.json())["event_id"]
        async with session.post(mine, json=[{}, {"delay": 9}]) as response:
            others = [each["event_id"] for each in await response.json()]
        async with session.get(mine) as response:
            (told,) = await response.json()
    assert (told["event_id"], told["event_type"]) == (event_id, 3)
    assert told["time"] == cloud.now() - 30
    rows = await _rows(ask, cloud)
    assert [row["EventId"] for row in rows] == [event_id] * 2
    assert rows[0]["EventPicId"] == ""
    (file,) = (await ask("QueryDeviceEventRecord", EventId=event_id))["Data"]
    assert file["FileName"] == told["file_name"]
    for offset, there in ((LAG, others[:1]), (9, others)):
        cloud.clock_offset = offset
        found = {row["EventId"] for row in await _rows(ask, cloud)}
        assert found == {event_id, *there}


@pytest.mark.parametrize("options", [("--alarms", "5"), ()], ids=["on", "off"])
async def test_program(socket_enabled: None, options: tuple[str, ...]) -> None:
    """Started with --alarms, the emulator raises some by itself; without, none."""
    async with (
        run_emulator("--speed", "50", *options) as told,
        aiohttp.ClientSession() as session,
    ):
        iot_id = told["cameras"][0]["iot_id"]
        url = f"{told['endpoint']}/_emulator/cameras/{iot_id}/alarms"
        found: list[Any] = []
        for _ in range(100 if options else 3):
            async with session.get(url) as response:
                found = await response.json()
            if found:
                break
            await asyncio.sleep(0.1)
    assert bool(found) == bool(options)
