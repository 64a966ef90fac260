"""Resolve a target to cameras, and act on several at once.

Entity services are not used: they skip unavailable entities silently, but a camera that cannot record must be
reported as a failure.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, ENTITY_MATCH_ALL, Platform
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
from homeassistant.util import dt as dt_util

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
    name: str  # as set by the user
    is_disabled: bool  # the device

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
        raise _error("camera_not_found", camera=self.name)


async def async_targets(
    hass: HomeAssistant, call: ServiceCall
) -> tuple[list[Target], list[str]]:
    """Return the cameras of a call's target, and the targeted entities and devices that belong to no camera.

    Raises ServiceValidationError if there is no camera.
    """
    devices, unmatched_ids = _targeted_devices(hass, call.data)
    targets = [target for device in devices if (target := _target(hass, device))]
    if not targets:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_camera_targeted"
        )
    await async_check_permissions(hass, call, targets)
    return sorted(targets, key=lambda target: target.entity_id), sorted(unmatched_ids)


def _targeted_devices(
    hass: HomeAssistant, target: Mapping[str, Any]
) -> tuple[set[str], set[str]]:
    """Return the devices of a target, and the named entities and devices that belong to no camera.

    Disabled cameras are included only if they are targeted by themselves, or by one of their entities.
    """
    selection = TargetSelection(dict(target))
    if target.get(ATTR_ENTITY_ID) == ENTITY_MATCH_ALL:
        named, others = set[str](), set(_all_devices(hass))
        unmatched_ids = set[str]()
    else:
        named, others, unmatched_ids = _selected_devices(hass, selection)
    devices = named | {device for device in others if _is_enabled(hass, device)}
    # Exclusions exist since Home Assistant 2026.11.
    if excluded := getattr(selection, "exclude", None):
        devices.difference_update(*_selected_devices(hass, excluded)[:2])
    return devices, unmatched_ids


def _all_devices(hass: HomeAssistant) -> Iterator[str]:
    registry = dr.async_get(hass)
    for entry in hass.config_entries.async_entries(DOMAIN):
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            yield device.id


def _selected_devices(
    hass: HomeAssistant, selection: TargetSelection
) -> tuple[set[str], set[str], set[str]]:
    """Return the devices that are selected by themselves or an entity, the others, and the named IDs of no camera."""
    registry = er.async_get(hass)

    def devices_of(entity_ids: set[str]) -> dict[str, str]:
        return {
            entity_id: entity.device_id
            for entity_id in entity_ids
            if (entity := registry.async_get(entity_id))
            and entity.platform == DOMAIN
            and entity.device_id
        }

    selected = async_extract_referenced_entity_ids(hass, selection)
    by_entity = devices_of(selected.referenced)
    others = devices_of(selected.indirectly_referenced)
    named = selection.device_ids | set(by_entity.values())
    cameras = {device for device in named if _target(hass, device)}
    unmatched = {
        entity_id
        for entity_id in selection.entity_ids & selected.referenced
        if by_entity.get(entity_id) not in cameras
    }
    return (
        named,
        set(others.values()),
        unmatched | (selection.device_ids - cameras),
    )


def _is_enabled(hass: HomeAssistant, device_id: str) -> bool:
    """Return whether the user disabled neither a device nor its camera entity."""
    device = dr.async_get(hass).async_get(device_id)
    return (
        device is not None
        and not device.disabled
        and not any(
            entity.domain == Platform.CAMERA
            and entity.disabled_by is er.RegistryEntryDisabler.USER
            for entity in er.async_entries_for_device(
                er.async_get(hass), device_id, include_disabled_entities=True
            )
        )
    )


@callback
def async_targeted_entities(
    hass: HomeAssistant, target: Mapping[str, Any], domain: str, keys: Collection[str]
) -> set[str]:
    """Return the entities with one of the keys of a target's cameras, which are those of an action."""
    registry = er.async_get(hass)
    cameras = (_target(hass, device) for device in _targeted_devices(hass, target)[0])
    return {
        entity_id
        for camera in cameras
        if camera is not None
        for key in keys
        if (
            entity_id := registry.async_get_entity_id(
                domain, DOMAIN, f"{camera.iot_id}_{key}"
            )
        )
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
            Platform.CAMERA, DOMAIN, f"{iot_id}_camera"
        )
        if entry is not None and entity_id is not None:
            name = device.name_by_user or device.name or iot_id
            return Target(entity_id, entry, iot_id, name, device.disabled)
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


@callback
def cloud_now(targets: Iterable[Target]) -> datetime:
    """Return the time in UTC as the cloud knows it; ours, if no account of the targets is loaded."""
    times = [target.data.client.now() for target in targets if target.is_loaded]
    return max(times, default=dt_util.utcnow())


type Row = dict[str, Any]
# A row of the response, and its error, if any.
type Outcome = tuple[Row, HomeAssistantError | None]


async def async_for_all(
    hass: HomeAssistant,
    call: ServiceCall,
    targets: list[Target],
    unmatched_ids: list[str],
    act: Callable[[Target], Awaitable[Outcome]],
    on_error: Callable[[Target, HomeAssistantError], Awaitable[None]] | None = None,
) -> ServiceResponse:
    """Act on all cameras in parallel; return a row for each. `on_error` is called with what `act` raises.

    Raises if all cameras fail, or if one fails and no response is requested.
    """

    async def outcome_of(target: Target) -> Outcome:
        try:
            if target.is_disabled:
                raise _error("device_disabled", camera=target.name)
            with raise_translated(hass, target.entry, target.iot_id):
                return await act(target)
        except HomeAssistantError as err:
            if on_error is not None:
                await on_error(target, err)
            return failure(err), err

    outcomes = await asyncio.gather(*(outcome_of(target) for target in targets))
    by_entity = dict(zip((t.entity_id for t in targets), outcomes, strict=True))
    for unmatched_id in unmatched_ids:
        device = dr.async_get(hass).async_get(unmatched_id)
        name = (device and (device.name_by_user or device.name)) or unmatched_id
        error = _error("not_a_camera", entity_id=name)
        by_entity[unmatched_id] = (failure(error), error)
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
    return _error("cameras_failed", problems="; ".join(str(err) for err in errors))


def _error(key: str, **placeholders: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
