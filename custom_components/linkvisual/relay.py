"""Passes media of the cloud on under names of Home Assistant: an address of the cloud never leaves it."""

import logging
import secrets

import aiohttp
from aiohttp import hdrs, web
import m3u8
from yarl import URL

_LOGGER = logging.getLogger(__name__)

# Seconds. Playlists and pictures are small; what is large may take long, but must not stand still.
_SMALL_TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
_LARGE_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=20)
_CHUNK = 64 * 1024
_LARGEST_SMALL = 10_000_000

# What a player may ask for, and what it is told.
_REQUEST_HEADERS = (hdrs.RANGE, hdrs.IF_RANGE)
_RESPONSE_HEADERS = (
    hdrs.ACCEPT_RANGES,
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_RANGE,
    hdrs.CONTENT_TYPE,
    hdrs.ETAG,
    hdrs.LAST_MODIFIED,
)


class MediaGoneError(Exception):
    """The cloud does not serve an address, any more or at this moment. Never tells the address."""


async def fetch(session: aiohttp.ClientSession, address: str) -> tuple[bytes, str]:
    """Return something small, and the address it came from after redirects. Raises MediaGoneError."""
    try:
        async with session.get(
            URL(address, encoded=True), timeout=_SMALL_TIMEOUT
        ) as response:
            if response.status != 200:
                raise MediaGoneError(f"HTTP {response.status}")
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > _LARGEST_SMALL:
                    raise MediaGoneError("it is too long")
            return bytes(body), str(response.url)
    except (aiohttp.ClientError, OSError, ValueError) as err:
        raise MediaGoneError(type(err).__name__) from None


async def stream(
    session: aiohttp.ClientSession, address: str, request: web.Request
) -> web.StreamResponse:
    """Answer a request with what an address has, as it comes; parts of it where parts are asked for.

    Ends with the player: when that goes away, so does the connection to the cloud.
    """
    headers = {
        name: request.headers[name]
        for name in _REQUEST_HEADERS
        if name in request.headers
    }
    # Compression would change the ranges.
    headers[hdrs.ACCEPT_ENCODING] = "identity"
    response: web.StreamResponse | None = None
    try:
        async with session.get(
            URL(address, encoded=True), headers=headers, timeout=_LARGE_TIMEOUT
        ) as source:
            if source.status not in (200, 206, 416):
                _LOGGER.debug("Media is not served: HTTP %s", source.status)
                raise web.HTTPNotFound
            response = web.StreamResponse(
                status=source.status,
                headers={
                    hdrs.CACHE_CONTROL: "private, max-age=3600",
                    **{
                        name: source.headers[name]
                        for name in _RESPONSE_HEADERS
                        if name in source.headers
                    },
                },
            )
            await response.prepare(request)
            async for chunk in source.content.iter_chunked(_CHUNK):
                await response.write(chunk)
            await response.write_eof()
            return response
    except ConnectionResetError:
        # The player is gone.
        raise
    except (aiohttp.ClientError, OSError, ValueError) as err:
        _LOGGER.debug("Media broke off: %s", type(err).__name__)
        if response is not None and request.transport is not None:
            # Too late to say so, but the player must not take it for the end.
            request.transport.abort()
        raise web.HTTPBadGateway from None


class Names:
    """Names given out for addresses of the cloud; of endless streams only the newest are remembered."""

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._addresses: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def give(self, address: str) -> str:
        """Return the name for an address, the same each time."""
        if (name := self._names.get(address)) is None:
            suffix = URL(address).suffix or ".ts"
            name = self._names[address] = f"{secrets.token_hex(8)}{suffix}"
            self._addresses[name] = address
            while self._limit is not None and len(self._addresses) > self._limit:
                del self._names[self._addresses.pop(next(iter(self._addresses)))]
        return name

    def address(self, name: str) -> str | None:
        """Return the address that a name stands for."""
        return self._addresses.get(name)

    def rewrite(
        self, playlist: m3u8.M3U8, *, prefix: str = "", suffix: str = ""
    ) -> str:
        """Return a media playlist with names in the place of all addresses."""
        for part in (
            *playlist.segments,
            *playlist.segment_map,
            *(key for key in playlist.keys if key and key.uri),
        ):
            part.uri = f"{prefix}{self.give(part.absolute_uri)}{suffix}"
        dumped: str = playlist.dumps()
        return dumped


async def fetch_playlist(session: aiohttp.ClientSession, address: str) -> m3u8.M3U8:
    """Return a media playlist; of one that offers variants, the first. Raises MediaGoneError."""
    body, base = await fetch(session, address)
    playlist = m3u8.loads(body.decode("utf-8", "replace"), uri=base)
    if playlist.is_variant and playlist.playlists:
        body, base = await fetch(session, playlist.playlists[0].absolute_uri)
        playlist = m3u8.loads(body.decode("utf-8", "replace"), uri=base)
    if not playlist.segments:
        raise MediaGoneError("it is no playlist")
    return playlist
