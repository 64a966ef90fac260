"""What is written in a burst, and what is left of what goes away."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import json
from typing import Any
from unittest.mock import patch

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual import storage
from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .alarms import AlarmEvents
from .media import call
from .push import until
from .recording import CAMERA, RecordingEvents, record


@contextmanager
def written(name: str) -> Iterator[list[int]]:
    """Yield the sizes of what is written to a store of this integration."""
    sizes: list[int] = []
    write = Store._async_write_data

    async def weigh(self: Store[Any], data: dict[str, Any]) -> None:
        if self.key.startswith("linkvisual.") and self.key.endswith(name):
            sizes.append(len(json.dumps(data["data"])))
        await write(self, data)

    with patch.object(Store, "_async_write_data", weigh):
        yield sizes


async def _bytes_per_camera(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, record_events: RecordingEvents
) -> float:
    with written(".recordings") as sizes:
        await call(hass, "trigger_record", entity_id="all", record_duration=10)
        for _ in range(60):
            await clock.tick(1)
    assert len(record_events.triggered) == len(record_events.ready)
    return sum(sizes) / len(record_events.ready)


@pytest.mark.parametrize("cloud", [20, 200], indirect=True)
async def test_burst_of_triggers(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a burst writes grows with the number of cameras, not with its square."""
    monkeypatch.setattr(storage, "SECONDS_PER_ROW", 0.002)
    for device in cameras.values():
        device.status, device.retention_days = "ONLINE", 7
    await clock.run(310, step=155)
    cloud.speed = 100
    # A row has about 400 bytes. With the square, 200 cameras would write 240,000 bytes each.
    assert await _bytes_per_camera(hass, clock, cloud, record_events) < 30_000


async def test_written_before_it_is_sent(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
    cloud: Cloud,
) -> None:
    """Also in a burst no trigger goes out that is not on disk."""
    key = f"linkvisual.{loaded.entry_id}.recordings"
    unknown: list[int] = []

    from tests.emulator.services import SERVICES

    original = SERVICES["TriggerRecord"]

    def check(cloud: Cloud, params: Any, origin: Any) -> Any:
        rows = hass_storage[key]["data"]["active"]
        wanted = params["IotId"], params["RecordDuration"]
        if wanted not in {
            (row["iot_id"], row["settings"]["record_duration"]) for row in rows
        }:
            unknown.append(params["RecordDuration"])
        return original(cloud, params, origin)

    with patch.dict(SERVICES, {"TriggerRecord": check}):
        await asyncio.gather(
            *(record(hass, record_duration=duration) for duration in range(10, 40))
        )
    assert len(cloud.calls_of("TriggerRecord")) == 30
    assert not unknown


async def test_on_disk_before_it_is_told(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    pushed: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Alarms that are on disk as known were told before the next write: a kill in between would lose them."""
    monkeypatch.setattr(storage, "SECONDS_PER_ROW", 0.02)
    alarm_events = AlarmEvents(hass)
    on_disk: set[str] = set()
    untold: list[set[str]] = []
    write = Store._async_write_data

    async def watch(self: Store[Any], data: dict[str, Any]) -> None:
        if self.key.endswith(".alarms"):
            told = {state.attributes["event_time"] for state in alarm_events.states}
            untold.append(on_disk - told)
            on_disk.update(
                known["event_time"]
                for cursor in data["data"].values()
                for known in cursor["known"].values()
            )
        await write(self, data)

    with patch.object(Store, "_async_write_data", watch):
        for _ in range(12):
            raise_alarm(cloud, front_door, delay=60)
            await asyncio.sleep(0.15)
        await until(lambda: len(alarm_events.states) == 12)
    assert len(untold) > 2
    assert not any(untold)


async def test_entry_removed_during_a_trigger(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
    cloud: Cloud,
) -> None:
    """An account that is removed leaves nothing on disk, whatever is answered later."""
    cloud.faults.append(Fault("delay", action="TriggerRecord", seconds=0.3))
    triggering = asyncio.create_task(record(hass))
    await asyncio.sleep(0.1)
    await hass.config_entries.async_remove(loaded.entry_id)
    await asyncio.gather(triggering, return_exceptions=True)
    await hass.async_block_till_done()
    assert not [key for key in hass_storage if key.startswith("linkvisual.")]


async def test_camera_removed_during_a_trigger(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """A recording that was accepted is triggered before it fails."""
    told: list[str] = []
    for name in ("triggered", "ready", "failed"):
        hass.bus.async_listen(
            f"linkvisual_record_{name}",
            lambda event: told.append(str(event.event_type)),
        )
    cloud.faults.append(Fault("delay", action="TriggerRecord", seconds=700))
    triggering = asyncio.create_task(record(hass, record_duration=10))
    await asyncio.sleep(0.1)
    del cloud.world.devices[cameras["Front door"].iot_id]
    with patch(
        "custom_components.linkvisual.api.transport.ATTEMPT_TIMEOUT",
        aiohttp.ClientTimeout(total=1e6),
    ):
        for _ in range(2):
            clock.jump(310)
            await asyncio.sleep(0.3)
    assert hass.states.get(CAMERA) is None
    await asyncio.gather(triggering, return_exceptions=True)
    await clock.run(1200, step=60)
    assert told in (
        ["linkvisual_record_triggered", "linkvisual_record_failed"],
        ["linkvisual_record_failed"],
    )


async def test_removed_cameras_are_forgotten(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """Stores keep nothing of a camera that is gone."""
    iot_id = cameras["Front door"].iot_id
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.front_door_record_duration", "value": 33},
        blocking=True,
    )
    await record(hass, record_duration=10)
    await clock.run(20)
    del cloud.world.devices[iot_id]
    await clock.run(700, step=50)
    assert hass.states.get(CAMERA) is None
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert iot_id not in json.dumps(
        {key: hass_storage[key] for key in hass_storage if key.startswith("linkvisual")}
    )
