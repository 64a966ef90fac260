"""System health information."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.const import CONF_REGION
from homeassistant.core import HomeAssistant, callback

from .api.regions import Product, endpoint
from .const import CONF_ENDPOINT, DOMAIN
from .data import LinkVisualConfigEntry


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register the information."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the information about all loaded entries."""
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
        "last_error": next(
            (meter.last_failure for meter in meters if meter.last_failure), "-"
        ),
    }
    # One URL is enough: entries usually share the region.
    for entry in entries[:1]:
        info["can_reach_cloud"] = system_health.async_check_can_reach_url(
            hass,
            entry.data.get(CONF_ENDPOINT)
            or endpoint(Product.LINKVISUAL, entry.data[CONF_REGION]),
        )
    return info
