"""The life of a recording over hours and days, and what is guessed about it."""

from datetime import datetime
from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.world import Device

from .raw import Raw, utc

HOUR = 3600
UPLOAD = 6


@pytest.fixture
def camera(cloud: Cloud) -> Device:
    """Return the first camera, and stop the clock at a whole second."""
    now = float(int(cloud.now()))
    cloud.clock = lambda: now
    return next(iter(cloud.world.devices.values()))


async def _call(
    raw: Raw, cloud: Cloud, action: str, camera: Device, **params: Any
) -> dict[str, Any]:
    """Call as a client would whose clock is the cloud's."""
    params |= {"IotId": camera.iot_id, "IotInstanceId": cloud.iot_instance_id}
    answer = await raw.call("acs3", action, params, timestamp=utc(cloud.now()))
    reply: dict[str, Any] = answer.json
    return reply


async def _trigger(raw: Raw, cloud: Cloud, camera: Device, **params: int) -> str:
    return str((await _call(raw, cloud, "TriggerRecord", camera, **params))["Data"])


async def _lengths(raw: Raw, cloud: Cloud, camera: Device, record_id: str) -> list[int]:
    """Return how many seconds each file has; together they have no gaps."""
    reply = await _call(raw, cloud, "QueryRecordByRecordId", camera, RecordId=record_id)
    rows = [
        tuple(datetime.fromisoformat(row[name]) for name in ("BeginTime", "EndTime"))
        for row in reply["Data"]
    ]
    ends = [end for _, end in rows]
    assert [begin for begin, _ in rows][1:] == ends[:-1]
    return [int((end - begin).total_seconds()) for begin, end in rows]


@pytest.mark.parametrize("early", [False, True])
async def test_long_recording(
    raw: Raw, cloud: Cloud, camera: Device, early: bool
) -> None:
    """Every started half hour is a file of its own; when the first ones are there is a guess."""
    cloud.inferred.split_files_appear_early = early
    record_id = await _trigger(raw, cloud, camera, RecordDuration=4000)
    cloud.clock_offset = 1800 + UPLOAD
    assert await _lengths(raw, cloud, camera, record_id) == ([1800] if early else [])
    cloud.clock_offset = 4000 + UPLOAD
    assert await _lengths(raw, cloud, camera, record_id) == [1800, 1800, 400]


async def test_half_an_hour(raw: Raw, cloud: Cloud, camera: Device) -> None:
    """It fits into one file."""
    record_id = await _trigger(raw, cloud, camera, RecordDuration=1800)
    cloud.clock_offset = 1800 + UPLOAD
    assert await _lengths(raw, cloud, camera, record_id) == [1800]


@pytest.mark.parametrize("included", [True, False])
async def test_pre_recording(
    raw: Raw, cloud: Cloud, camera: Device, included: bool
) -> None:
    """Whether the duration includes it is a contradiction of the documentation."""
    cloud.inferred.pre_record_included = included
    record_id = await _trigger(
        raw, cloud, camera, RecordDuration=30, PreRecordDuration=5
    )
    cloud.clock_offset = 100
    length = 30 if included else 35
    assert await _lengths(raw, cloud, camera, record_id) == [length]


async def test_retention(raw: Raw, cloud: Cloud, camera: Device) -> None:
    """A file is kept for as many days as are set now."""
    record_id = await _trigger(raw, cloud, camera, RecordDuration=10)
    for days, length in ((6.9, [10]), (7.1, [])):
        cloud.clock_offset = days * 24 * HOUR
        assert await _lengths(raw, cloud, camera, record_id) == length
    await _call(raw, cloud, "SetDeviceRecordLifeCycle", camera, Day=8)
    assert await _lengths(raw, cloud, camera, record_id) == [10]


async def test_connection_lost(raw: Raw, cloud: Cloud, camera: Device) -> None:
    """A recording ends with the connection."""
    record_id = await _trigger(raw, cloud, camera, RecordDuration=600)
    cloud.clock_offset = 60
    set_status(cloud, camera, "OFFLINE")
    cloud.clock_offset = 60 + UPLOAD
    assert await _lengths(raw, cloud, camera, record_id) == [60]


async def test_stopped_twice(raw: Raw, cloud: Cloud, camera: Device) -> None:
    """The first stop is the end."""
    record_id = await _trigger(raw, cloud, camera, RecordDuration=600)
    for offset in (60, 90):
        cloud.clock_offset = offset
        await _call(raw, cloud, "StopTriggeredRecord", camera, RecordId=record_id)
    assert await _lengths(raw, cloud, camera, record_id) == [60]


async def test_without_storage(raw: Raw, cloud: Cloud, camera: Device) -> None:
    """The other guess: the trigger is accepted, and nothing comes of it."""
    cloud.inferred.refuse_without_storage = False
    camera.retention_days = 0
    record_id = await _trigger(raw, cloud, camera, RecordDuration=10)
    cloud.clock_offset = HOUR
    assert await _lengths(raw, cloud, camera, record_id) == []


async def test_unknown_record(raw: Raw, cloud: Cloud, camera: Device) -> None:
    """Whether it is refused or has no files is a guess."""
    action = "QueryRecordByRecordId"
    reply = await _call(raw, cloud, action, camera, RecordId="0" * 32)
    assert reply["Data"] == []
    cloud.inferred.unknown_record_is_empty = False
    reply = await _call(raw, cloud, action, camera, RecordId="0" * 32)
    assert reply["Success"] is False
    assert (reply["Code"], reply["ErrorMessage"]) == cloud.inferred.unknown_record
