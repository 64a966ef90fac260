"""Proxy of live streams by HTTP-FLV: one response without an end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
import logging

import aiohttp
from aiohttp import hdrs, web

from .client import MediaClient
from .proxy import SAFE_HEADERS
from .resolver import MediaGoneError

_LOGGER = logging.getLogger(__name__)

# Seconds. A stream has no end, but must not stall.
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=20)
# Seconds until the first video tag, and the size of what comes before it.
_START_TIMEOUT = 15
_MAX_START = 1_000_000

_SIGNATURE = b"FLV\x01"
_TAG_HEADER_SIZE = 11
_TAG_TYPE = 0x1F
_VIDEO = 9
# Of a video tag's first byte: the codec, and the flag of enhanced FLV, which has another one.
_CODEC = 0x8F
_H264 = 7


@asynccontextmanager
async def open_flv(
    client: MediaClient, address: str
) -> AsyncIterator[tuple[aiohttp.ClientResponse, bytes]]:
    """Yield the response of a live stream with H.264, and its first bytes. Raises MediaGoneError for anything else."""
    is_open = False
    try:
        async with client.open(address, _TIMEOUT) as source:
            if source.status != HTTPStatus.OK:
                raise MediaGoneError(f"HTTP {source.status}")
            async with asyncio.timeout(_START_TIMEOUT):
                start = await _read_start(source.content)
            is_open = True
            yield source, start
    except (aiohttp.ClientError, OSError, ValueError) as err:
        if is_open:
            raise
        raise MediaGoneError(type(err).__name__) from None


async def _read_start(content: aiohttp.StreamReader) -> bytes:
    """Return the bytes up to the first video tag. Raises MediaGoneError if they are not those of H.264 in FLV."""
    start = bytearray()
    async for chunk in content.iter_any():
        start += chunk
        if not start.startswith(_SIGNATURE[: len(start)]):
            raise MediaGoneError("not FLV")
        codec = _video_codec(start)
        if codec == _H264:
            return bytes(start)
        if codec is not None:
            raise MediaGoneError("not H.264")
        if len(start) > _MAX_START:
            break
    raise MediaGoneError("no video")


def _video_codec(start: bytearray) -> int | None:
    """Return the codec of the first video tag; None if there is none so far."""
    # The size of the header is in it. Each tag is followed by its size, and so is the header.
    at = int.from_bytes(start[5:9]) + 4
    while len(start) > at + _TAG_HEADER_SIZE:
        if start[at] & _TAG_TYPE == _VIDEO:
            return start[at + _TAG_HEADER_SIZE] & _CODEC
        at += _TAG_HEADER_SIZE + int.from_bytes(start[at + 1 : at + 4]) + 4
    return None


async def stream_flv(
    client: MediaClient, address: str, request: web.Request
) -> web.StreamResponse:
    """Stream a live stream as the response to a request, for as long as both sides do. Raises MediaGoneError.

    If the player disconnects, so does the connection to the cloud.
    """
    response = web.StreamResponse(
        headers={
            **SAFE_HEADERS,
            hdrs.CACHE_CONTROL: "no-store",
            hdrs.CONTENT_TYPE: "video/x-flv",
        }
    )
    try:
        async with open_flv(client, address) as (source, start):
            await response.prepare(request)
            await response.write(start)
            async for chunk in source.content.iter_any():
                await response.write(chunk)
    except ConnectionResetError:
        # The player has disconnected: the server notices that itself, but logs errors of handlers.
        return response
    except (aiohttp.ClientError, OSError) as err:
        # The player opens it anew.
        _LOGGER.debug("A live stream broke off: %s", type(err).__name__)
        if request.transport is not None:
            request.transport.abort()
    return response
