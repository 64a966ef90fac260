"""Talks to Assist."""

import asyncio
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual.const import DOMAIN

from .emulator.world import Device

FRONT = "camera.front_door"
FRONT_NAME = "Front door"
GARAGE = "camera.garage"


async def expose(hass: HomeAssistant, *entity_ids: str, exposed: bool = True) -> None:
    """Expose entities to Assist, or no longer."""
    for entity_id in entity_ids:
        async_expose_entity(hass, "conversation", entity_id, exposed)
    await hass.async_block_till_done()


def device_of(hass: HomeAssistant, entry: MockConfigEntry, camera: Device) -> str:
    """Return a camera's device ID."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, camera.iot_id), entry.entry_id
    )
    assert device is not None
    return device.id


async def say(
    hass: HomeAssistant, text: str, language: str = "en", context: Context | None = None
) -> tuple[str, str]:
    """Say something; return the type of the answer and its text."""
    # What changes while sentences are being attached is taken up by a timer.
    await asyncio.sleep(0.001)
    await hass.async_block_till_done()
    reply = await hass.services.async_call(
        "conversation",
        "process",
        {"text": text, "language": language},
        blocking=True,
        return_response=True,
        context=context,
    )
    assert reply is not None
    response: dict[str, Any] = reply["response"]  # type: ignore[assignment]
    return response["response_type"], response["speech"]["plain"]["speech"]
