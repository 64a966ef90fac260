"""Alarms in random sequences: late, doubled, reordered, across restarts."""

from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.inferred import Order

from .alarms import AlarmEvents

SEED = 20261122


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "sequences", [40, pytest.param(340, marks=pytest.mark.thorough)]
)
@pytest.mark.parametrize("cloud", [36], indirect=True)
@pytest.mark.parametrize("order", ["ascending", "descending", "shuffled"])
async def test_random_sequences(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    endpoint: str,
    entry: MockConfigEntry,
    order: Order,
    sequences: int,
) -> None:
    """Random sequences, a thousand in all, late, doubled and reordered, across restarts: each alarm once, in order."""
    # Writing down where each callback came from would take half of the time.
    hass.loop.set_debug(False)
    random = Random(f"{SEED} {order}")
    cloud.inferred.event_order = order
    watched = [
        device
        for device in cloud.world.devices.values()
        if device.product.video and device.status == "ONLINE"
    ]
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"calls_per_hour": 100_000})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(30, step=10)
    alarm_events = AlarmEvents(hass)
    raised: list[str] = []
    played = 0
    while played < sequences:
        for camera in watched:
            played += 1
            raised += [
                raise_alarm(
                    cloud,
                    camera,
                    random.choice((1, 2, 3, 4, 99)),
                    age=random.uniform(0, 600),
                    delay=random.choice((0, 0, 10, 60, 1200)),
                    times=random.choice((1, 1, 2, 3)),
                    picture=False,
                )
                for _ in range(random.randint(1, 4))
            ]
        await clock.run(random.choice((15, 45, 90)), step=15)
        if random.random() < 0.15:
            await hass.config_entries.async_unload(entry.entry_id)
            await clock.tick(random.choice((1, 120)))
            assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(1400, step=40)
    counts = Counter(alarm_events.event_ids)
    assert counts.keys() == set(raised)
    assert set(counts.values()) == {1}
    _assert_order(cloud, alarm_events)


def _assert_order(cloud: Cloud, alarm_events: AlarmEvents) -> None:
    """Of two alarms of a camera, the later is told later, unless the cloud listed it earlier by a look or more."""
    alarms = {
        alarm.event_id: alarm
        for device in cloud.world.devices.values()
        for alarm in device.alarms.values()
    }
    by_camera: dict[str, list[Any]] = {}
    for state in alarm_events.states:
        by_camera.setdefault(state.entity_id, []).append(
            alarms[state.attributes["event_id"]]
        )
    for camera in by_camera.values():
        for earlier, later in pairwise(camera):
            assert earlier.time <= later.time or earlier.visible_at <= later.visible_at
