"""The system health page."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from tests.emulator.cloud import Cloud


async def info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the page tells in the end."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    told = await get_system_health_info(hass, "linkvisual")
    return {
        name: await value if asyncio.iscoroutine(value) else value
        for name, value in told.items()
    }


async def test_account(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """It tells whether the cloud is reached, and what the calls cost."""
    told = await info(hass)
    assert abs(told.pop("calls_last_hour") - len(cloud.attempts)) < 5
    assert told == {
        "cameras": 6,
        "clock_offset": 0,
        "last_error": "-",
        "can_reach_cloud": "ok",
    }


async def test_no_account(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Without an account there is nothing to reach."""
    await hass.config_entries.async_unload(loaded.entry_id)
    assert "can_reach_cloud" not in await info(hass)
