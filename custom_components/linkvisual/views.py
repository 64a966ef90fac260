"""What Home Assistant serves below /api/linkvisual: live video, recordings, pictures.

Everything but live video and the parts of a playlist that was opened wants a login or a signed path.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .api.errors import LinkVisualError
from .const import DOMAIN
from .data import LinkVisualConfigEntry, LinkVisualData
from .errors import translate
from .media_ids import from_path, in_path
from .relay import stream
from .settings import STREAM_TYPES

# How long a signed path of a picture works.
PICTURE_LIFE = timedelta(hours=24)

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"


def playlist_path(entry_id: str, iot_id: str, file_name: str) -> str:
    """Return where a recording is served as HLS."""
    return (
        f"/api/linkvisual/recording/{entry_id}/{iot_id}/{in_path(file_name)}/index.m3u8"
    )


def mp4_path(entry_id: str, iot_id: str, file_name: str) -> str:
    """Return where a recording is served as MP4, once the cloud has made one."""
    return (
        f"/api/linkvisual/recording/{entry_id}/{iot_id}/{in_path(file_name)}/video.mp4"
    )


def thumbnail_path(entry_id: str, iot_id: str, file_name: str) -> str:
    """Return where a recording's thumbnail is served."""
    return f"/api/linkvisual/recording/{entry_id}/{iot_id}/{in_path(file_name)}/thumbnail.jpg"


def picture_path(entry_id: str, iot_id: str, picture_id: str) -> str:
    """Return where a picture is served."""
    return f"/api/linkvisual/picture/{entry_id}/{iot_id}/{in_path(picture_id)}.jpg"


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


def _data(
    request: web.Request, entry_id: str, iot_id: str | None = None
) -> LinkVisualData:
    """Return an account that is set up, and has the camera; nothing else has anything to serve."""
    hass = request.app[KEY_HASS]
    entry: LinkVisualConfigEntry | None = hass.config_entries.async_get_entry(entry_id)
    if (
        entry is None
        or entry.domain != DOMAIN
        or entry.state is not ConfigEntryState.LOADED
    ):
        raise web.HTTPNotFound
    data = entry.runtime_data
    if iot_id is not None and iot_id not in data.coordinator.data:
        raise web.HTTPNotFound
    return data


def _name(text: str) -> str:
    try:
        return from_path(text)
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

    url = "/api/linkvisual/live/{entry_id}/{iot_id}/{stream_type}/index.m3u8"
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

    url = "/api/linkvisual/live/{entry_id}/{iot_id}/{stream_type}/{segment}"
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

    url = "/api/linkvisual/recording/{entry_id}/{iot_id}/{file}/index.m3u8"
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

    url = "/api/linkvisual/play/{entry_id}/{key}/{segment}"
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

    url = "/api/linkvisual/recording/{entry_id}/{iot_id}/{file}/video.mp4"
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

    url = "/api/linkvisual/recording/{entry_id}/{iot_id}/{file}/thumbnail.jpg"
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

    url = "/api/linkvisual/picture/{entry_id}/{iot_id}/{picture}.jpg"
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
