"""What all entities have in common."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import batched
from typing import override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .coordinator import Camera, LinkVisualCoordinator
from .data import LinkVisualConfigEntry
from .recordings.events import RecordingEvent, recording_signal
from .recordings.models import Recording

MANUFACTURER = "Alibaba Cloud LinkVisual"

# With very many cameras only these are enabled.
VITAL_KEYS = frozenset({"camera", "record", "recording"})
# Registering entities takes Home Assistant some milliseconds per camera, in which nothing else would happen.
CAMERAS_AT_ONCE = 10


class LinkVisualEntity(CoordinatorEntity[LinkVisualCoordinator]):
    """An entity of one camera."""

    _attr_has_entity_name = True
    # Entities that make the camera act need it; those that tell settings or history do not.
    _needs_camera = False

    def __init__(
        self, entry: LinkVisualConfigEntry, iot_id: str, description: EntityDescription
    ) -> None:
        super().__init__(entry.runtime_data.coordinator)
        self.entity_description = description
        self._entry = entry
        self._iot_id = iot_id
        camera = self.camera
        self._seen: tuple[Camera | None, bool] = (
            camera,
            self.coordinator.last_update_success,
        )
        self._attr_unique_id = f"{iot_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, iot_id)},
            name=camera.name,
            manufacturer=MANUFACTURER,
            model=camera.product_name or None,
            model_id=camera.product_key,
            serial_number=camera.device_name,
            sw_version=camera.firmware_version or None,
        )
        if self.coordinator.has_many_cameras and description.key not in VITAL_KEYS:
            self._attr_entity_registry_enabled_default = False

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it is this camera that has changed, and not one of a thousand others."""
        seen = (
            self.coordinator.data.get(self._iot_id),
            self.coordinator.last_update_success,
        )
        if seen != self._seen:
            self._seen = seen
            super()._handle_coordinator_update()

    @property
    def camera(self) -> Camera:
        """The camera as the cloud last described it."""
        return self.coordinator.data[self._iot_id]

    @property
    @override
    def available(self) -> bool:
        if not self._needs_camera:
            return True
        camera = self.coordinator.data.get(self._iot_id)
        return super().available and camera is not None and camera.online


class RecordingEntity(LinkVisualEntity):
    """An entity that tells of recordings."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = recording_signal(self._entry.entry_id, self._iot_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self._recording_changed)
        )

    @callback
    def _recording_changed(
        self, recording: Recording, event: RecordingEvent | None
    ) -> None:
        """Write the state, with the context of whoever asked for the recording."""
        self.async_set_context(recording.context)
        self.async_write_ha_state()


@dataclass(slots=True)
class _Adding:
    """Entities of many cameras that are being added by several platforms, one at a time."""

    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


_ADDING: HassKey[dict[str, _Adding]] = HassKey(f"{DOMAIN}_adding")


def _adding(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> _Adding:
    by_entry = hass.data.setdefault(_ADDING, {})
    return by_entry.setdefault(entry.entry_id, _Adding())


async def async_wait_for_entities(
    hass: HomeAssistant, entry: LinkVisualConfigEntry
) -> None:
    """Return when all platforms have added what there is to add."""
    while tasks := _adding(hass, entry).tasks:
        await asyncio.wait(tasks)


@callback
def async_add_per_camera(
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[str], Iterable[Entity]],
) -> None:
    """Add the entities that `make` gives for an IotId: now, and for each camera that comes later."""
    coordinator = entry.runtime_data.coordinator
    adding = _adding(coordinator.hass, entry)
    known: set[str] = set()

    @callback
    def add(iot_ids: Iterable[str]) -> None:
        async_add_entities(entity for iot_id in iot_ids for entity in make(iot_id))

    async def add_later(iot_ids: list[str]) -> None:
        for batch in batched(iot_ids, CAMERAS_AT_ONCE, strict=False):
            # One platform at a time, or together they would be as long as before.
            async with adding.turn:
                if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
                    return
                add(iot_id for iot_id in batch if iot_id in coordinator.data)
                await asyncio.sleep(0)

    @callback
    def add_new() -> None:
        known.intersection_update(coordinator.data)
        new = sorted(coordinator.data.keys() - known)
        known.update(new)
        add(new[:CAMERAS_AT_ONCE])
        if later := new[CAMERAS_AT_ONCE:]:
            task = entry.async_create_task(
                coordinator.hass, add_later(later), f"{DOMAIN} more cameras"
            )
            adding.tasks.add(task)
            task.add_done_callback(adding.tasks.discard)

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new))
