"""Until when a camera's notifications are muted."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

MUTED_UNTIL = "datetime.front_door_notifications_muted_until"
EVENING = "2026-11-22T18:30:00+00:00"


async def test_muted_until(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """It is set by Home Assistant's own action, survives a restart, and is unknown at first."""
    assert hass.states.is_state(MUTED_UNTIL, "unknown")
    await hass.services.async_call(
        "datetime",
        "set_value",
        {"entity_id": MUTED_UNTIL, "datetime": EVENING},
        blocking=True,
    )
    assert hass.states.is_state(MUTED_UNTIL, EVENING)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert hass.states.is_state(MUTED_UNTIL, EVENING)
