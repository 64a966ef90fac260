"""HTTP client of the cloud's media."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import hdrs
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import (
    HomeAssistantTCPConnector,
    async_get_clientsession,
)
from homeassistant.util.ssl import get_default_context
from multidict import istr
from yarl import URL

from .resolver import HostPolicy, MediaGoneError, PublicResolver

# Seconds. Playlists and pictures are small.
_SMALL_TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
_MAX_PICTURE_BYTES = 10_000_000

_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 5


class MediaClient:
    """HTTP client of an entry's media, with a session of its own: for public hosts, without cookies."""

    def __init__(self, hass: HomeAssistant, endpoint: str | None) -> None:
        self.hosts = HostPolicy(hass, endpoint)
        self._responses: set[aiohttp.ClientResponse] = set()
        shared = async_get_clientsession(hass).connector
        assert isinstance(shared, HomeAssistantTCPConnector)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=PublicResolver(self.hosts, shared), ssl=get_default_context()
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            # Compression would change ranges and sizes.
            headers={hdrs.ACCEPT_ENCODING: "identity"},
            auto_decompress=False,
        )

    async def async_close(self) -> None:
        """Close all connections."""
        # The session alone would leave those who read waiting for ever.
        for response in self._responses:
            response.close()
        await self._session.close()

    @asynccontextmanager
    async def open(
        self,
        address: str,
        timeout: aiohttp.ClientTimeout,
        headers: Mapping[istr, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield the response of a URL, after redirects. Raises MediaGoneError, aiohttp's errors, or ValueError."""
        if self._session.closed:
            raise MediaGoneError("the account is no longer loaded")
        await self.hosts.async_refresh()
        url = self.hosts.check(URL(address, encoded=True))
        for _ in range(_MAX_REDIRECTS + 1):
            async with self._session.get(
                url, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                location = response.headers.get(hdrs.LOCATION)
                if response.status not in _REDIRECTS or location is None:
                    if response.headers.get(hdrs.CONTENT_ENCODING, "identity") != (
                        "identity"
                    ):
                        raise MediaGoneError("compressed, though not requested")
                    self._responses.add(response)
                    try:
                        yield response
                    finally:
                        self._responses.discard(response)
                    return
            url = self.hosts.join(url, location)
        raise MediaGoneError("too many redirects")

    async def fetch(self, address: str, limit: int) -> tuple[bytes, URL]:
        """Return the body of a URL of at most `limit` bytes, and the URL after redirects. Raises MediaGoneError."""
        try:
            async with self.open(address, _SMALL_TIMEOUT) as response:
                if response.status != 200:
                    raise MediaGoneError(f"HTTP {response.status}")
                body = bytearray()
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > limit:
                        raise MediaGoneError("too large")
                return bytes(body), response.url
        except (aiohttp.ClientError, OSError, ValueError) as err:
            raise MediaGoneError(type(err).__name__) from None

    async def fetch_picture(self, address: str) -> tuple[bytes, str]:
        """Return a picture and its content type, which its first bytes tell. Raises MediaGoneError."""
        body, _ = await self.fetch(address, _MAX_PICTURE_BYTES)
        return body, _picture_type(body)


def _picture_type(body: bytes) -> str:
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    raise MediaGoneError("not a picture")
