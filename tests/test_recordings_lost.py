"""Answers that were lost: the recording is looked for, and never asked for twice."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.inferred import Order
from tests.emulator.world import Device

from .recording import RecordingEvents, record


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
    record_events: RecordingEvents,
    fault: dict[str, Any],
) -> None:
    """A trigger whose answer is lost is not sent again: the caller is told so, and the file is found."""
    cloud.faults.append(Fault(**fault, action="TriggerRecord"))
    with pytest.raises(HomeAssistantError) as caught:
        await record(hass, record_duration=20)
    assert caught.value.translation_key == "outcome_unknown"
    assert len(cloud.calls_of("TriggerRecord")) == 1

    await clock.run(40)
    (ready,) = record_events.ready
    assert ready.data["file_id"] is None
    assert len(ready.data["files"]) == 1
    assert len(cameras["Front door"].records) == 1
    assert len(cloud.calls_of("TriggerRecord")) == 1


async def test_lost_answer_of_a_long_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """All files are found, also those that begin long after the request."""
    cloud.faults.append(Fault("cut", after=True, action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=4000)
    await clock.run(4020, step=10)
    (ready,) = record_events.ready
    files = ready.data["files"]
    assert len(files) == 3
    assert [file["begin"] for file in files[1:]] == [file["end"] for file in files[:-1]]


async def test_lost_request(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """If nothing is found after all, the recording is told as rejected, once."""
    cloud.faults.append(Fault("cut", action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=20)
    await clock.run(700, step=10)
    (failed,) = record_events.failed
    assert failed.data["reason"] == "rejected"
    assert not record_events.ready


async def test_lost_answer_beside_another_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
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
        for ready in record_events.ready
    }
    assert names.keys() == {row["file_id"], None}
    assert names[None] != names[row["file_id"]]


async def test_lost_request_beside_other_recordings(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """As long as a recording is looked for, files remain known as those of others."""
    await record(hass, record_duration=20)
    await clock.run(5)
    cloud.faults.append(Fault("cut", action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=600)
    await clock.run(65)
    await record(hass, record_duration=20)
    await clock.run(1300, step=10)
    assert len(record_events.ready) == 2
    (failed,) = record_events.failed
    assert failed.data["reason"] == "rejected"


async def test_lost_answer_of_a_short_recording_beside_another(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """A file that overlaps the first one is no part of the same recording."""
    for _ in range(2):
        cloud.faults.append(Fault("cut", after=True, action="TriggerRecord"))
        with pytest.raises(HomeAssistantError):
            await record(hass, record_duration=20)
        await clock.tick(6)
    await clock.run(60)
    files = [ready.data["files"] for ready in record_events.ready]
    assert [len(each) for each in files] == [1, 1]
    assert files[0] != files[1]


async def test_kill_between_request_and_answer(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_storage: dict[str, Any],
    record_events: RecordingEvents,
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
    assert len(record_events.ready) == 1


@pytest.mark.parametrize("zone", [8, 0])
@pytest.mark.parametrize("lost", [False, True])
async def test_times_without_a_zone(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
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
    (ready,) = record_events.ready
    assert ready.data["files"][0]["begin"][:16] == ready.data["triggered_at"][:16]


@pytest.mark.parametrize("offset", [600, -600])
async def test_clocks_that_differ(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
    offset: int,
) -> None:
    """The recording is found by the cloud's time, which may be minutes from ours."""
    cloud.clock_offset = offset
    await clock.run(70, step=10)
    cloud.faults.append(Fault("cut", after=True, action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=20)
    await clock.run(60)
    assert len(record_events.ready) == 1


@pytest.mark.parametrize("order", ["ascending", "descending"])
async def test_lost_answer_on_a_busy_camera(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
    order: Order,
) -> None:
    """The file is found among more than the cloud lists at once, wherever it is listed."""
    cloud.inferred.record_order = order
    cloud.faults.append(Fault("cut", after=True, action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=600)
    now = cloud.now()
    for number in range(120):
        begin = now + 60 + 4 * number
        cloud.world.add_file(cameras["Front door"], begin, begin + 10, record_type=2)
    await clock.run(660, step=10)
    (ready,) = record_events.ready
    (file,) = ready.data["files"]
    assert file["begin"][:16] == ready.data["triggered_at"][:16]
    assert not record_events.failed
