"""Image entities."""

from datetime import datetime
from typing import override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import LinkVisualConfigEntry
from .entity import LinkVisualEntity, async_add_per_camera
from .media.pictures import picture_signal

PARALLEL_UPDATES = 0

LAST_PICTURE = ImageEntityDescription(
    key="last_picture", translation_key="last_picture"
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the images of all cameras."""
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (LastPicture(hass, entry, iot_id),),
    )


class LastPicture(LinkVisualEntity, ImageEntity):
    """The last picture of the camera."""

    _attr_content_type = "image/jpeg"

    def __init__(
        self, hass: HomeAssistant, entry: LinkVisualConfigEntry, iot_id: str
    ) -> None:
        ImageEntity.__init__(self, hass)
        super().__init__(entry, iot_id, LAST_PICTURE)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = picture_signal(self._entry.entry_id, self._iot_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self.async_write_ha_state)
        )

    @property
    @override
    def image_last_updated(self) -> datetime | None:
        picture = self._data.pictures.last(self._iot_id)
        return picture.taken_at if picture else None

    @override
    async def async_image(self) -> bytes | None:
        picture = self._data.pictures.last(self._iot_id)
        return picture.image if picture else None
