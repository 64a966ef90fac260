"""Live streams, passed on.

The address that Home Assistant's players get stays the same. The cloud's behind it is fetched anew when it must be:
it carries a token, and dies when nobody uses it.
"""

import asyncio
from dataclasses import dataclass, field
import secrets
import time

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from ..api.client import LinkVisualClient
from ..api.errors import StreamFailedError, UnreadableReplyError
from ..api.media_models import StreamType
from .hls import SegmentUrls, fetch_playlist
from .proxy import MediaGoneError
from .urls import live_playlist_path

# Seconds. The longest life that may be asked for; an address is not used to its end.
URL_VALID_DURATION = 14400
_RENEW_AFTER = URL_VALID_DURATION - 600
# An address that was not asked for in so long is dead, or about to be (linkvisual-api.md section 13).
_IDLE = 15
_REMEMBERED_SEGMENTS = 50


@dataclass(slots=True)
class _Session:
    """One stream of one camera."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    path: str | None = None
    fetched_at: float = 0.0
    used_at: float = 0.0
    urls: SegmentUrls = field(default_factory=lambda: SegmentUrls(_REMEMBERED_SEGMENTS))

    def is_fresh(self, now: float) -> bool:
        """Tell whether the cloud still serves the address."""
        return (
            self.path is not None
            and now - self.used_at < _IDLE
            and now - self.fetched_at < _RENEW_AFTER
        )


class LiveStreams:
    """The live streams of an entry's cameras."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, client: LinkVisualClient
    ) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._http = async_get_clientsession(hass)
        self._client = client
        self._sessions: dict[tuple[str, StreamType], _Session] = {}
        self._token = secrets.token_urlsafe(24)

    def url(self, iot_id: str, stream_type: StreamType) -> str:
        """Return where this Home Assistant serves a stream to its own players, as long as the entry is loaded.

        Home Assistant's log hides a parameter of the name `auth`.
        """
        path = live_playlist_path(self._entry_id, iot_id, stream_type.name.lower())
        return f"{_own_address(self._hass)}{path}?auth={self._token}"

    def is_authorized(self, token: str) -> bool:
        """Tell whether a token is the one of this entry."""
        return secrets.compare_digest(token.encode(), self._token.encode())

    async def open(self, iot_id: str, stream_type: StreamType) -> None:
        """Make the camera push its stream, if nobody watches it yet. Raises a LinkVisualError."""
        session = self._sessions.setdefault((iot_id, stream_type), _Session())
        async with session.lock:
            await self._refresh(session, iot_id, stream_type)

    async def playlist(self, iot_id: str, stream_type: StreamType) -> str:
        """Return the playlist of now, its addresses replaced. Raises a LinkVisualError."""
        session = self._sessions.setdefault((iot_id, stream_type), _Session())
        async with session.lock:
            path = await self._refresh(session, iot_id, stream_type)
            try:
                text = await self._rewritten(session, path)
            except MediaGoneError:
                session.path = None
                path = await self._refresh(session, iot_id, stream_type)
                try:
                    text = await self._rewritten(session, path)
                except MediaGoneError as err:
                    session.path = None
                    raise StreamFailedError(str(err)) from None
            session.used_at = time.monotonic()
            return text

    async def _rewritten(self, session: _Session, path: str) -> str:
        playlist = await fetch_playlist(self._http, path)
        return session.urls.rewrite(playlist, suffix=f"?auth={self._token}")

    async def _refresh(
        self, session: _Session, iot_id: str, stream_type: StreamType
    ) -> str:
        now = time.monotonic()
        if session.path is not None and session.is_fresh(now):
            return session.path
        live = await self._client.query_live_streaming(
            iot_id, stream_type=stream_type, url_valid_duration=URL_VALID_DURATION
        )
        if not live.path.startswith(("http://", "https://")):
            raise UnreadableReplyError("the stream has no http address")
        session.path = live.path
        session.fetched_at = session.used_at = now
        return live.path

    def segment(self, iot_id: str, stream_type: StreamType, name: str) -> str | None:
        """Return the cloud's address of a segment that a playlist named; None where there is none."""
        session = self._sessions.get((iot_id, stream_type))
        return session.urls.address(name) if session else None


def _own_address(hass: HomeAssistant) -> str:
    """Return where Home Assistant listens, as seen from this machine."""
    api = hass.config.api
    assert api is not None  # http is a dependency
    host = "127.0.0.1" if api.host in ("0.0.0.0", "::") else api.host
    return str(
        URL.build(scheme="https" if api.use_ssl else "http", host=host, port=api.port)
    )
