"""Stopping recordings: all of a camera's, at any moment, told once."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import call
from .recording import CAMERA, RecordingEvents, record

SENSOR = "binary_sensor.front_door_recording"


async def test_one_that_cannot_be_stopped(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    record_events: RecordingEvents,
) -> None:
    """The others are stopped all the same, and the failure is told."""
    for _ in range(3):
        await record(hass, record_duration=7200)
    cloud.faults.append(
        Fault("service", "StopTriggeredRecord", code="400", message="Oops.")
    )
    with pytest.raises(HomeAssistantError):
        await call(hass, "stop_record", entity_id=CAMERA)
    assert len(cloud.calls_of("StopTriggeredRecord")) == 3
    await clock.run(60, step=5)
    assert len(record_events.ready) == 2


async def test_stop_that_is_answered_after_the_end(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """A recording that ends while it is being stopped ends once."""
    cloud.inferred.upload_delay = 0
    await record(hass, record_duration=10)
    await clock.tick(8)
    cloud.faults.append(Fault("delay", action="StopTriggeredRecord", seconds=9))
    stopping = asyncio.create_task(call(hass, "stop_record", entity_id=CAMERA))
    await asyncio.sleep(0.1)
    for _ in range(2):
        clock.jump(2.5)
        await asyncio.sleep(0.2)
    assert len(record_events.ready) == 1
    assert not stopping.done()
    clock.jump(5)
    await stopping
    await clock.run(60)
    assert len(record_events.ends) == 1
    assert hass.states.is_state(SENSOR, "off")


async def test_stop_during_a_trigger(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """What was asked for before the stop is stopped, too."""
    cloud.faults.append(Fault("delay", action="TriggerRecord", seconds=0.3))
    triggering = asyncio.create_task(record(hass, record_duration=7200))
    await asyncio.sleep(0.1)
    reply = await call(hass, "stop_record", entity_id=CAMERA)
    row = await triggering
    assert reply[CAMERA] == {"status": "stopped", "file_ids": [row["file_id"]]}
    await clock.run(30, step=5)
    assert len(record_events.ready) == 1


async def test_reload_during_a_stop(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """A stop that is answered after the account was unloaded counts."""
    await record(hass, record_duration=7200)
    cloud.faults.append(Fault("delay", action="StopTriggeredRecord", seconds=0.3))
    stopping = asyncio.create_task(call(hass, "stop_record", entity_id=CAMERA))
    await asyncio.sleep(0.1)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await stopping
    await clock.run(60, step=5)
    assert len(record_events.ready) == 1
    assert hass.states.is_state(SENSOR, "off")


async def test_stopped_recording_without_a_file(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """Its ten minutes begin with the stop, not with the end that was planned."""
    cloud.inferred.upload_delay = 1e9
    await record(hass, record_duration=7200)
    await clock.run(10)
    await call(hass, "stop_record", entity_id=CAMERA)
    await clock.run(580, step=10)
    assert not record_events.ends
    await clock.run(120, step=10)
    (failed,) = record_events.failed
    assert failed.data["reason"] == "timeout"


async def test_stop_whose_answer_is_lost(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
) -> None:
    """The caller is told that it is not known, and the file of a recording that did stop is found soon."""
    await record(hass, record_duration=7200)
    cloud.faults.append(Fault("cut", "StopTriggeredRecord", None, after=True))
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "stop_record", entity_id=CAMERA)
    assert caught.value.translation_key == "outcome_unknown"
    cloud.faults.clear()
    await clock.run(150, step=5)
    assert len(record_events.ready) == 1
    assert hass.states.is_state(SENSOR, "off")


async def test_stop_of_a_camera_that_is_offline(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """It is not told as "not recording": whether it does is not known."""
    cloud.inferred.upload_delay = 1e9
    await record(hass, record_duration=7200)
    set_status(cloud, cameras["Front door"], "OFFLINE")
    await clock.run(70, step=10)
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, "stop_record", entity_id=CAMERA)
    assert caught.value.translation_key == "camera_offline"
