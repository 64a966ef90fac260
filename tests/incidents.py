"""Incidents and runs of Home Assistant, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.components.http import HomeAssistantHTTP
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import frame
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_test_home_assistant,
)

from .chaos.leftovers import timers

FRONT_DOOR = "camera.front_door"
GARAGE = "camera.garage"
GARDEN = "camera.garden"  # offline
ATTIC = "camera.attic"  # without cloud storage
INCIDENT_READY = "linkvisual_incident_ready"


async def record_incident(
    hass: HomeAssistant, *entity_ids: str, **data: Any
) -> dict[str, Any]:
    """Make cameras record an incident; return the reply."""
    reply = await hass.services.async_call(
        "linkvisual",
        "trigger_record",
        {"entity_id": list(entity_ids), "incident": "Somebody at the fence", **data},
        blocking=True,
        return_response=True,
    )
    assert reply is not None
    return reply


@asynccontextmanager
async def running(
    folder: Path, *accounts: MockConfigEntry
) -> AsyncIterator[tuple[HomeAssistant, list[Event[Any]]]]:
    """Run another Home Assistant on a configuration folder, from its start to its stop; yield the incidents told, too."""
    with patch.object(HomeAssistantHTTP, "async_bind"):
        async with async_test_home_assistant(config_dir=str(folder)) as hass:
            frame.async_setup(hass)
            told: list[Event[Any]] = async_capture_events(hass, INCIDENT_READY)
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            for account in accounts:
                MockConfigEntry(
                    domain=account.domain,
                    entry_id=account.entry_id,
                    data=dict(account.data),
                ).add_to_hass(hass)
            # The first setup sets up the integration, and with it all accounts.
            assert await hass.config_entries.async_setup(accounts[0].entry_id)
            await hass.async_block_till_done()
            try:
                yield hass, told
            finally:
                await hass.async_stop(force=True)
                # A real process would end here, and its timers with it.
                for timer in timers():
                    timer.cancel()
