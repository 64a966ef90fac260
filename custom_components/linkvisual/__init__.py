"""Alibaba Cloud LinkVisual cameras: live video, and recordings in the cloud when Home Assistant says so."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, PLATFORMS
from .coordinator import LinkVisualCoordinator
from .data import LinkVisualConfigEntry, LinkVisualData, make_client
from .days import Days
from .library import Library
from .live import LiveStreams
from .pictures import Pictures
from .playback import Playback
from .recordings import Recordings
from .services import async_setup_services
from .settings import CameraSettings
from .views import async_register_views

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what is there once, whatever accounts there are."""
    async_setup_services(hass)
    async_register_views(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> bool:
    """Set up an account."""
    client = make_client(hass, entry.data)
    coordinator = LinkVisualCoordinator(hass, entry, client)
    settings = CameraSettings(hass, entry.entry_id)
    recordings = Recordings(hass, entry, client, coordinator)
    await coordinator.async_config_entry_first_refresh()
    await settings.async_load()
    await recordings.async_load()
    entry.runtime_data = LinkVisualData(
        client=client,
        coordinator=coordinator,
        days=Days(client),
        library=Library(client),
        live=LiveStreams(hass, entry.entry_id, client),
        pictures=Pictures(hass, entry, client),
        playback=Playback(hass, entry.entry_id, client),
        recordings=recordings,
        settings=settings,
    )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    # Without a listener polling would stop: an account without cameras may get some.
    entry.async_on_unload(coordinator.async_add_listener(lambda: None))

    @callback
    def follow(_hass: HomeAssistant) -> None:
        # Not before automations listen: they would miss what has become ready meanwhile.
        recordings.async_follow()

    entry.async_on_unload(async_at_started(hass, follow))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> bool:
    """Unload an account; what it was following is remembered."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        entry.runtime_data.recordings.async_unload()
        await entry.runtime_data.settings.async_unload()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> None:
    """Forget an account."""
    await Recordings.async_forget(hass, entry.entry_id)
    await CameraSettings.async_forget(hass, entry.entry_id)
