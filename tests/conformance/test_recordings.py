"""The life of a recording over hours and days, and what is guessed about it."""

from datetime import datetime

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.world import Device

from .conftest import Ask

HOUR = 3600
UPLOAD = 6


async def _trigger(ask: Ask, **params: int) -> str:
    return str((await ask("TriggerRecord", **params))["Data"])


async def _lengths(ask: Ask, record_id: str) -> list[int]:
    """Return how many seconds each file has; together they have no gaps."""
    reply = await ask("QueryRecordByRecordId", RecordId=record_id)
    rows = [
        tuple(datetime.fromisoformat(row[name]) for name in ("BeginTime", "EndTime"))
        for row in reply["Data"]
    ]
    ends = [end for _, end in rows]
    assert [begin for begin, _ in rows][1:] == ends[:-1]
    return [int((end - begin).total_seconds()) for begin, end in rows]


@pytest.mark.parametrize("early", [False, True])
async def test_long_recording(ask: Ask, cloud: Cloud, early: bool) -> None:
    """Every started half hour is a file of its own; when the first ones are there is a guess."""
    cloud.inferred.split_files_appear_early = early
    record_id = await _trigger(ask, RecordDuration=4000)
    cloud.clock_offset = 1800 + UPLOAD
    assert await _lengths(ask, record_id) == ([1800] if early else [])
    cloud.clock_offset = 4000 + UPLOAD
    assert await _lengths(ask, record_id) == [1800, 1800, 400]


async def test_half_an_hour(ask: Ask, cloud: Cloud) -> None:
    """It fits into one file."""
    record_id = await _trigger(ask, RecordDuration=1800)
    cloud.clock_offset = 1800 + UPLOAD
    assert await _lengths(ask, record_id) == [1800]


@pytest.mark.parametrize("included", [True, False])
async def test_pre_recording(ask: Ask, cloud: Cloud, included: bool) -> None:
    """Whether the duration includes it is a contradiction of the documentation."""
    cloud.inferred.pre_record_included = included
    record_id = await _trigger(ask, RecordDuration=30, PreRecordDuration=5)
    cloud.clock_offset = 100
    length = 30 if included else 35
    assert await _lengths(ask, record_id) == [length]


async def test_retention(ask: Ask, cloud: Cloud) -> None:
    """A file is kept for as many days as are set now."""
    record_id = await _trigger(ask, RecordDuration=10)
    for days, length in ((6.9, [10]), (7.1, [])):
        cloud.clock_offset = days * 24 * HOUR
        assert await _lengths(ask, record_id) == length
    await ask("SetDeviceRecordLifeCycle", Day=8)
    assert await _lengths(ask, record_id) == [10]


@pytest.mark.parametrize("allowed", [True, False])
async def test_no_days(ask: Ask, cloud: Cloud, camera: Device, allowed: bool) -> None:
    """Storage is switched off with 0 days, or cannot be: the two readings. 3650 days are the most."""
    cloud.inferred.zero_days_allowed = allowed
    reply = await ask("SetDeviceRecordLifeCycle", Day=0)
    assert reply["Success"] is allowed
    assert camera.retention_days == (0 if allowed else 7)
    reply = await ask("TriggerRecord", RecordDuration=10)
    assert reply["Success"] is not allowed
    assert (await ask("SetDeviceRecordLifeCycle", Day=3650))["Success"] is True


async def test_connection_lost(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """A recording ends with the connection."""
    record_id = await _trigger(ask, RecordDuration=600)
    cloud.clock_offset = 60
    set_status(cloud, camera, "OFFLINE")
    cloud.clock_offset = 60 + UPLOAD
    assert await _lengths(ask, record_id) == [60]


async def test_stopped_twice(ask: Ask, cloud: Cloud) -> None:
    """The first stop is the end."""
    record_id = await _trigger(ask, RecordDuration=600)
    for offset in (60, 90):
        cloud.clock_offset = offset
        await ask("StopTriggeredRecord", RecordId=record_id)
    assert await _lengths(ask, record_id) == [60]


async def test_without_storage(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """The other guess: the trigger is accepted, and nothing comes of it."""
    cloud.inferred.refuse_without_storage = False
    camera.retention_days = 0
    record_id = await _trigger(ask, RecordDuration=10)
    cloud.clock_offset = HOUR
    assert await _lengths(ask, record_id) == []


async def test_unknown_record(ask: Ask, cloud: Cloud) -> None:
    """Whether it is refused or has no files is a guess."""
    action = "QueryRecordByRecordId"
    reply = await ask(action, RecordId="0" * 32)
    assert reply["Data"] == []
    cloud.inferred.unknown_record_is_empty = False
    reply = await ask(action, RecordId="0" * 32)
    assert reply["Success"] is False
    assert (reply["Code"], reply["ErrorMessage"]) == cloud.inferred.unknown_record
