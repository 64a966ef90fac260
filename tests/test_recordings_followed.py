"""Recordings are followed to their end, whatever refuses to speak of them, and whatever the clock says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .recording import CAMERA, RecordingEvents, record

SENSOR = "binary_sensor.front_door_recording"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "gateway", "code": "InvalidAccessKeyId.Inactive"},
        {"kind": "gateway", "status": 403, "code": "NoPermission"},
        {"kind": "gateway", "status": 403, "code": "Forbidden.RiskControl"},
        {"kind": "service", "code": "iot.system.SystemException"},
        {"kind": "service", "code": "iot.system.BillIsOverDue"},
        {"kind": "service", "code": "403", "message": "request forbidden."},
        {"kind": "service", "code": "iot.not.documented", "message": "Come back."},
        {"kind": "patch", "patch": {"Data": 5}},
    ],
)
async def test_refusal_that_says_nothing_about_the_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
    fault: dict[str, Any],
) -> None:
    """What refuses the account, or is of no known form, ends no recording, however long it lasts."""
    await record(hass)
    cloud.faults.append(Fault(**fault, action="QueryRecordByRecordId", times=None))
    await clock.run(3600, step=120)
    await clock.run(86400, step=3600)
    assert not record_events.ends
    asked = len(cloud.calls_of("QueryRecordByRecordId"))
    assert asked < 150
    cloud.faults.clear()
    await clock.run(3600, step=600)
    assert len(record_events.ready) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "patch", "patch": {"Data": None}},
        {"kind": "service", "code": "400", "message": "Record not exist."},
        {"kind": "service", "code": "iot.device.NotExistedDevice"},
    ],
)
async def test_one_answer_is_not_the_last_word(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
    fault: dict[str, Any],
) -> None:
    """Who looks late for the first time, and sees no file, looks once more before a recording counts as lost."""
    await record(hass)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await clock.tick(3600)
    cloud.faults.append(Fault(**fault, action="QueryRecordByRecordId", times=1))
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(120, step=5)
    assert len(record_events.ready) == 1
    assert not record_events.failed


async def test_key_disabled_overnight(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """With the key the follow-up works again, and does not wait for its next turn."""
    await record(hass)
    cloud.keys[cloud.access_key_id].active = False
    await clock.run(9 * 3600, step=1800)
    assert not record_events.ends
    cloud.keys[cloud.access_key_id].active = True
    await clock.run(125, step=25)
    assert len(record_events.ready) == 1


async def test_instance_that_is_refused_as_a_whole(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """An instance that is closed for a while has not lost its cameras."""
    await record(hass)
    cloud.faults.append(
        Fault("service", times=None, code="iot.Sre.IotInstanceStatusForbidden")
    )
    await clock.run(7200, step=120)
    assert not record_events.ends
    cloud.faults.clear()
    await clock.run(400, step=20)
    assert len(record_events.ready) == 1


async def test_camera_that_breaks_off(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """A camera that went offline records no longer, and its file is not waited for to the planned end."""
    await record(hass, record_duration=7200)
    assert hass.states.is_state(SENSOR, "on")
    set_status(cloud, cameras["Front door"], "OFFLINE")
    await clock.run(70, step=5)
    assert hass.states.is_state(SENSOR, "off")
    (ready,) = record_events.ready
    assert len(ready.data["files"]) == 1
    set_status(cloud, cameras["Front door"], "ONLINE")
    await clock.run(70, step=5)
    assert hass.states.is_state(SENSOR, "off")
    row = await record(hass, skip_if_recording=True)
    assert row["status"] == "triggered"


async def test_camera_that_is_back_before_its_file(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """The end of a recording is noticed also when its file comes after the camera is back."""
    cloud.inferred.upload_delay = 100
    await record(hass, record_duration=7200)
    set_status(cloud, cameras["Front door"], "OFFLINE")
    await clock.run(65, step=5)
    set_status(cloud, cameras["Front door"], "ONLINE")
    await clock.run(25, step=5)
    assert not record_events.ends
    await clock.run(120, step=5)
    assert len(record_events.ready) == 1
    assert hass.states.is_state(SENSOR, "off")


async def test_camera_that_goes_on_after_a_break(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """If the recording outlives a lost connection, it runs on when the camera is back, and is ready after its end."""
    cloud.inferred.offline_ends_recordings = False
    await record(hass, record_duration=7200)
    set_status(cloud, cameras["Front door"], "OFFLINE")
    await clock.run(70, step=5)
    assert hass.states.is_state(SENSOR, "off")
    set_status(cloud, cameras["Front door"], "ONLINE")
    await clock.run(70, step=5)
    assert hass.states.is_state(SENSOR, "on")
    await clock.run(7000, step=250)
    assert not record_events.ends
    await clock.run(90, step=5)
    assert hass.states.is_state(SENSOR, "off")
    (ready,) = record_events.ready
    assert len(ready.data["files"]) == 4


@pytest.mark.parametrize("upload_delay", [6, 200])
async def test_recording_that_broke_off_while_home_assistant_was_down(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
    upload_delay: float,
) -> None:
    """After a restart it is looked whether the recording still runs, also if its file comes later than Home Assistant."""
    cloud.inferred.upload_delay = upload_delay
    await record(hass, record_duration=7200)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    set_status(cloud, cameras["Front door"], "OFFLINE")
    await clock.tick(60)
    set_status(cloud, cameras["Front door"], "ONLINE")
    await clock.tick(60)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(180, step=5)
    assert len(record_events.ready) == 1
    assert hass.states.is_state(SENSOR, "off")
    row = await record(hass, skip_if_recording=True)
    assert row["status"] == "triggered"


@pytest.mark.parametrize("record_duration", [3605, 3620, 4000])
@pytest.mark.parametrize("seconds", [90, 400])
async def test_last_part_that_takes_its_time(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
    seconds: int,
    record_duration: int,
) -> None:
    """Parts that are there do not stand for the last one, which is uploaded later."""
    cloud.inferred.split_files_appear_early = True
    await record(hass, record_duration=record_duration)
    for _ in range(30):
        await clock.tick((record_duration - 10) / 30)
    cloud.inferred.upload_delay = seconds
    await clock.run(seconds, step=10)
    assert not record_events.ends
    await clock.run(80, step=10)
    (ready,) = record_events.ready
    assert len(ready.data["files"]) == 3


@pytest.mark.parametrize("hours", [1, -1])
async def test_clock_of_this_machine_is_set(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
) -> None:
    """A wall clock that is set while a camera records neither ends the recording nor makes it longer."""
    await record(hass, record_duration=600)
    monkeypatch.setattr(dt_util, "utcnow", _ahead(dt_util.utcnow, hours))
    await clock.run(500, step=20)
    assert not record_events.ends
    assert hass.states.is_state(SENSOR, "on")
    await clock.run(130, step=5)
    assert len(record_events.ready) == 1


def _ahead(utcnow: Callable[[], datetime], hours: int) -> Callable[[], datetime]:
    return lambda: utcnow() + timedelta(hours=hours)


async def test_unexpected_error(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A follow-up outlives a bug, which is logged once."""

    async def fail(*_args: Any, **_kwargs: Any) -> None:
        raise ZeroDivisionError

    client = loaded.runtime_data.client
    await record(hass)
    with monkeypatch.context() as patched:
        patched.setattr(type(client), "query_record_by_record_id", fail)
        await clock.run(120, step=5)
    assert caplog.text.count("Unexpected error while following") == 1
    await clock.run(30, step=5)
    assert len(record_events.ready) == 1


async def test_last_recording_is_deleted(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
) -> None:
    """A file that was deleted is no last recording."""
    await record(hass, record_duration=10)
    await clock.run(20)
    (ready,) = record_events.ready
    await hass.services.async_call(
        "linkvisual",
        "delete_recordings",
        {"media_content_id": ready.data["files"][0]["media_content_id"]},
        blocking=True,
    )
    state = hass.states.get("sensor.front_door_last_recording")
    assert state is not None
    assert state.state == "unknown"
    assert state.attributes["media_content_id"] is None
    assert await hass.config_entries.async_reload(loaded.entry_id)
    assert hass.states.is_state("sensor.front_door_last_recording", "unknown")
    assert hass.states.get(CAMERA) is not None


async def test_last_recording_is_found_in_the_cloud(
    hass: HomeAssistant,
    clock: Clock,
    entry: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """What was recorded before this Home Assistant was there is the last recording, too; and again after a deletion."""
    camera, now = cameras["Front door"], cloud.now()
    older, newer = (
        cloud.world.add_file(camera, now - age, now - age + 30, record_type=2)
        for age in (7200, 3600)
    )
    cloud.world.add_file(camera, now - 600, now - 570, record_type=1)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(30, step=5)
    for file in (newer, older):
        state = hass.states.get("sensor.front_door_last_recording")
        assert state is not None
        assert datetime.fromisoformat(state.state).timestamp() == int(file.begin)
        await hass.services.async_call(
            "linkvisual",
            "delete_recordings",
            {"media_content_id": state.attributes["media_content_id"]},
            blocking=True,
        )
        await clock.run(90, step=10)
    assert hass.states.is_state("sensor.front_door_last_recording", "unknown")


async def test_last_recording_that_is_no_longer_kept(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry
) -> None:
    """What the cloud has purged by now is no last recording."""
    await record(hass, record_duration=10)
    await clock.run(20)
    assert not hass.states.is_state("sensor.front_door_last_recording", "unknown")
    await clock.run(7 * 86400 + 300, step=43200)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    assert hass.states.is_state("sensor.front_door_last_recording", "unknown")
