"""Buttons: record, stop recording, snapshot, restart and PTZ."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import (
    ButtonDeviceClass,
    ButtonEntity,
    ButtonEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api.thing_models import PtzAction
from .coordinator import Camera
from .data import LinkVisualConfigEntry, LinkVisualData
from .entity import LinkVisualEntity, async_add_per_camera
from .errors import raise_translated

# Presses run in parallel; the client respects the cloud's rate limits.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class LinkVisualButtonDescription(ButtonEntityDescription):
    """Description with the action of a press."""

    press_fn: Callable[[LinkVisualData, Camera, Context], Awaitable[object]]


def _ptz(action: PtzAction) -> LinkVisualButtonDescription:
    key = f"ptz_{action.name.lower()}"
    return LinkVisualButtonDescription(
        key=key,
        translation_key=key,
        # Cameras do not report whether they have a motor, and most have none.
        entity_registry_enabled_default=False,
        press_fn=lambda data, camera, context: data.client.ptz_action_control(
            camera.iot_id, action
        ),
    )


MAIN_BUTTONS = (
    LinkVisualButtonDescription(
        key="record",
        translation_key="record",
        press_fn=lambda data, camera, context: data.recordings.async_trigger(
            camera, data.settings.get(camera.iot_id), context
        ),
    ),
    LinkVisualButtonDescription(
        key="stop_recording",
        translation_key="stop_recording",
        press_fn=lambda data, camera, context: data.recordings.async_stop(
            camera.iot_id
        ),
    ),
    LinkVisualButtonDescription(
        key="snapshot",
        translation_key="snapshot",
        press_fn=lambda data, camera, context: data.pictures.async_capture(
            camera.iot_id
        ),
    ),
)
# Not created for entries with very many cameras.
COMMAND_BUTTONS = (
    LinkVisualButtonDescription(
        key="reboot",
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
        press_fn=lambda data, camera, context: data.client.invoke_thing_service(
            camera.iot_id, "Reboot", {}
        ),
    ),
    *map(
        _ptz,
        (
            PtzAction.UP,
            PtzAction.DOWN,
            PtzAction.LEFT,
            PtzAction.RIGHT,
            PtzAction.ZOOM_IN,
            PtzAction.ZOOM_OUT,
        ),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of all cameras."""
    is_large = entry.runtime_data.coordinator.has_many_cameras
    buttons = MAIN_BUTTONS if is_large else MAIN_BUTTONS + COMMAND_BUTTONS
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (
            LinkVisualButton(entry, iot_id, description) for description in buttons
        ),
    )


class LinkVisualButton(LinkVisualEntity, ButtonEntity):
    """A button of a camera."""

    entity_description: LinkVisualButtonDescription
    _needs_camera = True

    @override
    async def async_press(self) -> None:
        # The state has the time already, also if this fails: Home Assistant sets it before, in final methods.
        with raise_translated(self.hass, self._entry, self._iot_id):
            await self.entity_description.press_fn(
                self._data, self.camera, self._context or Context()
            )
