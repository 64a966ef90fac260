"""Fetches media of the cloud, and passes it on: an address of the cloud never leaves Home Assistant."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
import logging

import aiohttp
from aiohttp import hdrs, web
from multidict import istr
from yarl import URL

_LOGGER = logging.getLogger(__name__)

# Seconds. Playlists and pictures are small; what is large may take long, but must not stand still.
_SMALL_TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
_LARGE_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=20)
_CHUNK = 64 * 1024
_LARGEST_SMALL = 10_000_000

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_INSIDE = (".internal", ".lan", ".local", ".localhost", ".home.arpa")

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


def contained(base: URL, reference: str | None) -> URL:
    """Return where a redirect or a playlist leads. Raises MediaGoneError where that is another host of this network.

    Home Assistant reaches what the cloud shall not. What a public name resolves to is not looked at.
    """
    try:
        url = base.join(URL(reference or "", encoded=True))
        if url.scheme in ("http", "https") and (
            url.host == base.host or not _is_inside(url.host or "")
        ):
            return url
    except ValueError:
        pass
    raise MediaGoneError("it leads to where no media of the cloud are")


def _is_inside(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_INSIDE)


@asynccontextmanager
async def open_media(
    session: aiohttp.ClientSession,
    address: str,
    timeout: aiohttp.ClientTimeout,
    headers: Mapping[istr, str] | None = None,
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Give the response of an address, after redirects. Raises MediaGoneError, aiohttp's errors, or ValueError."""
    url = URL(address, encoded=True)
    for _ in range(_MOST_REDIRECTS + 1):
        async with session.get(
            url, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            location = response.headers.get(hdrs.LOCATION)
            if response.status not in _REDIRECTS or location is None:
                yield response
                return
        url = contained(url, location)
    raise MediaGoneError("it leads round in circles")


async def fetch(session: aiohttp.ClientSession, address: str) -> tuple[bytes, URL]:
    """Return something small, and the address it came from after redirects. Raises MediaGoneError."""
    try:
        async with open_media(session, address, _SMALL_TIMEOUT) as response:
            if response.status != 200:
                raise MediaGoneError(f"HTTP {response.status}")
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > _LARGEST_SMALL:
                    raise MediaGoneError("it is too long")
            return bytes(body), response.url
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
        async with open_media(session, address, _LARGE_TIMEOUT, headers) as source:
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
    except MediaGoneError as err:
        _LOGGER.debug("Media is not served: %s", err)
        raise web.HTTPNotFound from None
    except ConnectionResetError:
        # The player is gone.
        raise
    except (aiohttp.ClientError, OSError, ValueError) as err:
        _LOGGER.debug("Media broke off: %s", type(err).__name__)
        if response is not None and request.transport is not None:
            # Too late to say so, but the player must not take it for the end.
            request.transport.abort()
        raise web.HTTPBadGateway from None
