"""Views of live streams, recordings and pictures.

All of them need a login or a signed path of a user who may read the camera, except for live streams (token) and
segments of recordings (random key).
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from http import HTTPStatus
import logging
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .api.errors import LinkVisualError
from .data import LinkVisualData, async_camera_data
from .errors import translate
from .media.access import may_read
from .media.flv import stream_flv
from .media.hls import SEGMENT_TYPES
from .media.proxy import CACHEABLE, SAFE_HEADERS, stream
from .media.resolver import MediaGoneError
from .media.urls import (
    LIVE_FLV_ROUTE,
    LIVE_PLAYLIST_ROUTE,
    LIVE_SEGMENT_ROUTE,
    MP4_ROUTE,
    PICTURE_ROUTE,
    PLAYLIST_ROUTE,
    SAVED_ROUTE,
    SEGMENT_ROUTE,
    THUMBNAIL_ROUTE,
    decode_name,
)
from .recordings.settings import STREAM_TYPES

_LOGGER = logging.getLogger(__name__)

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Register all views."""
    for view in (
        LivePlaylistView,
        LiveFlvView,
        LiveSegmentView,
        RecordingPlaylistView,
        RecordingSegmentView,
        RecordingMp4View,
        SavedRecordingView,
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


def _readable_data(request: web.Request, entry_id: str, iot_id: str) -> LinkVisualData:
    """Return the same for a camera that the user may read. Raises HTTPNotFound or HTTPForbidden.

    A signed path is its signer's request.
    """
    data = _data(request, entry_id, iot_id)
    if not may_read(request.app[KEY_HASS], request[KEY_HASS_USER], iot_id):
        raise web.HTTPForbidden
    return data


def _name(text: str) -> str:
    try:
        return decode_name(text)
    except ValueError:
        raise web.HTTPNotFound from None


@contextmanager
def _translated_errors(data: LinkVisualData, iot_id: str) -> Iterator[None]:
    """Respond to errors of the cloud with the translated message."""
    try:
        yield
    except LinkVisualError as err:
        name = data.coordinator.name_of(iot_id)
        raise web.HTTPBadGateway(text=str(translate(err, name))) from None


type _Handler[**P] = Callable[P, Coroutine[Any, Any, web.StreamResponse]]


def _safe[**P](get: _Handler[P]) -> _Handler[P]:
    """Wrap a handler so that its response cannot run as a page of Home Assistant, whatever it contains."""

    @wraps(get)
    async def handle(*args: P.args, **kwargs: P.kwargs) -> web.StreamResponse:
        try:
            response = await get(*args, **kwargs)
        except web.HTTPException as err:
            err.headers.update(SAFE_HEADERS)
            raise
        response.headers.update(SAFE_HEADERS)
        return response

    return handle


def _playlist(text: str) -> web.Response:
    return web.Response(
        text=text, content_type=PLAYLIST_TYPE, headers={"Cache-Control": "no-store"}
    )


async def _segment(
    request: web.Request, data: LinkVisualData, name: str, address: str | None
) -> web.StreamResponse:
    if address is None:
        raise web.HTTPNotFound
    return await stream(data.media, address, request, SEGMENT_TYPES[Path(name).suffix])


async def _picture(fetch: Awaitable[tuple[bytes, str]]) -> web.Response:
    try:
        body, content_type = await fetch
    except MediaGoneError as err:
        _LOGGER.debug("Cannot fetch a picture: %s", err)
        raise web.HTTPNotFound from None
    return web.Response(body=body, content_type=content_type, headers=CACHEABLE)


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

    @_safe
    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, stream_type: str
    ) -> web.Response:
        """Return the playlist with the newest segments."""
        data = self.data(request, entry_id, stream_type)
        with _translated_errors(data, iot_id):
            text = await data.live.playlist(iot_id, STREAM_TYPES[stream_type])
        return _playlist(text)


class LiveFlvView(LiveView):
    """A live stream as FLV."""

    url = LIVE_FLV_ROUTE
    name = "api:linkvisual:live:flv"

    @_safe
    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, stream_type: str
    ) -> web.StreamResponse:
        """Return the stream."""
        data = self.data(request, entry_id, stream_type)
        with _translated_errors(data, iot_id):
            address = await data.live.flv_address(iot_id, STREAM_TYPES[stream_type])
        try:
            return await stream_flv(data.media, address, request)
        except MediaGoneError as err:
            data.live.flv_failed(iot_id, STREAM_TYPES[stream_type], err)
            raise web.HTTPNotFound from None


class LiveSegmentView(LiveView):
    """A segment of a live stream."""

    url = LIVE_SEGMENT_ROUTE
    name = "api:linkvisual:live:segment"

    @_safe
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
        return await _segment(request, data, segment, address)


class RecordingPlaylistView(HomeAssistantView):
    """The playlist of a recording."""

    url = PLAYLIST_ROUTE
    name = "api:linkvisual:recording"

    @_safe
    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, file: str
    ) -> web.Response:
        """Return the playlist for one player."""
        data = _readable_data(request, entry_id, iot_id)
        with _translated_errors(data, iot_id):
            text = await data.playback.playlist(iot_id, _name(file))
        return _playlist(text)


class RecordingSegmentView(HomeAssistantView):
    """A segment of a recording. Its path has the random key of a playlist, which needs a login."""

    url = SEGMENT_ROUTE
    name = "api:linkvisual:play"
    requires_auth = False

    @_safe
    async def get(
        self, request: web.Request, entry_id: str, key: str, segment: str
    ) -> web.StreamResponse:
        """Return the segment."""
        data = _data(request, entry_id)
        address = data.playback.segment(key, segment)
        try:
            return await _segment(request, data, segment, address)
        except web.HTTPNotFound:
            if address is None:
                raise
        # The cloud's URLs expire while a player pauses.
        try:
            address = await data.playback.renewed_segment(key, segment, address)
        except LinkVisualError:
            raise web.HTTPBadGateway from None
        return await _segment(request, data, segment, address)


class RecordingMp4View(HomeAssistantView):
    """A recording as MP4, with range requests."""

    url = MP4_ROUTE
    name = "api:linkvisual:mp4"

    @_safe
    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, file: str
    ) -> web.StreamResponse:
        """Return the video, or 503 during the conversion."""
        data, file_name = _readable_data(request, entry_id, iot_id), _name(file)
        with _translated_errors(data, iot_id):
            address = await data.playback.mp4_now(iot_id, file_name)
        if address is None:
            return web.Response(
                status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"}
            )
        try:
            return await stream(data.media, address, request, "video/mp4")
        except web.HTTPNotFound:
            data.playback.forget_mp4(iot_id, file_name)
            raise


class SavedRecordingView(HomeAssistantView):
    """A recording that was saved to Home Assistant's disk, with range requests."""

    url = SAVED_ROUTE
    name = "api:linkvisual:saved"

    @_safe
    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, file: str
    ) -> web.StreamResponse:
        """Return the video."""
        data = _readable_data(request, entry_id, iot_id)
        path = await data.saved_clips.async_path(iot_id, _name(file))
        if path is None:
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={hdrs.CONTENT_TYPE: "video/mp4"})


class RecordingThumbnailView(HomeAssistantView):
    """The thumbnail of a recording."""

    url = THUMBNAIL_ROUTE
    name = "api:linkvisual:thumbnail"

    @_safe
    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, file: str
    ) -> web.StreamResponse:
        """Return the thumbnail."""
        data = _readable_data(request, entry_id, iot_id)
        with _translated_errors(data, iot_id):
            address = await data.library.snapshot(iot_id, _name(file))
        if not address:
            raise web.HTTPNotFound
        return await _picture(data.media.fetch_picture(address))


class PictureView(HomeAssistantView):
    """A stored picture."""

    url = PICTURE_ROUTE
    name = "api:linkvisual:picture"

    @_safe
    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, picture: str
    ) -> web.StreamResponse:
        """Return the picture, from memory if it is the camera's last one."""
        data, picture_id = _readable_data(request, entry_id, iot_id), _name(picture)
        with _translated_errors(data, iot_id):
            return await _picture(data.pictures.async_stored(iot_id, picture_id))
