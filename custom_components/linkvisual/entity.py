"""Base entities."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import batched
from typing import override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import UNDEFINED
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .coordinator import Camera, LinkVisualCoordinator
from .data import LinkVisualConfigEntry
from .recordings.events import RecordingEvent, recording_signal
from .recordings.models import Recording

MANUFACTURER = "Alibaba Cloud LinkVisual"

# With very many cameras only these are enabled by default.
ESSENTIAL_KEYS = frozenset({"camera", "record", "recording"})
# Adding entities blocks the event loop for some milliseconds per camera, so they are added in batches.
CAMERAS_PER_BATCH = 10


class LinkVisualEntity(CoordinatorEntity[LinkVisualCoordinator]):
    """An entity of one camera."""

    _attr_has_entity_name = True
    # Whether the entity is unavailable while the camera is offline: settings and history are not.
    _needs_camera = False

    def __init__(
        self, entry: LinkVisualConfigEntry, iot_id: str, description: EntityDescription
    ) -> None:
        # An entity may outlive the entry's runtime data for a moment.
        self._data = entry.runtime_data
        super().__init__(self._data.coordinator)
        self.entity_description = description
        self._entry = entry
        self._iot_id = iot_id
        camera = self.camera
        self._last_update: tuple[Camera | None, bool] = (
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
            # Not known yet after a start: the registry keeps what it has.
            sw_version=camera.firmware_version or UNDEFINED,
        )
        if self.coordinator.has_many_cameras and description.key not in ESSENTIAL_KEYS:
            self._attr_entity_registry_enabled_default = False

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state only if this camera has changed."""
        update = (
            self.coordinator.data.get(self._iot_id),
            self.coordinator.last_update_success,
        )
        if update != self._last_update:
            self._last_update = update
            super()._handle_coordinator_update()

    @property
    def camera(self) -> Camera:
        """The camera's current data."""
        return self.coordinator.data[self._iot_id]

    @property
    @override
    def available(self) -> bool:
        if not self._needs_camera:
            return True
        camera = self.coordinator.data.get(self._iot_id)
        return super().available and camera is not None and camera.online


class RecordingEntity(LinkVisualEntity):
    """An entity that follows the camera's recordings."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = recording_signal(self._entry.entry_id, self._iot_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self._handle_recording)
        )

    @callback
    def _handle_recording(
        self, recording: Recording, event: RecordingEvent | None
    ) -> None:
        """Write the state, with the context of the recording."""
        self.async_set_context(recording.context)
        self.async_write_ha_state()


@callback
def async_is_registered(
    hass: HomeAssistant, platform: Platform, iot_id: str, key: str
) -> bool:
    """Return whether a camera's entity has been added before, also if it is disabled."""
    unique_id = f"{iot_id}_{key}"
    registry = er.async_get(hass)
    return registry.async_get_entity_id(platform, DOMAIN, unique_id) is not None


@dataclass(slots=True)
class _Adding:
    """Batches that are being added by several platforms, one at a time."""

    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


_ADDING: HassKey[dict[str, _Adding]] = HassKey(f"{DOMAIN}_adding")


def _adding(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> _Adding:
    by_entry = hass.data.setdefault(_ADDING, {})
    return by_entry.setdefault(entry.entry_id, _Adding())


async def async_wait_for_entities(
    hass: HomeAssistant, entry: LinkVisualConfigEntry
) -> None:
    """Wait until all platforms have added their entities."""
    while tasks := _adding(hass, entry).tasks:
        await asyncio.wait(tasks)


@callback
def async_add_per_camera(
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_fn: Callable[[str], Iterable[Entity]],
) -> None:
    """Add the entities that `entities_fn` returns for an IotId, for all current and future cameras."""
    coordinator = entry.runtime_data.coordinator
    adding = _adding(coordinator.hass, entry)
    known: set[str] = set()

    @callback
    def add(iot_ids: Iterable[str]) -> None:
        async_add_entities(
            entity for iot_id in iot_ids for entity in entities_fn(iot_id)
        )

    async def add_later(iot_ids: list[str]) -> None:
        for batch in batched(iot_ids, CAMERAS_PER_BATCH, strict=False):
            # One platform at a time, so that batches do not add up.
            async with adding.lock:
                if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
                    return
                add(iot_id for iot_id in batch if iot_id in coordinator.data)
                await asyncio.sleep(0)

    @callback
    def add_new() -> None:
        if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            return
        known.intersection_update(coordinator.data)
        new = sorted(coordinator.data.keys() - known)
        known.update(new)
        add(new[:CAMERAS_PER_BATCH])
        if later := new[CAMERAS_PER_BATCH:]:
            task = entry.async_create_task(
                coordinator.hass, add_later(later), f"{DOMAIN} more cameras"
            )
            adding.tasks.add(task)
            task.add_done_callback(adding.tasks.discard)

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new))
