"""Recorded files that somebody watches or saves. The cloud's addresses are used once, and stay here."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, repeat
import secrets

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..api.client import LinkVisualClient
from ..api.errors import NotFoundError
from .expiring_dict import ExpiringDict
from .hls import SegmentUrls, fetch_playlist
from .proxy import MediaGoneError
from .urls import segment_path

# Seconds.
URL_VALID_DURATION = 300  # until the player opens what was resolved for it
_SESSION_LIFE = 3600  # of a player that has stopped asking for segments
_MP4_LIFE = 3000  # the cloud's address lives for an hour
_MP4_POLL = (1, 2, 3, 5)  # the last one again and again
_MP4_PATIENCE = 900
_MOST_SESSIONS = 50
_REMEMBERED_MP4S = 1000


@dataclass(slots=True)
class _Session:
    """A file as one player sees it. The playlist has names of this session in it."""

    key: str
    urls: SegmentUrls
    playlist: str


class Playback:
    """The players of an entry."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, client: LinkVisualClient
    ) -> None:
        self._http = async_get_clientsession(hass)
        self._entry_id = entry_id
        self._client = client
        self._sessions: ExpiringDict[str, _Session] = ExpiringDict(
            _SESSION_LIFE, _MOST_SESSIONS
        )
        self._prepared: ExpiringDict[tuple[str, str], _Session] = ExpiringDict(
            _SESSION_LIFE, _MOST_SESSIONS
        )
        self._mp4_urls: ExpiringDict[tuple[str, str], str] = ExpiringDict(
            _MP4_LIFE, _REMEMBERED_MP4S
        )

    async def prepare(self, iot_id: str, file_name: str) -> None:
        """Open a file for the next player that asks for it. Raises a LinkVisualError."""
        self._prepared[iot_id, file_name] = await self._open(iot_id, file_name)

    async def playlist(self, iot_id: str, file_name: str) -> str:
        """Return a file's playlist for one player, its addresses replaced. Raises a LinkVisualError."""
        session = self._prepared.pop((iot_id, file_name))
        if session is None or self._sessions.get(session.key) is None:
            session = await self._open(iot_id, file_name)
        return session.playlist

    async def _open(self, iot_id: str, file_name: str) -> _Session:
        try:
            session = await self._open_once(iot_id, file_name)
        except MediaGoneError:
            # An address may have died on its way, but not twice.
            try:
                session = await self._open_once(iot_id, file_name)
            except MediaGoneError as err:
                raise NotFoundError(str(err)) from None
        self._sessions[session.key] = session
        return session

    async def _open_once(self, iot_id: str, file_name: str) -> _Session:
        url = await self._client.query_record_url(iot_id, file_name, URL_VALID_DURATION)
        playlist = await fetch_playlist(self._http, url)
        key, urls = secrets.token_urlsafe(24), SegmentUrls()
        text = urls.rewrite(playlist, prefix=segment_path(self._entry_id, key, ""))
        return _Session(key, urls, text)

    def segment(self, key: str, name: str) -> str | None:
        """Return the cloud's address of a part that a playlist named; None where there is none."""
        session = self._sessions.get(key)
        if session is None:
            return None
        self._sessions[key] = session  # it lives on, being used
        return session.urls.address(name)

    def has_mp4(self, iot_id: str, file_name: str) -> bool:
        """Return whether an MP4 of a file is known to be there."""
        return self._mp4_urls.get((iot_id, file_name)) is not None

    async def mp4_now(
        self,
        iot_id: str,
        file_name: str,
        tell: Callable[[int], None] = lambda progress: None,
    ) -> str | None:
        """Return the address of a file's MP4; None while the cloud still makes it, and `tell` how far that is.

        Raises a LinkVisualError.
        """
        if url := self._mp4_urls.get((iot_id, file_name)):
            return url
        download = await self._client.query_record_download_url(iot_id, file_name)
        if download.failed:
            raise NotFoundError("the MP4 could not be made")
        if not download.url:
            tell(download.progress)
            return None
        self._mp4_urls[iot_id, file_name] = download.url
        return download.url

    async def mp4(
        self, iot_id: str, file_name: str, tell: Callable[[int], None]
    ) -> str:
        """Return the address of a file's MP4 once it is made. Raises a LinkVisualError, or TimeoutError."""
        pauses = chain(_MP4_POLL, repeat(_MP4_POLL[-1]))
        async with asyncio.timeout(_MP4_PATIENCE):
            while not (address := await self.mp4_now(iot_id, file_name, tell)):
                await asyncio.sleep(next(pauses))
        return address

    def forget_mp4(self, iot_id: str, file_name: str) -> None:
        """Forget an address that is no longer served."""
        self._mp4_urls.pop((iot_id, file_name))
