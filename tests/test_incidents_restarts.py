"""Incidents are told once, also if Home Assistant restarts, stops or is killed meanwhile."""

import asyncio
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from freezegun import freeze_time
from freezegun.api import TickingDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.things import set_status
from tests.emulator.world import Device

from .incidents import (
    FRONT_DOOR,
    GARAGE,
    GARDEN,
    INCIDENT_READY,
    record_incident,
    running,
)
from .recording import RecordingEvents, record
from .test_recordings_races import writing_slowly


@pytest.fixture
def frozen() -> Iterator[TickingDateTimeFactory]:
    """Take the time in hand, of several runs of Home Assistant."""
    with freeze_time(datetime.now(UTC), tick=True) as factory:
        assert isinstance(factory, TickingDateTimeFactory)
        yield factory


async def test_restart(
    entry: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    frozen: TickingDateTimeFactory,
    tmp_path: Path,
    hass_storage: dict[str, Any],
) -> None:
    """Of three cameras one is offline and one late by five minutes; in between, Home Assistant restarts."""
    cloud.faults.append(
        late := Fault(
            "patch",
            action="QueryRecordByRecordId",
            iot_id=cameras["Garage"].iot_id,
            patch={"Data": []},
            times=None,
        )
    )
    async with running(tmp_path, entry) as (hass, told):
        clock = Clock(hass, frozen)
        reply = await record_incident(
            hass, FRONT_DOOR, GARAGE, GARDEN, record_duration=10
        )
        await clock.run(40, step=10)
        assert not told
    async with running(tmp_path, entry) as (hass, told):
        clock = Clock(hass, frozen)
        ready = async_capture_events(hass, "linkvisual_record_ready")
        await clock.run(280, step=40)
        assert not told
        cloud.faults.remove(late)
        await clock.run(120, step=20)
        (event,) = told
        assert event.data["incident_id"] == reply[FRONT_DOOR]["incident_id"]
        assert [each["entity_id"] for each in event.data["recordings"]] == [
            FRONT_DOOR,
            GARAGE,
        ]
        assert event.data["recordings"][1] == ready[0].data
        (failed,) = event.data["failed"]
        assert (failed["camera"], failed["reason"]) == (GARDEN, "camera_offline")
    async with running(tmp_path, entry) as (hass, told):
        await Clock(hass, frozen).run(30, step=10)
        assert not told


@pytest.mark.parametrize("store", ["incidents", "recordings"])
async def test_kill_while_the_end_is_written(
    entry: MockConfigEntry,
    cloud: Cloud,
    frozen: TickingDateTimeFactory,
    tmp_path: Path,
    hass_storage: dict[str, Any],
    store: str,
) -> None:
    """Whichever file the end of the recording has reached, the next start tells of the incident once."""
    async with running(tmp_path, entry) as (hass, told):
        clock = Clock(hass, frozen)
        reply = await record_incident(hass, FRONT_DOOR, GARDEN, record_duration=10)
        with writing_slowly(store) as writing:
            while not writing.is_set():
                clock.jump(5)
                await asyncio.sleep(0.05)
            stored = deepcopy(hass_storage)
            assert not told
    hass_storage.clear()
    hass_storage.update(stored)
    async with running(tmp_path, entry) as (hass, told):
        clock = Clock(hass, frozen)
        await clock.run(60, step=10)
        ids = [event.data["incident_id"] for event in told]
        assert ids == [reply[FRONT_DOOR]["incident_id"]]
        assert [each["entity_id"] for each in told[0].data["recordings"]] == [
            FRONT_DOOR
        ]


async def test_kill_during_the_call(
    entry: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    frozen: TickingDateTimeFactory,
    tmp_path: Path,
    hass_storage: dict[str, Any],
) -> None:
    """A camera whose answer the kill took is searched for."""
    async with running(tmp_path, entry) as (hass, _):
        cloud.faults.append(
            Fault("delay", action="TriggerRecord", seconds=1, times=None)
        )
        caller = asyncio.create_task(
            record_incident(hass, FRONT_DOOR, record_duration=10)
        )
        while not cloud.calls_of("TriggerRecord"):
            await asyncio.sleep(0.01)
        stored = deepcopy(hass_storage)
        await caller
    hass_storage.clear()
    hass_storage.update(stored)
    async with running(tmp_path, entry) as (hass, told):
        clock = Clock(hass, frozen)
        await clock.run(90, step=10)
        (event,) = told
        (ready,) = event.data["recordings"]
        assert ready["entity_id"] == FRONT_DOOR


async def test_stop_while_the_incident_is_written(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
) -> None:
    """An incident that is written down as told is told, even if Home Assistant stops in this moment."""
    told: list[Any] = async_capture_events(hass, INCIDENT_READY)
    await record_incident(hass, FRONT_DOOR, record_duration=10)
    with writing_slowly("incidents") as writing:
        clock.jump(30)
        await writing.wait()
        writing.clear()
        await writing.wait()
        assert not told
        await hass.async_stop(force=True)
    assert len(told) == 1


async def test_reload_while_the_end_is_written(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
) -> None:
    """A reload while the end is written tells neither the recording nor its incident twice."""
    told: list[Any] = async_capture_events(hass, INCIDENT_READY)
    await record_incident(hass, FRONT_DOOR, record_duration=10)
    with writing_slowly("incidents") as writing:
        clock.jump(30)
        await writing.wait()
        assert await hass.config_entries.async_reload(loaded.entry_id)
    await clock.run(30, step=5)
    assert len(told) == len(record_events.ready) == 1


async def test_reload_while_a_running_recording_is_waited_for(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
) -> None:
    """Who waits for the file of a recording that was running already waits in vain; its incident does not."""
    told: list[Any] = async_capture_events(hass, INCIDENT_READY)
    await record(hass, record_duration=60)
    caller = asyncio.create_task(
        record_incident(hass, FRONT_DOOR, skip_if_recording=True, wait_for_file=True)
    )
    await asyncio.sleep(0.2)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    with pytest.raises(HomeAssistantError) as caught:
        await caller
    assert caught.value.translation_key == "unloaded"
    await clock.run(90, step=5)
    (ready,) = record_events.ready
    (event,) = told
    assert event.data["recordings"] == [ready.data]
    assert not event.data["failed"]


async def test_refusal_during_a_reload(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    front_door: Device,
) -> None:
    """If the only camera refuses, the action says so, also during a reload; nothing is told later."""
    told: list[Any] = async_capture_events(hass, INCIDENT_READY)
    cloud.faults.append(Fault("late", action="TriggerRecord", seconds=0.5))
    caller = asyncio.create_task(record_incident(hass, FRONT_DOOR, record_duration=10))
    await asyncio.sleep(0.2)
    set_status(cloud, front_door, "OFFLINE")
    assert await hass.config_entries.async_reload(loaded.entry_id)
    with pytest.raises(HomeAssistantError) as caught:
        await caller
    assert caught.value.translation_key == "camera_offline"
    await clock.run(30, step=5)
    assert not told


async def test_join_while_the_end_is_written(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    front_door: Device,
) -> None:
    """A recording that broke off may be joined while its end is written: the incident waits for nothing more."""
    told: list[Any] = async_capture_events(hass, INCIDENT_READY)
    cloud.inferred.upload_delay = 200
    await record_incident(hass, FRONT_DOOR, record_duration=7200)
    set_status(cloud, front_door, "OFFLINE")
    await clock.run(65, step=5)
    set_status(cloud, front_door, "ONLINE")
    await clock.run(165, step=15)
    # The file has been there for a while, and the next look finds that no other one follows.
    unseen = Fault("gateway", action="QueryRecordByRecordId", times=None, status=503)
    cloud.faults.append(unseen)
    await clock.run(75, step=15)
    cloud.faults.remove(unseen)
    assert not told
    writing, written = asyncio.Event(), asyncio.Event()
    write = Store._async_handle_write_data

    async def hold(self: Store[Any], *args: Any) -> None:
        writing.set()
        await written.wait()
        await write(self, *args)  # type: ignore[no-untyped-call]

    with patch.object(Store, "_async_handle_write_data", hold):
        joining = hass.async_create_task(
            record_incident(hass, FRONT_DOOR, skip_if_recording=True)
        )
        await writing.wait()
        looks = len(cloud.calls_of("QueryRecordByRecordId"))
        clock.jump(60)
        while len(cloud.calls_of("QueryRecordByRecordId")) == looks:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        written.set()
        reply = await joining
    assert reply[FRONT_DOOR]["status"] == "already_recording"
    await clock.run(30, step=5)
    assert [len(event.data["recordings"]) for event in told] == [1, 1]
