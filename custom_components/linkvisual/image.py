"""Image entities."""

from datetime import datetime
from typing import override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import (
    ExtraStoredData,
    RestoredExtraData,
    RestoreEntity,
)

from .data import LinkVisualConfigEntry
from .entity import LinkVisualEntity, async_add_per_camera
from .errors import raise_translated
from .media.newest_pictures import NewestPictures, StoredPicture, picture_signal

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


class LastPicture(LinkVisualEntity, ImageEntity, RestoreEntity):
    """The last captured picture of the camera."""

    _attr_content_type = "image/jpeg"

    def __init__(
        self, hass: HomeAssistant, entry: LinkVisualConfigEntry, iot_id: str
    ) -> None:
        ImageEntity.__init__(self, hass)
        super().__init__(entry, iot_id, LAST_PICTURE)

    @property
    def _newest(self) -> NewestPictures:
        return self._data.pictures.newest

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = picture_signal(self._entry.entry_id, self._iot_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self.async_write_ha_state)
        )
        stored = await self.async_get_last_extra_data()
        try:
            picture = StoredPicture.from_dict(stored.as_dict() if stored else {})
        except KeyError, TypeError, ValueError:
            self.async_on_remove(self._newest.async_search(self._iot_id))
        else:
            self._newest.async_set(self._iot_id, picture)

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData | None:
        newest = self._newest.get(self._iot_id)
        return RestoredExtraData(newest.as_dict()) if newest else None

    @property
    @override
    def image_last_updated(self) -> datetime | None:
        newest = self._newest.get(self._iot_id)
        return newest.taken_at if newest else None

    @override
    async def async_image(self) -> bytes | None:
        with raise_translated(self.hass, self._entry, self._iot_id):
            return await self._data.pictures.async_newest(self._iot_id)
