"""Playback and MP4 conversion of stored recordings. The cloud's URLs never leave Home Assistant."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import chain, repeat
from math import inf
import secrets
import time

import m3u8

from ..api.client import LinkVisualClient
from ..api.errors import NotFoundError
from .client import MediaClient
from .expiring_dict import ExpiringDict
from .hls import NumberedUrls, fetch_playlist
from .resolver import MediaGoneError
from .urls import segment_path

# Seconds.
URL_VALID_DURATION = 300  # until the playlist is fetched
_FRESH = (
    300  # players that come within this time share a playlist without asking the cloud
)
_MIN_RENEWAL = 60  # between two renewals for refused segments
_SESSION_LIFE = 3600  # since the last request
_MP4_LIFE = 3000  # the cloud's URL is valid for an hour
_MP4_POLL = (1, 2, 3, 5)  # the last one repeats
_MP4_PATIENCE = 900
_MAX_SESSIONS = 200
_MAX_CACHED_MP4S = 1000


class Mp4FailedError(NotFoundError):
    """The cloud could not convert a recording to MP4. The recording exists."""


@dataclass(slots=True)
class _Session:
    """A file that any number of players play. Segments are requested with its key, which is in its playlist."""

    iot_id: str
    file_name: str
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    urls: NumberedUrls = field(default_factory=NumberedUrls)
    playlist: str = ""
    tried_at: float = -inf
    opened_at: float = -inf


class Playback:
    """Playback sessions of an entry."""

    def __init__(
        self, media: MediaClient, entry_id: str, client: LinkVisualClient
    ) -> None:
        self.media = media
        self._entry_id = entry_id
        self._client = client
        # The least recently used are dropped.
        self._by_key: ExpiringDict[str, _Session] = ExpiringDict(
            _SESSION_LIFE, _MAX_SESSIONS
        )
        self._by_file: ExpiringDict[tuple[str, str], _Session] = ExpiringDict(
            _SESSION_LIFE, _MAX_SESSIONS
        )
        self._mp4_urls: ExpiringDict[tuple[str, str], str] = ExpiringDict(
            _MP4_LIFE, _MAX_CACHED_MP4S
        )

    async def playlist(self, iot_id: str, file_name: str) -> str:
        """Return a file's playlist, rewritten. Raises a LinkVisualError."""
        session = self._by_file.get((iot_id, file_name)) or _Session(iot_id, file_name)
        self._by_file[iot_id, file_name] = session
        async with session.lock:
            if time.monotonic() - session.opened_at >= _FRESH:
                session = await self._renew(session)
        self._by_file[iot_id, file_name] = self._by_key[session.key] = session
        return session.playlist

    async def _renew(self, session: _Session) -> _Session:
        """Fetch new URLs for a session; return another one if the cloud's playlist has changed."""
        session.tried_at = time.monotonic()
        try:
            return await self._renew_once(session)
        except MediaGoneError:
            # The URL may have expired meanwhile; retry once.
            try:
                return await self._renew_once(session)
            except MediaGoneError as err:
                raise NotFoundError(str(err)) from None

    async def _renew_once(self, session: _Session) -> _Session:
        iot_id, file_name = session.iot_id, session.file_name
        url = await self._client.query_record_url(iot_id, file_name, URL_VALID_DURATION)
        playlist = await fetch_playlist(self.media, url)
        urls, text = self._rewrite(playlist, session)
        if session.playlist and text != session.playlist:
            session = _Session(iot_id, file_name)
            urls, text = self._rewrite(playlist, session)
        session.urls, session.playlist = urls, text
        session.opened_at = session.tried_at = time.monotonic()
        return session

    def _rewrite(
        self, playlist: m3u8.M3U8, session: _Session
    ) -> tuple[NumberedUrls, str]:
        urls = NumberedUrls()
        prefix = segment_path(self._entry_id, session.key, "")
        return urls, urls.rewrite(playlist, self.media.hosts, prefix=prefix)

    def segment(self, key: str, name: str) -> str | None:
        """Return the cloud's URL of a segment of a playlist; None if unknown."""
        session = self._by_key.get(key)
        if session is None:
            return None
        self._by_key[key] = session  # renews its lifetime
        return session.urls.address(name)

    async def renewed_segment(self, key: str, name: str, refused: str) -> str | None:
        """Return a new URL of a segment whose URL was refused; None if there is none. Raises a LinkVisualError."""
        session = self._by_key.get(key)
        if session is None:
            return None
        async with session.lock:
            address = session.urls.address(name)
            if address != refused:
                return address  # renewed for another request
            if time.monotonic() - session.tried_at < _MIN_RENEWAL:
                return None
            if await self._renew(session) is not session:
                self._by_key.pop(key)
                return None
            return session.urls.address(name)

    def forget(self, iot_id: str, file_names: Collection[str]) -> None:
        """Drop deleted files."""

        def is_deleted(key: tuple[str, str]) -> bool:
            return key[0] == iot_id and key[1] in file_names

        self._by_file.forget(is_deleted)
        self._mp4_urls.forget(is_deleted)

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
            raise Mp4FailedError("the conversion to MP4 failed")
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
