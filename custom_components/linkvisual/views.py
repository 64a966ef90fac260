"""What Home Assistant serves below /api/linkvisual."""

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .api.errors import LinkVisualError
from .const import DOMAIN
from .data import LinkVisualConfigEntry, LinkVisualData
from .live import log_refusal
from .settings import STREAM_TYPES


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Register all views."""
    hass.http.register_view(LivePlaylistView)
    hass.http.register_view(LiveSegmentView)


class LiveView(HomeAssistantView):
    """Checks who asks: a player of Home Assistant, by the token of the entry, no person."""

    requires_auth = False

    @staticmethod
    def _data(request: web.Request, entry_id: str, stream_type: str) -> LinkVisualData:
        entry: LinkVisualConfigEntry | None = request.app[
            KEY_HASS
        ].config_entries.async_get_entry(entry_id)
        if (
            entry is None
            or entry.domain != DOMAIN
            or entry.state is not ConfigEntryState.LOADED
            or stream_type not in STREAM_TYPES
            or not entry.runtime_data.live.is_authorized(request.query.get("auth", ""))
        ):
            raise web.HTTPNotFound
        return entry.runtime_data


class LivePlaylistView(LiveView):
    """The playlist of a live stream."""

    url = "/api/linkvisual/live/{entry_id}/{iot_id}/{stream_type}/index.m3u8"
    name = "api:linkvisual:live"

    async def get(
        self, request: web.Request, entry_id: str, iot_id: str, stream_type: str
    ) -> web.Response:
        """Return the newest segments' names."""
        data = self._data(request, entry_id, stream_type)
        try:
            text = await data.live.playlist(iot_id, STREAM_TYPES[stream_type])
        except LinkVisualError as err:
            log_refusal(iot_id, err)
            raise web.HTTPBadGateway from None
        return web.Response(
            text=text,
            content_type="application/vnd.apple.mpegurl",
            headers={"Cache-Control": "no-store"},
        )


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
    ) -> web.Response:
        """Return a few seconds of picture and sound."""
        data = self._data(request, entry_id, stream_type)
        body = await data.live.segment(iot_id, STREAM_TYPES[stream_type], segment)
        if body is None:
            raise web.HTTPNotFound
        return web.Response(
            body=body,
            content_type="video/mp2t",
            headers={"Cache-Control": "no-store"},
        )
