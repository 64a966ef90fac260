"""What alarms tell as a state: motion, persons, sounds, and what few cameras recognize."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    intent,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    mock_restore_cache_with_extra_data,
)

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .alarms import AlarmEvents
from .assist import device_of, expose

ALARM = "event.front_door_alarm"
MOTION = "binary_sensor.front_door_motion"
KEYS = ("motion", "person", "sound", "vehicle", "pet", "fire", "tamper")
# Half a minute; the clock of tests ends delays up to half a second early.
SHORTEST_DELAY = timedelta(seconds=29.5)


@pytest.fixture
def all_enabled() -> Iterator[None]:
    """Enable what is disabled by default."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True
    ):
        yield


@pytest.fixture
async def watched(clock: Clock, loaded: MockConfigEntry) -> MockConfigEntry:
    """Set up the account, and poll alarms for the first time."""
    await clock.run(10, step=5)
    return loaded


async def until(hass: HomeAssistant, clock: Clock, state: str) -> State:
    """Let time pass until the motion sensor has a state; return it."""
    for _ in range(70):
        if hass.states.is_state(MOTION, state):
            break
        await clock.tick(1)
    motion = hass.states.get(MOTION)
    assert motion is not None
    assert motion.state == state
    return motion


def sensors_on(hass: HomeAssistant) -> set[str]:
    """Return the keys of the alarm sensors that are on."""
    sensors = {key: f"binary_sensor.front_door_{key}" for key in KEYS}
    return {key for key in KEYS if hass.states.is_state(sensors[key], "on")}


async def test_on_and_off(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    watched: MockConfigEntry,
) -> None:
    """An alarm turns the sensor on, another one keeps it on, half a minute without one turns it off."""
    changes = async_capture_events(hass, "state_changed")
    assert hass.states.is_state(MOTION, "off")
    raise_alarm(cloud, front_door)
    on = await until(hass, clock, "on")
    assert on.attributes["device_class"] == "motion"
    raise_alarm(cloud, front_door, delay=0)
    off = await until(hass, clock, "off")
    alarm = hass.states.get(ALARM)
    assert alarm is not None
    assert alarm.last_changed > on.last_changed
    assert off.last_changed - alarm.last_changed >= SHORTEST_DELAY
    motion = [
        event.data["new_state"].state
        for event in changes
        if event.data["entity_id"] == MOTION
    ]
    assert motion == ["on", "off"]
    assert hass.states.is_state("binary_sensor.garage_motion", "off")


@pytest.mark.parametrize(
    ("number", "keys"),
    [
        (1, {"motion"}),
        (2, {"sound"}),
        (3, {"motion", "person"}),
        (11006, {"motion"}),
        (10008, {"motion", "person"}),
        (10005, {"motion", "vehicle"}),
        (10001, {"vehicle"}),
        (11018, {"motion", "pet"}),
        (13001, {"fire"}),
        (10010, {"tamper"}),
        (987654, set()),
    ],
)
@pytest.mark.usefixtures("all_enabled", "watched")
async def test_types(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    number: int,
    keys: set[str],
) -> None:
    """Each type of alarm turns on what it is about."""
    raise_alarm(cloud, front_door, number, picture=False)
    while hass.states.is_state(ALARM, "unknown"):
        await clock.tick(5)
    assert sensors_on(hass) == keys
    await clock.tick(31)
    assert not sensors_on(hass)


async def test_disabled(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """Motion is enabled; persons and sounds are not. The rest is added when a camera sends such an alarm."""
    found = {
        key: entry.disabled_by
        for key in KEYS
        if (entry := entity_registry.async_get(f"binary_sensor.front_door_{key}"))
    }
    by_default = er.RegistryEntryDisabler.INTEGRATION
    assert found == {"motion": None, "person": by_default, "sound": by_default}


async def test_first_of_its_type(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    watched: MockConfigEntry,
) -> None:
    """A sensor that is added with its first alarm shows it, tells the next one, and stays."""
    sensor = "binary_sensor.front_door_vehicle"
    raise_alarm(cloud, front_door, 10005, times=2)
    await until(hass, clock, "on")
    assert hass.states.is_state(sensor, "on")
    await until(hass, clock, "off")
    assert hass.states.is_state(sensor, "off")
    assert hass.states.get("binary_sensor.garage_vehicle") is None
    await hass.config_entries.async_reload(watched.entry_id)
    assert hass.states.is_state(sensor, "off")
    raise_alarm(cloud, front_door, 10005)
    await until(hass, clock, "on")
    assert hass.states.is_state(sensor, "on")


async def test_late(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    watched: MockConfigEntry,
) -> None:
    """What happened a while ago, when it is told, is no motion now; what polling told late is."""
    events = AlarmEvents(hass)
    raise_alarm(cloud, front_door)
    await until(hass, clock, "on")
    await until(hass, clock, "off")
    late = raise_alarm(cloud, front_door, age=400, delay=0)
    while late not in events.event_ids:
        await clock.tick(1)
    assert hass.states.is_state(MOTION, "off")
    raise_alarm(cloud, front_door, age=200, delay=0)
    await until(hass, clock, "on")


async def test_slow_clock(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    watched: MockConfigEntry,
) -> None:
    """A camera whose clock is hours behind has motion, too."""
    raise_alarm(cloud, front_door, age=7200)
    await until(hass, clock, "on")


@pytest.mark.parametrize(("away", "state"), [(5, "on"), (60, "off")])
async def test_restart(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    watched: MockConfigEntry,
    away: int,
    state: str,
) -> None:
    """A restart neither shortens nor prolongs what an alarm turned on."""
    raise_alarm(cloud, front_door)
    on = await until(hass, clock, "on")
    await hass.config_entries.async_unload(watched.entry_id)
    assert hass.states.is_state(MOTION, "unavailable")
    await clock.tick(away)
    assert hass.states.is_state(MOTION, "unavailable")
    assert await hass.config_entries.async_setup(watched.entry_id)
    assert hass.states.is_state(MOTION, state)
    off = await until(hass, clock, "off")
    assert off.last_changed - on.last_changed >= SHORTEST_DELAY


@pytest.mark.parametrize("off_at", ["2126-11-24T12:00:00+00:00", "soon", None])
async def test_odd_storage(
    hass: HomeAssistant, clock: Clock, entry: MockConfigEntry, off_at: str | None
) -> None:
    """A clock that was set back does not keep the sensor on, nor does what nobody has written."""
    stored = (State(MOTION, "on"), {"off_at": off_at})
    mock_restore_cache_with_extra_data(hass, [stored])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.tick(31)
    assert hass.states.is_state(MOTION, "off")


async def test_without_the_event_entity(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    watched: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    """Alarms are polled for the sensor alone, too."""
    by_user = er.RegistryEntryDisabler.USER
    entity_registry.async_update_entity(ALARM, disabled_by=by_user)
    await hass.config_entries.async_reload(watched.entry_id)
    assert hass.states.get(ALARM) is None
    raise_alarm(cloud, front_door)
    await until(hass, clock, "on")


async def test_without_alarms(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Who does not want alarms has no motion sensors."""
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"poll_alarms": False})
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert hass.states.get(MOTION) is None


async def test_trigger(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    front_door: Device,
    watched: MockConfigEntry,
) -> None:
    """Home Assistant's own triggers and conditions of motion work with a camera."""
    device_id = device_of(hass, watched, front_door)
    target = {"target": {"device_id": device_id}}
    automations: list[dict[str, Any]] = [
        {
            "alias": name,
            "mode": "queued",
            "triggers": [{"trigger": f"motion.{name}", **target}],
            "actions": [{"event": name}],
        }
        for name in ("detected", "cleared")
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    detected = async_capture_events(hass, "detected")
    cleared = async_capture_events(hass, "cleared")
    raise_alarm(cloud, cameras["Garage"])
    raise_alarm(cloud, front_door, 10005)
    await until(hass, clock, "on")
    assert len(detected) == 1
    assert not cleared
    await until(hass, clock, "off")
    assert len(detected) == len(cleared) == 1


@pytest.mark.usefixtures("assist")
async def test_voice(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    watched: MockConfigEntry,
) -> None:
    """Assist knows whether there is motion in an area."""
    area = ar.async_get(hass).async_create("Porch")
    device_id = device_of(hass, watched, front_door)
    dr.async_get(hass).async_update_device(device_id, area_id=area.id)
    await expose(hass, MOTION)

    async def moving() -> list[str]:
        slots = {"area": "Porch", "device_class": ["motion"], "state": "on"}
        answer = await intent.async_handle(
            hass,
            "test",
            intent.INTENT_GET_STATE,
            {name: {"value": value} for name, value in slots.items()},
            assistant="conversation",
        )
        return [state.entity_id for state in answer.matched_states]

    assert not await moving()
    raise_alarm(cloud, front_door, 3)
    await until(hass, clock, "on")
    assert await moving() == [MOTION]


async def test_clock_is_set_back(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    watched: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clock of this machine may be set back while the sensor is on: it turns off all the same."""
    with monkeypatch.context() as ahead:
        clock.set_by(7200, ahead)
        raise_alarm(cloud, front_door)
        await until(hass, clock, "on")
    await clock.run(60, step=5)
    assert hass.states.is_state(MOTION, "off")
