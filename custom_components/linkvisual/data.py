"""What a loaded config entry holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_REGION
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .api.client import LinkVisualClient
from .const import (
    CONF_ACCESS_KEY_ID,
    CONF_ACCESS_KEY_SECRET,
    CONF_ENDPOINT,
    CONF_IOT_INSTANCE_ID,
)

if TYPE_CHECKING:
    from .alarms import Alarms
    from .budget import Budget
    from .coordinator import LinkVisualCoordinator
    from .days import Days
    from .library import Library
    from .live import LiveStreams
    from .pictures import Pictures
    from .playback import Playback
    from .polling import Poller
    from .recordings import Recordings
    from .settings import CameraSettings
    from .things import Things

type LinkVisualConfigEntry = ConfigEntry[LinkVisualData]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkVisualData:
    """The parts of one account, each with one task."""

    alarms: Alarms | None  # None where the user does not want them
    budget: Budget
    client: LinkVisualClient
    coordinator: LinkVisualCoordinator
    days: Days
    library: Library
    live: LiveStreams
    pictures: Pictures
    playback: Playback
    poller: Poller
    recordings: Recordings
    settings: CameraSettings
    things: Things


def make_client(hass: HomeAssistant, data: Mapping[str, Any]) -> LinkVisualClient:
    """Return a client for what a config entry, or the form that makes one, says."""
    return LinkVisualClient(
        async_get_clientsession(hass),
        data[CONF_ACCESS_KEY_ID],
        data[CONF_ACCESS_KEY_SECRET],
        data[CONF_REGION],
        data[CONF_IOT_INSTANCE_ID],
        data.get(CONF_ENDPOINT),
    )
