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
    reply = await _process(hass, {"text": text, "language": language}, context)
    return reply["response"]["response_type"], _speech(reply)


class Talk:
    """A conversation: what is said next may answer what was asked before."""

    def __init__(self, hass: HomeAssistant, language: str = "en") -> None:
        self._hass = hass
        self._data = {"language": language}

    async def say(self, text: str) -> str:
        """Say something; return the answer."""
        reply = await _process(self._hass, {**self._data, "text": text})
        self._data["conversation_id"] = reply["conversation_id"]
        return _speech(reply)


async def _process(
    hass: HomeAssistant, data: dict[str, str], context: Context | None = None
) -> dict[str, Any]:
    # What changes while sentences are being attached is taken up by a timer.
    await asyncio.sleep(0.001)
    await hass.async_block_till_done()
    reply = await hass.services.async_call(
        "conversation",
        "process",
        data,
        blocking=True,
        return_response=True,
        context=context,
    )
    assert reply is not None
    return dict(reply)


def _speech(reply: dict[str, Any]) -> str:
    speech: str = reply["response"]["speech"].get("plain", {}).get("speech", "")
    return speech
