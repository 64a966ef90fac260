"""The life of a recording, as automations see it: events, states, and what is asked of the cloud."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device

CAMERA = "camera.front_door"


class Told:
    """What the bus was told of recordings."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.triggered = async_capture_events(hass, "linkvisual_record_triggered")
        self.ready = async_capture_events(hass, "linkvisual_record_ready")
        self.failed = async_capture_events(hass, "linkvisual_record_failed")

    @property
    def ends(self) -> list[Event[Any]]:
        """What ended, either way."""
        return [*self.ready, *self.failed]


@pytest.fixture
def told(hass: HomeAssistant) -> Told:
    """Listen to the bus."""
    return Told(hass)


async def record(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    """Trigger a recording of the front door; return its row of the reply."""
    reply = await hass.services.async_call(
        "linkvisual",
        "trigger_record",
        {"entity_id": CAMERA, **data},
        blocking=True,
        return_response=True,
    )
    assert reply is not None
    row = reply[CAMERA]
    assert isinstance(row, dict)
    return row


def is_recording(hass: HomeAssistant) -> bool:
    """Tell what the binary sensor says."""
    state = hass.states.get("binary_sensor.front_door_recording")
    assert state is not None
    return state.state == "on"


async def test_from_request_to_file(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    told: Told,
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
    (triggered,) = told.triggered
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

    await clock.run(15)
    (ready,) = told.ready
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
    assert not told.failed


async def test_restart(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: Told,
) -> None:
    """A recording that was made while Home Assistant was down is told when it is up again, once."""
    row = await record(hass)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await clock.tick(300)
    assert not told.ends
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(10)
    (ready,) = told.ready
    assert ready.data["file_id"] == row["file_id"]

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await clock.run(30)
    assert len(told.ends) == 1
    state = hass.states.get("sensor.front_door_last_recording")
    assert state is not None
    assert state.attributes["file_id"] == row["file_id"]


async def test_long_recording_has_several_files(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, told: Told
) -> None:
    """A recording over half an hour is split; it is ready when all its files are there."""
    await record(hass, record_duration=4000)
    await clock.run(4020, step=10)
    (ready,) = told.ready
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
    told: Told,
    early: bool,
) -> None:
    """Parts may be there sooner than the rest, or never: the rest is waited for, but not for ever."""
    cloud.inferred.split_files_appear_early = early
    await record(hass, record_duration=4000)
    await clock.run(4000, step=40)
    # The last part is lost on the way.
    (emulated,) = cameras["Front door"].records.values()
    emulated.end = emulated.begin + 3600
    await clock.run(120, step=5)
    (ready,) = told.ready
    assert len(ready.data["files"]) == 2


async def test_stop(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: Told,
) -> None:
    """A stop shortens a recording; the shorter file comes, and its length is told."""
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
    (ready,) = told.ready
    (file,) = ready.data["files"]
    length = datetime.fromisoformat(file["end"]) - datetime.fromisoformat(file["begin"])
    assert 19 <= length.total_seconds() <= 21
    assert len(cloud.calls_of("StopTriggeredRecord")) == 1


async def test_no_file_comes(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: Told,
) -> None:
    """After ten minutes beyond its length a recording has failed; until then it is asked for, ever slower."""
    cloud.inferred.upload_delay = 1e9
    await record(hass)
    await clock.run(655, step=5)
    assert not told.ends
    asked = len(cloud.calls_of("QueryRecordByRecordId"))
    assert 20 <= asked <= 40
    await clock.run(80, step=5)
    (failed,) = told.failed
    assert failed.data["reason"] == "timeout"
    state = hass.states.get("event.front_door_recording")
    assert state is not None
    assert state.attributes["event_type"] == "failed"
    assert state.attributes["reason"] == "timeout"


async def test_outage_is_no_failure(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: Told,
) -> None:
    """As long as the cloud does not answer, a recording has not failed: its file comes with the cloud."""
    await record(hass)
    cloud.faults.append(Fault("body", status=503, times=None))
    await clock.run(3600, step=60)
    assert not told.ends
    cloud.faults.clear()
    await clock.run(120, step=30)
    assert len(told.ready) == 1


async def test_camera_is_removed(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    told: Told,
) -> None:
    """A camera that two lists do not hold takes its recordings along, and that is told."""
    await record(hass, record_duration=1200)
    del cloud.world.devices[cameras["Front door"].iot_id]
    await clock.run(360, step=30)
    assert not told.ends
    await clock.run(360, step=30)
    (failed,) = told.failed
    assert failed.data["reason"] == "deleted"
    assert failed.data["device_name"] == "ipc_0000"
    assert hass.states.get(CAMERA) is None


async def test_camera_is_not_found(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: Told,
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
    (failed,) = told.failed
    assert failed.data["reason"] == "deleted"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut", "after": True},
        {"kind": "truncate"},
        {"kind": "body", "status": 502, "after": True},
        {"kind": "patch", "patch": {"Data": None}},
        {"kind": "patch", "patch": {"Success": None}},
        {"kind": "patch", "patch": {"Success": 5}},
    ],
)
async def test_lost_answer(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    told: Told,
    fault: dict[str, Any],
) -> None:
    """A trigger whose answer is lost is not sent again: the caller is told so, and the file is found."""
    cloud.faults.append(Fault(**fault, action="TriggerRecord"))
    with pytest.raises(HomeAssistantError) as caught:
        await record(hass, record_duration=20)
    assert caught.value.translation_key == "outcome_unknown"
    assert len(cloud.calls_of("TriggerRecord")) == 1

    await clock.run(40)
    (ready,) = told.ready
    assert ready.data["file_id"] is None
    assert len(ready.data["files"]) == 1
    assert len(cameras["Front door"].records) == 1
    assert len(cloud.calls_of("TriggerRecord")) == 1


async def test_lost_request(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: Told,
) -> None:
    """If nothing is found after all, the recording is told as rejected, once."""
    cloud.faults.append(Fault("cut", action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=20)
    await clock.run(700, step=10)
    (failed,) = told.failed
    assert failed.data["reason"] == "rejected"
    assert not told.ready


async def test_lost_answer_beside_another_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: Told,
) -> None:
    """A file that is another recording's is not taken for the one whose answer was lost."""
    row = await record(hass, record_duration=20)
    await clock.run(5)
    cloud.faults.append(Fault("cut", after=True, action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=20)
    await clock.run(60)
    names = {
        ready.data["file_id"]: [file["file_name"] for file in ready.data["files"]]
        for ready in told.ready
    }
    assert names.keys() == {row["file_id"], None}
    assert names[None] != names[row["file_id"]]


async def test_kill_between_request_and_answer(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_storage: dict[str, Any],
    told: Told,
) -> None:
    """What is written down before the request goes out is enough to find the recording after a crash."""
    key = f"linkvisual.{loaded.entry_id}.recordings"
    written: list[Any] = []

    def before(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any) -> Any:
            written.append(hass_storage[key]["data"]["active"])
            return call(*args)

        return wrapped

    from tests.emulator.services import SERVICES

    original = SERVICES["TriggerRecord"]
    SERVICES["TriggerRecord"] = before(original)
    try:
        await record(hass, record_duration=20)
    finally:
        SERVICES["TriggerRecord"] = original
    assert await hass.config_entries.async_unload(loaded.entry_id)

    ((requested,),) = written
    assert requested["state"] == "requested"
    hass_storage[key]["data"]["active"] = [requested]
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(40)
    assert len(told.ready) == 1


@pytest.mark.parametrize("zone", [8, 0])
@pytest.mark.parametrize("lost", [False, True])
async def test_times_without_a_zone(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: Told,
    zone: int,
    lost: bool,
) -> None:
    """Whether the cloud's times are UTC+8 or UTC, the file began when it was triggered."""
    cloud.inferred.text_time_zone = zone
    if lost:
        cloud.faults.append(Fault("cut", after=True, action="TriggerRecord"))
        with pytest.raises(HomeAssistantError):
            await record(hass, record_duration=20)
    else:
        await record(hass, record_duration=20)
    await clock.run(40)
    (ready,) = told.ready
    assert ready.data["files"][0]["begin"][:16] == ready.data["triggered_at"][:16]


async def test_unknown_record_is_refused(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: Told,
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
    assert len(told.ready) == 1


async def test_camera_goes_offline_while_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    told: Told,
) -> None:
    """What was recorded before the camera lost its connection still comes up."""
    await record(hass)
    await clock.run(20)
    set_status(cloud, cameras["Front door"], "OFFLINE")
    await clock.run(70)
    (ready,) = told.ready
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
    told: Told,
) -> None:
    """A second trigger during a recording triggers again; both files come."""
    first = await record(hass, record_duration=60)
    await clock.run(10)
    second = await record(hass, record_duration=20)
    assert first["file_id"] != second["file_id"]
    await clock.run(25)
    assert is_recording(hass)
    await clock.run(60)
    assert [ready.data["file_id"] for ready in told.ready] == [
        second["file_id"],
        first["file_id"],
    ]
    state = hass.states.get("sensor.front_door_last_recording")
    assert state is not None
    assert state.attributes["file_id"] == second["file_id"]
