"""The newest captured picture of each camera in the cloud, for cameras of which none is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import SignalType, async_dispatcher_send
from homeassistant.util import dt as dt_util

from ..api.calls_pictures import PictureSource
from ..api.client import LinkVisualClient
from ..api.media_models import Picture
from ..const import DOMAIN
from ..coordinator import Camera

# How far back to search: most cameras with pictures have few of the last day, and one call finds them.
_PERIODS = (timedelta(days=1), timedelta(days=30))
# The cloud's clock may be ahead.
_MAX_CLOCK_AHEAD = timedelta(hours=1)
_MAX_PAGES = 10
# Seconds until a failed search is repeated.
_INTERVAL = 300.0


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture in the cloud."""

    picture_id: str
    taken_at: datetime

    def as_dict(self) -> dict[str, Any]:
        """Return the picture as stored."""
        return {"picture_id": self.picture_id, "taken_at": self.taken_at.isoformat()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read a stored picture. Raises KeyError, TypeError or ValueError if it is malformed."""
        return cls(
            data["picture_id"], dt_util.as_utc(datetime.fromisoformat(data["taken_at"]))
        )


def picture_signal(entry_id: str, iot_id: str) -> SignalType[()]:
    """Return the dispatcher signal of new pictures of a camera."""
    return SignalType(f"{DOMAIN}_picture_{entry_id}_{iot_id}")


class NewestPictures:
    """Newest stored pictures of an entry's cameras. Polled by the poller."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, client: LinkVisualClient
    ) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._client = client
        self._newest: dict[str, StoredPicture] = {}
        self._wanted: set[str] = set()

    def get(self, iot_id: str) -> StoredPicture | None:
        """Return a camera's newest picture; None if none is known."""
        return self._newest.get(iot_id)

    @callback
    def async_set(self, iot_id: str, picture: StoredPicture) -> None:
        """Set a camera's newest picture."""
        self._newest[iot_id] = picture
        self._wanted.discard(iot_id)
        async_dispatcher_send(self._hass, picture_signal(self._entry_id, iot_id))

    @callback
    def async_search(self, iot_id: str) -> CALLBACK_TYPE:
        """Search a camera's newest picture, unless the returned function is called before."""
        self._wanted.add(iot_id)
        return lambda: self._wanted.discard(iot_id)

    def poll_interval(self, camera: Camera) -> float | None:
        """Return the seconds between searches; None for cameras whose newest picture is known or not wanted."""
        return _INTERVAL if camera.iot_id in self._wanted else None

    async def async_poll(self, iot_id: str) -> None:
        """Search a camera's newest picture. Raises a LinkVisualError."""
        now = self._client.now()
        found: list[tuple[datetime, str]] = []
        for period in _PERIODS:
            found = found or await self._list(
                iot_id, now - period, now + _MAX_CLOCK_AHEAD
            )
        if iot_id not in self._wanted:
            # Another one was captured meanwhile.
            return
        self._wanted.discard(iot_id)
        if found:
            taken_at, picture_id = max(found)
            self.async_set(iot_id, StoredPicture(picture_id, taken_at))

    async def _list(
        self, iot_id: str, begin: datetime, end: datetime
    ) -> list[tuple[datetime, str]]:
        """Return the times and IDs of captured pictures."""
        pictures: list[Picture] = []
        for current_page in range(1, _MAX_PAGES + 1):
            page = await self._client.query_picture_files(
                iot_id, begin, end, current_page, PictureSource.CAPTURE
            )
            pictures += page.rows
            if page.last:
                break
        return [
            (picture.created, picture.pic_id) for picture in pictures if picture.created
        ]
