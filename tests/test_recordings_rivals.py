"""Files that could be of several recordings, since answers were lost: each goes to its own."""

import asyncio
from datetime import datetime

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.inferred import Order
from tests.emulator.operations import Params
from tests.emulator.services import SERVICES, Fields, Origin
from tests.emulator.world import Device

from .recording import RecordingEvents, lose_answer, lose_request, record


def begin_late(camera: Device, seconds: float) -> None:
    """Let a camera begin its recordings late."""
    for triggered in camera.records.values():
        triggered.begin += seconds
        triggered.end += seconds


def assert_own_files(record_events: RecordingEvents) -> None:
    """Both recordings must have the file of their length."""
    assert len(record_events.ready) == 2
    for ready in record_events.ready:
        (file,) = ready.data["files"]
        begin, end = map(datetime.fromisoformat, (file["begin"], file["end"]))
        length = (end - begin).total_seconds()
        assert length == pytest.approx(ready.data["record_duration"], abs=2)


@pytest.mark.parametrize("apart", [20, 21, 22, 23, 24])
async def test_lost_request_beside_a_lost_answer(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
    apart: int,
) -> None:
    """The file is of the request that it began with, whichever of the two is looked for first."""
    await lose_answer(hass, cloud, record_duration=40)
    await clock.run(apart)
    await lose_request(hass, cloud, record_duration=10)
    await clock.run(60)
    (ready,) = record_events.ready
    assert ready.data["record_duration"] == 40
    await clock.run(700, step=10)
    (failed,) = record_events.failed
    assert failed.data["record_duration"] == 10


async def test_lost_answers_of_a_late_camera(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """A camera begins late rather than early: each request gets its own file."""
    for record_duration in (20, 10):
        await lose_answer(hass, cloud, record_duration=record_duration)
        await clock.run(10)
    begin_late(cameras["Front door"], 6)
    await clock.run(60)
    assert_own_files(record_events)


@pytest.mark.parametrize("late", [0, 11])
async def test_lost_answer_beside_a_long_lost_request(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
    late: int,
) -> None:
    """A file that rather seems to be another's is taken before the recording is given up."""
    await lose_answer(hass, cloud)
    await clock.run(10)
    await lose_request(hass, cloud, record_duration=7200)
    begin_late(cameras["Front door"], late)
    await clock.run(720, step=10)
    (ready,) = record_events.ready
    assert ready.data["record_duration"] == 20
    assert not record_events.failed


async def test_lost_answer_beside_a_recording_without_files(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """A recording that never gets its file does not keep another one from its own."""
    await lose_answer(hass, cloud)
    await clock.run(10)
    row = await record(hass, record_duration=20)
    cameras["Front door"].records[row["file_id"]].stored = False
    await clock.run(720, step=10)
    (ready,) = record_events.ready
    assert ready.data["file_id"] is None
    (failed,) = record_events.failed
    assert failed.data["file_id"] == row["file_id"]


async def test_first_part_of_a_longer_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """A file that is longer than what was asked for is another recording's."""
    cloud.inferred.split_files_appear_early = True
    await lose_request(hass, cloud, record_duration=1300)
    await clock.run(10)
    await lose_answer(hass, cloud, record_duration=7200)
    await clock.run(8100, step=15)
    (ready,) = record_events.ready
    assert ready.data["record_duration"] == 7200
    assert len(ready.data["files"]) == 4


@pytest.mark.parametrize("order", ["ascending", "descending"])
async def test_lost_answers_of_the_same_second(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
    order: Order,
) -> None:
    """Of files that begin together, each goes to the request of its length."""
    cloud.inferred.record_order = order
    cloud.inferred.upload_delay = 60
    for record_duration in (71, 22):
        await lose_answer(hass, cloud, record_duration=record_duration)
    await clock.run(800, step=10)
    assert_own_files(record_events)


async def test_lost_request_before_a_lost_answer_and_a_long_stop(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """Where it is late for all of them, each still leaves to another what fits that one better."""
    await lose_request(hass, cloud, record_duration=10)
    await clock.run(20)
    await lose_answer(hass, cloud, record_duration=40)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await clock.tick(900)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(300, step=10)
    (ready,) = record_events.ready
    assert ready.data["record_duration"] == 40
    (failed,) = record_events.failed
    assert failed.data["record_duration"] == 10


async def test_lost_answer_beside_a_lost_request_of_the_other_stream(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """A file of one stream is not left to a recording of the other."""
    await lose_answer(hass, cloud)
    await lose_request(hass, cloud, stream_type="sub")
    begin_late(cameras["Front door"], 3)
    await clock.run(60)
    (ready,) = record_events.ready
    assert ready.data["stream_type"] == "main"


async def test_file_beside_an_odd_one(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A row of the list that stays odd costs ten minutes, not the recording."""
    await lose_answer(hass, cloud)
    now = cloud.now()
    other = cloud.world.add_file(
        cameras["Front door"], now - 25, now - 20, record_type=2
    )
    query_record = SERVICES["QueryRecord"]

    def odd(cloud: Cloud, params: Params, origin: Origin) -> Fields:
        reply = query_record(cloud, params, origin)
        for row in reply["Data"]["List"]:
            if row["FileName"] == other.file_name:
                row["EndTime"] = "0001-01-01 00:00:00"
        return reply

    monkeypatch.setitem(SERVICES, "QueryRecord", odd)
    await clock.run(60, step=5)
    assert not record_events.ends
    await clock.run(700, step=10)
    (ready,) = record_events.ready
    (file,) = ready.data["files"]
    assert file["file_name"] != other.file_name


@pytest.mark.parametrize(
    "fault",
    [
        Fault("service", code="460", message="InvalidParameter"),
        Fault("patch", patch={"Data": 5}),
    ],
)
async def test_lost_answer_beside_one_that_cannot_be_asked_for(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
    fault: Fault,
) -> None:
    """What is refused, or unreadable, about one recording does not keep another one from being found."""
    await record(hass, record_duration=20)
    await clock.run(10)
    await lose_answer(hass, cloud)
    fault.action, fault.times = "QueryRecordByRecordId", None
    cloud.faults.append(fault)
    await clock.run(760, step=10)
    (ready,) = record_events.ready
    assert ready.data["file_id"] is None


async def test_answer_that_is_lost_after_a_long_wait(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """The recording is looked for where it was sent, not where it was asked for."""
    cloud.faults.append(
        Fault(
            "gateway",
            "TriggerRecord",
            status=429,
            code="Throttling.User",
            headers={"x-acs-retry-after": "28000"},
        )
    )
    caller = asyncio.create_task(lose_answer(hass, cloud))
    while not caller.done():
        clock.jump(0.5)
        await asyncio.sleep(0.02)
    await caller
    begin_late(cameras["Front door"], 5)
    await clock.run(60)
    (ready,) = record_events.ready
    assert ready.data["file_id"] is None
