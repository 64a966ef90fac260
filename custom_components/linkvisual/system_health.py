"""System health information."""

from datetime import datetime
from typing import Any

from homeassistant.components import system_health
from homeassistant.const import CONF_REGION
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .alarms.health import PushState
from .api.regions import Product, endpoint
from .const import CONF_ENDPOINT, CONF_PUSH, DOMAIN
from .data import LinkVisualConfigEntry
from .errors import async_public_message


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
    info["last_error"] = await _async_text(hass, "common", "no_error")
    if last and last.last_error:
        info["last_error"] = async_public_message(hass, last.last_error)
        info["last_error_at"] = _time(last.last_error_at)
    if pushed := [
        entry.runtime_data.push_health.state
        for entry in entries
        if entry.options.get(CONF_PUSH)
    ]:
        worst = max(pushed, key=list(PushState).index)
        info["push"] = await _async_text(hass, "entity", f"sensor.push.state.{worst}")
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


async def _async_text(hass: HomeAssistant, category: str, key: str) -> str:
    """Return a text in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, category, [DOMAIN])
    return texts[f"component.{DOMAIN}.{category}.{key}"]
