"""Faults that a test orders: what happens to which calls, and how often."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from aiohttp import web

from .json_paths import paths, replaced

type Kind = Literal[
    "gateway",  # refused by the gateway: status, code, message, headers
    "service",  # refused by the service: code, message
    "body",  # something else than a reply: status, content_type, text
    "cut",  # the connection breaks
    "truncate",  # the reply is cut in half
    "patch",  # fields of the reply are replaced, or removed where the value is None
    "odd",  # one value of the reply, anywhere, is replaced by `value`
    "delay",  # the reply is late by `seconds`
    "late",  # the call is: it is carried out only then
]


@dataclass(slots=True)
class Fault:
    """What happens to the next `times` calls of `action` ("*": any); None: to all.

    Calls of message queues, whose replies are XML, have all kinds but "service" and "patch". There "cut" comes after
    `seconds`, and a status of 400 stands for that of the code.
    """

    kind: Kind
    action: str = "*"
    times: int | None = 1
    skip: int = 0  # calls that pass before the fault begins
    after: bool = (
        False  # "body" and "cut" come after the call was carried out, not instead
    )
    status: int = 400
    code: str = ""
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "text/html"
    text: str = "<html><body>502 Bad Gateway</body></html>"
    patch: Mapping[str, Any] = field(default_factory=dict)
    value: Any = None
    seed: int = 0  # of the place of an odd value, which is another one for each reply
    seconds: float = 0.0
    iot_id: str | None = None  # only calls for this device

    def takes(self, action: str, iot_id: str | None) -> bool:
        """Return whether this call is hit, and count it."""
        if self.action not in ("*", action) or self.iot_id not in (None, iot_id):
            return False
        return _strikes(self)

    def changed(self, reply: dict[str, Any]) -> dict[str, Any]:
        """Return a reply as the fault changes it."""
        if self.kind == "odd":
            self.seed += 1
            place = Random(self.seed).choice(paths(reply)[1:])
            changed: dict[str, Any] = replaced(reply, place, self.value)
            return changed
        return patched(reply, self.patch)


@dataclass(slots=True)
class MediaFault:
    """What happens to the next `times` requests for media whose path has `path` in it; None: to all.

    Paths are those of sessions.MediaRequest, such as `/media/vod/*/3.ts`: tokens and keys are stars.
    """

    kind: Literal[
        "status",  # answered with `status`, `headers`, and `body` or `text`, whatever is there
        "stall",  # nothing is sent for `seconds`
        "slow",  # the body trickles at `bytes_per_second`
        "cut",  # the connection ends after the `share` of the body
    ]
    path: str = ""
    times: int | None = 1
    skip: int = 0  # requests that pass before the fault begins
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    body: bytes = b""
    seconds: float = 0.0
    bytes_per_second: int = 10_000
    share: float = 0.5

    def takes(self, path: str) -> bool:
        """Return whether this request is hit, and count it."""
        return self.path in path and _strikes(self)


def _strikes(fault: Fault | MediaFault) -> bool:
    if fault.skip:
        fault.skip -= 1
        return False
    if fault.times is not None:
        if not fault.times:
            return False
        fault.times -= 1
    return True


class ConnectionCutError(Exception):
    """The connection is to be broken without a reply."""


class OtherBodyError(Exception):
    """Something else than a reply of the cloud is to be sent."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        super().__init__(fault.kind)

    def response(self) -> web.Response:
        """Return what is to be sent."""
        return web.Response(
            status=self._fault.status,
            text=self._fault.text,
            content_type=self._fault.content_type,
            headers=self._fault.headers,
        )


def patched(reply: dict[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reply with some fields replaced, added or removed; deeper objects are merged.

    A list is patched row by row, by their numbers: `{"Data": {0: {"Day": "x"}}}`.
    """
    result = dict(reply)
    for name, value in patch.items():
        old = result.get(name)
        if isinstance(value, Mapping) and isinstance(old, list):
            result[name] = [
                patched({"row": row}, {"row": value[index]})["row"]
                if index in value
                else row
                for index, row in enumerate(old)
            ]
            continue
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(result.get(name), dict):
            result[name] = patched(result[name], value)
        else:
            result[name] = value
    return result


async def cut(request: web.Request) -> web.StreamResponse:
    """Break the connection under a request."""
    if request.transport is not None:
        request.transport.abort()
    await asyncio.sleep(0)
    raise ConnectionResetError
