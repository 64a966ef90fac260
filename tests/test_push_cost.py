"""Push when nothing happens, and when much happens: few calls, and each alarm once. Time is simulated."""

from collections import Counter
from random import Random
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .push import pass_time

HOUR = 3600
# Cameras are polled together, and less than twice in an hour: one hour alone tells little.
HOURS = 5
ALARMS = 500


@pytest.fixture
async def online(
    hass: HomeAssistant, clock: Clock, entry: MockConfigEntry, cloud: Cloud
) -> list[Device]:
    """Set up the account with push and cameras that are all online; return them."""
    # Writing down where each callback came from would take half of the time.
    hass.loop.set_debug(False)
    online = [each for each in cloud.world.devices.values() if each.product.video]
    for camera in online:
        camera.status = "ONLINE"
    cloud.subscribe()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"push": True})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return online


def _alarm_polls(cloud: Cloud, cameras: list[Device]) -> list[int]:
    polls = Counter(call.params["IotId"] for call in cloud.calls_of("QueryDeviceEvent"))
    return [polls[camera.iot_id] for camera in cameras]


@pytest.mark.thorough
@pytest.mark.timeout(600)
@pytest.mark.parametrize("cloud", [50], indirect=True)
async def test_idle_hours(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    entry: MockConfigEntry,
    online: list[Device],
) -> None:
    """Hours without alarms take few calls of the queues, and a tenth of the calls for alarms without push."""
    await pass_time(clock, 1800, step=10)
    all_polls = 0
    for _ in range(HOURS):
        cloud.calls.clear()
        await pass_time(clock, HOUR, step=10)
        polls = _alarm_polls(cloud, online)
        assert max(polls) <= 12
        all_polls += sum(polls)
        calls = Counter(
            call.params["QueueName"]
            for call in cloud.calls
            if "QueueName" in call.params
        )
        assert calls.keys() == cloud.queues.keys()
        assert max(calls.values()) <= 200
    assert all_polls >= HOURS * len(online)
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, options={})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(1800, step=60)
    cloud.calls.clear()
    await clock.run(HOUR, step=60)
    assert all_polls / HOURS <= sum(_alarm_polls(cloud, online)) / 10


class _Told:
    """Counts alarms by entity, second and type. Two may be told in the same millisecond."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.alarms: Counter[tuple[str, int, str]] = Counter()
        hass.bus.async_listen("state_changed", self._changed)

    @callback
    def _changed(self, event: Event[Any]) -> None:
        new, old = event.data["new_state"], event.data["old_state"]
        if new is None or "alarm_type" not in new.attributes:
            return
        time, before = (
            state and (state.state, state.attributes.get("event_time"))
            for state in (new, old)
        )
        if time != before:
            moment = dt_util.parse_datetime(
                new.attributes["event_time"], raise_on_error=True
            )
            key = new.entity_id, int(moment.timestamp()), new.attributes["event_type"]
            self.alarms[key] += 1


@pytest.mark.thorough
@pytest.mark.timeout(600)
@pytest.mark.parametrize("cloud", [8], indirect=True)
async def test_many_alarms(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, online: list[Device]
) -> None:
    """Messages come twice, late, in any order, and again after failed deletions; polls are cut: each alarm is told once."""
    await pass_time(clock, 60, step=2)
    random, told = Random(1), _Told(hass)
    raised: Counter[tuple[str, int, str]] = Counter()
    registry = er.async_get(hass)
    for number, queue in enumerate(cloud.queues.values()):
        queue.order_seed = number
    for number in range(ALARMS):
        camera = random.choice(online)
        event_type, name = random.choice(((1, "motion"), (2, "sound"), (3, "human")))
        event_id = raise_alarm(
            cloud,
            camera,
            event_type,
            age=random.choice((0, 0, random.uniform(0, 20))),
            push_delay=random.choice((0, 0, random.uniform(0, 20))),
            push_copies=2,
        )
        entity_id = registry.async_get_entity_id(
            "event", "linkvisual", f"{camera.iot_id}_alarm"
        )
        assert entity_id
        raised[entity_id, int(camera.alarms[event_id].time), name] += 1
        if number % 40 == 39:
            for queue in cloud.queues.values():
                queue.send_away()
        if number % 70 == 69:
            cloud.faults.append(Fault("cut", action="BatchDeleteMessage"))
        await pass_time(clock, random.choice((0, 0.2, 1, 3)), step=3)
    await pass_time(clock, 700, step=5)
    assert told.alarms == raised
    assert raised.total() == ALARMS
    assert not any(queue.messages for queue in cloud.queues.values())
