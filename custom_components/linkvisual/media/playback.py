"""Playback and MP4 conversion of stored recordings. The cloud's URLs never leave Home Assistant."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, repeat
import secrets

from ..api.client import LinkVisualClient
from ..api.errors import NotFoundError
from .client import MediaClient
from .expiring_dict import ExpiringDict
from .hls import SegmentUrls, fetch_playlist
from .resolver import MediaGoneError
from .urls import segment_path

# Seconds.
URL_VALID_DURATION = 300  # until the player opens the playlist
_SESSION_LIFE = 3600  # since the last segment request
_MP4_LIFE = 3000  # the cloud's URL is valid for an hour
_MP4_POLL = (1, 2, 3, 5)  # the last one repeats
_MP4_PATIENCE = 900
_MAX_SESSIONS = 50
_MAX_CACHED_MP4S = 1000


@dataclass(slots=True)
class _Session:
    """Playback of a file by one player. The playlist contains names of this session."""

    key: str
    urls: SegmentUrls
    playlist: str


class Playback:
    """Playback sessions of an entry."""

    def __init__(
        self, media: MediaClient, entry_id: str, client: LinkVisualClient
    ) -> None:
        self.media = media
        self._entry_id = entry_id
        self._client = client
        self._sessions: ExpiringDict[str, _Session] = ExpiringDict(
            _SESSION_LIFE, _MAX_SESSIONS
        )
        self._prepared: ExpiringDict[tuple[str, str], _Session] = ExpiringDict(
            _SESSION_LIFE, _MAX_SESSIONS
        )
        self._mp4_urls: ExpiringDict[tuple[str, str], str] = ExpiringDict(
            _MP4_LIFE, _MAX_CACHED_MP4S
        )

    async def prepare(self, iot_id: str, file_name: str) -> None:
        """Open a file for the next player that requests it. Raises a LinkVisualError."""
        self._prepared[iot_id, file_name] = await self._open(iot_id, file_name)

    async def playlist(self, iot_id: str, file_name: str) -> str:
        """Return a file's playlist for one player, rewritten. Raises a LinkVisualError."""
        session = self._prepared.pop((iot_id, file_name))
        if session is None or self._sessions.get(session.key) is None:
            session = await self._open(iot_id, file_name)
        return session.playlist

    async def _open(self, iot_id: str, file_name: str) -> _Session:
        try:
            session = await self._open_once(iot_id, file_name)
        except MediaGoneError:
            # The URL may have expired meanwhile; retry once.
            try:
                session = await self._open_once(iot_id, file_name)
            except MediaGoneError as err:
                raise NotFoundError(str(err)) from None
        self._sessions[session.key] = session
        return session

    async def _open_once(self, iot_id: str, file_name: str) -> _Session:
        url = await self._client.query_record_url(iot_id, file_name, URL_VALID_DURATION)
        playlist = await fetch_playlist(self.media, url)
        key, urls = secrets.token_urlsafe(24), SegmentUrls()
        prefix = segment_path(self._entry_id, key, "")
        text = urls.rewrite(playlist, self.media.hosts, prefix=prefix)
        return _Session(key, urls, text)

    def segment(self, key: str, name: str) -> str | None:
        """Return the cloud's URL of a segment of a playlist; None if unknown."""
        session = self._sessions.get(key)
        if session is None:
            return None
        self._sessions[key] = session  # renews its lifetime
        return session.urls.address(name)

    def has_mp4(self, iot_id: str, file_name: str) -> bool:
        """Return whether the MP4 of a file is known to be available."""
        return self._mp4_urls.get((iot_id, file_name)) is not None

    async def mp4_now(
        self,
        iot_id: str,
        file_name: str,
        on_progress: Callable[[int], None] = lambda percent: None,
    ) -> str | None:
        """Return the URL of a file's MP4; None during the conversion, whose percentage goes to `on_progress`.

        Raises a LinkVisualError.
        """
        if url := self._mp4_urls.get((iot_id, file_name)):
            return url
        download = await self._client.query_record_download_url(iot_id, file_name)
        if download.failed:
            raise NotFoundError("the conversion to MP4 failed")
        if not download.url:
            on_progress(download.progress)
            return None
        self._mp4_urls[iot_id, file_name] = download.url
        return download.url

    async def mp4(
        self, iot_id: str, file_name: str, on_progress: Callable[[int], None]
    ) -> str:
        """Return the URL of a file's MP4 after the conversion. Raises a LinkVisualError, or TimeoutError."""
        pauses = chain(_MP4_POLL, repeat(_MP4_POLL[-1]))
        async with asyncio.timeout(_MP4_PATIENCE):
            while not (address := await self.mp4_now(iot_id, file_name, on_progress)):
                await asyncio.sleep(next(pauses))
        return address

    def forget_mp4(self, iot_id: str, file_name: str) -> None:
        """Drop a URL that is no longer served."""
        self._mp4_urls.pop((iot_id, file_name))
