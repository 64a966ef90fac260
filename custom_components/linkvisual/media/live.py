"""Live streams, by HTTP-FLV or HLS.

The URL for Home Assistant's players is stable. The cloud's URL behind it is renewed when necessary: it contains a
token, and expires when unused.
"""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
import logging
import secrets
import time
from typing import Literal

from homeassistant.core import HomeAssistant
import m3u8
from yarl import URL

from ..api.client import LinkVisualClient
from ..api.errors import StreamFailedError, UnreadableReplyError
from ..api.media_models import StreamType
from .client import MediaClient
from .flv import open_flv
from .hls import SegmentUrls, fetch_playlist
from .resolver import MediaGoneError
from .urls import live_flv_path, live_playlist_path

_LOGGER = logging.getLogger(__name__)

# Seconds. The maximum that the cloud accepts; a URL is renewed before it expires.
URL_VALID_DURATION = 14400
_RENEW_AFTER = URL_VALID_DURATION - 600
# A URL that was not used for this long has expired, or will soon (linkvisual-api.md section 13).
_IDLE = 15
_MAX_SEGMENTS = 50


class LiveProtocol(StrEnum):
    """How live streams are fetched. AUTO: by FLV, which has less delay, where it has H.264; else by HLS."""

    AUTO = "auto"
    HLS = "hls"
    FLV = "flv"


class _Numbering:
    """Numbers of a stream's segments, which continue when the cloud begins anew: players would wait for higher ones."""

    def __init__(self) -> None:
        self._path: str | None = None
        # Added to the cloud's EXT-X-MEDIA-SEQUENCE and EXT-X-DISCONTINUITY-SEQUENCE.
        self._offset = 0
        self._seam_offset = 0
        # Of the last playlist: the first number, and those that come after it.
        self._first = 0
        self._next = 0
        self._next_seam = 0
        # The first number after the last seam, while the playlist begins with it.
        self._seam: int | None = None

    def apply(self, playlist: m3u8.M3U8, path: str) -> None:
        """Renumber a playlist, and mark the seam if it begins anew."""
        first = (playlist.media_sequence or 0) + self._offset
        seams = playlist.discontinuity_sequence or 0
        if self._path is not None and (path != self._path or first < self._first):
            self._offset += self._next - first
            self._seam_offset = self._next_seam - seams
            first = self._seam = self._next
        elif self._seam not in (None, first):
            self._seam = None
            self._seam_offset += 1
        if self._seam is not None:
            playlist.segments[0].discontinuity = True
        playlist.media_sequence = first
        playlist.discontinuity_sequence = seams + self._seam_offset
        self._path = path
        self._first, self._next = first, first + len(playlist.segments)
        self._next_seam = playlist.discontinuity_sequence + sum(
            segment.discontinuity for segment in playlist.segments
        )


type _Key = tuple[str, StreamType]


@dataclass(slots=True)
class _Session:
    """A stream of a camera."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    path: str | None = None
    fetched_at: float = 0.0
    used_at: float = 0.0
    numbering: _Numbering = field(default_factory=_Numbering)
    urls: SegmentUrls = field(default_factory=lambda: SegmentUrls(_MAX_SEGMENTS))

    def is_fresh(self, now: float) -> bool:
        """Return whether the cloud still serves the URL."""
        return (
            self.path is not None
            and now - self.used_at < _IDLE
            and now - self.fetched_at < _RENEW_AFTER
        )


class LiveStreams:
    """Live streams of an entry's cameras."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        client: LinkVisualClient,
        media: MediaClient,
        protocol: LiveProtocol,
    ) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._media = media
        self._client = client
        self._protocol = protocol
        # Streams that are fetched by HLS until the entry is loaded again.
        self._without_flv: set[_Key] = set()
        self._sessions: dict[_Key, _Session] = {}
        self._flv_sessions: dict[_Key, _Session] = {}
        self._token = secrets.token_urlsafe(24)

    def url(self, iot_id: str, stream_type: StreamType) -> str:
        """Return the URL of a stream for Home Assistant's own players, valid while the entry is loaded.

        Home Assistant redacts a parameter named `auth` in its log.
        """
        path_fn = (
            live_flv_path if self._has_flv(iot_id, stream_type) else live_playlist_path
        )
        path = path_fn(self._entry_id, iot_id, stream_type.name.lower())
        return f"{_own_base_url(self._hass)}{path}?auth={self._token}"

    def is_authorized(self, token: str) -> bool:
        """Return whether a token is this entry's."""
        return secrets.compare_digest(token.encode(), self._token.encode())

    async def open(self, iot_id: str, stream_type: StreamType) -> None:
        """Make the camera push its stream, unless it does already. Raises a LinkVisualError."""
        if self._has_flv(iot_id, stream_type):
            address = await self.flv_address(iot_id, stream_type)
            try:
                async with open_flv(self._media, address):
                    return
            except MediaGoneError as err:
                self.flv_failed(iot_id, stream_type, err)
                if self._has_flv(iot_id, stream_type):
                    raise StreamFailedError(str(err)) from None
        session = self._sessions.setdefault((iot_id, stream_type), _Session())
        async with session.lock:
            await self._refresh(session, iot_id, stream_type)

    def _has_flv(self, iot_id: str, stream_type: StreamType) -> bool:
        if self._protocol is LiveProtocol.AUTO:
            return (iot_id, stream_type) not in self._without_flv
        return self._protocol is LiveProtocol.FLV

    async def flv_address(self, iot_id: str, stream_type: StreamType) -> str:
        """Return the cloud's URL of a stream as FLV. Raises a LinkVisualError."""
        session = self._flv_sessions.setdefault((iot_id, stream_type), _Session())
        async with session.lock:
            return await self._refresh(session, iot_id, stream_type, "flv")

    def flv_failed(
        self, iot_id: str, stream_type: StreamType, err: MediaGoneError
    ) -> None:
        """Forget the URL of a stream that is not served, or has another codec: it is fetched by HLS from now on."""
        _LOGGER.debug("No FLV of %s: %s", iot_id, err)
        self._without_flv.add((iot_id, stream_type))
        if session := self._flv_sessions.get((iot_id, stream_type)):
            session.path = None

    async def playlist(self, iot_id: str, stream_type: StreamType) -> str:
        """Return the current playlist, rewritten. Raises a LinkVisualError."""
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
        playlist = await fetch_playlist(self._media, path)
        session.numbering.apply(playlist, path)
        return session.urls.rewrite(
            playlist, self._media.hosts, suffix=f"?auth={self._token}"
        )

    async def _refresh(
        self,
        session: _Session,
        iot_id: str,
        stream_type: StreamType,
        scheme: Literal["hls", "flv"] = "hls",
    ) -> str:
        now = time.monotonic()
        if session.path is not None and session.is_fresh(now):
            return session.path
        live = await self._client.query_live_streaming(
            iot_id,
            stream_type=stream_type,
            url_valid_duration=URL_VALID_DURATION,
            scheme=scheme,
        )
        if not live.path.startswith(("http://", "https://")):
            raise UnreadableReplyError("the stream has no HTTP URL")
        session.path = live.path
        session.fetched_at = session.used_at = now
        return live.path

    def segment(self, iot_id: str, stream_type: StreamType, name: str) -> str | None:
        """Return the cloud's URL of a segment of a playlist; None if unknown."""
        session = self._sessions.get((iot_id, stream_type))
        return session.urls.address(name) if session else None


def _own_base_url(hass: HomeAssistant) -> str:
    """Return Home Assistant's base URL on this machine.

    With TLS, the certificate is for another name: ffmpeg does not verify it, and go2rtc does not for IP addresses.
    """
    api = hass.config.api
    assert api is not None  # http is a dependency
    host = "127.0.0.1" if api.host in ("0.0.0.0", "::") else api.host
    return str(
        URL.build(scheme="https" if api.use_ssl else "http", host=host, port=api.port)
    )
