"""Announcements of incidents: by the satellite that was asked, else by a notification."""

from homeassistant.components import persistent_notification
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.llm import LLMContext
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..markdown import escape_markdown
from ..recordings.incidents import INCIDENT_READY

# Not imported: `assist_satellite` has requirements that are only there where it is set up.
_SATELLITE = "assist_satellite"
_ANNOUNCE = 1


@callback
def async_announce_when_ready(
    hass: HomeAssistant, incident_id: str, llm_context: LLMContext
) -> None:
    """Announce an incident to who asked for it, as soon as it has ended. A restart forgets it."""

    async def announce(event: Event) -> None:
        if event.data["incident_id"] != incident_id:
            return
        unsubscribe()
        language = llm_context.language or hass.config.language
        texts = await async_get_translations(hass, language, "common", [DOMAIN])
        ready, failed = len(event.data["recordings"]), len(event.data["failed"])

        def message(title: str) -> str:
            text = texts[f"component.{DOMAIN}.common.incident_told"]
            return text.format(title=title, ready=ready, cameras=ready + failed)

        title = event.data["title"]
        satellite_id = _satellite(hass, llm_context.device_id)
        try:
            if satellite_id is not None:
                await hass.services.async_call(
                    _SATELLITE,
                    "announce",
                    {ATTR_ENTITY_ID: satellite_id, "message": message(title)},
                    blocking=True,
                    context=event.context,
                )
                return
        except HomeAssistantError:
            # It is busy, or not there any more: a notification stays until it is read.
            pass
        persistent_notification.async_create(
            hass, message(escape_markdown(title)), title, incident_id
        )

    unsubscribe = hass.bus.async_listen(INCIDENT_READY, announce)


@callback
def _satellite(hass: HomeAssistant, device_id: str | None) -> str | None:
    """Return the satellite of a device, if it can announce."""
    for entity in er.async_entries_for_device(er.async_get(hass), device_id or ""):
        state = hass.states.get(entity.entity_id)
        if (
            entity.domain == _SATELLITE
            and state
            and state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) & _ANNOUNCE
        ):
            return entity.entity_id
    return None
