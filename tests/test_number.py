"""The settings of a camera: numbers and the stream."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry


async def set_number(hass: HomeAssistant, name: str, value: float) -> None:
    """Set a number of the front door."""
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": f"number.front_door_{name}", "value": value},
        blocking=True,
    )


async def test_values(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """They have the bounds of the cloud, and stay over a reload."""
    duration = hass.states.get("number.front_door_record_duration")
    assert duration is not None
    assert (duration.state, duration.attributes["min"], duration.attributes["max"]) == (
        "60",
        10,
        7200,
    )
    before = hass.states.get("number.front_door_pre_record_duration")
    assert before is not None
    assert (before.state, before.attributes["min"], before.attributes["max"]) == (
        "0",
        0,
        10,
    )
    await set_number(hass, "record_duration", 300)
    await set_number(hass, "pre_record_duration", 5)
    await hass.config_entries.async_reload(loaded.entry_id)
    assert hass.states.is_state("number.front_door_record_duration", "300")
    assert hass.states.is_state("number.front_door_pre_record_duration", "5")
    assert hass.states.is_state("number.garage_record_duration", "60")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("record_duration", 9),
        ("record_duration", 7201),
        ("record_duration", 60.5),
        ("pre_record_duration", 11),
        ("pre_record_duration", -1),
    ],
)
async def test_bad_values(
    hass: HomeAssistant, loaded: MockConfigEntry, name: str, value: float
) -> None:
    """What the cloud would not take is refused, and changes nothing."""
    state = hass.states.get(f"number.front_door_{name}")
    assert state is not None
    with pytest.raises(ServiceValidationError):
        await set_number(hass, name, value)
    assert hass.states.is_state(f"number.front_door_{name}", state.state)


async def test_pre_recording_is_a_part(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """The pre-recording stays shorter than the recording, whichever is changed."""
    await set_number(hass, "pre_record_duration", 10)
    with pytest.raises(ServiceValidationError) as caught:
        await set_number(hass, "record_duration", 10)
    assert caught.value.translation_key == "pre_record_too_long"


async def test_stream_type(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """The stream is chosen, and stays over a reload."""
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": "select.front_door_stream_type", "option": "sub"},
        blocking=True,
    )
    await hass.config_entries.async_reload(loaded.entry_id)
    assert hass.states.is_state("select.front_door_stream_type", "sub")
    assert hass.states.is_state("select.garage_stream_type", "main")
