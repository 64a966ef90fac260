"""Users' permission to see a camera's media: that of reading its camera entity."""

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.components.websocket_api import current_connection
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.http import current_request
from homeassistant.helpers.trace import trace_id_get

from ..const import DOMAIN


@callback
def may_read(hass: HomeAssistant, user: User, iot_id: str) -> bool:
    """Return whether a user may see a camera's media."""
    entity_id = er.async_get(hass).async_get_entity_id(
        "camera", DOMAIN, f"{iot_id}_camera"
    )
    if entity_id is None:
        return user.permissions.access_all_entities(POLICY_READ)
    return user.permissions.check_entity(entity_id, POLICY_READ)


@callback
def current_user() -> User | None:
    """Return the user whose command or request runs; None in automations, also in those that it has started.

    Media sources are not told who asks: a script that a user runs is the user's.
    """
    if (trace_id := trace_id_get()) and trace_id[0].startswith("automation."):
        return None
    if connection := current_connection.get():
        return connection.user
    request = current_request.get()
    return request.get(KEY_HASS_USER) if request else None
