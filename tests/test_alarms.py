"""What cameras see by themselves: each alarm once, in order, however late and often the cloud lists it."""

from collections import Counter
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .alarms import AlarmEvents

ALARM = "event.front_door_alarm"


@pytest.fixture
async def alarm_events(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry
) -> AlarmEvents:
    """Listen from the moment at which the cameras were looked at for the first time."""
    await clock.run(10)
    return AlarmEvents(hass)


async def test_alarm(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    alarm_events: AlarmEvents,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """An alarm is known within half a minute, with its time and its picture."""
    event_id = raise_alarm(cloud, front_door, 3, age=4)
    raised_at = dt_util.utcnow() - timedelta(seconds=4)
    await clock.run(35)
    (state,) = alarm_events.states
    assert state.attributes["event_type"] == "human"
    assert state.attributes["event_id"] == event_id
    assert state.attributes["alarm_type"] == 3
    event_time = dt_util.parse_datetime(
        state.attributes["event_time"], raise_on_error=True
    )
    assert event_time.utcoffset() == timedelta()
    assert abs(event_time - raised_at) < timedelta(seconds=2)
    assert "file_name" not in state.attributes
    player = await hass_client_no_auth()
    response = await player.get(state.attributes["picture"])
    assert (await response.read()).startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("number", "name"), [(1, "motion"), (11006, "line_crossing"), (987654, "other")]
)
async def test_types(
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    alarm_events: AlarmEvents,
    number: int,
    name: str,
) -> None:
    """Types have names; what a vendor has made up is told by its number."""
    raise_alarm(cloud, front_door, number, picture=False)
    await clock.run(35)
    (state,) = alarm_events.states
    assert state.attributes["event_type"] == name
    assert state.attributes["alarm_type"] == number
    assert "picture" not in state.attributes


async def test_recording_of_an_alarm(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    alarm_events: AlarmEvents,
) -> None:
    """When the cloud has a recording of an alarm, that is added, without telling the alarm again."""
    event_id = raise_alarm(cloud, front_door, record=True)
    await clock.run(120)
    assert alarm_events.event_ids == [event_id]
    state = hass.states.get(ALARM)
    assert state is not None
    file_name = front_door.alarms[event_id].file_name
    assert state.attributes["file_name"] == file_name
    assert state.attributes["media_content_id"].startswith(
        f"media-source://linkvisual/{loaded.entry_id}/{front_door.iot_id}/recording/"
    )
    questions = len(cloud.calls_of("QueryDeviceEventRecord"))
    await clock.run(120)
    assert len(cloud.calls_of("QueryDeviceEventRecord")) == questions


async def test_no_recording_of_an_alarm(
    clock: Clock, cloud: Cloud, front_door: Device, alarm_events: AlarmEvents
) -> None:
    """Whether an alarm was recorded is asked a few times, within ten minutes."""
    raise_alarm(cloud, front_door)
    await clock.run(1200, step=10)
    assert len(alarm_events.states) == 1
    assert len(cloud.calls_of("QueryDeviceEventRecord")) == 4
    raise_alarm(cloud, front_door)
    await clock.run(40)
    assert len(alarm_events.states) == 2


@pytest.mark.parametrize("zone", [8, 0])
async def test_clocks(
    clock: Clock, cloud: Cloud, front_door: Device, alarm_events: AlarmEvents, zone: int
) -> None:
    """Whether the cloud's times are UTC+8 or UTC, and wherever the camera's clock is, alarms are told with its time."""
    cloud.inferred.text_time_zone = zone
    for age in (0, 3600 * 5, -3000):
        before = len(alarm_events.states)
        raise_alarm(cloud, front_door, age=age)
        await clock.run(45)
        if age != 3600 * 5:
            assert len(alarm_events.states) == before + 1
            seen_at = dt_util.parse_datetime(
                alarm_events.states[-1].attributes["event_time"], raise_on_error=True
            )
            expected = dt_util.utcnow() - timedelta(seconds=age)
            assert abs(seen_at - expected) < timedelta(minutes=2)


async def test_camera_with_a_slow_clock(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    entry: MockConfigEntry,
) -> None:
    """A camera whose clock is hours behind is listened to, too: its earlier alarms tell how it runs."""
    raise_alarm(cloud, front_door, age=3600 * 8 + 600, delay=0)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(10)
    alarm_events = AlarmEvents(hass)
    event_id = raise_alarm(cloud, front_door, age=3600 * 8)
    await clock.run(40)
    assert alarm_events.event_ids == [event_id]


async def test_what_was_before(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    entry: MockConfigEntry,
) -> None:
    """What a camera has seen before the account was set up is no news."""
    raise_alarm(cloud, front_door, age=600, delay=0)
    alarm_events = AlarmEvents(hass)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(40)
    assert not alarm_events.states


async def test_while_home_assistant_was_away(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    alarm_events: AlarmEvents,
) -> None:
    """What a camera sees during a restart is told after it, and nothing twice."""
    first = raise_alarm(cloud, front_door)
    await clock.run(40)
    await hass.config_entries.async_unload(loaded.entry_id)
    missed = [raise_alarm(cloud, front_door, age=n, delay=0) for n in (60, 30, 0)]
    await clock.run(100)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(40)
    assert alarm_events.event_ids == [first, *missed]


async def test_odd_storage(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """What nobody has written does not stop the account."""
    hass_storage[f"linkvisual.{entry.entry_id}.alarms"] = {
        "version": 1,
        "data": {"x": 1, front_door.iot_id: {"newest": "soon", "known": {}}},
    }
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(10)
    alarm_events = AlarmEvents(hass)
    raise_alarm(cloud, front_door)
    await clock.run(40)
    assert len(alarm_events.states) == 1


async def test_switched_off(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """Who does not want alarms pays no calls for them."""
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"poll_alarms": False})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(60)
    assert not cloud.calls_of("QueryDeviceEvent")
    assert hass.states.get(ALARM) is None


async def test_many_pages(
    clock: Clock, cloud: Cloud, front_door: Device, alarm_events: AlarmEvents
) -> None:
    """More alarms than a page holds are all told, in order."""
    expected = [
        raise_alarm(cloud, front_door, age=130 - n, delay=0, picture=False)
        for n in range(120)
    ]
    await clock.run(35)
    assert alarm_events.event_ids == expected


async def test_refused(
    clock: Clock, cloud: Cloud, front_door: Device, alarm_events: AlarmEvents
) -> None:
    """An operation that is not permitted is left alone for a while; a cloud that is busy, for a minute."""
    cloud.denied.add("QueryDeviceEvent")
    cloud.calls.clear()
    await clock.run(600, step=5)
    refused = len(cloud.calls_of("QueryDeviceEvent"))
    assert refused <= 2
    cloud.denied.clear()
    raise_alarm(cloud, front_door)
    await clock.run(1800, step=10)
    assert len(alarm_events.states) == 1
    cloud.faults.append(Fault("cut", "QueryDeviceEvent", None))
    cloud.calls.clear()
    raise_alarm(cloud, front_door)
    await clock.run(300, step=5)
    cloud.faults.clear()
    await clock.run(100, step=5)
    assert len(alarm_events.states) == 2


async def test_cameras_that_cannot_see(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    alarm_events: AlarmEvents,
) -> None:
    """A camera that is offline is looked at seldom, one that never connected not at all."""
    set_status(cloud, cameras["Garage"], "OFFLINE")
    set_status(cloud, cameras["Attic"], "UNACTIVE")
    await clock.run(70)
    cloud.calls.clear()
    await clock.run(900, step=2)
    asked = Counter(call.params["IotId"] for call in cloud.calls_of("QueryDeviceEvent"))
    assert asked[cameras["Attic"].iot_id] == 0
    assert asked[cameras["Garage"].iot_id] <= 4
    assert asked[cameras["Front door"].iot_id] >= 20


async def test_budget_is_shared(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
) -> None:
    """With few calls all cameras are looked at as often; one where something happens more often."""
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"calls_per_hour": 200})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(120, step=5)
    cloud.calls.clear()
    await clock.run(3600, step=5)
    assert len(cloud.calls) <= 205
    asked = Counter(call.params["IotId"] for call in cloud.calls_of("QueryDeviceEvent"))
    online = [c.iot_id for c in cameras.values() if c.status == "ONLINE"]
    assert min(asked[iot_id] for iot_id in online) >= 5
    assert max(asked.values()) - min(asked[iot_id] for iot_id in online) <= 2
