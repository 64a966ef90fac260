"""HLS playlists of the cloud, rewritten for players: with names instead of URLs, and only known tags."""

from collections.abc import Callable
from hashlib import blake2b
import re
import secrets

import aiohttp
from homeassistant.util.limited_size_dict import LimitedSizeDict
import m3u8
from m3u8.model import InitializationSection
from yarl import URL

from .proxy import MediaGoneError, contained, fetch

_BYTE_RANGE = re.compile(r"\d+(@\d+)?")
_IV = re.compile(r"0[xX][0-9a-fA-F]{1,32}")
_SUFFIXES = (".ts", ".m4s", ".mp4", ".aac", ".key")
_PLAYLIST_TYPES = ("event", "vod")
# Other methods need keys from elsewhere.
_METHODS = ("AES-128", "NONE")


async def fetch_playlist(session: aiohttp.ClientSession, address: str) -> m3u8.M3U8:
    """Return a media playlist; of a master playlist, the first variant. Raises MediaGoneError."""
    playlist, base = await _fetch_one(session, address)
    if playlist.is_variant and playlist.playlists:
        variant = contained(base, playlist.playlists[0].uri)
        playlist, _ = await _fetch_one(session, str(variant))
    if not playlist.segments:
        raise MediaGoneError("not a playlist")
    return playlist


async def _fetch_one(
    session: aiohttp.ClientSession, address: str
) -> tuple[m3u8.M3U8, URL]:
    body, base = await fetch(session, address)
    try:
        playlist = m3u8.loads(body.decode("utf-8", "replace"), uri=str(base))
    except MediaGoneError:
        raise
    except Exception as err:  # noqa: BLE001  (the parser has no exception class, and its messages quote the playlist)
        raise MediaGoneError(f"not a playlist ({type(err).__name__})") from None
    return playlist, base


class SegmentUrls:
    """URLs of the cloud by the names that players use; of live streams only the newest are kept."""

    def __init__(self, limit: int | None = None) -> None:
        self._secret = secrets.token_bytes(32)
        self._addresses: LimitedSizeDict[str, str] = LimitedSizeDict(size_limit=limit)

    def name_for(self, address: str) -> str:
        """Return the name of a URL, the same each time."""
        suffix = URL(address).suffix
        if suffix not in _SUFFIXES:
            suffix = _SUFFIXES[0]
        digest = blake2b(address.encode(), key=self._secret, digest_size=12)
        name = f"{digest.hexdigest()}{suffix}"
        self._addresses[name] = address
        return name

    def address(self, name: str) -> str | None:
        """Return the URL of a name."""
        return self._addresses.get(name)

    def rewrite(
        self, playlist: m3u8.M3U8, *, prefix: str = "", suffix: str = ""
    ) -> str:
        """Return a media playlist with names instead of URLs, without unknown tags. Raises MediaGoneError."""
        base = URL(playlist.base_uri or "")

        def name(address: str | None) -> str:
            return f"{prefix}{self.name_for(str(contained(base, address)))}{suffix}"

        result = m3u8.M3U8()
        result.version = playlist.version
        result.target_duration = playlist.target_duration
        result.media_sequence = playlist.media_sequence
        result.discontinuity_sequence = playlist.discontinuity_sequence
        result.is_independent_segments = playlist.is_independent_segments
        result.is_endlist = playlist.is_endlist
        if playlist.playlist_type in _PLAYLIST_TYPES:
            result.playlist_type = playlist.playlist_type
        for segment in playlist.segments:
            part = m3u8.Segment(
                uri=name(segment.uri),
                duration=segment.duration,
                byterange=_matching(_BYTE_RANGE, segment.byterange),
                discontinuity=segment.discontinuity,
            )
            if segment.key:
                part.key = _key(segment.key, name)
            if segment.init_section:
                part.init_section = InitializationSection(
                    "",
                    name(segment.init_section.uri),
                    _matching(_BYTE_RANGE, segment.init_section.byterange),
                )
            result.segments.append(part)
        text: str = result.dumps()
        return text


def _key(key: m3u8.Key, name: Callable[[str | None], str]) -> m3u8.Key:
    if key.method not in _METHODS or (key.uri is None) != (key.method == "NONE"):
        raise MediaGoneError("unknown encryption")
    uri = name(key.uri) if key.uri else None
    return m3u8.Key(key.method, "", uri, _matching(_IV, key.iv))


def _matching(pattern: re.Pattern[str], text: str | None) -> str | None:
    """Return an attribute of the playlist if it is valid."""
    return text if text and pattern.fullmatch(text) else None
