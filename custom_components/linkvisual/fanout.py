"""Acts on many cameras side by side, and tells of each what happened."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN
from .errors import raise_translated
from .targets import Target

type Row = dict[str, Any]
# A row of the reply, and the error where it tells of one.
type Outcome = tuple[Row, HomeAssistantError | None]


async def async_for_all(
    hass: HomeAssistant,
    call: ServiceCall,
    targets: list[Target],
    strangers: list[str],
    act: Callable[[Target], Awaitable[Outcome]],
) -> ServiceResponse:
    """Act on all cameras side by side; return a row for each.

    Raises where nobody would read the rows and one of them tells of a failure, or where all of them do.
    """

    async def outcome_of(target: Target) -> Outcome:
        try:
            with raise_translated(hass, target.entry, target.iot_id):
                return await act(target)
        except HomeAssistantError as err:
            return failure(err), err

    outcomes = await asyncio.gather(*(outcome_of(target) for target in targets))
    by_entity = dict(zip((t.entity_id for t in targets), outcomes, strict=True))
    for entity_id in strangers:
        error = HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_a_camera",
            translation_placeholders={"entity_id": entity_id},
        )
        by_entity[entity_id] = (failure(error), error)
    errors = [error for _, error in by_entity.values() if error is not None]
    if errors and (not call.return_response or len(errors) == len(by_entity)):
        raise _all_in_one(errors)
    if not call.return_response:
        return None
    return {entity_id: row for entity_id, (row, _) in by_entity.items()}


def failure(err: HomeAssistantError) -> Row:
    """Return what a row tells of an error."""
    return {"status": "failed", "error": err.translation_key, "message": str(err)}


def _all_in_one(errors: list[HomeAssistantError]) -> HomeAssistantError:
    if len(errors) == 1:
        return errors[0]
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="cameras_failed",
        translation_placeholders={"problems": "; ".join(str(err) for err in errors)},
    )
