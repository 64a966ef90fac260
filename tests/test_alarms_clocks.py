"""Alarms while the clock of this machine is wrong, and is set; and from the moment of the setup on."""

from datetime import timedelta
import time

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .alarms import AlarmEvents

# By which the cloud's clock is ahead of ours.
OFFSETS = [-90_000, -7200, -600, 600, 7200, 90_000]


@pytest.mark.parametrize("offset", OFFSETS)
async def test_wrong_clock(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
    offset: float,
) -> None:
    """However wrong our clock is, each alarm is reported once, with its recording; none from before the setup is."""
    cloud.clock_offset = offset
    front_door = cameras["Front door"]
    raise_alarm(cloud, front_door, age=30)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    alarm_events = AlarmEvents(hass)
    await clock.run(40, step=5)
    assert not alarm_events.states
    event_id = raise_alarm(cloud, front_door, record=True)
    await clock.run(120, step=5)
    # Once without its recording, once with it.
    assert set(alarm_events.event_ids) == {event_id}
    state = hass.states.get("event.front_door_alarm")
    assert state is not None
    assert state.attributes["file_name"]


@pytest.mark.parametrize("seconds", [-7200, 7200])
async def test_clock_is_set(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
) -> None:
    """Our clock may be set while recordings of alarms are waited for."""
    await clock.run(10)
    alarm_events = AlarmEvents(hass)
    first = raise_alarm(cloud, cameras["Front door"], record=True)
    await clock.run(35, step=5)
    ours, utcnow = time.time, dt_util.utcnow
    monkeypatch.setattr(time, "time", lambda: ours() + seconds)
    monkeypatch.setattr(
        dt_util, "utcnow", lambda: utcnow() + timedelta(seconds=seconds)
    )
    second = raise_alarm(cloud, cameras["Front door"], record=True)
    await clock.run(120, step=5)
    assert set(alarm_events.event_ids) == {first, second}
    state = hass.states.get("event.front_door_alarm")
    assert state is not None
    assert state.attributes["event_id"] == second
    assert state.attributes["file_name"]


async def test_restart_before_the_first_poll(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """What happens from the setup on is reported, also if a restart comes before cameras could be polled."""
    alarm_events = AlarmEvents(hass)
    cloud.faults.append(Fault("cut", "QueryDeviceEvent", None))
    event_id = raise_alarm(cloud, cameras["Front door"])
    await clock.run(20, step=5)
    cloud.faults.clear()
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await clock.tick(20)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(90, step=5)
    assert alarm_events.event_ids == [event_id]
