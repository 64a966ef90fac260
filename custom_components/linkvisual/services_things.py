"""The action about what cameras can do beyond recording: `linkvisual.ptz`."""

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .api.thing_models import MAX_PTZ_STEP
from .const import DOMAIN
from .fanout import Outcome, async_for_all
from .ptz import DEFAULT_STEP, DIRECTIONS, async_move
from .targets import Target, async_targets

ATTR_DIRECTION = "direction"
ATTR_STEP = "step"

PTZ_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Required(ATTR_DIRECTION): vol.In(DIRECTIONS),
        vol.Optional(ATTR_STEP, default=DEFAULT_STEP): vol.All(
            vol.Coerce(int), vol.Range(min=0, max=MAX_PTZ_STEP)
        ),
    }
)


@callback
def async_setup_thing_services(hass: HomeAssistant) -> None:
    """Register the action."""

    async def ptz(call: ServiceCall) -> ServiceResponse:
        targets, strangers = await async_targets(hass, call)
        action = DIRECTIONS[call.data[ATTR_DIRECTION]]
        step = call.data[ATTR_STEP]

        async def move(target: Target) -> Outcome:
            await async_move(target.data.client, target.iot_id, action, step)
            return {"status": "sent"}, None

        return await async_for_all(hass, call, targets, strangers, move)

    hass.services.async_register(
        DOMAIN, "ptz", ptz, PTZ_SCHEMA, SupportsResponse.OPTIONAL
    )
