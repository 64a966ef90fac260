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


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, Any]]], None],
) -> None:
    """Describe how recordings ended. The logbook adds the events' context itself.

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
        # The logbook does not support translation keys: entries are in Home Assistant's language.
        texts = async_get_cached_translations(
            hass, hass.config.language, "common", DOMAIN
        )
        text = texts.get(f"component.{DOMAIN}.common.{key}", key)
        return {
            LOGBOOK_ENTRY_NAME: name or data["device_name"],
            LOGBOOK_ENTRY_MESSAGE: text.format(seconds=data[ATTR_RECORD_DURATION]),
            LOGBOOK_ENTRY_ENTITY_ID: data[ATTR_ENTITY_ID],
        }

    for recording_event in (RecordingEvent.READY, RecordingEvent.FAILED):
        async_describe_event(DOMAIN, recording_event.event_type, describe)
