"""What happens to a recording when two things happen at once. All of it was found by the chaos suite."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .alarms import AlarmEvents
from .recording import RecordingEvents, record


@contextmanager
def writing_slowly(store: str) -> Iterator[asyncio.Event]:
    """Let each write of a store take some time more; the event is set as soon as one of this store is on disk."""
    writing = asyncio.Event()
    write = Store._async_handle_write_data

    async def write_slowly(self: Store[Any], *args: Any) -> None:
        await write(self, *args)  # type: ignore[no-untyped-call]
        if self.key.endswith(f".{store}"):
            writing.set()
        await asyncio.sleep(0.2)

    with patch.object(Store, "_async_handle_write_data", write_slowly):
        yield writing


async def test_reload_while_the_end_is_written(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
) -> None:
    """An end that is written down is told, even if the entry is unloaded in this moment."""
    await record(hass, record_duration=10)
    with writing_slowly("recordings") as writing:
        clock.jump(30)
        await writing.wait()
        assert not record_events.ends
        assert await hass.config_entries.async_reload(loaded.entry_id)
    await clock.run(30)
    assert len(record_events.ready) == 1


async def test_stop_while_the_end_is_written(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
) -> None:
    """An end that is written down is told, even if Home Assistant stops in this moment."""
    await record(hass, record_duration=10)
    with writing_slowly("recordings") as writing:
        clock.jump(30)
        await writing.wait()
        assert not record_events.ends
        await hass.async_stop(force=True)
    assert len(record_events.ready) == 1


async def test_stop_while_an_alarm_is_written(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """An alarm that is written down is told, even if Home Assistant stops in this moment."""
    await clock.run(40, step=5)
    alarm_events = AlarmEvents(hass)
    event_id = raise_alarm(cloud, cameras["Front door"])
    with writing_slowly("alarms") as writing:
        while not writing.is_set():
            clock.jump(5)
            await asyncio.sleep(0.02)
        assert not alarm_events.states
        await hass.async_stop(force=True)
    assert alarm_events.event_ids == [event_id]


async def test_reload_while_the_recording_of_an_alarm_is_written(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """A recording of an alarm that is found while the entry is unloaded is told after it."""

    def told() -> Any:
        state = hass.states.get("event.front_door_alarm")
        return state and state.attributes.get("file_name")

    await clock.run(40, step=5)
    alarm_events = AlarmEvents(hass)
    event_id = raise_alarm(cloud, cameras["Front door"], record=True)
    while not alarm_events.states:
        await clock.tick(5)
    file_name = cameras["Front door"].alarms[event_id].file_name
    with writing_slowly("alarms") as writing:
        while not writing.is_set():
            clock.jump(5)
            await asyncio.sleep(0.02)
        assert not told()
        assert await hass.config_entries.async_reload(loaded.entry_id)
    await clock.run(120, step=5)
    assert told() == file_name
    assert alarm_events.event_ids == [event_id]


@pytest.mark.parametrize("seconds", [1.0, 13.0])
async def test_reload_before_the_answer(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
    seconds: float,
) -> None:
    """However late the cloud's answer is, it is kept, and who waits for the file is told that he waits in vain."""
    cloud.faults.append(Fault("delay", action="TriggerRecord", seconds=seconds))
    caller = asyncio.create_task(record(hass, record_duration=60, wait_for_file=True))
    while not cloud.calls_of("TriggerRecord"):
        await asyncio.sleep(0.01)
    reload = asyncio.create_task(hass.config_entries.async_reload(loaded.entry_id))
    while not (caller.done() and reload.done()):
        clock.jump(0.5)
        await asyncio.sleep(0.02)
    with pytest.raises(HomeAssistantError) as caught:
        await caller
    assert caught.value.translation_key == "unloaded"

    await clock.run(90)
    (ready,) = record_events.ready
    assert [ready.data["file_id"]] == list(cameras["Front door"].records)


async def test_files_of_another_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """A lost request does not end with the file of a recording that is finished already, nor after a restart."""
    await record(hass, record_duration=10)
    await record(hass, record_duration=11)
    cloud.faults.append(Fault("cut", action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=40)
    await clock.run(35)
    assert len(record_events.ready) == 2
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await clock.run(700, step=10)
    assert len(record_events.ready) == 2
    assert [failed.data["reason"] for failed in record_events.failed] == ["rejected"]


async def test_file_of_a_request_without_an_answer_yet(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """A lost request does not end with the file of a later one that the cloud has yet to answer."""
    cloud.inferred.upload_delay = 0.5
    cloud.faults.append(Fault("cut", action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=10)
    cloud.faults.append(Fault("delay", action="TriggerRecord", seconds=14))
    caller = asyncio.create_task(record(hass, record_duration=10))
    while not caller.done():
        clock.jump(0.5)
        await asyncio.sleep(0.02)
    await clock.run(700, step=10)
    (ready,) = record_events.ready
    assert ready.data["file_id"] == (await caller)["file_id"]
    assert [failed.data["reason"] for failed in record_events.failed] == ["rejected"]


async def test_file_of_the_next_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """What follows on the heels of a lost request is not taken for its next part: that follows full parts only."""
    cloud.faults.append(Fault("cut", after=True, action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=90)
    await clock.run(90)
    await record(hass, record_duration=10)
    # Both files are there when the search begins; it does not see yet whose the later one is.
    cloud.faults[:] = [
        Fault("cut", action="QueryRecord", times=None),
        Fault("patch", action="QueryRecordByRecordId", patch={"Data": []}, times=None),
    ]
    await clock.run(20)
    del cloud.faults[0]
    await clock.run(60)
    cloud.faults.clear()
    await clock.run(700, step=2)
    files = [
        {file["file_name"] for file in event.data["files"]}
        for event in record_events.ready
    ]
    assert len(files) == 2
    assert not files[0] & files[1]
    assert all(len(names) == 1 for names in files)


async def test_request_during_a_search(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """A lost request does not end with the file of one that was sent while the cloud was slow to list the files."""
    cloud.inferred.upload_delay = 0.5
    cloud.faults.append(Fault("cut", action="TriggerRecord"))
    with pytest.raises(HomeAssistantError):
        await record(hass, record_duration=10)
    await clock.run(10)
    cloud.faults[:] = [Fault("late", action="QueryRecord", seconds=13)]
    while cloud.faults[0].times:
        clock.jump(0.5)
        await asyncio.sleep(0.02)
    row = await record(hass, record_duration=10)
    for _ in range(30):
        clock.jump(0.5)
        await asyncio.sleep(0.02)
    await clock.run(700, step=10)
    (ready,) = record_events.ready
    assert ready.data["file_id"] == row["file_id"]
    assert [failed.data["reason"] for failed in record_events.failed] == ["rejected"]


async def test_two_searches_at_once(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """One file is not told as that of two recordings whose answers were lost."""
    for after in (True, False):
        cloud.faults.append(Fault("cut", after=after, action="TriggerRecord"))
        with pytest.raises(HomeAssistantError):
            await record(hass, record_duration=20)
    await clock.run(700, step=10)
    assert len(record_events.ready) == 1
    assert [failed.data["reason"] for failed in record_events.failed] == ["rejected"]
