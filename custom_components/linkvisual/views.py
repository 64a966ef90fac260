"""Views of live streams, recordings and pictures.

All of them need a login or a signed path, except for live streams (token) and segments of recordings (random key).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .api.errors import LinkVisualError
from .data import LinkVisualData, async_camera_data
from .errors import translate
from .media.proxy import stream
from .media.urls import (
    LIVE_PLAYLIST_ROUTE,
    LIVE_SEGMENT_ROUTE,
    MP4_ROUTE,
    PICTURE_ROUTE,
    PLAYLIST_ROUTE,
    SEGMENT_ROUTE,
    THUMBNAIL_ROUTE,
    decode_name,
)
from .recordings.settings import STREAM_TYPES

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Register all views."""
    for view in (
        LivePlaylistView,
        LiveSegmentView,
        RecordingPlaylistView,
        RecordingSegmentView,
        RecordingMp4View,
        RecordingThumbnailView,
        PictureView,
    ):
        hass.http.register_view(view)


def _data(request: web.Request, entry_id: str, iot_id: str = "") -> LinkVisualData:
    """Return the runtime data of a loaded entry that has the camera. Raises HTTPNotFound."""
    try:
        return async_camera_data(request.app[KEY_HASS], entry_id, iot_id)
    except HomeAssistantError:
        raise web.HTTPNotFound from None


def _name(text: str) -> str:
    try:
        return decode_name(text)
    except ValueError:
        raise web.HTTPNotFound from None


async def _relay(request: web.Request, address: str | None) -> web.StreamResponse:
    if not address:
        raise web.HTTPNotFound
    session = async_get_clientsession(request.app[KEY_HASS])
    return await stream(session, address, request)


@contextmanager
def _translated_errors(data: LinkVisualData, iot_id: str) -> Iterator[None]:
    """Respond to errors of the cloud with the translated message."""
    try:
        yield
    except LinkVisualError as err:
        name = data.coordinator.name_of(iot_id)
        raise web.HTTPBadGateway(text=str(translate(err, name))) from None


def _playlist(text: str) -> web.Response:
    return web.Response(
        text=text, content_type=PLAYLIST_TYPE, headers={"Cache-Control": "no-store"}
    )


class LiveView(HomeAssistantView):
    """Base of live views, authorized by the entry's token: Home Assistant's players have no login."""

    requires_auth = False

    @staticmethod
    def data(request: web.Request, entry_id: str, stream_type: str) -> LinkVisualData:
        """Return the runtime data of an authorized request. Raises HTTPNotFound."""
        data = _data(request, entry_id)
        token = request.query.get("auth", "")
        if stream_type not in STREAM_TYPES or not data.live.is_authorized(token):
            raise web.HTTPNotFound
        return data


class LivePlaylistView(LiveView):
    """The playlist of a live stream."""

    url = LIVE_PLAYLIST_ROUTE
    name = "api:linkvisual:live"

    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, stream_type: str
    ) -> web.Response:
        """Return the playlist with the newest segments."""
        data = self.data(request, entry_id, stream_type)
        with _translated_errors(data, iot_id):
            text = await data.live.playlist(iot_id, STREAM_TYPES[stream_type])
        return _playlist(text)


class LiveSegmentView(LiveView):
    """A segment of a live stream."""

    url = LIVE_SEGMENT_ROUTE
    name = "api:linkvisual:live:segment"

    async def get(
        self,
        request: web.Request,
        entry_id: str,
        iot_id: str,
        stream_type: str,
        segment: str,
    ) -> web.StreamResponse:
        """Return the segment."""
        data = self.data(request, entry_id, stream_type)
        address = data.live.segment(iot_id, STREAM_TYPES[stream_type], segment)
        return await _relay(request, address)


class RecordingPlaylistView(HomeAssistantView):
    """The playlist of a recording."""

    url = PLAYLIST_ROUTE
    name = "api:linkvisual:recording"

    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, file: str
    ) -> web.Response:
        """Return the playlist for one player."""
        data = _data(request, entry_id, iot_id)
        with _translated_errors(data, iot_id):
            text = await data.playback.playlist(iot_id, _name(file))
        return _playlist(text)


class RecordingSegmentView(HomeAssistantView):
    """A segment of a recording. Its path has the random key of a playlist, which needs a login."""

    url = SEGMENT_ROUTE
    name = "api:linkvisual:play"
    requires_auth = False

    async def get(
        self, request: web.Request, entry_id: str, key: str, segment: str
    ) -> web.StreamResponse:
        """Return the segment."""
        return await _relay(
            request, _data(request, entry_id).playback.segment(key, segment)
        )


class RecordingMp4View(HomeAssistantView):
    """A recording as MP4, with range requests."""

    url = MP4_ROUTE
    name = "api:linkvisual:mp4"

    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, file: str
    ) -> web.StreamResponse:
        """Return the video, or 503 during the conversion."""
        data, file_name = _data(request, entry_id, iot_id), _name(file)
        with _translated_errors(data, iot_id):
            address = await data.playback.mp4_now(iot_id, file_name)
        if address is None:
            return web.Response(
                status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"}
            )
        try:
            return await _relay(request, address)
        except web.HTTPNotFound:
            data.playback.forget_mp4(iot_id, file_name)
            raise


class RecordingThumbnailView(HomeAssistantView):
    """The thumbnail of a recording."""

    url = THUMBNAIL_ROUTE
    name = "api:linkvisual:thumbnail"

    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, file: str
    ) -> web.StreamResponse:
        """Return the thumbnail."""
        data = _data(request, entry_id, iot_id)
        with _translated_errors(data, iot_id):
            address = await data.library.snapshot(iot_id, _name(file))
        return await _relay(request, address)


class PictureView(HomeAssistantView):
    """A stored picture."""

    url = PICTURE_ROUTE
    name = "api:linkvisual:picture"

    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, picture: str
    ) -> web.StreamResponse:
        """Return the picture, from memory if it is the camera's last one."""
        data, picture_id = _data(request, entry_id, iot_id), _name(picture)
        last = data.pictures.last(iot_id)
        if last is not None and last.picture_id == picture_id:
            return web.Response(body=last.image, content_type="image/jpeg")
        with _translated_errors(data, iot_id):
            found = await data.client.query_device_picture_file(iot_id, picture_id)
        return await _relay(request, found.pic_url)
