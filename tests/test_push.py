"""Alarms, states and properties by the message queue: at once, each alarm once, whatever polling finds."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.things import add_device, report
from tests.emulator.world import Device

from .alarms import AlarmEvents
from .push import pass_time, until

ALARM = "event.front_door_alarm"


@pytest.fixture
def alarm_events(hass: HomeAssistant, pushed: MockConfigEntry) -> AlarmEvents:
    """Listen to alarms."""
    return AlarmEvents(hass)


def _attributes(hass: HomeAssistant) -> dict[str, Any]:
    state = hass.states.get(ALARM)
    assert state is not None
    return dict(state.attributes)


async def test_alarm(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    alarm_events: AlarmEvents,
) -> None:
    """An alarm is told when its message comes; its ID, picture and recording follow."""
    event_id = raise_alarm(cloud, front_door, 3, record=True)
    await until(lambda: alarm_events.states)
    assert not cloud.calls_of("QueryDeviceEvent")
    attributes = _attributes(hass)
    assert attributes["event_type"] == "human"
    assert "event_id" not in attributes
    await pass_time(clock, 20)
    found = _attributes(hass)
    assert found["event_id"] == event_id
    assert found["event_time"] == attributes["event_time"]
    assert "picture" in found
    await pass_time(clock, 180, step=5)
    assert _attributes(hass)["file_name"] == front_door.alarms[event_id].file_name
    assert len(alarm_events.states) == 1
    assert not cloud.queue_of(front_door.product).messages


@pytest.mark.parametrize("first", ["queue", "list"])
async def test_once(
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    alarm_events: AlarmEvents,
    first: str,
) -> None:
    """An alarm that comes by the queue, several times, and is listed, in either order, is told once."""
    raise_alarm(
        cloud,
        front_door,
        delay=60 if first == "queue" else 0,
        push_delay=0 if first == "queue" else 320,
        push_copies=3,
    )
    await pass_time(clock, 700, step=5)
    assert len(alarm_events.states) == 1
    assert not cloud.queue_of(front_door.product).messages


@pytest.mark.parametrize("odd", [-1, 0])
async def test_listed_with_an_odd_type(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    alarm_events: AlarmEvents,
    odd: int,
) -> None:
    """A row without a sensible type is of the alarm that the queue has brought, which is told once."""
    event_id = raise_alarm(cloud, front_door, delay=30)
    await until(lambda: alarm_events.states)
    alarm = front_door.alarms[event_id]
    front_door.alarms[event_id] = replace(alarm, event_type=odd)
    await pass_time(clock, 300, step=5)
    front_door.alarms[event_id] = alarm
    await pass_time(clock, 400, step=5)
    assert len(alarm_events.states) == 1
    attributes = _attributes(hass)
    assert (attributes["event_type"], attributes["event_id"]) == ("motion", event_id)


async def test_alarms_of_one_second(
    clock: Clock, cloud: Cloud, front_door: Device, alarm_events: AlarmEvents
) -> None:
    """Alarms of one second, of the same and of another type, are told apart."""
    for event_type in (1, 1, 3, 1):
        raise_alarm(cloud, front_door, event_type, delay=10)
        await pass_time(clock, 0.1, step=0.1)
    await pass_time(clock, 700, step=5)
    types = [state.attributes["event_type"] for state in alarm_events.states]
    assert sorted(types) == ["human", "motion", "motion", "motion"]


async def test_order(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    pushed: MockConfigEntry,
) -> None:
    """What happened while Home Assistant was down is told in order, unless it was over an hour ago."""
    assert await hass.config_entries.async_unload(pushed.entry_id)
    for seconds in (4 * 86400, 3600, 600, 600, 600, 1):
        raise_alarm(cloud, front_door, delay=0)
        clock.jump(seconds)
    cloud.queue_of(front_door.product).order_seed = 1
    events = AlarmEvents(hass)
    assert await hass.config_entries.async_setup(pushed.entry_id)
    await pass_time(clock, 60)
    times = [state.attributes["event_time"] for state in events.states]
    assert len(times) == 4
    assert times == sorted(times)
    assert not cloud.queue_of(front_door.product).messages


async def test_message_that_was_not_deleted(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    pushed: MockConfigEntry,
    alarm_events: AlarmEvents,
) -> None:
    """A message that could not be deleted, and comes again after a restart, tells no alarm again."""
    cloud.faults.append(Fault("cut", action="BatchDeleteMessage", times=None))
    raise_alarm(cloud, front_door, delay=5)
    await until(lambda: alarm_events.states)
    assert await hass.config_entries.async_reload(pushed.entry_id)
    await pass_time(clock, 100)
    cloud.faults.clear()
    await pass_time(clock, 400, step=5)
    assert len(alarm_events.states) == 1
    assert not cloud.queue_of(front_door.product).messages


async def test_clock_of_a_camera(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    alarm_events: AlarmEvents,
) -> None:
    """Alarms of a camera whose clock is set back by hours are told, once, and are motion now."""
    raise_alarm(cloud, front_door)
    await pass_time(clock, 60, step=5)
    cloud.faults.append(Fault("cut", action="BatchDeleteMessage", times=3))
    for number in (2, 3):
        raise_alarm(cloud, front_door, age=10_800, push_copies=2)
        await until(
            lambda: hass.states.is_state("binary_sensor.front_door_motion", "on")
        )
        await pass_time(clock, 200, step=5)
        assert len(alarm_events.states) == number
    assert not cloud.queue_of(front_door.product).messages


async def test_alarms_that_the_queue_never_brings(
    clock: Clock, cloud: Cloud, front_door: Device, alarm_events: AlarmEvents
) -> None:
    """Polls are rare, and find what the queue does not bring; then alarms are polled as without push, until it does."""

    def polls() -> int:
        calls = cloud.calls_of("QueryDeviceEvent")
        return sum(call.params["IotId"] == front_door.iot_id for call in calls)

    await pass_time(clock, 3600, step=10)
    assert 8 <= polls() <= 12
    raise_alarm(cloud, front_door, pushed=False)
    await pass_time(clock, 320, step=5)
    assert len(alarm_events.states) == 1
    await pass_time(clock, 130, step=5)
    cloud.calls.clear()
    await pass_time(clock, 300, step=5)
    assert polls() >= 9
    for _ in range(3):
        raise_alarm(cloud, front_door)
        await pass_time(clock, 5)
    await pass_time(clock, 130, step=5)
    cloud.calls.clear()
    await pass_time(clock, 900, step=10)
    assert polls() <= 3
    assert len(alarm_events.states) == 4


@pytest.mark.parametrize(
    "refusal",
    [
        Fault("gateway", status=404, code="QueueNotExist", times=None),
        Fault("gateway", status=403, code="AccessDenied", times=None),
        Fault("gateway", status=429, code="TooManyRequests", times=None),
        Fault("cut", times=None),
    ],
    ids=lambda fault: fault.code or fault.kind,
)
async def test_queue_that_fails(
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    alarm_events: AlarmEvents,
    refusal: Fault,
) -> None:
    """Within two minutes alarms are polled again; when the queue is back, nothing is told twice."""
    refusal.action = "BatchReceiveMessage"
    cloud.faults.append(refusal)
    await pass_time(clock, 120, step=5)
    cloud.calls.clear()
    raise_alarm(cloud, front_door)
    await pass_time(clock, 35)
    assert len(alarm_events.states) == 1
    cloud.faults.clear()
    await pass_time(clock, 700, step=5)
    raise_alarm(cloud, front_door)
    await until(lambda: len(alarm_events.states) == 2)
    await pass_time(clock, 400, step=5)
    assert len(alarm_events.states) == 2


async def test_states(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, front_door: Device, pushed: Any
) -> None:
    """A camera that goes offline is unavailable at once, and polls are rare; what comes late changes nothing."""

    def is_online() -> bool:
        state = hass.states.get("binary_sensor.front_door_connectivity")
        return state is not None and state.state == "on"

    set_status(cloud, front_door, "OFFLINE")
    await until(lambda: not is_online())
    await pass_time(clock, 3, step=1)
    set_status(cloud, front_door, "ONLINE")
    await until(is_online)
    await pass_time(clock, 3600, step=10)
    assert len(cloud.calls_of("BatchGetDeviceState")) <= 8
    queue = cloud.queue_of(front_door.product)
    set_status(cloud, front_door, "OFFLINE")
    (late,) = queue.messages
    body = late.body
    await until(lambda: not is_online())
    await pass_time(clock, 3, step=1)
    set_status(cloud, front_door, "ONLINE")
    await until(is_online)
    queue.put(body, cloud.now())
    await until(lambda: not queue.messages)
    await pass_time(clock, 5, step=1)
    assert is_online()


async def test_properties(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, front_door: Device, pushed: Any
) -> None:
    """What a camera reports of itself is known at once."""

    def detects_motion() -> bool:
        state = hass.states.get("camera.front_door")
        return state is not None and bool(state.attributes.get("motion_detection"))

    before = detects_motion()
    value = "0" if before else "1"
    report(cloud, front_door, {"AlarmSwitch": value})
    await until(lambda: detects_motion() is not before)
    assert not cloud.calls_of("QueryDevicePropertyStatus")


async def test_new_camera(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, front_door: Device, pushed: Any
) -> None:
    """A camera that is added to the account is there at once."""
    add_device(cloud, front_door.product, nickname="Cellar")
    await until(lambda: hass.states.get("camera.cellar"))


async def test_unload(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    pushed: MockConfigEntry,
) -> None:
    """An account that is unloaded polls no queue any more."""
    assert await hass.config_entries.async_unload(pushed.entry_id)
    await until(lambda: not cloud.queue_of(front_door.product).waiting)
    cloud.calls.clear()
    await pass_time(clock, 100, step=5)
    assert not cloud.calls_of("BatchReceiveMessage")


async def test_picture_after_an_earlier_recording(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    alarm_events: AlarmEvents,
) -> None:
    """The ID and the picture of the newest alarm are shown, also when they come after an earlier one's recording."""
    first = raise_alarm(cloud, front_door, 3, record=True)
    await pass_time(clock, 20)
    second = raise_alarm(cloud, front_door, 1, delay=100)
    await until(lambda: len(alarm_events.states) == 2)
    await pass_time(clock, 80, step=2)
    assert _attributes(hass)["event_id"] == first
    await pass_time(clock, 60, step=2)
    found = _attributes(hass)
    assert (found["event_id"], found["event_type"]) == (second, "motion")
    assert "picture" in found
    assert len(alarm_events.states) == 2
