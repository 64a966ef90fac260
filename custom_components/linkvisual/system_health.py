"""System health information."""

from datetime import datetime
from typing import Any

from homeassistant.components import system_health
from homeassistant.const import CONF_REGION
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .api.error_codes import public_name
from .api.errors import LinkVisualError
from .api.regions import Product, endpoint
from .const import CONF_ENDPOINT, DOMAIN
from .data import LinkVisualConfigEntry
from .errors import async_message, text_of


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register the information."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the information about all loaded entries. Times are shown in the user's format and time zone."""
    entries: list[LinkVisualConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    meters = [entry.runtime_data.client.meter for entry in entries]
    info: dict[str, Any] = {
        "cameras": sum(len(entry.runtime_data.coordinator.data) for entry in entries),
        "calls_last_hour": sum(meter.attempts_last_hour for meter in meters),
        "clock_offset": max(
            (round(meter.clock_offset) for meter in meters), key=abs, default=0
        ),
    }
    if successes := [
        meter.last_success_at for meter in meters if meter.last_success_at
    ]:
        info["last_success"] = _time(max(successes))
    last = max(meters, key=lambda meter: meter.last_error_at, default=None)
    info["last_error"] = await _async_describe(hass, last.last_error if last else None)
    if last and last.last_error:
        info["last_error_at"] = _time(last.last_error_at)
    # One URL is enough: entries usually share the region.
    for entry in entries[:1]:
        info["can_reach_cloud"] = system_health.async_check_can_reach_url(
            hass,
            entry.data.get(CONF_ENDPOINT)
            or endpoint(Product.LINKVISUAL, entry.data[CONF_REGION]),
        )
    return info


def _time(timestamp: float) -> datetime:
    return dt_util.utc_from_timestamp(timestamp)


async def _async_describe(hass: HomeAssistant, err: LinkVisualError | None) -> str:
    """Return an error in words, in Home Assistant's language. People publish this: it names no camera."""
    language = hass.config.language
    texts = await async_get_translations(hass, language, "common", [DOMAIN])
    if err is None:
        return texts[f"component.{DOMAIN}.common.no_error"]
    return await async_message(
        hass,
        language,
        HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=text_of(err).key,
            translation_placeholders={
                "camera": texts[f"component.{DOMAIN}.common.a_camera"],
                "reason": public_name(err),
                "ram_action": getattr(err, "ram_action", "") or "?",
            },
        ),
    )
