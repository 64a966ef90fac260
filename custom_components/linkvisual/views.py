"""What Home Assistant serves below /api/linkvisual: live video, recordings, pictures.

Everything but live video and the parts of a playlist that was opened wants a login or a signed path.
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
    """Return an account that is set up, and has the camera; nothing else has anything to serve."""
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
def _told(data: LinkVisualData, iot_id: str) -> Iterator[None]:
    """Answer a refusal of the cloud with the sentence that a person reads."""
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
    """Checks who asks: a player of Home Assistant, by the token of the entry, no person."""

    requires_auth = False

    @staticmethod
    def data(request: web.Request, entry_id: str, stream_type: str) -> LinkVisualData:
        """Return the account."""
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
        """Return the newest segments' names."""
        data = self.data(request, entry_id, stream_type)
        with _told(data, iot_id):
            text = await data.live.playlist(iot_id, STREAM_TYPES[stream_type])
        return _playlist(text)


class LiveSegmentView(LiveView):
    """A piece of a live stream."""

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
        """Return a few seconds of picture and sound."""
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
        """Return the names of the recording's parts, for one player."""
        data = _data(request, entry_id, iot_id)
        with _told(data, iot_id):
            text = await data.playback.playlist(iot_id, _name(file))
        return _playlist(text)


class RecordingSegmentView(HomeAssistantView):
    """A part of a recording. Its name was given out in a playlist, which wanted a login."""

    url = SEGMENT_ROUTE
    name = "api:linkvisual:play"
    requires_auth = False

    async def get(
        self, request: web.Request, entry_id: str, key: str, segment: str
    ) -> web.StreamResponse:
        """Return a few seconds of picture and sound."""
        return await _relay(
            request, _data(request, entry_id).playback.segment(key, segment)
        )


class RecordingMp4View(HomeAssistantView):
    """A recording as MP4, in parts where parts are asked for."""

    url = MP4_ROUTE
    name = "api:linkvisual:mp4"

    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, file: str
    ) -> web.StreamResponse:
        """Return the video, or say that it is not made yet."""
        data, file_name = _data(request, entry_id, iot_id), _name(file)
        with _told(data, iot_id):
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
    """A frame of a recording."""

    url = THUMBNAIL_ROUTE
    name = "api:linkvisual:thumbnail"

    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, file: str
    ) -> web.StreamResponse:
        """Return a small picture."""
        data = _data(request, entry_id, iot_id)
        with _told(data, iot_id):
            address = await data.library.snapshot(iot_id, _name(file))
        return await _relay(request, address)


class PictureView(HomeAssistantView):
    """A picture that was taken."""

    url = PICTURE_ROUTE
    name = "api:linkvisual:picture"

    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, picture: str
    ) -> web.StreamResponse:
        """Return the picture; it is in memory if it is the camera's last one."""
        data, picture_id = _data(request, entry_id, iot_id), _name(picture)
        last = data.pictures.last(iot_id)
        if last is not None and last.picture_id == picture_id:
            return web.Response(body=last.image, content_type="image/jpeg")
        with _told(data, iot_id):
            found = await data.client.query_device_picture_file(iot_id, picture_id)
        return await _relay(request, found.pic_url)
