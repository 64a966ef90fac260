"""Alarms of a camera whose clock is hours ahead, and is set."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device, wall_clock

from .alarms import AlarmEvents
from .push import pass_time

HOUR = 3600


class AheadCamera:
    """A camera whose clock is ahead."""

    def __init__(
        self, hass: HomeAssistant, clock: Clock, cloud: Cloud, camera: Device
    ) -> None:
        self._clock = clock
        self._cloud = cloud
        self._camera = camera
        self._events = AlarmEvents(hass)
        self.iot_id = camera.iot_id
        self.raised: list[str] = []

    def raise_alarm(self, ahead: float) -> str:
        """Raise an alarm whose time is so many seconds from now."""
        return raise_alarm(
            self._cloud, self._camera, age=-ahead, delay=0, picture=False
        )

    async def alarms(self, ahead: float, minutes: int) -> None:
        """Raise an alarm a minute."""
        for _ in range(minutes):
            self.raised.append(self.raise_alarm(ahead))
            await self._clock.run(60, step=10)

    @property
    def reported(self) -> list[str]:
        """The EventIds that were reported."""
        return self._events.event_ids


@pytest.fixture
def camera(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, front_door: Device
) -> AheadCamera:
    """Return a camera that has had no alarm yet."""
    hass.loop.set_debug(False)
    return AheadCamera(hass, clock, cloud, front_door)


async def _set_up(hass: HomeAssistant, entry: MockConfigEntry, clock: Clock) -> None:
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(10)


@pytest.mark.parametrize("ahead", [2 * HOUR, 8 * HOUR, 14 * HOUR])
async def test_clock_is_hours_ahead(
    hass: HomeAssistant,
    clock: Clock,
    camera: AheadCamera,
    entry: MockConfigEntry,
    ahead: float,
) -> None:
    """Each alarm is reported once, also over a restart; none from before the setup is."""
    for minutes in range(30):
        camera.raise_alarm(ahead - 60 * minutes)
    await _set_up(hass, entry, clock)
    await camera.alarms(ahead, 3)
    assert await hass.config_entries.async_unload(entry.entry_id)
    camera.raised.append(camera.raise_alarm(ahead))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await camera.alarms(ahead, 3)
    assert camera.reported == camera.raised


async def test_clock_is_set_forward(
    hass: HomeAssistant, clock: Clock, camera: AheadCamera, entry: MockConfigEntry
) -> None:
    """A clock that is set forward by hours loses no alarm."""
    await _set_up(hass, entry, clock)
    await camera.alarms(0, 2)
    await camera.alarms(8 * HOUR, 3)
    assert camera.reported == camera.raised


@pytest.mark.parametrize(("before", "after"), [(8, 0), (24, 12)])
async def test_clock_of_a_busy_camera_is_set_back(
    hass: HomeAssistant,
    clock: Clock,
    camera: AheadCamera,
    entry: MockConfigEntry,
    before: int,
    after: int,
) -> None:
    """All alarms are found, and soon each at once, whatever number of them has times that have not come yet."""
    for minutes in range(1100):
        camera.raise_alarm(before * HOUR - 60 * minutes)
    await _set_up(hass, entry, clock)
    await camera.alarms(before * HOUR, 2)
    assert camera.reported == camera.raised
    await camera.alarms(after * HOUR, 12)
    assert camera.reported == camera.raised
    await camera.alarms(after * HOUR, 2)
    assert camera.reported == camera.raised


async def test_calls_of_a_busy_camera_ahead(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    camera: AheadCamera,
    entry: MockConfigEntry,
) -> None:
    """Alarms whose times have not come yet are not listed again with each poll."""
    for minutes in range(8 * 60):
        camera.raise_alarm(8 * HOUR - 60 * minutes)
    await _set_up(hass, entry, clock)
    cloud.calls.clear()
    await camera.alarms(8 * HOUR, 20)
    assert camera.reported == camera.raised
    calls = [
        call
        for call in cloud.calls_of("QueryDeviceEvent")
        if call.params["IotId"] == camera.iot_id
    ]
    # All ten pages three times at most, else one or two with each poll.
    assert len(calls) < 3 * 10 + 2 * 20 * 6


async def test_odd_time_among_the_first(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    entry: MockConfigEntry,
) -> None:
    """A row whose time the camera's clock cannot show makes no other alarm one from before the setup."""
    alarm_events = AlarmEvents(hass)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    rows = [
        {
            "EventId": str(number),
            "EventTime": wall_clock(cloud.now() + ahead, 8),
            "EventType": 1,
            "EventPicId": "",
        }
        for number, ahead in enumerate((1, 12 * 365 * 24 * HOUR))
    ]
    cloud.faults.append(
        Fault(
            "patch",
            "QueryDeviceEvent",
            iot_id=front_door.iot_id,
            patch={"Data": {"List": rows}},
        )
    )
    await clock.run(10)
    assert "0" in alarm_events.event_ids


async def test_odd_time_of_a_camera_behind(
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    camera: AheadCamera,
    loaded: MockConfigEntry,
) -> None:
    """A row with a time of the far future silences no camera whose clock is hours behind."""
    await clock.run(10)
    await camera.alarms(-3 * HOUR, 1)
    row = {
        "EventId": "odd",
        "EventTime": wall_clock(cloud.now() + 365 * 24 * HOUR, 8),
        "EventType": 1,
        "EventPicId": "",
    }
    cloud.faults.append(
        Fault(
            "patch",
            "QueryDeviceEvent",
            iot_id=front_door.iot_id,
            patch={"Data": {"List": [row]}},
        )
    )
    await clock.run(40, step=5)
    await camera.alarms(-3 * HOUR, 5)
    reported = [each for each in camera.reported if each != "odd"]
    assert reported == camera.raised


@pytest.mark.parametrize("listed", [False, True])
async def test_clock_of_years_ahead_is_bounded(
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    pushed: MockConfigEntry,
    hass_storage: dict[str, Any],
    listed: bool,
) -> None:
    """Of a camera whose clock is years ahead, not more is kept than the cloud lists."""
    key = f"linkvisual.{pushed.entry_id}.alarms"
    for _ in range(3):
        for _ in range(10):
            raise_alarm(
                cloud,
                front_door,
                age=-2 * 365 * 24 * HOUR,
                picture=False,
                listed=listed,
            )
            await pass_time(clock, 2, step=1)
        await pass_time(clock, 2 * HOUR, step=120)
        # The cloud keeps its rows for days.
        front_door.alarms.clear()
    await pass_time(clock, HOUR, step=120)
    raise_alarm(cloud, front_door, picture=False)
    await pass_time(clock, 60, step=5)
    known = hass_storage[key]["data"][front_door.iot_id]["known"]
    assert 0 < len(known) <= 2


async def test_alarm_during_a_slow_first_look(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    camera: AheadCamera,
    entry: MockConfigEntry,
) -> None:
    """An alarm that is raised while the cloud is slow to answer is no sign of a clock that is ahead."""
    late = Fault("late", "QueryDeviceEvent", seconds=0.5, iot_id=camera.iot_id)
    cloud.faults.append(late)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    raised = [camera.raise_alarm(0)]
    while late.times:
        clock.jump(1)
        await asyncio.sleep(0.02)
    clock.jump(20)
    raised.append(camera.raise_alarm(0))
    await clock.run(60, step=5)
    assert camera.reported == raised
