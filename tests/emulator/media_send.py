"""How media travel: whole or in ranges, logged, and as badly as a fault orders."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from math import inf
from mmap import mmap
import re

from aiohttp import web

from .cloud import Cloud
from .faults import MediaFault
from .sessions import MediaRequest

_CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)(?:,.*)?")
_SECRET = re.compile(r"^(/media/\w+/)[^/.]+")


@dataclass(frozen=True, slots=True)
class Content:
    """What a media address leads to."""

    data: bytes | mmap
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    ranges: bool = False
    # OSS takes no notice of a range that does not lie inside of the object, unless it is told to.
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """What a live address leads to that is one response without an end."""

    pieces: AsyncIterator[bytes]
    content_type: str


type Find = Callable[[web.Request], Awaitable[Content | Flow]]


class RangeError(Exception):
    """The range begins behind the end."""


def asked_range(text: str, size: int, *, lenient: bool) -> tuple[int, int] | None:
    """Return which bytes a Range header asks for: the first, and the one after the last; None: all of them."""
    found = _RANGE.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        start, stop = size - int(last), size
    else:
        start, stop = int(first), int(last) + 1 if last else size
    if first and last and start >= stop:
        return None
    inside = 0 <= start < size and stop <= size
    if inside:
        return start, stop
    if lenient:
        return None
    if start >= size:
        raise RangeError
    return max(start, 0), min(stop, size)


class Sender:
    """Answers requests below /media with what a finder finds."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def get(self, path: str, find: Find, *, allow_head: bool = True) -> web.RouteDef:
        """Return a route."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, find)

        return web.get(path, handle, allow_head=allow_head)

    async def _answer(self, request: web.Request, find: Find) -> web.StreamResponse:
        log = MediaRequest(
            request.method,
            _SECRET.sub(r"\1*", request.path),
            request.headers.get("Range", ""),
            self._cloud.now(),
        )
        self._cloud.media_requests.append(log)
        faults = self._cloud.media_faults
        fault = next((each for each in faults if each.takes(log.path)), None)
        if fault is not None and fault.kind == "stall":
            await _stall(request, fault.seconds)
        if fault is not None and fault.kind == "status":
            log.status = fault.status
            return web.Response(
                status=fault.status,
                headers=fault.headers,
                body=fault.body or fault.text.encode(),
            )
        try:
            content = await find(request)
        except web.HTTPException as refusal:
            log.status = refusal.status
            raise
        if isinstance(content, Flow):
            return await _pass_on(request, content, log, fault)
        return await _send(request, content, log, fault)


async def _stall(request: web.Request, seconds: float) -> None:
    """Wait, but no longer than the client does."""
    while seconds > 0 and request.transport is not None:
        await asyncio.sleep(min(seconds, 0.05))
        seconds -= 0.05


async def _pass_on(
    request: web.Request, flow: Flow, log: MediaRequest, fault: MediaFault | None
) -> web.StreamResponse:
    """Write pieces as they come; a fault cuts after the first one."""
    log.status = HTTPStatus.OK
    response = web.StreamResponse(headers={"Content-Type": flow.content_type})
    await response.prepare(request)
    with suppress(ConnectionResetError):
        async for piece in flow.pieces:
            await response.write(piece)
            log.sent += len(piece)
            if fault is not None and fault.kind == "cut":
                assert request.transport is not None
                request.transport.close()
    return response


async def _send(
    request: web.Request, content: Content, log: MediaRequest, fault: MediaFault | None
) -> web.StreamResponse:
    size = len(content.data)
    start, stop, log.status = 0, size, content.status
    headers = {**content.headers, "Content-Type": content.content_type}
    if content.ranges:
        headers["Accept-Ranges"] = "bytes"
        try:
            asked = asked_range(log.range, size, lenient=content.lenient)
        except RangeError:
            stop, log.status = 0, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            headers["Content-Range"] = f"bytes */{size}"
        else:
            if asked is not None:
                (start, stop), log.status = asked, HTTPStatus.PARTIAL_CONTENT
                headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response = web.StreamResponse(status=log.status, headers=headers)
    response.content_length = stop - start
    await response.prepare(request)
    if request.method != "HEAD":
        await _write(request, response, content.data, range(start, stop), log, fault)
    return response


async def _write(
    request: web.Request,
    response: web.StreamResponse,
    data: bytes | mmap,
    positions: range,
    log: MediaRequest,
    fault: MediaFault | None,
) -> None:
    """Write a part of a body, as slowly and as far as a fault lets it."""
    chunk, rate, cut = _CHUNK, inf, False
    match fault:
        case MediaFault(kind="slow"):
            rate = fault.bytes_per_second
            chunk = max(1, min(_CHUNK, fault.bytes_per_second // 10))
        case MediaFault(kind="cut"):
            cut, positions = True, positions[: int(len(positions) * fault.share)]
    for start in positions[::chunk]:
        piece = data[start : min(start + chunk, positions.stop)]
        if rate < inf:
            await asyncio.sleep(len(piece) / rate)
        await response.write(piece)
        log.sent += len(piece)
    if cut:
        # Closed, not aborted: what was written arrives.
        if request.transport is not None:
            request.transport.close()
        raise ConnectionResetError
