"""The events of the integration on Home Assistant's bus."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import DOMAIN
from .recording import Recording


@callback
def fire_record_event(
    hass: HomeAssistant, entry_id: str, event: str, recording: Recording
) -> None:
    """Fire `linkvisual_record_<event>` with the context of whoever asked for the recording."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, recording.iot_id), entry_id
    )
    hass.bus.async_fire(
        f"{DOMAIN}_record_{event}",
        {
            "config_entry_id": entry_id,
            "device_id": device.id if device else None,
            "entity_id": er.async_get(hass).async_get_entity_id(
                "camera", DOMAIN, f"{recording.iot_id}_camera"
            ),
            "iot_id": recording.iot_id,
            "product_key": recording.product_key,
            "device_name": recording.device_name,
            **recording.details(entry_id),
        },
        context=recording.context,
    )
