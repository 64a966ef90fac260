"""Recordings are not mixed up: with those of other cameras, of other streams, or that something else asked for."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import call
from .recording import CAMERA, RecordingEvents, lose_answer, lose_request, record

GARAGE = (
    "binary_sensor.garage_recording",
    "camera.garage",
    "event.garage_recording_progress",
    "sensor.garage_last_recording",
)


async def test_entities_of_another_camera(
    hass: HomeAssistant,
    clock: Clock,
    polled: MockConfigEntry,
    record_events: RecordingEvents,
) -> None:
    """What one camera records changes no state of another one."""

    def states() -> list[Any]:
        """Return the states, without pictures, whose addresses change by themselves."""
        found = [hass.states.get(entity_id) for entity_id in GARAGE]
        return [(each.state, each.attributes.get("file_id")) for each in found if each]

    before = states()
    assert len(before) == len(GARAGE)
    await record(hass, record_duration=20)
    await hass.async_block_till_done()
    assert hass.states.is_state(CAMERA, "recording")
    assert states() == before
    await clock.run(40, step=5)
    assert record_events.ready
    assert states() == before


async def test_stop_of_another_camera(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Stopping one camera leaves the recordings of another one alone."""
    await record(hass, record_duration=600)
    reply = await call(hass, "stop_record", entity_id="camera.garage")
    assert reply["camera.garage"]["status"] == "not_recording"
    assert not cloud.calls_of("StopTriggeredRecord")
    assert hass.states.is_state("binary_sensor.front_door_recording", "on")


async def test_lost_answer_beside_another_camera(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """The files of a lost recording do not wait for those of another camera."""
    await call(hass, "trigger_record", entity_id="camera.garage", record_duration=600)
    await lose_answer(hass, cloud)
    await clock.run(50, step=2)
    (ready,) = record_events.ready
    assert ready.data["entity_id"] == CAMERA
    assert len(ready.data["files"]) == 1


async def test_lost_answer_beside_an_earlier_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """Nor do they wait for those of a recording that began so much earlier that no file could be of both."""
    row = await record(hass, record_duration=600)
    await clock.run(70, step=10)
    await lose_answer(hass, cloud)
    await clock.run(50, step=2)
    (ready,) = record_events.ready
    assert ready.data["file_id"] is None
    await clock.run(500, step=20)
    files = {
        event.data["file_id"]: [file["file_name"] for file in event.data["files"]]
        for event in record_events.ready
    }
    assert files.keys() == {None, row["file_id"]}
    assert files[None] != files[row["file_id"]]


@pytest.mark.parametrize(
    "kind", [{"record_type": 1}, {"record_type": 2, "stream_type": 1}]
)
async def test_lost_request_beside_a_file_of_another_kind(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
    kind: dict[str, int],
) -> None:
    """A file of an alarm, or of the other stream, that began at the same time is not the one that was asked for."""
    now = cloud.now()
    cloud.world.add_file(cameras["Front door"], now, now + 20, **kind)
    await lose_request(hass, cloud)
    await clock.run(50, step=2)
    assert cloud.calls_of("QueryRecord")
    assert not record_events.ends


async def test_lost_answers_in_a_row(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """Of several files that could be of a recording, the one that began nearest to its trigger is."""
    for _ in range(2):
        await lose_answer(hass, cloud)
        # In steps: a reply that is under way in a jump would make the clocks differ.
        await clock.run(12)
    await clock.run(60, step=2)
    told = {
        ready.data["triggered_at"]: ready.data["files"][0]["begin"]
        for ready in record_events.ready
    }
    assert len(told) == 2
    assert [told[time] for time in sorted(told)] == sorted(told.values())


async def test_lost_answer_beside_a_recording_that_is_not_known_yet(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """Nor do they wait for a recording that the cloud knows only when it has files."""
    await record(hass, record_duration=7200)
    await clock.run(70, step=10)
    cloud.faults.append(
        Fault(
            "service",
            "QueryRecordByRecordId",
            None,
            code="400",
            message="Record not exist.",
        )
    )
    await lose_answer(hass, cloud)
    await clock.run(50, step=2)
    (ready,) = record_events.ready
    assert ready.data["file_id"] is None
