"""Which cameras are behind the target of an action."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, ENTITY_MATCH_ALL
from homeassistant.core import HomeAssistant, ServiceCall, callback
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
from .data import LinkVisualConfigEntry, LinkVisualData


@dataclass(frozen=True, slots=True)
class Target:
    """One camera that an action is to work on. `entity_id` is its camera entity's."""

    entity_id: str
    entry: LinkVisualConfigEntry
    iot_id: str

    @property
    def is_loaded(self) -> bool:
        """Whether the account is set up."""
        return self.entry.state is ConfigEntryState.LOADED

    @property
    def data(self) -> LinkVisualData:
        """The account's parts. Raises HomeAssistantError while the account is not set up."""
        if not self.is_loaded:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="not_loaded",
                translation_placeholders={"account": self.entry.title},
            )
        return self.entry.runtime_data

    @property
    def camera(self) -> Camera:
        """The camera. Raises HomeAssistantError where the account has it no longer."""
        if camera := self.data.coordinator.data.get(self.iot_id):
            return camera
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="camera_not_found",
            translation_placeholders={"camera": self.name},
        )

    @property
    def name(self) -> str:
        """What people call the camera."""
        return self.data.coordinator.name_of(self.iot_id)


async def async_targets(
    hass: HomeAssistant, call: ServiceCall
) -> tuple[list[Target], list[str]]:
    """Return every camera behind a call's target once, and the entities that were named but are no camera's.

    Raises ServiceValidationError where there is no camera at all.
    """
    strangers: set[str] = set()
    if call.data.get(ATTR_ENTITY_ID) == ENTITY_MATCH_ALL:
        devices = set(_all_devices(hass))
    else:
        selection = TargetSelection(dict(call.data))
        devices, strangers = _referenced_devices(hass, selection)
    targets = [target for device in devices if (target := _target(hass, device))]
    if not targets:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_camera_targeted"
        )
    await async_check_permissions(hass, call, targets)
    return sorted(targets, key=lambda target: target.entity_id), sorted(strangers)


def _all_devices(hass: HomeAssistant) -> Iterator[str]:
    registry = dr.async_get(hass)
    for entry in hass.config_entries.async_entries(DOMAIN):
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            yield device.id


def _referenced_devices(
    hass: HomeAssistant, selection: TargetSelection
) -> tuple[set[str], set[str]]:
    """Return the devices behind a selection, named or by one of their entities, and named strangers."""
    strangers: set[str] = set()
    selected = async_extract_referenced_entity_ids(hass, selection)
    registry = er.async_get(hass)
    devices = set(selection.device_ids)
    for entity_id in selected.referenced | selected.indirectly_referenced:
        entity = registry.async_get(entity_id)
        if entity is not None and entity.platform == DOMAIN and entity.device_id:
            devices.add(entity.device_id)
        elif entity_id in selection.entity_ids:
            strangers.add(entity_id)
    # Since Home Assistant 2026.11 a target may exclude.
    if excluded := getattr(selection, "exclude", None):
        devices -= _referenced_devices(hass, excluded)[0]
    return devices, strangers


@callback
def async_entities_with_key(
    hass: HomeAssistant, entity_ids: set[str], keys: Collection[str]
) -> set[str]:
    """Keep the entities that are this integration's and have one of the keys."""
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
    """Return a camera of an account; None where there is none."""
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
    """Raise Unauthorized where a user may not control one of the cameras."""
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
