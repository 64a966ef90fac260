"""Logbook entries of the recording events."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations

from .const import ATTR_RECORD_DURATION, DOMAIN
from .recordings.events import RecordingEvent
from .recordings.incidents import INCIDENT_READY


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, Any]]], None],
) -> None:
    """Describe how recordings and incidents ended. The logbook adds the events' context itself.

    Nor does it leave out changes of states: a description of the beginning would be one more line beside those.
    """

    @callback
    def describe(event: Event) -> dict[str, Any]:
        data = event.data
        key = str(event.event_type).removeprefix(f"{DOMAIN}_")
        if reason := data.get("reason"):
            key = f"{key}_{reason}"
        device = dr.async_get(hass).async_get(data["device_id"] or "")
        name = (device.name_by_user or device.name) if device else None
        return {
            LOGBOOK_ENTRY_NAME: name or data["device_name"],
            LOGBOOK_ENTRY_MESSAGE: _text(hass, key).format(
                seconds=data[ATTR_RECORD_DURATION]
            ),
            LOGBOOK_ENTRY_ENTITY_ID: data[ATTR_ENTITY_ID],
        }

    @callback
    def describe_incident(event: Event) -> dict[str, Any]:
        ready, failed = len(event.data["recordings"]), len(event.data["failed"])
        return {
            LOGBOOK_ENTRY_NAME: event.data["title"],
            LOGBOOK_ENTRY_MESSAGE: _text(hass, "incident_ready").format(
                ready=ready, cameras=ready + failed
            ),
        }

    for recording_event in (RecordingEvent.READY, RecordingEvent.FAILED):
        async_describe_event(DOMAIN, recording_event.event_type, describe)
    async_describe_event(DOMAIN, INCIDENT_READY, describe_incident)


@callback
def _text(hass: HomeAssistant, key: str) -> str:
    """Return a text in Home Assistant's language: the logbook does not support translation keys."""
    texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
    return texts.get(f"component.{DOMAIN}.common.{key}", key)
