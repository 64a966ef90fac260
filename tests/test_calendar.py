"""The calendar of a camera: its events, what they cost, its state, and what calendar triggers make of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .recording import record
from .timeline import DAY, cost, fill_day, yesterday

CALENDAR = "calendar.front_door_recordings"


@pytest.fixture
async def calendar(
    hass: HomeAssistant,
    clock: Clock,
    polled: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> AsyncIterator[str]:
    """Enable the calendar of the front door, which is disabled by default; stop the automations on it in the end."""
    entity = entity_registry.async_get(CALENDAR)
    assert entity is not None
    assert entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    entity_registry.async_update_entity(CALENDAR, disabled_by=None)
    assert await hass.config_entries.async_reload(polled.entry_id)
    await hass.async_block_till_done()
    yield CALENDAR
    if hass.services.has_service("automation", "turn_off"):
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": "all"}, blocking=True
        )


async def events(
    hass: HomeAssistant, begin: datetime, end: datetime
) -> list[dict[str, Any]]:
    """Return the events of a time range."""
    reply = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": CALENDAR,
            "start_date_time": begin.isoformat(),
            "end_date_time": end.isoformat(),
        },
        blocking=True,
        return_response=True,
    )
    assert reply is not None
    row = reply[CALENDAR]
    assert isinstance(row, dict)
    found: Any = row["events"]
    assert isinstance(found, list)
    return found


async def test_events(
    hass: HomeAssistant, calendar: str, cloud: Cloud, front_door: Device
) -> None:
    """Recordings and alarms are events, with what happened, and links."""
    begin = yesterday(cloud)
    noon = begin.timestamp() + 12 * 3600
    cloud.world.add_file(front_door, noon, noon + 60, 2)
    cloud.world.add_file(front_door, noon + 600, noon + 660, 1, event_type=3)
    raise_alarm(cloud, front_door, 3, delay=0, age=cloud.now() - noon - 300)
    found = await events(hass, begin, begin + DAY)
    assert [each["summary"] for each in found] == [
        "Recording · Manual",
        "Alarm · Human",
        "Recording · Human",
    ]
    starts = [datetime.fromisoformat(each["start"]).timestamp() for each in found]
    assert starts == [noon, noon + 300, noon + 600]
    for each, kind in zip(found, ("recording", "picture", "recording"), strict=True):
        day, media = each["description"].splitlines()
        assert "/media-browser/browser/" in day
        assert f"{front_door.iot_id}/{kind}/" in media


async def test_cost(
    hass: HomeAssistant, calendar: str, cloud: Cloud, front_door: Device
) -> None:
    """A full day costs ten calls at most, another look none, and a future day none."""
    begin = yesterday(cloud) - DAY
    fill_day(cloud, front_door, begin, files=300, alarms=100)
    cloud.calls.clear()
    assert len(await events(hass, begin, begin + DAY)) == 400
    assert len(cost(cloud)) <= 10
    cloud.calls.clear()
    assert len(await events(hass, begin, begin + DAY)) == 400
    assert not await events(hass, begin + 5 * DAY, begin + 35 * DAY)
    assert not cost(cloud)


async def test_clocks_set_back(
    hass: HomeAssistant,
    calendar: str,
    cloud: Cloud,
    front_door: Device,
    polled: MockConfigEntry,
) -> None:
    """Recordings while the clocks are set back are events, too."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    # For as long as this test is run.
    front_door.retention_days = 36_500
    assert await hass.config_entries.async_reload(polled.entry_id)
    moment = datetime(2026, 10, 25, 0, 55, tzinfo=UTC)
    cloud.world.add_file(front_door, moment.timestamp(), moment.timestamp() + 600)
    (event,) = await events(hass, moment - DAY, moment + DAY)
    assert datetime.fromisoformat(event["start"]) == moment


async def test_language(
    hass: HomeAssistant,
    calendar: str,
    cloud: Cloud,
    front_door: Device,
    polled: MockConfigEntry,
) -> None:
    """Events are in Home Assistant's language."""
    await hass.config.async_update(language="de")
    assert await hass.config_entries.async_reload(polled.entry_id)
    await hass.async_block_till_done()
    begin = yesterday(cloud)
    noon = begin.timestamp() + 12 * 3600
    cloud.world.add_file(front_door, noon, noon + 60, 2)
    (event,) = await events(hass, begin, begin + DAY)
    assert event["summary"] == "Aufnahme · Manuell"


async def test_error(
    hass: HomeAssistant, calendar: str, cloud: Cloud, front_door: Device
) -> None:
    """An error of the cloud is told."""
    cloud.faults.append(
        Fault("service", "QueryRecord", times=None, code="403", message="No.")
    )
    begin = yesterday(cloud)
    with pytest.raises(HomeAssistantError, match="The cloud refused the request"):
        await events(hass, begin, begin + DAY)


async def test_state(
    hass: HomeAssistant, calendar: str, clock: Clock, cloud: Cloud, front_door: Device
) -> None:
    """The calendar is on while the camera records, and for a minute after an alarm."""
    cloud.speed = 20
    assert hass.states.is_state(calendar, "off")
    await record(hass, record_duration=30)
    state = hass.states.get(calendar)
    assert state is not None
    assert (state.state, state.attributes["message"]) == ("on", "Recording · Manual")
    now = datetime.fromtimestamp(cloud.now(), UTC)
    (running,) = await events(hass, now - DAY, now + DAY)
    assert datetime.fromisoformat(running["end"]) > now
    await clock.run(60, step=5)
    state = hass.states.get(calendar)
    assert state is not None
    assert state.state == "off"
    assert "/recording/" in state.attributes["description"]
    raise_alarm(cloud, front_door, 3, delay=0)
    await clock.run(40, step=5)
    state = hass.states.get(calendar)
    assert state is not None
    assert (state.state, state.attributes["message"]) == ("on", "Alarm · Human")
    await clock.run(60, step=10)
    assert hass.states.is_state(calendar, "off")


async def automate(hass: HomeAssistant, event: str, **options: Any) -> list[Any]:
    """Write an automation on the calendar; return what it does."""
    calls = async_mock_service(hass, "test", "automation")
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {
                    "trigger": "calendar",
                    "entity_id": CALENDAR,
                    "event": event,
                    **options,
                },
                "actions": {
                    "action": "test.automation",
                    "data": {"summary": "{{ trigger.calendar_event.summary }}"},
                },
            }
        },
    )
    await hass.async_block_till_done()
    return calls


async def test_trigger_with_offset(
    hass: HomeAssistant, calendar: str, clock: Clock, cloud: Cloud, front_door: Device
) -> None:
    """A trigger that looks back finds all recordings and alarms, each once."""
    calls = await automate(hass, "start", offset="00:20:00")
    now = cloud.now()
    cloud.world.add_file(front_door, now + 60, now + 120, 2)
    await clock.run(120, step=30)
    raise_alarm(cloud, front_door, 3, delay=0)
    await clock.run(45 * 60, step=60)
    assert [call.data["summary"] for call in calls] == [
        "Recording · Manual",
        "Alarm · Human",
    ]


async def test_trigger_on_end(
    hass: HomeAssistant, calendar: str, clock: Clock, cloud: Cloud
) -> None:
    """A trigger on the end comes on time for a recording that runs when Home Assistant asks for events."""
    await record(hass, record_duration=600)
    calls = await automate(hass, "end")
    await clock.run(540, step=60)
    assert not calls
    await clock.run(120, step=30)
    assert [call.data["summary"] for call in calls] == ["Recording · Manual"]
