"""Resolve a service call's target to cameras, and act on several at once.

Entity services are not used: they skip unavailable entities silently, but a camera that cannot record must be
reported as a failure.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, ENTITY_MATCH_ALL
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from .const import DOMAIN
from .coordinator import Camera
from .data import LinkVisualConfigEntry, LinkVisualData, loaded_data
from .errors import raise_translated


@dataclass(frozen=True, slots=True)
class Target:
    """A camera as the target of an action. `entity_id` is its camera entity's."""

    entity_id: str
    entry: LinkVisualConfigEntry
    iot_id: str

    @property
    def is_loaded(self) -> bool:
        """Whether the config entry is loaded."""
        return self.entry.state is ConfigEntryState.LOADED

    @property
    def data(self) -> LinkVisualData:
        """Runtime data of the config entry. Raises HomeAssistantError if it is not loaded."""
        return loaded_data(self.entry)

    @property
    def camera(self) -> Camera:
        """The camera's data. Raises HomeAssistantError if it was deleted, or the entry is not loaded."""
        if camera := self.data.coordinator.data.get(self.iot_id):
            return camera
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="camera_not_found",
            translation_placeholders={"camera": self.name},
        )

    @property
    def name(self) -> str:
        """Name of the camera, as set by the user."""
        return self.data.coordinator.name_of(self.iot_id)


async def async_targets(
    hass: HomeAssistant, call: ServiceCall
) -> tuple[list[Target], list[str]]:
    """Return the cameras of a call's target, and the targeted entities that belong to no camera.

    Raises ServiceValidationError if there is no camera.
    """
    unmatched_entity_ids: set[str] = set()
    if call.data.get(ATTR_ENTITY_ID) == ENTITY_MATCH_ALL:
        devices = set(_all_devices(hass))
    else:
        selection = TargetSelection(dict(call.data))
        devices, unmatched_entity_ids = _referenced_devices(hass, selection)
    targets = [target for device in devices if (target := _target(hass, device))]
    if not targets:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_camera_targeted"
        )
    await async_check_permissions(hass, call, targets)
    return sorted(targets, key=lambda target: target.entity_id), sorted(
        unmatched_entity_ids
    )


def _all_devices(hass: HomeAssistant) -> Iterator[str]:
    registry = dr.async_get(hass)
    for entry in hass.config_entries.async_entries(DOMAIN):
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            yield device.id


def _referenced_devices(
    hass: HomeAssistant, selection: TargetSelection
) -> tuple[set[str], set[str]]:
    """Return the devices of a selection, and the selected entities that belong to none."""
    unmatched_entity_ids: set[str] = set()
    selected = async_extract_referenced_entity_ids(hass, selection)
    registry = er.async_get(hass)
    devices = set(selection.device_ids)
    for entity_id in selected.referenced | selected.indirectly_referenced:
        entity = registry.async_get(entity_id)
        if entity is not None and entity.platform == DOMAIN and entity.device_id:
            devices.add(entity.device_id)
        elif entity_id in selection.entity_ids:
            unmatched_entity_ids.add(entity_id)
    # Exclusions exist since Home Assistant 2026.11.
    if excluded := getattr(selection, "exclude", None):
        devices -= _referenced_devices(hass, excluded)[0]
    return devices, unmatched_entity_ids


@callback
def async_entities_with_key(
    hass: HomeAssistant, entity_ids: set[str], keys: Collection[str]
) -> set[str]:
    """Return the entities of this integration with one of the translation keys."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := registry.async_get(entity_id))
        and entry.platform == DOMAIN
        and entry.translation_key in keys
    }


@callback
def async_camera(hass: HomeAssistant, entry_id: str, iot_id: str) -> Target | None:
    """Return a camera of a config entry; None if unknown."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, iot_id), entry_id
    )
    return _target(hass, device.id) if device else None


def _target(hass: HomeAssistant, device_id: str) -> Target | None:
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        return None
    for domain, iot_id in device.identifiers:
        if domain != DOMAIN:
            continue
        entry = hass.config_entries.async_get_entry(device.config_entry_id)
        entity_id = er.async_get(hass).async_get_entity_id(
            "camera", DOMAIN, f"{iot_id}_camera"
        )
        if entry is not None and entity_id is not None:
            return Target(entity_id, entry, iot_id)
    return None


async def async_check_permissions(
    hass: HomeAssistant, call: ServiceCall, targets: list[Target]
) -> None:
    """Raise Unauthorized if the user may not control one of the cameras."""
    if call.context.user_id is None:
        return
    user = await hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    for target in targets:
        if not user.permissions.check_entity(target.entity_id, POLICY_CONTROL):
            raise Unauthorized(
                context=call.context,
                entity_id=target.entity_id,
                permission=POLICY_CONTROL,
            )


type Row = dict[str, Any]
# A row of the response, and its error, if any.
type Outcome = tuple[Row, HomeAssistantError | None]


async def async_for_all(
    hass: HomeAssistant,
    call: ServiceCall,
    targets: list[Target],
    unmatched_entity_ids: list[str],
    act: Callable[[Target], Awaitable[Outcome]],
) -> ServiceResponse:
    """Act on all cameras in parallel; return a row for each.

    Raises if all cameras fail, or if one fails and no response is requested.
    """

    async def outcome_of(target: Target) -> Outcome:
        try:
            with raise_translated(hass, target.entry, target.iot_id):
                return await act(target)
        except HomeAssistantError as err:
            return failure(err), err

    outcomes = await asyncio.gather(*(outcome_of(target) for target in targets))
    by_entity = dict(zip((t.entity_id for t in targets), outcomes, strict=True))
    for entity_id in unmatched_entity_ids:
        error = HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_a_camera",
            translation_placeholders={"entity_id": entity_id},
        )
        by_entity[entity_id] = (failure(error), error)
    errors = [error for _, error in by_entity.values() if error is not None]
    if errors and (not call.return_response or len(errors) == len(by_entity)):
        raise _combined_error(errors)
    if not call.return_response:
        return None
    return {entity_id: row for entity_id, (row, _) in by_entity.items()}


def failure(err: HomeAssistantError) -> Row:
    """Return the row of an error."""
    return {"status": "failed", "error": err.translation_key, "message": str(err)}


def _combined_error(errors: list[HomeAssistantError]) -> HomeAssistantError:
    if len(errors) == 1:
        return errors[0]
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="cameras_failed",
        translation_placeholders={"problems": "; ".join(str(err) for err in errors)},
    )
