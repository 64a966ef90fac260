"""Messages of the queue with odd times: what they tell counts, and none holds up what comes after it."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
import json
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.things import report
from tests.emulator.world import Device

from .alarms import AlarmEvents
from .push import pass_time, until


def _changed(body: str, payload: Mapping[str, Any], **envelope: Any) -> str:
    """Return a message with other fields in its payload and envelope."""
    told = json.loads(body if body.startswith("{") else b64decode(body)) | envelope
    inner = json.loads(b64decode(told["payload"])) | payload
    told["payload"] = b64encode(json.dumps(inner).encode()).decode()
    return json.dumps(told)


async def test_state_of_the_future(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    pushed: MockConfigEntry,
) -> None:
    """A message whose time has not come yet does not hold up what comes after it."""

    def is_online() -> bool:
        return hass.states.is_state("binary_sensor.front_door_connectivity", "on")

    queue = cloud.queue_of(front_door.product)
    set_status(cloud, front_door, "OFFLINE")
    (message,) = queue.messages
    odd = _changed(message.body, {"utcTime": "2150-12-30T07:32:28.205Z"})
    await until(lambda: not is_online())
    await pass_time(clock, 3)
    set_status(cloud, front_door, "ONLINE")
    await until(is_online)
    queue.put(odd, cloud.now())
    await pass_time(clock, 1300, step=10)
    assert is_online()
    set_status(cloud, front_door, "OFFLINE")
    await until(lambda: not is_online())


@pytest.mark.parametrize("ahead", [-7200, 7200, 4 * 365 * 86400])
async def test_properties_of_a_wrong_clock(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    pushed: MockConfigEntry,
    ahead: int,
) -> None:
    """What a camera reports of itself counts whatever its clock says, and whenever that is set right."""

    def detects_motion() -> bool:
        state = hass.states.get("camera.front_door")
        return state is not None and bool(state.attributes.get("motion_detection"))

    queue = cloud.queue_of(front_door.product)
    before = detects_motion()
    item = {"value": int(not before), "time": int(cloud.now() + ahead) * 1000}
    report(cloud, front_door, {"AlarmSwitch": str(item["value"])})
    (message,) = queue.messages
    message.body = _changed(message.body, {"items": {"AlarmSwitch": item}})
    await until(lambda: detects_motion() is not before)
    await pass_time(clock, 5)
    report(cloud, front_door, {"AlarmSwitch": str(int(before))})
    await until(lambda: detects_motion() is before)


@pytest.mark.parametrize("timestamp", [0, 4_900_000_000])
async def test_odd_timestamp(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    pushed: MockConfigEntry,
    timestamp: int,
) -> None:
    """An alarm whose message has an odd time is told at once; what happened long ago stays no news."""
    alarm_events = AlarmEvents(hass)
    raise_alarm(cloud, front_door)
    (message,) = cloud.queue_of(front_door.product).messages
    message.body = _changed(message.body, {}, timestamp=timestamp)
    await until(lambda: alarm_events.states)
    await pass_time(clock, 200, step=2)
    raise_alarm(cloud, front_door, age=9000, pushed=False, delay=0)
    await pass_time(clock, 400, step=5)
    assert len(alarm_events.states) == 1
