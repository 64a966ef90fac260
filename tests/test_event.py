"""The event entity and the sensor that tell of recordings."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device


async def test_says_what_the_bus_says(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """The entity's attributes are the event's data; the sensor tells the newest file."""
    ready = async_capture_events(hass, "linkvisual_record_ready")
    assert hass.states.is_state("event.front_door_recording_progress", "unknown")
    assert hass.states.is_state("sensor.front_door_last_recording", "unknown")
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.front_door_record"}, blocking=True
    )
    state = hass.states.get("event.front_door_recording_progress")
    assert state is not None
    assert state.attributes["event_type"] == "triggered"
    assert [state.attributes["file_id"]] == list(cameras["Front door"].records)
    assert hass.states.is_state("event.garage_recording_progress", "unknown")

    await clock.run(75, step=5)
    state = hass.states.get("event.front_door_recording_progress")
    assert state is not None
    assert state.attributes["event_type"] == "ready"
    for key in (
        "file_id",
        "record_duration",
        "pre_record_duration",
        "stream_type",
        "triggered_at",
        "request_id",
        "files",
    ):
        assert state.attributes[key] == ready[0].data[key]
    assert state.context.id == ready[0].context.id

    sensor = hass.states.get("sensor.front_door_last_recording")
    assert sensor is not None
    (file,) = ready[0].data["files"]
    assert sensor.state == file["begin"]
    assert sensor.attributes["file_id"] == ready[0].data["file_id"]
    assert sensor.attributes["media_content_id"] == file["media_content_id"]

    await hass.config_entries.async_reload(loaded.entry_id)
    sensor = hass.states.get("sensor.front_door_last_recording")
    assert sensor is not None
    assert sensor.state == file["begin"]


async def test_last_recording_is_searched_once(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A camera without recordings is asked for its last one once, however long Home Assistant runs."""
    await clock.run(120, step=10)
    searches = len(cloud.calls_of("QueryRecord"))
    assert searches
    await clock.run(600, step=10)
    assert len(cloud.calls_of("QueryRecord")) == searches
