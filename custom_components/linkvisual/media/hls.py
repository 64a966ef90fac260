"""HLS playlists of the cloud, rewritten for players: with names instead of URLs, and only known tags."""

from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
import re
import secrets
from typing import override

from homeassistant.util.limited_size_dict import LimitedSizeDict
import m3u8
from m3u8.model import InitializationSection
from yarl import URL

from .client import MediaClient
from .resolver import HostPolicy, MediaGoneError

_MAX_BYTES = 512_000
# A file has at most 30 minutes. The parser takes milliseconds per thousand lines, but for keys the square of it.
_MAX_SEGMENTS = 5_000
_MAX_KEYS = 500
_MAX_VARIANTS = 100
# Characters of all URLs together: a short playlist at a long address would become as many long ones.
_MAX_ADDRESSES = 4_000_000
_MAX_NUMBER = 2**53
_MAX_DURATION = 86_400  # seconds, of a segment
_URL = "URL"
# Lines that are read, and how often they may occur.
_MAX_LINES = {
    _URL: _MAX_SEGMENTS,
    "#EXTM3U": 1,
    "#EXT-X-VERSION": 1,
    "#EXT-X-TARGETDURATION": 1,
    "#EXT-X-MEDIA-SEQUENCE": 1,
    "#EXT-X-DISCONTINUITY-SEQUENCE": 1,
    "#EXT-X-INDEPENDENT-SEGMENTS": 1,
    "#EXT-X-PLAYLIST-TYPE": 1,
    "#EXT-X-ENDLIST": 1,
    "#EXTINF": _MAX_SEGMENTS,
    "#EXT-X-BYTERANGE": _MAX_SEGMENTS,
    "#EXT-X-DISCONTINUITY": _MAX_SEGMENTS,
    "#EXT-X-MAP": _MAX_SEGMENTS,
    "#EXT-X-KEY": _MAX_KEYS,
    "#EXT-X-STREAM-INF": _MAX_VARIANTS,
}

_BYTE_RANGE = re.compile(r"\d+(@\d+)?")
_IV = re.compile(r"0[xX][0-9a-fA-F]{1,32}")
# Suffixes of the names of segments, and what the files are; others are taken for the first one.
SEGMENT_TYPES = {
    ".ts": "video/mp2t",
    ".m4s": "video/mp4",
    ".mp4": "video/mp4",
    ".aac": "audio/aac",
    ".key": "application/octet-stream",
}
_PLAYLIST_TYPES = ("event", "vod")
# Other methods need keys from elsewhere.
_METHODS = ("AES-128", "NONE")


async def fetch_playlist(client: MediaClient, address: str) -> m3u8.M3U8:
    """Return a media playlist; of a master playlist, the first variant. Raises MediaGoneError."""
    playlist, base = await _fetch_one(client, address)
    if playlist.is_variant and playlist.playlists:
        variant = client.hosts.join(base, playlist.playlists[0].uri)
        playlist, _ = await _fetch_one(client, str(variant))
    if not playlist.segments or not _is_sane(playlist):
        raise MediaGoneError("not a playlist")
    return playlist


def _is_sane(playlist: m3u8.M3U8) -> bool:
    """Return whether the numbers of a playlist can be counted on, and written: others raise when they are."""
    numbers = (
        playlist.target_duration,
        playlist.media_sequence,
        playlist.discontinuity_sequence,
    )
    durations = (segment.duration for segment in playlist.segments)
    # NaN is in no range.
    return all(0 <= (number or 0) <= _MAX_NUMBER for number in numbers) and all(
        0 <= (duration or 0) <= _MAX_DURATION for duration in durations
    )


async def _fetch_one(client: MediaClient, address: str) -> tuple[m3u8.M3U8, URL]:
    body, base = await client.fetch(address, _MAX_BYTES)
    text = _known_lines(body.decode("utf-8", "replace"))
    try:
        playlist = m3u8.loads(text, uri=str(base))
    except Exception as err:  # noqa: BLE001  (the parser has no exception class, and its messages quote the playlist)
        raise MediaGoneError(f"not a playlist ({type(err).__name__})") from None
    return playlist, base


def _known_lines(text: str) -> str:
    """Return the lines of a playlist that are passed on or followed. Raises MediaGoneError if they are too many."""
    lines: list[str] = []
    counts: Counter[str] = Counter()
    for line in map(str.strip, text.splitlines()):
        kind = line.partition(":")[0] if line.startswith("#") else _URL
        if not line or kind not in _MAX_LINES:
            continue
        counts[kind] += 1
        if counts[kind] > _MAX_LINES[kind]:
            raise MediaGoneError("the playlist is too long")
        lines.append(line)
    return "\n".join(lines)


class SegmentUrls:
    """URLs of the cloud by the names that players use; of live streams only the newest are kept."""

    def __init__(self, limit: int | None = None) -> None:
        self._secret = secrets.token_bytes(32)
        self._addresses: LimitedSizeDict[str, str] = LimitedSizeDict(size_limit=limit)

    def name_for(self, address: str) -> str:
        """Return the name of a URL, the same each time."""
        digest = blake2b(address.encode(), key=self._secret, digest_size=12)
        name = f"{digest.hexdigest()}{_suffix(address)}"
        self._addresses[name] = address
        return name

    def address(self, name: str) -> str | None:
        """Return the URL of a name."""
        return self._addresses.get(name)

    def rewrite(
        self,
        playlist: m3u8.M3U8,
        hosts: HostPolicy,
        *,
        prefix: str = "",
        suffix: str = "",
    ) -> str:
        """Return a media playlist with names instead of URLs, without unknown tags. Raises MediaGoneError."""
        base = URL(playlist.base_uri or "")
        size = 0

        def name(reference: str | None) -> str:
            nonlocal size
            address = str(hosts.join(base, reference))
            size += len(address)
            if size > _MAX_ADDRESSES:
                raise MediaGoneError("the playlist is too long")
            return f"{prefix}{self.name_for(address)}{suffix}"

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


class NumberedUrls(SegmentUrls):
    """URLs of a recording, whose names are the same for another playlist of the same structure."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}

    @override
    def name_for(self, address: str) -> str:
        name = self._names.setdefault(address, f"{len(self._names)}{_suffix(address)}")
        self._addresses[name] = address
        return name


def _suffix(address: str) -> str:
    suffix = URL(address).suffix
    return suffix if suffix in SEGMENT_TYPES else ".ts"


def _key(key: m3u8.Key, name: Callable[[str | None], str]) -> m3u8.Key:
    if key.method not in _METHODS or (key.uri is None) != (key.method == "NONE"):
        raise MediaGoneError("unknown encryption")
    uri = name(key.uri) if key.uri else None
    return m3u8.Key(key.method, "", uri, _matching(_IV, key.iv))


def _matching(pattern: re.Pattern[str], text: str | None) -> str | None:
    """Return an attribute of the playlist if it is valid."""
    return text if text and pattern.fullmatch(text) else None
