"""Alarms from before: what happened long ago is no news, however it comes to be listed for the first time."""

import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .alarms import AlarmEvents

WEEKS = 3 * 7 * 86400


@pytest.fixture
async def alarm_events(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry
) -> AlarmEvents:
    """Listen from the moment at which the cameras were polled for the first time."""
    hass.loop.set_debug(False)
    await clock.run(10)
    return AlarmEvents(hass)


async def _switch(
    hass: HomeAssistant, entry: MockConfigEntry, how: str, on: bool
) -> None:
    if how == "option":
        hass.config_entries.async_update_entry(entry, options={"poll_alarms": on})
        await hass.config_entries.async_reload(entry.entry_id)
    elif how == "disabled":
        await hass.config_entries.async_set_disabled_by(
            entry.entry_id, None if on else ConfigEntryDisabler.USER
        )
    elif on:
        await hass.config_entries.async_setup(entry.entry_id)
    else:
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.mark.parametrize("how", ["option", "disabled", "stopped"])
@pytest.mark.parametrize("before", [0, 1])
async def test_away_for_weeks(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    alarm_events: AlarmEvents,
    caplog: pytest.LogCaptureFixture,
    how: str,
    before: int,
) -> None:
    """After weeks only alarms of the last hour are reported, and how many are not is logged."""
    caplog.set_level(logging.INFO, "custom_components.linkvisual")
    first = [raise_alarm(cloud, front_door, picture=False) for _ in range(before)]
    await clock.run(40)
    await _switch(hass, loaded, how, False)
    clock.jump(WEEKS)
    for number in range(80):
        raise_alarm(
            cloud, front_door, age=4000 + number * 20000, delay=0, picture=False
        )
    late = [
        raise_alarm(cloud, front_door, age=age, delay=0, picture=False)
        for age in (3000, 60)
    ]
    await _switch(hass, loaded, how, True)
    await clock.run(100, step=5)
    assert alarm_events.event_ids == [*first, *late]
    lines = [line for line in caplog.messages if "are not reported" in line]
    assert len(lines) == 1
    assert "80 alarms" in lines[0]


async def test_more_than_can_be_listed_at_once(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    alarm_events: AlarmEvents,
) -> None:
    """Alarms that take several polls to list are no news in any of them."""
    cloud.inferred.event_order = "ascending"
    await _switch(hass, loaded, "stopped", False)
    clock.jump(WEEKS)
    for number in range(1200):
        raise_alarm(cloud, front_door, age=7200 + number * 600, delay=0, picture=False)
    await _switch(hass, loaded, "stopped", True)
    newest = raise_alarm(cloud, front_door, picture=False)
    await clock.run(600, step=5)
    assert alarm_events.event_ids == [newest]


@pytest.mark.parametrize("stop", [0, 7200])
async def test_camera_that_was_offline(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    alarm_events: AlarmEvents,
    stop: float,
) -> None:
    """What a camera uploads hours late is not reported, what it uploads within the hour is."""
    first = raise_alarm(cloud, front_door, picture=False)
    await clock.run(60, step=5)
    clock.jump(stop)
    await clock.run(60, step=5)
    raise_alarm(cloud, front_door, age=5 * 3600, picture=False)
    late = raise_alarm(cloud, front_door, age=3000, picture=False)
    await clock.run(60, step=5)
    newest = raise_alarm(cloud, front_door, picture=False)
    await clock.run(60, step=5)
    assert alarm_events.event_ids == [first, late, newest]


async def test_camera_whose_clock_is_behind(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    alarm_events: AlarmEvents,
) -> None:
    """A clock that is hours behind makes no alarm old, also over a restart; what is old by that clock stays so."""
    behind = 3 * 3600
    raised: list[Any] = []
    for _ in range(2):
        raised.append(raise_alarm(cloud, front_door, age=behind, picture=False))
        await clock.run(60, step=5)
        await _switch(hass, loaded, "stopped", False)
        clock.jump(3 * 3600)
        raise_alarm(cloud, front_door, age=behind + 2 * 3600, delay=0, picture=False)
        raised.append(
            raise_alarm(cloud, front_door, age=behind + 600, delay=0, picture=False)
        )
        await _switch(hass, loaded, "stopped", True)
        await clock.run(60, step=5)
    assert alarm_events.event_ids == raised


@pytest.mark.parametrize(
    ("hours", "silent", "lost"),
    [pytest.param(1, 0, 0, id="summer time ends"), (2, 3600, 2)],
)
async def test_clock_that_is_set_back(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    alarm_events: AlarmEvents,
    hours: int,
    silent: int,
    lost: int,
) -> None:
    """Two alarms tell that a clock was set back; further ones are reported as soon as the list shows them."""
    raise_alarm(cloud, front_door, delay=0, picture=False)
    await clock.run(60, step=5)
    await clock.run(silent, step=60)
    motion = async_capture_events(hass, "state_changed")
    raised = []
    for _ in range(4):
        motion.clear()
        raised.append(
            raise_alarm(cloud, front_door, age=3600 * hours, delay=0, picture=False)
        )
        await clock.run(70, step=5)
    assert alarm_events.event_ids[1:] == raised[lost:]
    assert "on" in {
        event.data["new_state"].state
        for event in motion
        if event.data["entity_id"] == "binary_sensor.front_door_motion"
    }
