"""Skipping, waiting for the file, and callers that go away."""

import asyncio

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.linkvisual.recordings.events import (
    RecordingEvent,
    recording_signal,
)
from custom_components.linkvisual.recordings.models import Recording
from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .recording import RecordingEvents
from .test_services import FRONT_DOOR, trigger


async def test_skip_if_recording(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """The running recording's file ID is the answer, until it ends."""
    first = (await trigger(hass, entity_id=FRONT_DOOR, record_duration=30))[FRONT_DOOR]
    second = (await trigger(hass, entity_id=FRONT_DOOR, skip_if_recording=True))[
        FRONT_DOOR
    ]
    assert second["status"] == "already_recording"
    assert second["file_id"] == first["file_id"]
    assert second["record_duration"] == 30
    await clock.run(31)
    third = (await trigger(hass, entity_id=FRONT_DOOR, skip_if_recording=True))[
        FRONT_DOOR
    ]
    assert third["status"] == "triggered"
    assert len(cloud.calls_of("TriggerRecord")) == 2


async def test_skip_of_many_at_once(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Sensors that fire together make one recording, and all learn its file ID."""
    cloud.faults.append(Fault("delay", "TriggerRecord", seconds=0.1))
    replies = await asyncio.gather(
        *(trigger(hass, entity_id=FRONT_DOOR, skip_if_recording=True) for _ in range(5))
    )
    rows = [reply[FRONT_DOOR] for reply in replies]
    assert sorted(row["status"] for row in rows) == ["already_recording"] * 4 + [
        "triggered"
    ]
    assert len({row["file_id"] for row in rows}) == 1
    assert len(cloud.calls_of("TriggerRecord")) == 1


async def test_skip_after_a_failure(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A trigger that fails does not stand for the one that waited for it."""
    cloud.faults.append(
        Fault(
            "service", "TriggerRecord", code="466", message="device status is offline."
        )
    )
    replies = await asyncio.gather(
        *(
            trigger(hass, entity_id=FRONT_DOOR, skip_if_recording=True)
            for _ in range(2)
        ),
        return_exceptions=True,
    )
    assert isinstance(replies[0], HomeAssistantError)
    assert isinstance(replies[1], dict)
    assert replies[1][FRONT_DOOR]["status"] == "triggered"


async def test_wait_for_file(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry
) -> None:
    """The answer comes with the file."""
    waiting = hass.async_create_task(
        trigger(hass, entity_id=FRONT_DOOR, record_duration=10, wait_for_file=True)
    )
    for _ in range(30):
        await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        if hass.states.is_state("binary_sensor.front_door_recording", "on"):
            break
    for _ in range(10):
        clock.jump(3)
        await asyncio.sleep(0.02)
    row = (await waiting)[FRONT_DOOR]
    assert row["status"] == "ready"
    assert len(row["files"]) == 1


@pytest.mark.no_fail_on_log_exception
async def test_listener_that_raises(
    hass: HomeAssistant,
    clock: Clock,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
    record_events: RecordingEvents,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A listener that raises, first of all, keeps neither the caller waiting nor others from being informed."""

    @callback
    def listener(recording: Recording, event: RecordingEvent | None) -> None:
        raise ZeroDivisionError(event)

    signal = recording_signal(entry.entry_id, cameras["Front door"].iot_id)
    async_dispatcher_connect(hass, signal, listener)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    waiting = hass.async_create_task(
        trigger(hass, entity_id=FRONT_DOOR, record_duration=10, wait_for_file=True)
    )
    for _ in range(100):
        if waiting.done():
            break
        clock.jump(3)
        await asyncio.sleep(0.02)
    assert waiting.done()
    row = (await waiting)[FRONT_DOOR]
    await hass.async_block_till_done()
    (ready,) = record_events.ready
    assert row["status"] == "ready"
    assert row["file_id"] == ready.data["file_id"]
    assert len(record_events.triggered) == 1
    assert hass.states.is_state("binary_sensor.front_door_recording", "off")
    last = hass.states.get("event.front_door_recording_progress")
    assert last is not None
    assert last.attributes["event_type"] == "ready"
    assert last.attributes["file_id"] == row["file_id"]
    assert "ZeroDivisionError: ready" in caplog.text


async def test_wait_for_a_file_that_does_not_come(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A recording that fails is told in the reply, with its file ID; without a reply it raises."""
    cloud.inferred.upload_delay = 1e9
    waiting = [
        hass.async_create_task(
            hass.services.async_call(
                "linkvisual",
                "trigger_record",
                {"entity_id": [FRONT_DOOR], "wait_for_file": True},
                blocking=True,
                return_response=reply,
            )
        )
        for reply in (True, False)
    ]
    await asyncio.sleep(0.2)
    for _ in range(16):
        clock.jump(60)
        await asyncio.sleep(0.05)
    for task in waiting:
        with pytest.raises(HomeAssistantError) as caught:
            await task
        assert caught.value.translation_key == "recording_timeout"


async def test_wait_for_a_file_that_the_cloud_does_not_speak_of(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """Nobody waits without end: an automation would not run again. The recording is followed all the same."""
    cloud.faults.append(
        Fault("gateway", "QueryRecordByRecordId", None, status=403, code="NoPermission")
    )
    waiting = hass.async_create_task(
        trigger(hass, entity_id=FRONT_DOOR, record_duration=10, wait_for_file=True)
    )
    await asyncio.sleep(0.2)
    for minute in range(15):
        assert minute > 10 or not waiting.done()
        clock.jump(60)
        await asyncio.sleep(0.05)
    assert waiting.done()
    with pytest.raises(HomeAssistantError) as caught:
        await waiting
    assert caught.value.translation_key == "recording_unknown"
    assert not record_events.ends
    cloud.faults.clear()
    await clock.run(3600, step=300)
    assert len(record_events.ready) == 1


async def test_unload_while_waiting(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry
) -> None:
    """Whoever waits is told that the account went away."""
    waiting = hass.async_create_task(
        trigger(hass, entity_id=FRONT_DOOR, wait_for_file=True)
    )
    await asyncio.sleep(0.2)
    await hass.config_entries.async_unload(loaded.entry_id)
    with pytest.raises(HomeAssistantError) as caught:
        await waiting
    assert caught.value.translation_key == "unloaded"


async def test_caller_goes_away(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A script that is stopped after it asked does not lose the recording."""
    triggered = async_capture_events(hass, "linkvisual_record_triggered")
    cloud.faults.append(Fault("delay", "TriggerRecord", seconds=0.2))
    task = hass.async_create_task(trigger(hass, entity_id=FRONT_DOOR))
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.sleep(0.3)
    assert len(triggered) == 1
