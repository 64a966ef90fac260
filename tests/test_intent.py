"""The intents: for sentences of a user's own, scripts, and other assistants."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    intent,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from tests.assist import FRONT, FRONT_NAME, GARAGE, device_of, expose
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device


async def handle(
    hass: HomeAssistant,
    name: str,
    slots: dict[str, Any],
    language: str = "en",
    assistant: str | None = "conversation",
) -> tuple[str, str]:
    """Handle an intent, as sentences of a user's own do; return the type of the answer and its text."""
    response = await intent.async_handle(
        hass,
        "conversation",
        name,
        {slot: {"value": value} for slot, value in slots.items()},
        language=language,
        assistant=assistant,
    )
    return response.response_type.value, response.speech["plain"]["speech"]


async def test_intents(
    hass: HomeAssistant, assist: None, cameras: dict[str, Device]
) -> None:
    """An intent records for so long, and stops; it answers in the language that it is told, else in English."""
    triggered = async_capture_events(hass, "linkvisual_record_triggered")
    slots = {"name": "front door", "minutes": 1, "seconds": "30"}
    assert await handle(hass, "LinkVisualTriggerRecord", slots, "de-AT") == (
        "action_done",
        "Front door nimmt 90 Sekunden lang auf.",
    )
    assert await handle(hass, "LinkVisualStopRecord", {"name": FRONT}, "it") == (
        "action_done",
        "Stopped recording Front door.",
    )
    assert await handle(hass, "LinkVisualTriggerRecord", {}) == (
        "action_done",
        "Recording Front door for 60 seconds.",
    )
    assert [event.data["record_duration"] for event in triggered] == [90, 60]


async def test_a_picture(
    hass: HomeAssistant, assist: None, cloud: Cloud, cameras: dict[str, Device]
) -> None:
    """An intent takes a picture, or tells why not."""
    cloud.speed = 200
    slots = {"name": "front door"}
    assert await handle(hass, "LinkVisualCapturePicture", slots, "fr") == (
        "action_done",
        "Instantané pris avec Front door.",
    )
    assert len(cloud.calls_of("TriggerCapturePicture")) == 1
    cameras[FRONT_NAME].status = "OFFLINE"
    assert await handle(hass, "LinkVisualCapturePicture", slots) == (
        "error",
        "Front door is offline",
    )


async def test_an_intent_for_a_place(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    assist: None,
    cameras: dict[str, Device],
) -> None:
    """An area or a floor means all its cameras; one that fails does not hide that the other one records."""
    await expose(hass, GARAGE)
    floor = fr.async_get(hass).async_create("Ground")
    for area, name in (("Hall", FRONT_NAME), ("Yard", "Garage")):
        created = ar.async_get(hass).async_create(area, floor_id=floor.floor_id)
        dr.async_get(hass).async_update_device(
            device_of(hass, loaded, cameras[name]), area_id=created.id
        )
    cameras["Garage"].status = "OFFLINE"
    assert await handle(hass, "LinkVisualTriggerRecord", {"floor": "ground"}) == (
        "action_done",
        "Recording Front door for 60 seconds. Garage is offline",
    )
    assert await handle(hass, "LinkVisualTriggerRecord", {"area": "yard"}) == (
        "error",
        "Garage is offline",
    )


@pytest.mark.parametrize(
    ("slots", "reason"),
    [
        ({"name": "cellar"}, "NAME"),
        ({"area": "cellar"}, "INVALID_AREA"),
        ({"floor": "cellar"}, "INVALID_FLOOR"),
        ({"name": "front door"}, "DUPLICATE_NAME"),
        ({}, "MULTIPLE_TARGETS"),
    ],
)
async def test_an_intent_that_is_not_clear(
    hass: HomeAssistant,
    assist: None,
    cameras: dict[str, Device],
    slots: dict[str, str],
    reason: str,
) -> None:
    """Home Assistant is told why, and says it in its own words."""
    await expose(hass, GARAGE)
    er.async_get(hass).async_update_entity(GARAGE, aliases=["Front door"])
    with pytest.raises(intent.MatchFailedError) as err:
        await handle(hass, "LinkVisualTriggerRecord", slots)
    assert err.value.result.no_match_reason is intent.MatchFailedReason[reason]
    assert not cameras[FRONT_NAME].records


async def test_an_intent_prefers_the_camera_that_is_near(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    assist: None,
    cameras: dict[str, Device],
) -> None:
    """Of two cameras, the one in the area of the speaker is meant."""
    await expose(hass, GARAGE)
    area = ar.async_get(hass).async_create("Yard")
    dr.async_get(hass).async_update_device(
        device_of(hass, loaded, cameras["Garage"]), area_id=area.id
    )
    slots = {"preferred_area_id": area.id}
    assert await handle(hass, "LinkVisualTriggerRecord", slots) == (
        "action_done",
        "Recording Garage for 60 seconds.",
    )


async def test_an_intent_without_cameras(
    hass: HomeAssistant, loaded: MockConfigEntry, assist: None
) -> None:
    """What is not exposed cannot be meant."""
    await expose(hass, FRONT, exposed=False)
    with pytest.raises(intent.MatchFailedError) as err:
        await handle(hass, "LinkVisualTriggerRecord", {"name": "front door"})
    assert err.value.result.no_match_reason is intent.MatchFailedReason.ASSISTANT


async def test_a_script_needs_no_exposure(
    hass: HomeAssistant, assist: None, cameras: dict[str, Device]
) -> None:
    """What is exposed binds assistants; who handles an intent without one may mean any camera."""
    slots = {"name": "garage"}
    assert await handle(hass, "LinkVisualTriggerRecord", slots, assistant=None) == (
        "action_done",
        "Recording Garage for 60 seconds.",
    )
