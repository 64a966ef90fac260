"""The life of a recording, as automations see it: events, states, and what is asked of the cloud."""

from datetime import datetime
from typing import Any

from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .recording import CAMERA, RecordingEvents, record


def is_recording(hass: HomeAssistant) -> bool:
    """Return the state of the binary sensor."""
    state = hass.states.get("binary_sensor.front_door_recording")
    assert state is not None
    return state.state == "on"


async def test_from_request_to_file(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """The file ID is told at once and again with the file; nothing is asked before it can be there."""
    context = Context(user_id=None, parent_id="01HZZZZZZZZZZZZZZZZZZZZZZZ")
    await hass.services.async_call(
        "linkvisual",
        "trigger_record",
        {"entity_id": CAMERA, "record_duration": 30, "pre_record_duration": 5},
        blocking=True,
        context=context,
    )
    (triggered,) = record_events.triggered
    (record_id,) = cameras["Front door"].records
    assert triggered.data["file_id"] == record_id
    assert triggered.data["entity_id"] == CAMERA
    assert triggered.data["iot_id"] == cameras["Front door"].iot_id
    assert triggered.data["config_entry_id"] == loaded.entry_id
    assert triggered.data["record_duration"] == 30
    assert triggered.context.id == context.id
    assert is_recording(hass)

    await clock.run(24)
    assert is_recording(hass)
    await clock.run(2)
    assert not is_recording(hass)
    assert not cloud.calls_of("QueryRecordByRecordId")
    await clock.run(2)
    assert cloud.calls_of("QueryRecordByRecordId")

    await clock.run(13)
    (ready,) = record_events.ready
    common = {key: value for key, value in ready.data.items() if key != "files"}
    assert common == triggered.data
    assert ready.context.id == context.id
    (file,) = ready.data["files"]
    begin, end = file["begin"], file["end"]
    assert begin.endswith("+00:00")
    assert begin < triggered.data["triggered_at"] < end
    assert file["media_content_id"].startswith(
        f"media-source://linkvisual/{loaded.entry_id}/{cameras['Front door'].iot_id}/"
    )
    assert len(cloud.calls_of("TriggerRecord")) == 1
    assert len(cloud.calls_of("QueryRecordByRecordId")) <= 3
    assert not record_events.failed


async def test_restart(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """A recording that was made while Home Assistant was down is told when it is up again, once."""
    row = await record(hass)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await clock.tick(300)
    assert not record_events.ends
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(10)
    (ready,) = record_events.ready
    assert ready.data["file_id"] == row["file_id"]
    assert ready.data["request_id"] == record_events.triggered[0].data["request_id"]

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await clock.run(30)
    assert len(record_events.ends) == 1
    state = hass.states.get("sensor.front_door_last_recording")
    assert state is not None
    assert state.attributes["file_id"] == row["file_id"]


async def test_long_recording_has_several_files(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
) -> None:
    """A recording over half an hour is split; it is ready when all its files are there."""
    await record(hass, record_duration=4000)
    await clock.run(4020, step=10)
    (ready,) = record_events.ready
    files = ready.data["files"]
    assert len(files) == 3
    assert [file["begin"] for file in files[1:]] == [file["end"] for file in files[:-1]]


@pytest.mark.parametrize("early", [True, False])
async def test_files_that_come_one_by_one(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
    early: bool,
) -> None:
    """Parts may be there sooner than the rest, or the rest never: it is waited for until the deadline."""
    cloud.inferred.split_files_appear_early = early
    await record(hass, record_duration=4000)
    await clock.run(4000, step=40)
    # The last part is lost on the way.
    (emulated,) = cameras["Front door"].records.values()
    emulated.end = emulated.begin + 3600
    await clock.run(560, step=20)
    assert not record_events.ends
    await clock.run(120, step=20)
    (ready,) = record_events.ready
    assert len(ready.data["files"]) == 2


async def test_camera_that_stops_early(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    front_door: Device,
    record_events: RecordingEvents,
) -> None:
    """A recording of one file is told with what there is of it, however short."""
    await record(hass, record_duration=120)
    (emulated,) = front_door.records.values()
    emulated.end = emulated.begin + 20
    await clock.run(180, step=5)
    (ready,) = record_events.ready
    (file,) = ready.data["files"]
    length = datetime.fromisoformat(file["end"]) - datetime.fromisoformat(file["begin"])
    assert 19 <= length.total_seconds() <= 21


async def test_stop(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """A stop shortens a recording; the shorter file comes, and its length is heard."""
    row = await record(hass, record_duration=600)
    await clock.run(20)
    reply = await hass.services.async_call(
        "linkvisual",
        "stop_record",
        {"entity_id": CAMERA},
        blocking=True,
        return_response=True,
    )
    assert reply == {CAMERA: {"status": "stopped", "file_ids": [row["file_id"]]}}
    assert not is_recording(hass)
    await clock.run(15)
    (ready,) = record_events.ready
    (file,) = ready.data["files"]
    length = datetime.fromisoformat(file["end"]) - datetime.fromisoformat(file["begin"])
    assert 19 <= length.total_seconds() <= 21
    assert len(cloud.calls_of("StopTriggeredRecord")) == 1


async def test_no_file_comes(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """After ten minutes beyond its length a recording has failed; until then it is asked for, ever slower."""
    cloud.inferred.upload_delay = 1e9
    await record(hass)
    await clock.run(655, step=5)
    assert not record_events.ends
    asked = len(cloud.calls_of("QueryRecordByRecordId"))
    assert 20 <= asked <= 40
    await clock.run(80, step=5)
    (failed,) = record_events.failed
    assert failed.data["reason"] == "timeout"
    state = hass.states.get("event.front_door_recording_progress")
    assert state is not None
    assert state.attributes["event_type"] == "failed"
    assert state.attributes["reason"] == "timeout"


async def test_outage_is_no_failure(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """As long as the cloud does not answer, a recording has not failed: its file comes with the cloud."""
    await record(hass)
    cloud.faults.append(Fault("body", status=503, times=None))
    await clock.run(3600, step=60)
    assert not record_events.ends
    cloud.faults.clear()
    await clock.run(120, step=30)
    assert len(record_events.ready) == 1


async def test_camera_is_removed(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """A camera that two lists do not hold takes its recordings along, and that is heard."""
    await record(hass, record_duration=1200)
    del cloud.world.devices[cameras["Front door"].iot_id]
    await clock.run(360, step=30)
    assert not record_events.ends
    await clock.run(360, step=30)
    (failed,) = record_events.failed
    assert failed.data["reason"] == "deleted"
    assert failed.data["device_name"] == "ipc_0000"
    assert hass.states.get(CAMERA) is None


async def test_camera_is_not_found(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """If to the end the cloud knows no such camera, that is the reason."""
    await record(hass)
    cloud.faults.append(
        Fault(
            "service",
            "QueryRecordByRecordId",
            None,
            code="403",
            message="tenant auth error.",
        )
    )
    await clock.run(720, step=10)
    (failed,) = record_events.failed
    assert failed.data["reason"] == "deleted"


async def test_unknown_record_is_refused(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """A cloud that refuses to speak of a recording while nothing is uploaded is asked again."""
    await record(hass)
    cloud.faults.append(
        Fault(
            "service",
            "QueryRecordByRecordId",
            2,
            code="400",
            message="Record not exist.",
        )
    )
    await clock.run(90)
    assert len(record_events.ready) == 1


async def test_camera_goes_offline_while_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """What was recorded before the camera lost its connection still comes up."""
    await record(hass)
    await clock.run(20)
    set_status(cloud, cameras["Front door"], "OFFLINE")
    await clock.run(70)
    (ready,) = record_events.ready
    assert len(ready.data["files"]) == 1


async def test_odd_storage(
    hass: HomeAssistant,
    clock: Clock,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A stored row that nobody wrote is told of in the log, and does not stop the account."""
    entry.add_to_hass(hass)
    hass_storage[f"linkvisual.{entry.entry_id}.recordings"] = {
        "version": 1,
        "data": {"active": [{"key": "x"}], "last": [{"iot_id": 1}]},
    }
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert caplog.text.count("A stored recording cannot be read") == 2


async def test_two_at_once(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """A second trigger during a recording triggers again; both files come."""
    first = await record(hass, record_duration=60)
    await clock.run(10)
    second = await record(hass, record_duration=20)
    assert first["file_id"] != second["file_id"]
    await clock.run(25)
    assert is_recording(hass)
    await clock.run(60)
    assert [ready.data["file_id"] for ready in record_events.ready] == [
        second["file_id"],
        first["file_id"],
    ]
    state = hass.states.get("sensor.front_door_last_recording")
    assert state is not None
    assert state.attributes["file_id"] == second["file_id"]
