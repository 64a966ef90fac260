"""Runtime data of a config entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_REGION
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.hass_dict import HassKey

from .alarms.health import PushHealth
from .alarms.manager import Alarms
from .alarms.push import Push
from .api.client import LinkVisualClient
from .api.meter import Budget
from .api.pacing import Pacing
from .archive.manager import Archive
from .const import (
    CONF_ACCESS_KEY_ID,
    CONF_ACCESS_KEY_SECRET,
    CONF_ENDPOINT,
    CONF_IOT_INSTANCE_ID,
    DOMAIN,
)
from .coordinator import LinkVisualCoordinator
from .errors import not_loaded
from .exports.manager import Exports
from .media.annotations import Annotations
from .media.calendar import RecordingCalendar
from .media.client import MediaClient
from .media.library import Library
from .media.live import LiveStreams
from .media.pictures import Pictures
from .media.playback import Playback
from .media.saved_clips import SavedClips
from .media.timeline import Timeline
from .plans.cameras import CameraPlans
from .plans.manager import Plans
from .poller import Poller
from .properties.manager import Properties
from .recordings.manager import Recordings
from .recordings.settings import CameraSettings

# By AccessKey ID, region and endpoint.
_PACING: HassKey[dict[tuple[str, str, str | None], Pacing]] = HassKey(
    f"{DOMAIN}_pacing"
)

type LinkVisualConfigEntry = ConfigEntry[LinkVisualData]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkVisualData:
    """Runtime data of a config entry."""

    alarms: Alarms | None  # None if neither polled nor pushed
    annotations: Annotations
    archive: Archive
    budget: Budget
    client: LinkVisualClient
    coordinator: LinkVisualCoordinator
    calendar: RecordingCalendar
    camera_plans: CameraPlans
    exports: Exports
    library: Library
    live: LiveStreams
    media: MediaClient
    pictures: Pictures
    plans: Plans
    playback: Playback
    poller: Poller
    push: Push | None
    push_health: PushHealth
    recordings: Recordings
    saved_clips: SavedClips
    settings: CameraSettings
    properties: Properties
    timeline: Timeline


def loaded_data(
    entry: LinkVisualConfigEntry,
    exc_type: type[HomeAssistantError] = HomeAssistantError,
) -> LinkVisualData:
    """Return an entry's runtime data. Raises `exc_type` if it is not loaded."""
    if entry.state is ConfigEntryState.LOADED:
        return entry.runtime_data
    raise not_loaded(entry, exc_type)


@callback
def async_camera_data(
    hass: HomeAssistant,
    entry_id: str,
    iot_id: str = "",
    exc_type: type[HomeAssistantError] = HomeAssistantError,
) -> LinkVisualData:
    """Return the runtime data of a loaded entry, which must have the camera, if given. Raises `exc_type`."""
    entry: LinkVisualConfigEntry | None = hass.config_entries.async_get_entry(entry_id)
    if entry is not None and entry.domain == DOMAIN:
        data = loaded_data(entry, exc_type)
        if not iot_id or iot_id in data.coordinator.data:
            return data
    raise exc_type(translation_domain=DOMAIN, translation_key="no_such_media")


def make_client(hass: HomeAssistant, data: Mapping[str, Any]) -> LinkVisualClient:
    """Return a client for the data of a config entry. Clients of a key share its rate limits, also across reloads."""
    key = (
        data[CONF_ACCESS_KEY_ID],
        data[CONF_REGION],
        data.get(CONF_ENDPOINT),
    )
    return LinkVisualClient(
        async_get_clientsession(hass),
        data[CONF_ACCESS_KEY_ID],
        data[CONF_ACCESS_KEY_SECRET],
        data[CONF_REGION],
        data[CONF_IOT_INSTANCE_ID],
        data.get(CONF_ENDPOINT),
        hass.data.setdefault(_PACING, {}).setdefault(key, Pacing()),
    )
