"""Incidents: the recordings of one action are told together, once, when the last one has ended."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from aiohttp.test_utils import TestServer
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.ulid import ulid_to_bytes
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
import voluptuous as vol

from tests.conftest import Clock
from tests.emulator.app import create_app
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .incidents import (
    ATTIC,
    FRONT_DOOR,
    GARAGE,
    GARDEN,
    INCIDENT_READY,
    record_incident,
)
from .recording import RecordingEvents, record


@pytest.fixture
def told(hass: HomeAssistant) -> list[Event[Any]]:
    """Capture the incidents that are told."""
    return async_capture_events(hass, INCIDENT_READY)


@pytest.fixture
async def second(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> AsyncIterator[MockConfigEntry]:
    """Set up another account, with one camera: `camera.front_door_2`."""
    cloud = Cloud(seed=2, cameras=1, iot_instance_id="iot-second")
    async with TestServer(create_app(cloud), host="127.0.0.1") as server:
        entry = MockConfigEntry(
            domain="linkvisual",
            entry_id="01KAQ6V0000000000000000002",
            unique_id="second",
            data={
                **loaded.data,
                "iot_instance_id": "iot-second",
                "endpoint": str(server.make_url("")).rstrip("/"),
            },
        )
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        yield entry


def outcomes(event: Event[Any]) -> tuple[list[str], dict[str, str]]:
    """Return the cameras with a recording, and the reasons of the others."""
    return (
        sorted(ready["entity_id"] for ready in event.data["recordings"]),
        {failed["camera"]: failed["reason"] for failed in event.data["failed"]},
    )


async def test_three_cameras(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
    told: list[Event[Any]],
) -> None:
    """One is offline, one is late by five minutes: one event tells of all three, with who asked for it."""
    cloud.faults.append(
        late := Fault(
            "patch",
            action="QueryRecordByRecordId",
            iot_id=cameras["Garage"].iot_id,
            patch={"Data": []},
            times=None,
        )
    )
    context = Context()
    reply = await hass.services.async_call(
        "linkvisual",
        "trigger_record",
        {
            "entity_id": [FRONT_DOOR, GARAGE, GARDEN, "light.kitchen"],
            "incident": " Somebody at the fence ",
            "record_duration": 20,
        },
        blocking=True,
        context=context,
        return_response=True,
    )
    assert reply is not None
    (incident_id,) = {row["incident_id"] for row in reply.values()}  # type: ignore[index,call-overload]
    assert len(ulid_to_bytes(str(incident_id))) == 16
    await clock.run(300, step=5)
    assert len(record_events.ready) == 1
    assert not told

    cloud.faults.remove(late)
    await clock.run(60, step=5)
    (event,) = told
    ready = [each.data for each in record_events.ready]
    assert event.data == {
        "incident_id": incident_id,
        "title": "Somebody at the fence",
        "config_entry_ids": [loaded.entry_id],
        "started_at": event.data["started_at"],
        "recordings": ready,
        "failed": [
            {
                "camera": GARDEN,
                "reason": "camera_offline",
                "message": "Garden is offline",
            }
        ],
    }
    assert event.data["started_at"] <= ready[0]["triggered_at"]
    assert event.context.id == context.id
    assert {
        each.data["incident_id"]
        for each in (*record_events.triggered, *record_events.ready)
    } == {incident_id}
    state = hass.states.get("event.front_door_recording_progress")
    assert state is not None
    assert state.attributes["incident_id"] == incident_id
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await clock.run(30, step=5)
    assert len(told) == 1


async def test_recordings_of_no_incident(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
    told: list[Event[Any]],
) -> None:
    """Recordings without a title are told one by one, as ever."""
    row = await record(hass, record_duration=10)
    await clock.run(30)
    (ready,) = record_events.ready
    assert "incident_id" not in ready.data
    assert "incident_id" not in row
    assert not told


async def test_no_camera_records(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, told: list[Event[Any]]
) -> None:
    """An incident of which nothing is recorded is told to whoever asked for it, and to nobody else."""
    with pytest.raises(HomeAssistantError) as caught:
        await record_incident(hass, GARDEN, ATTIC)
    assert caught.value.translation_key == "cameras_failed"
    await clock.run(30, step=5)
    assert not told


async def test_without_a_reply(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, told: list[Event[Any]]
) -> None:
    """That a camera refuses is raised at once, and what the other one records is told."""
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(
            "linkvisual",
            "trigger_record",
            {"entity_id": [FRONT_DOOR, ATTIC], "incident": "Fence"},
            blocking=True,
        )
    await clock.run(90, step=5)
    (event,) = told
    assert outcomes(event) == ([FRONT_DOOR], {ATTIC: "no_cloud_storage"})


@pytest.mark.parametrize("title", ["", "  ", "x" * 256])
async def test_bad_title(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, title: str
) -> None:
    """A title is a text of some length."""
    with pytest.raises(vol.Invalid):
        await record_incident(hass, FRONT_DOOR, incident=title)
    assert not cloud.calls_of("TriggerRecord")


async def test_wait_for_file(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, told: list[Event[Any]]
) -> None:
    """Who waits for the files gets them, and the incident is told besides."""
    caller = asyncio.create_task(
        record_incident(
            hass, FRONT_DOOR, GARDEN, record_duration=10, wait_for_file=True
        )
    )
    while not caller.done():
        await clock.tick(1)
    await clock.tick(1)
    reply = await caller
    (event,) = told
    assert outcomes(event) == ([FRONT_DOOR], {GARDEN: "camera_offline"})
    assert reply[FRONT_DOOR]["files"] == event.data["recordings"][0]["files"]
    assert reply[GARDEN]["incident_id"] == event.data["incident_id"]


async def test_caller_goes_away(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: list[Event[Any]],
) -> None:
    """An automation that is started anew while it waits takes nothing of the incident along."""
    cloud.faults.append(Fault("delay", action="TriggerRecord", seconds=1))
    caller = asyncio.create_task(
        record_incident(
            hass, FRONT_DOOR, GARDEN, record_duration=10, wait_for_file=True
        )
    )
    while not cloud.calls_of("TriggerRecord"):
        await asyncio.sleep(0.01)
    caller.cancel()
    await clock.run(30, step=2)
    (event,) = told
    assert outcomes(event) == ([FRONT_DOOR], {GARDEN: "camera_offline"})


async def test_lost_answer(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    told: list[Event[Any]],
) -> None:
    """A camera whose answer is lost has not refused: its recording is searched for."""
    for name, after in (("Front door", True), ("Garage", False)):
        cloud.faults.append(
            Fault(
                "cut",
                action="TriggerRecord",
                after=after,
                iot_id=cameras[name].iot_id,
            )
        )
    with pytest.raises(HomeAssistantError):
        await record_incident(hass, FRONT_DOOR, GARAGE, record_duration=10)
    await clock.run(720, step=60)
    (event,) = told
    assert outcomes(event) == ([FRONT_DOOR], {GARAGE: "rejected"})


async def test_running_recordings(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
    told: list[Event[Any]],
) -> None:
    """A recording that is running already belongs to the incident, and may belong to several."""
    row = await record(hass, record_duration=20)
    replies = [
        await record_incident(
            hass, FRONT_DOOR, GARAGE, record_duration=20, skip_if_recording=True
        )
        for _ in range(2)
    ]
    for reply in replies:
        assert reply[FRONT_DOOR]["status"] == "already_recording"
        assert reply[FRONT_DOOR]["file_id"] == row["file_id"]
    await clock.run(40, step=2)
    assert len(record_events.ready) == 2
    incident_ids = [reply[FRONT_DOOR]["incident_id"] for reply in replies]
    assert {event.data["incident_id"] for event in told} == set(incident_ids)
    assert all(outcomes(each) == ([FRONT_DOOR, GARAGE], {}) for each in told)
    assert {each.data["incident_id"] for each in record_events.ready} == {
        incident_ids[0]
    }


async def test_removed_camera(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    told: list[Event[Any]],
) -> None:
    """A camera that is removed while it records has failed."""
    await record_incident(hass, FRONT_DOOR, GARAGE, record_duration=300)
    del cloud.world.devices[cameras["Garage"].iot_id]
    await clock.run(720, step=30)
    (event,) = told
    assert outcomes(event) == ([FRONT_DOOR], {GARAGE: "deleted"})
    assert event.data["failed"][0]["message"].startswith("Garage")


async def test_two_accounts(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    second: MockConfigEntry,
    told: list[Event[Any]],
) -> None:
    """An incident of cameras of two accounts is told once, when the last of all has ended."""
    await record_incident(hass, FRONT_DOOR, "camera.front_door_2", record_duration=10)
    assert await hass.config_entries.async_unload(second.entry_id)
    await clock.run(60, step=5)
    assert not told
    assert await hass.config_entries.async_setup(second.entry_id)
    await clock.run(20, step=5)
    (event,) = told
    assert outcomes(event) == ([FRONT_DOOR, "camera.front_door_2"], {})
    assert event.data["config_entry_ids"] == [loaded.entry_id, second.entry_id]


async def test_account_that_is_not_loaded(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    second: MockConfigEntry,
    told: list[Event[Any]],
) -> None:
    """Cameras of an account that is not loaded refuse."""
    assert await hass.config_entries.async_unload(second.entry_id)
    await record_incident(hass, FRONT_DOOR, "camera.front_door_2", record_duration=10)
    assert await hass.config_entries.async_setup(second.entry_id)
    await clock.run(30, step=5)
    (event,) = told
    assert outcomes(event) == ([FRONT_DOOR], {"camera.front_door_2": "not_loaded"})


async def test_removed_account(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    second: MockConfigEntry,
    told: list[Event[Any]],
    hass_storage: dict[str, Any],
) -> None:
    """The recordings of an account that is removed have failed; with the last account nothing is left."""
    await record_incident(hass, FRONT_DOOR, "camera.front_door_2", record_duration=10)
    await clock.run(5)
    await hass.config_entries.async_remove(loaded.entry_id)
    await clock.run(30, step=5)
    (event,) = told
    assert outcomes(event) == (["camera.front_door_2"], {FRONT_DOOR: "deleted"})
    await hass.config_entries.async_remove(second.entry_id)
    assert not [key for key in hass_storage if key.startswith("linkvisual.")]


@pytest.mark.parametrize("offset", [600, -600])
async def test_clocks_that_differ(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    told: list[Event[Any]],
    offset: int,
) -> None:
    """An incident begins, by the cloud's clock, right before its recordings."""
    cloud.clock_offset = offset
    await clock.run(70, step=10)
    await record_incident(hass, FRONT_DOOR, record_duration=10)
    await clock.run(30, step=5)
    (event,) = told
    started, triggered = (
        datetime.fromisoformat(text)
        for text in (
            event.data["started_at"],
            event.data["recordings"][0]["triggered_at"],
        )
    )
    assert timedelta(0) <= triggered - started <= timedelta(seconds=5)
