"""Announcements of incidents: by the satellite that was asked, else by a notification."""

from functools import partial

from homeassistant.components import persistent_notification
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.llm import LLMContext
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.limited_size_dict import LimitedSizeDict

from ..const import DOMAIN
from ..markdown import escape_markdown
from ..recordings.incidents import INCIDENT_READY

# Not imported: `assist_satellite` has requirements that are only there where it is set up.
_SATELLITE = "assist_satellite"
_ANNOUNCE = 1
_MAX_ASKED = 100
# Who asked for incidents, by the ID of the context. Those that were refused have no end, and give way in time.
_ASKED: HassKey[LimitedSizeDict[str, LLMContext]] = HassKey(f"{DOMAIN}_asked_incidents")


@callback
def async_announce_when_ready(hass: HomeAssistant, llm_context: LLMContext) -> Context:
    """Return the context to request an incident with, whose end is announced to who asked. A restart forgets it.

    Nothing else identifies an incident whose action raises, and which goes on: the answers may be lost.
    """
    if _ASKED not in hass.data:
        hass.data[_ASKED] = LimitedSizeDict(size_limit=_MAX_ASKED)
        hass.bus.async_listen(INCIDENT_READY, partial(_announce, hass))
    # Others may have the same context, such as a second incident of the same conversation.
    context = Context()
    if parent := llm_context.context:
        context = Context(user_id=parent.user_id, parent_id=parent.id)
    hass.data[_ASKED][context.id] = llm_context
    return context


async def _announce(hass: HomeAssistant, event: Event) -> None:
    """Announce an incident that has ended, if somebody asked for that."""
    llm_context = hass.data[_ASKED].pop(event.context.id, None)
    if llm_context is None:
        return
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
        hass, message(escape_markdown(title)), title, event.data["incident_id"]
    )


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
