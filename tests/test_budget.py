"""The budget of calls: kept whatever happens, and spent where it is worth most. Time is simulated."""

from collections import Counter
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .alarms import AlarmEvents
from .archive import add_job, state_of

HOUR = 3600


async def set_up(
    hass: HomeAssistant, clock: Clock, entry: MockConfigEntry, **options: Any
) -> None:
    """Set up the account with options."""
    # Writing down where each callback came from would take half of the time.
    hass.loop.set_debug(False)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(5)


def most_in_an_hour(cloud: Cloud) -> int:
    """Return the number of calls in the busiest hour."""
    times = sorted(call.at for call in cloud.calls)
    most = first = 0
    for number, time in enumerate(times):
        while times[first] <= time - HOUR:
            first += 1
        most = max(most, number - first + 1)
    return most


@pytest.mark.timeout(300)
@pytest.mark.parametrize("cloud", [50], indirect=True)
@pytest.mark.parametrize(
    ("calls_per_hour", "hours"),
    [(1200, 2), pytest.param(240, 24, marks=pytest.mark.thorough)],
)
async def test_fifty_cameras(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    entry: MockConfigEntry,
    calls_per_hour: int,
    hours: int,
) -> None:
    """In no hour there are more calls than allowed, and no camera is forgotten."""
    await set_up(hass, clock, entry, calls_per_hour=calls_per_hour)
    begin = cloud.now()
    most = 0
    asked: Counter[str] = Counter()
    for _ in range(hours):
        await clock.run(HOUR, step=120)
        most = max(most, most_in_an_hour(cloud))
        asked.update(
            call.params["IotId"]
            for call in cloud.calls_of("QueryDeviceEvent")
            if call.at > cloud.now() - HOUR
        )
    assert cloud.now() - begin >= hours * HOUR
    assert most <= calls_per_hour
    online = [
        device.iot_id
        for device in cloud.world.devices.values()
        if device.product.video and device.status == "ONLINE"
    ]
    looks = [asked[iot_id] for iot_id in online]
    assert max(looks) - min(looks) <= 2
    # What is left after status, lists and settings is spent on alarms.
    assert sum(looks) > calls_per_hour * hours * 0.3


@pytest.mark.parametrize("cloud", [8], indirect=True)
async def test_eight_cameras(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """With few cameras an alarm is known within a minute, half of them in less than half of one."""
    random = Random(8)
    await set_up(hass, clock, entry)
    alarm_events = AlarmEvents(hass)
    cameras = [
        device
        for device in cloud.world.devices.values()
        if device.product.video and device.status == "ONLINE"
    ]
    raised_at = {}
    for _ in range(40):
        await clock.run(random.randrange(20, 60), step=2)
        event_id = raise_alarm(cloud, random.choice(cameras))
        raised_at[event_id] = cloud.now()
    await clock.run(90, step=2)
    delays = sorted(
        state.last_changed.timestamp() - raised_at[state.attributes["event_id"]]
        for state in alarm_events.states
    )
    assert len(delays) == len(raised_at)
    assert median(delays) <= 30
    assert delays[-1] <= 60
    assert most_in_an_hour(cloud) <= 1200


@pytest.mark.parametrize("cloud", [50], indirect=True)
async def test_status_is_slower_with_a_small_budget(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """Status comes first, but not at any price: it never takes more than half."""
    await set_up(hass, clock, entry, calls_per_hour=100, status_interval=30)
    await clock.run(HOUR, step=10)
    cloud.calls.clear()
    await clock.run(HOUR, step=10)
    assert 40 <= len(cloud.calls_of("BatchGetDeviceState")) <= 55
    assert len(cloud.calls) <= 100


async def test_what_people_ask_for_counts(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """Calls of people are never held up; Home Assistant asks less by itself for them."""
    await set_up(hass, clock, entry, calls_per_hour=200)
    await clock.run(HOUR, step=10)
    before = len(cloud.calls_of("QueryDeviceEvent"))
    cloud.calls.clear()
    for _ in range(60):
        await hass.services.async_call(
            "linkvisual",
            "get_recordings",
            {"entity_id": "camera.front_door"},
            blocking=True,
            return_response=True,
        )
        await clock.run(60, step=10)
    assert len(cloud.calls_of("QueryRecord")) >= 60
    assert len(cloud.calls_of("QueryDeviceEvent")) < before / 2
    # Nothing waits for ever.
    assert cloud.calls_of("QueryDevicePropertyStatus")


async def test_archive(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
    videos: Path,
) -> None:
    """However much an archive has to fetch, alarms are looked for, and all of it stays within the budget."""
    cloud.speed = 200
    await set_up(hass, clock, entry, calls_per_hour=200)
    await clock.run(HOUR, step=10)
    before = len(cloud.calls_of("QueryDeviceEvent"))
    job_id = await add_job(hass, entry, videos, kinds=["continuous"])
    cloud.calls.clear()
    now = cloud.now()
    for number in range(100):
        begin = now + number * 12
        cloud.world.add_file(cameras["Front door"], begin, begin + 10)
    # Long enough to pay back the last listing, whose calls are made at once.
    await clock.run(3 * HOUR, step=10)
    assert int(state_of(hass, job_id, "files")) > 20
    assert len(cloud.calls) <= 3 * 200
    assert len(cloud.calls_of("QueryDeviceEvent")) / 3 > before / 3


@pytest.mark.timeout(300)
async def test_archive_catches_up(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
    videos: Path,
) -> None:
    """Listing what a long stop has left behind stays within the budget, too, and alarms are looked for meanwhile."""
    await set_up(hass, clock, entry, calls_per_hour=200)
    await add_job(hass, entry, videos, kinds=["continuous"])
    assert await hass.config_entries.async_unload(entry.entry_id)
    now = cloud.now()
    for begin in range(int(now), int(now) + 10 * 24 * HOUR, 30):
        cloud.world.add_file(cameras["Front door"], begin, begin + 25)
    await clock.tick(10 * 24 * HOUR)
    assert await hass.config_entries.async_setup(entry.entry_id)
    cloud.calls.clear()
    await clock.run(3 * HOUR, step=10)
    # The calls of a listing, 60 here, are made at once and paid back later.
    assert len(cloud.calls) <= 3 * 200 + 60
    assert len(cloud.calls_of("QueryDeviceEvent")) > 3 * 200 / 10
