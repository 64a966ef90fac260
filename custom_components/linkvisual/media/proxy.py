"""Proxy of the cloud's media: its URLs never leave Home Assistant, and nothing of them runs as a page of it."""

from http import HTTPStatus
import logging
import re

import aiohttp
from aiohttp import hdrs, web

from .client import MediaClient
from .resolver import MediaGoneError

_LOGGER = logging.getLogger(__name__)

# Seconds. Large media may take long, but must not stall.
_LARGE_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=20)
_CHUNK = 64 * 1024

# Whatever the cloud sends, browsers must not interpret it as a page with Home Assistant's origin.
SAFE_HEADERS = {
    hdrs.CONTENT_SECURITY_POLICY: "sandbox; default-src 'none'",
    hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff",
}
CACHEABLE = {hdrs.CACHE_CONTROL: "private, max-age=3600"}

# Headers that are passed on.
_REQUEST_HEADERS = (hdrs.RANGE, hdrs.IF_RANGE)
_RESPONSE_HEADERS = (
    hdrs.ACCEPT_RANGES,
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_RANGE,
    hdrs.ETAG,
    hdrs.LAST_MODIFIED,
)
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


async def stream(
    client: MediaClient, address: str, request: web.Request, content_type: str
) -> web.StreamResponse:
    """Stream a URL as the response to a request, with range requests and the given content type.

    If the player disconnects, so does the connection to the cloud.
    """
    headers = {
        name: request.headers[name]
        for name in _REQUEST_HEADERS
        if name in request.headers
    }
    response: web.StreamResponse | None = None
    try:
        async with client.open(address, _LARGE_TIMEOUT, headers) as source:
            length = _length(source, requested=hdrs.RANGE in headers)
            response = web.StreamResponse(
                status=source.status,
                headers={
                    **SAFE_HEADERS,
                    **CACHEABLE,
                    **{
                        name: source.headers[name]
                        for name in _RESPONSE_HEADERS
                        if name in source.headers
                    },
                    hdrs.CONTENT_TYPE: content_type,
                },
            )
            await response.prepare(request)
            await _copy(source, response, length)
            return response
    except MediaGoneError as err:
        _LOGGER.debug("Cannot fetch media: %s", err)
        raise web.HTTPNotFound from None
    except ConnectionResetError:
        if response is None:
            _LOGGER.debug("Cannot fetch media: connection reset")
            raise web.HTTPBadGateway from None
        # The player has disconnected: the server notices that itself, but logs errors of handlers.
        return response
    except (aiohttp.ClientError, OSError, ValueError) as err:
        _LOGGER.debug("Cannot finish fetching media: %s", type(err).__name__)
        if response is not None and request.transport is not None:
            # The headers are sent: abort, so that the player does not mistake this for the end.
            request.transport.abort()
        raise web.HTTPBadGateway from None


def _length(source: aiohttp.ClientResponse, *, requested: bool) -> int | None:
    """Return how long the body must be, if known. Raises MediaGoneError unless status and range fit the request."""
    content_range = source.headers.get(hdrs.CONTENT_RANGE)
    match source.status:
        case HTTPStatus.OK if content_range is None:
            return source.content_length
        case HTTPStatus.PARTIAL_CONTENT if requested:
            found = _CONTENT_RANGE.fullmatch(content_range or "")
            if found is not None:
                length = int(found[2]) - int(found[1]) + 1
                if source.content_length in (None, length):
                    return length
            raise MediaGoneError("not the requested range")
        case HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE if requested:
            return source.content_length
    raise MediaGoneError(f"HTTP {source.status}")


async def _copy(
    source: aiohttp.ClientResponse, response: web.StreamResponse, announced: int | None
) -> None:
    """Pass a body on. Raises ClientPayloadError if it is not as long as announced."""
    size = 0
    async for chunk in source.content.iter_chunked(_CHUNK):
        size += len(chunk)
        if announced is not None and size > announced:
            raise aiohttp.ClientPayloadError
        await response.write(chunk)
    if announced is not None and size != announced:
        raise aiohttp.ClientPayloadError
    await response.write_eof()
