"""Live streams, passed on: players see an address of Home Assistant, never one of the cloud.

The cloud's address carries a token and dies when nobody uses it; the one given out here stays the same and
fetches a fresh one when it must.
"""

import asyncio
from dataclasses import dataclass, field
import logging
import secrets
import time

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import m3u8
from yarl import URL

from .api.client import LinkVisualClient
from .api.errors import LinkVisualError, StreamFailedError, UnreadableReplyError
from .api.models import StreamType

_LOGGER = logging.getLogger(__name__)

# Seconds. The longest life that may be asked for; an address is not used to its end.
URL_VALID_DURATION = 14400
_RENEW_AFTER = URL_VALID_DURATION - 600
# An address that was not asked for in so long is dead, or about to be (linkvisual-api.md section 13).
_IDLE = 15
_TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
_REMEMBERED_SEGMENTS = 50
_LONGEST_PLAYLIST = 200_000


class StreamGoneError(Exception):
    """The cloud no longer serves an address."""


@dataclass(slots=True)
class _Session:
    """One stream of one camera."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    path: str | None = None
    fetched_at: float = 0.0
    used_at: float = 0.0
    segments: dict[str, str] = field(default_factory=dict)  # name given out -> address
    names: dict[str, str] = field(default_factory=dict)  # address -> name given out

    def is_fresh(self, now: float) -> bool:
        """Tell whether the cloud still serves the address."""
        return (
            self.path is not None
            and now - self.used_at < _IDLE
            and now - self.fetched_at < _RENEW_AFTER
        )

    def give_out(self, address: str) -> str:
        """Return the name under which players fetch an address of the cloud."""
        if (name := self.names.get(address)) is None:
            name = self.names[address] = f"{secrets.token_hex(8)}.ts"
            self.segments[name] = address
            while len(self.segments) > _REMEMBERED_SEGMENTS:
                oldest = next(iter(self.segments))
                del self.names[self.segments.pop(oldest)]
        return name


class LiveStreams:
    """The live streams of an entry's cameras."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, client: LinkVisualClient
    ) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._session = async_get_clientsession(hass)
        self._client = client
        self._sessions: dict[tuple[str, StreamType], _Session] = {}
        self._token = secrets.token_urlsafe(24)

    def url(self, iot_id: str, stream_type: StreamType) -> str:
        """Return where this Home Assistant serves a stream to its own players, as long as the entry is loaded.

        Home Assistant's log hides a parameter of the name `auth`.
        """
        return (
            f"{_own_address(self._hass)}/api/linkvisual/live/{self._entry_id}/{iot_id}/"
            f"{stream_type.name.lower()}/index.m3u8?auth={self._token}"
        )

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
            await self._refresh(session, iot_id, stream_type)
            try:
                text, base = await self._fetch(session)
            except StreamGoneError:
                session.path = None
                await self._refresh(session, iot_id, stream_type)
                try:
                    text, base = await self._fetch(session)
                except StreamGoneError as err:
                    session.path = None
                    raise StreamFailedError(str(err)) from None
            session.used_at = time.monotonic()
            return self._rewrite(session, text, base)

    async def _refresh(
        self, session: _Session, iot_id: str, stream_type: StreamType
    ) -> None:
        now = time.monotonic()
        if session.is_fresh(now):
            return
        stream = await self._client.query_live_streaming(
            iot_id, stream_type=stream_type, url_valid_duration=URL_VALID_DURATION
        )
        if URL(stream.path).scheme not in ("http", "https"):
            raise UnreadableReplyError("the stream has no http address")
        session.path = stream.path
        session.fetched_at = session.used_at = now

    async def _fetch(self, session: _Session) -> tuple[str, str]:
        """Return a playlist and the address it came from. Raises StreamGoneError."""
        assert session.path is not None
        try:
            async with self._session.get(
                URL(session.path, encoded=True), timeout=_TIMEOUT
            ) as response:
                if response.status != 200:
                    raise StreamGoneError(f"HTTP {response.status}")
                body = await response.content.read(_LONGEST_PLAYLIST)
                return body.decode("utf-8", "replace"), str(response.url)
        except (aiohttp.ClientError, OSError) as err:
            raise StreamGoneError(type(err).__name__) from None

    def _rewrite(self, session: _Session, text: str, base: str) -> str:
        playlist = m3u8.loads(text, uri=base)
        for segment in playlist.segments:
            name = session.give_out(segment.absolute_uri)
            segment.uri = f"{name}?auth={self._token}"
        dumped: str = playlist.dumps()
        return dumped

    async def segment(
        self, iot_id: str, stream_type: StreamType, name: str
    ) -> bytes | None:
        """Return a piece of a stream that a playlist named; None where there is none."""
        session = self._sessions.get((iot_id, stream_type))
        if session is None or (address := session.segments.get(name)) is None:
            return None
        try:
            async with self._session.get(
                URL(address, encoded=True), timeout=_TIMEOUT
            ) as response:
                return await response.read() if response.status == 200 else None
        except (aiohttp.ClientError, OSError) as err:
            _LOGGER.debug("A live segment cannot be had: %s", type(err).__name__)
            return None


def _own_address(hass: HomeAssistant) -> str:
    """Return where Home Assistant listens, as seen from this machine."""
    api = hass.config.api
    assert api is not None  # http is a dependency
    host = "127.0.0.1" if api.host in ("0.0.0.0", "::") else api.host
    return str(
        URL.build(scheme="https" if api.use_ssl else "http", host=host, port=api.port)
    )


def log_refusal(iot_id: str, err: LinkVisualError) -> None:
    """Note why a stream stops; the player only sees that it does."""
    _LOGGER.debug("Camera %s does not stream: %s", iot_id, err)
