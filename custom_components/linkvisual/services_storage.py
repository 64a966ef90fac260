"""Action `set_cloud_storage`: the retention of recordings and pictures."""

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .api.calls_records import MAX_RETENTION_DAYS
from .api.media_models import MAX_DAY
from .const import ATTR_STORAGE_DAYS, DOMAIN
from .recordings.settings import whole_number
from .targets import Outcome, Target, async_for_all, async_targets

ATTR_PICTURE_DAYS = "picture_days"

# Lowest and highest number of days. What the cloud makes of pictures that are kept for 0 days is not documented.
_RANGES = {ATTR_STORAGE_DAYS: (0, MAX_RETENTION_DAYS), ATTR_PICTURE_DAYS: (1, MAX_DAY)}

# The values are validated by whole_number, whose errors are translated.
SET_CLOUD_STORAGE_SCHEMA = cv.make_entity_service_schema(
    {vol.Optional(name): object for name in _RANGES}
)


@callback
def async_setup_storage_service(hass: HomeAssistant) -> None:
    """Register the action."""

    async def set_cloud_storage(call: ServiceCall) -> ServiceResponse:
        days = {
            name: whole_number(name, call.data[name], *limits)
            for name, limits in _RANGES.items()
            if name in call.data
        }
        if not days:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_days_given"
            )
        targets, unmatched_entity_ids = await async_targets(hass, call)

        async def set_days(target: Target) -> Outcome:
            return await _async_set_days(target, days), None

        return await async_for_all(hass, call, targets, unmatched_entity_ids, set_days)

    hass.services.async_register(
        DOMAIN,
        "set_cloud_storage",
        set_cloud_storage,
        SET_CLOUD_STORAGE_SCHEMA,
        SupportsResponse.OPTIONAL,
    )


async def _async_set_days(
    target: Target, days: dict[str, int]
) -> dict[str, str | int | None]:
    """Set the retention of a camera's recordings and pictures; return what the cloud says then."""
    data, iot_id = target.data, target.camera.iot_id
    row: dict[str, str | int | None] = {"status": "set"}
    if ATTR_STORAGE_DAYS in days:
        await data.coordinator.async_set_retention(iot_id, days[ATTR_STORAGE_DAYS])
        row[ATTR_STORAGE_DAYS] = data.coordinator.days_kept(iot_id)
    if ATTR_PICTURE_DAYS in days:
        await data.client.set_device_picture_life_cycle(iot_id, days[ATTR_PICTURE_DAYS])
        row[ATTR_PICTURE_DAYS] = await data.client.query_device_picture_life_cycle(
            iot_id
        )
    return row
