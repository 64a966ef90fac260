"""Camera entities."""

import logging
from typing import override

from aiohttp import web
from homeassistant.components.camera import (
    Camera,
    CameraEntityDescription,
    CameraEntityFeature,
    async_get_still_stream,
)
from homeassistant.components.stream import Stream
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import EntityPlatformState
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api.media_models import StreamType
from .const import DOMAIN
from .data import LinkVisualConfigEntry
from .entity import MANUFACTURER, RecordingEntity, async_add_per_camera
from .errors import raise_translated
from .properties.manager import ALARM_SWITCH, properties_signal
from .recordings.settings import STREAM_TYPES

_LOGGER = logging.getLogger(__name__)

# Views serve streams and pictures; only opening a stream calls the cloud.
PARALLEL_UPDATES = 0

CAMERA = CameraEntityDescription(key="camera", name=None)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add all cameras."""
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (LinkVisualCamera(entry, iot_id, CAMERA),),
    )


class LinkVisualCamera(RecordingEntity, Camera):
    """A camera, with the stream type of its setting."""

    _attr_brand = MANUFACTURER
    _needs_camera = True

    def __init__(
        self,
        entry: LinkVisualConfigEntry,
        iot_id: str,
        description: CameraEntityDescription,
    ) -> None:
        Camera.__init__(self)
        super().__init__(entry, iot_id, description)
        self._attr_model = self.camera.product_name or None

    @property
    @override
    def supported_features(self) -> CameraEntityFeature:
        # Home Assistant logs an error for each stream that a dashboard asks for in vain.
        return CameraEntityFeature.STREAM if self.available else CameraEntityFeature(0)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = properties_signal(self._entry.entry_id, self._iot_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self.async_write_ha_state)
        )

    @property
    @override
    def is_recording(self) -> bool:
        return self._data.recordings.is_running(self._iot_id)

    @property
    @override
    def motion_detection_enabled(self) -> bool:
        return self._data.properties.get(self._iot_id).get(ALARM_SWITCH) == "1"

    @override
    async def async_enable_motion_detection(self) -> None:
        await self._async_set_alarm_switch(1)

    @override
    async def async_disable_motion_detection(self) -> None:
        await self._async_set_alarm_switch(0)

    async def _async_set_alarm_switch(self, value: int) -> None:
        """Set the camera's alarm switch. Raises ServiceValidationError if it has none."""
        properties = self._data.properties
        with raise_translated(self.hass, self._entry, self._iot_id):
            if ALARM_SWITCH not in properties.get(self._iot_id):
                await properties.async_refresh(self._iot_id)
            if ALARM_SWITCH in properties.get(self._iot_id):
                await properties.async_set(self._iot_id, ALARM_SWITCH, value)
                return
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_alarm_switch",
            translation_placeholders={"camera": self.coordinator.name_of(self._iot_id)},
        )

    @property
    def _stream_type(self) -> StreamType:
        settings = self._data.settings.get(self._iot_id)
        return STREAM_TYPES[settings.stream_type]

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return the last picture, or a new one if it is too old."""
        with raise_translated(self.hass, self._entry, self._iot_id):
            picture = await self._data.pictures.async_still(self._iot_id)
        return picture.image

    @override
    async def handle_async_still_stream(
        self, request: web.Request, interval: float
    ) -> web.StreamResponse:
        """Serve pictures until the camera fails or is removed; the response has no place for an error."""

        async def image() -> bytes | None:
            if self._platform_state is EntityPlatformState.REMOVED:
                return None
            try:
                return await self.async_camera_image()
            except HomeAssistantError as err:
                _LOGGER.debug("No more pictures of %s: %s", self.entity_id, err)
                return None

        return await async_get_still_stream(request, image, self.content_type, interval)

    @override
    async def stream_source(self) -> str:
        """Return a URL of Home Assistant, which needs no call: it is requested at startup."""
        return self._data.live.url(self._iot_id, self._stream_type)

    @override
    async def async_create_stream(self) -> Stream | None:
        """Open the stream first, so that an error of the cloud is raised to the user."""
        with raise_translated(self.hass, self._entry, self._iot_id):
            await self._data.live.open(self._iot_id, self._stream_type)
        stream = await super().async_create_stream()
        source = await self.stream_source()
        if stream is not None and stream.source != source:
            stream.update_source(source)
        return stream

    @override
    async def async_will_remove_from_hass(self) -> None:
        await super().async_will_remove_from_hass()
        if self.stream is not None:
            # Waits for its thread, which would go on logging that the URL is no longer valid.
            self.hass.async_create_task(self.stream.stop(), f"stop {self.entity_id}")
