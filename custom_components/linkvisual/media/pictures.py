"""Pictures: taken on request, one at a time per camera, and reused for a while to save batteries."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
import logging
import math
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..api.client import LinkVisualClient
from ..api.errors import (
    LinkVisualError,
    NoPictureError,
    NoReplyError,
    NotFoundError,
    OutcomeUnknownError,
)
from ..const import DOMAIN
from ..errors import async_result
from .client import MediaClient
from .expiring_dict import ExpiringDict
from .newest_pictures import NewestPictures, StoredPicture
from .resolver import MediaGoneError

_LOGGER = logging.getLogger(__name__)

# Seconds. A still image reuses a picture up to this age.
MAX_STILL_AGE = 300
# Seconds without another attempt after a failure.
_FAILURE_PAUSE = 30
_MAX_FAILURES = 1000
# Seconds between queries for a triggered picture; in total a little longer than any camera needs.
CHECKS = (1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 5.0, 5.0)
# After so many a picture is requested again: early enough for Home Assistant, which waits for ten seconds.
_CHECKS_BEFORE_RETRY = 4


@dataclass(frozen=True, slots=True)
class CapturedPicture:
    """A captured picture."""

    picture_id: str
    taken_at: datetime  # as the cloud's clock says
    image: bytes
    content_type: str
    received_at: float  # monotonic


class Pictures:
    """Pictures of an entry's cameras."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: LinkVisualClient,
        media: MediaClient,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._media = media
        self.newest = NewestPictures(hass, entry.entry_id, client)
        self._last: dict[str, CapturedPicture] = {}
        self._failures: ExpiringDict[str, LinkVisualError] = ExpiringDict(
            _FAILURE_PAUSE, _MAX_FAILURES
        )
        self._tasks: dict[str, asyncio.Task[CapturedPicture]] = {}

    async def async_stored(self, iot_id: str, picture_id: str) -> tuple[bytes, str]:
        """Return a stored picture and its content type. Raises a LinkVisualError or MediaGoneError."""
        picture = self._last.get(iot_id)
        if picture is None or picture.picture_id != picture_id:
            picture = await self._fetch(iot_id, picture_id)
        return picture.image, picture.content_type

    async def async_newest(self, iot_id: str) -> bytes | None:
        """Return the newest picture; None if there is none. Raises a LinkVisualError."""
        if (newest := self.newest.get(iot_id)) is None:
            return None
        last = self._last.get(iot_id)
        if last is None or last.picture_id != newest.picture_id:
            try:
                fetched = await self._fetch(iot_id, newest.picture_id)
            except MediaGoneError as err:
                raise NoPictureError("not in the cloud any more") from err
            # It is not known to be recent, whatever the clocks say.
            last = self._last[iot_id] = replace(fetched, received_at=-math.inf)
        return last.image

    async def async_capture(self, iot_id: str) -> CapturedPicture:
        """Take a picture; concurrent callers get the same one. Raises a LinkVisualError."""
        if (task := self._tasks.get(iot_id)) is None:
            task = self._tasks[iot_id] = self._entry.async_create_background_task(
                self._hass, self._capture(iot_id), f"{DOMAIN} picture {iot_id}"
            )
            task.add_done_callback(lambda _: self._tasks.pop(iot_id))
        return await async_result(task)

    async def async_still(self, iot_id: str) -> CapturedPicture:
        """Return the last picture if it is recent, else a new one, else the old one. Raises a LinkVisualError."""
        last = self._last.get(iot_id)
        if last and time.monotonic() - last.received_at < MAX_STILL_AGE:
            return last
        if failure := self._failures.get(iot_id):
            if last:
                return last
            raise failure
        try:
            return await self.async_capture(iot_id)
        except LinkVisualError:
            if last:
                return last
            raise

    async def _capture(self, iot_id: str) -> CapturedPicture:
        try:
            picture = await self._take(iot_id)
        except LinkVisualError as err:
            self._failures[iot_id] = err
            raise
        self._last[iot_id] = picture
        self._failures.pop(iot_id)
        self.newest.async_set(
            iot_id, StoredPicture(picture.picture_id, picture.taken_at)
        )
        return picture

    async def _take(self, iot_id: str) -> CapturedPicture:
        # Cameras drop what they shall capture soon after another picture, or as they lose their connection.
        for pauses in (CHECKS[:_CHECKS_BEFORE_RETRY], CHECKS):
            try:
                capture_id = await self._client.trigger_capture_picture(iot_id)
            except OutcomeUnknownError as err:
                # Unlike a recording, a picture may be requested again.
                raise NoReplyError(str(err)) from err
            for pause in pauses:
                await asyncio.sleep(pause)
                try:
                    return await self._fetch(iot_id, capture_id)
                except (NotFoundError, MediaGoneError) as err:
                    _LOGGER.debug("No picture yet: %s", err)
        raise NoPictureError("not uploaded in time")

    async def _fetch(self, iot_id: str, picture_id: str) -> CapturedPicture:
        """Fetch a stored picture. Raises a LinkVisualError or MediaGoneError."""
        picture = await self._client.query_device_picture_file(iot_id, picture_id)
        image, content_type = await self._media.fetch_picture(picture.pic_url)
        taken_at = picture.created or dt_util.utcnow()
        return CapturedPicture(
            picture_id, taken_at, image, content_type, time.monotonic()
        )
