"""Live video of the front door, as a dashboard opens it, for tests."""

from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from yarl import URL

CAMERA = "camera.front_door"


async def load(hass: HomeAssistant, entry: MockConfigEntry, protocol: str) -> None:
    """Set up the account with an option of live video."""
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"live_protocol": protocol})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def open_stream(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> dict[str, Any]:
    """Do what a dashboard does when somebody looks; return the answer."""
    client = await hass_ws_client(hass)
    with patch("homeassistant.components.stream.Stream.start"):
        await client.send_json_auto_id({"type": "camera/stream", "entity_id": CAMERA})
        answer = await client.receive_json()
    assert isinstance(answer, dict)
    return answer


def source_of(hass: HomeAssistant) -> URL:
    """Return the address that Home Assistant's player was given."""
    (stream,) = hass.data["stream"]["streams"]
    return URL(stream.source)
