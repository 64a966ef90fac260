"""Still pictures: taken when asked for, one at a time per camera, and kept for a while: batteries are small."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.dispatcher import SignalType, async_dispatcher_send
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
from .expiring_dict import ExpiringDict
from .proxy import MediaGoneError, fetch

_LOGGER = logging.getLogger(__name__)

# Seconds. A picture that is younger stands for the camera; after a failure no other is tried for a while.
YOUNG = 300
_PAUSE = 30
_REMEMBERED_FAILURES = 1000
# When to ask for a picture that was triggered: together a little longer than any camera needs.
CHECKS = (1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 5.0, 5.0)


@dataclass(frozen=True, slots=True)
class CapturedPicture:
    """A picture that was taken."""

    picture_id: str
    taken_at: datetime
    image: bytes


def picture_signal(entry_id: str, iot_id: str) -> SignalType[()]:
    """Return the dispatcher signal that is sent when a camera has a new picture."""
    return SignalType(f"{DOMAIN}_picture_{entry_id}_{iot_id}")


class Pictures:
    """The pictures of an entry's cameras."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: LinkVisualClient,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._http = async_get_clientsession(hass)
        self._last: dict[str, CapturedPicture] = {}
        self._failures: ExpiringDict[str, LinkVisualError] = ExpiringDict(
            _PAUSE, _REMEMBERED_FAILURES
        )
        self._tasks: dict[str, asyncio.Task[CapturedPicture]] = {}

    def last(self, iot_id: str) -> CapturedPicture | None:
        """Return the newest picture that was taken since the entry was loaded."""
        return self._last.get(iot_id)

    async def async_capture(self, iot_id: str) -> CapturedPicture:
        """Take a picture; who asks while one is being taken gets that. Raises a LinkVisualError."""
        if (task := self._tasks.get(iot_id)) is None:
            task = self._tasks[iot_id] = self._entry.async_create_background_task(
                self._hass, self._capture(iot_id), f"{DOMAIN} picture {iot_id}"
            )
            task.add_done_callback(lambda _: self._tasks.pop(iot_id))
        return await asyncio.shield(task)

    async def async_still(self, iot_id: str) -> CapturedPicture:
        """Return the last picture while it is young, else a new one; the old one if there is none to be had."""
        last = self._last.get(iot_id)
        if last and (dt_util.utcnow() - last.taken_at).total_seconds() < YOUNG:
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
        async_dispatcher_send(self._hass, picture_signal(self._entry.entry_id, iot_id))
        return picture

    async def _take(self, iot_id: str) -> CapturedPicture:
        try:
            capture_id = await self._client.trigger_capture_picture(iot_id)
        except OutcomeUnknownError as err:
            # Unlike a recording, a picture that nobody waits for is no loss.
            raise NoReplyError(str(err)) from err
        for pause in CHECKS:
            await asyncio.sleep(pause)
            try:
                picture = await self._client.query_device_picture_file(
                    iot_id, capture_id
                )
                image, _ = await fetch(self._http, picture.pic_url)
            except (NotFoundError, MediaGoneError) as err:
                _LOGGER.debug("No picture yet: %s", err)
                continue
            return CapturedPicture(
                capture_id, picture.created or dt_util.utcnow(), image
            )
        raise NoPictureError("it was not uploaded in time")
