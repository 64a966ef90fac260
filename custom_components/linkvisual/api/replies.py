"""Parsing replies into JSON objects or errors. Source: linkvisual-api.md section 4."""

from collections.abc import Mapping
import re
from typing import Any

import aiohttp

from .error_codes import error_class
from .errors import (
    CloudError,
    PermissionDeniedError,
    ThrottledError,
    UnreadableReplyError,
)
from .fields import json_object, one_line, optional_number, truth

type Reply = dict[str, Any]

_URL = re.compile(r"[^\s\"'(<]*://\S*")
_RAM_ACTION = re.compile(r"[A-Za-z0-9-]{1,64}:[A-Za-z0-9]{1,128}")

# The largest page of devices is under 100 kB.
MAX_REPLY_BYTES = 2_000_000
# Seconds. Limits of the cloud are per second, minute, hour or day; a longer hint than an hour is tried earlier.
MAX_RETRY_AFTER = 3600.0


async def read_body(response: aiohttp.ClientResponse) -> bytes:
    """Read a body. Raises UnreadableReplyError if it is longer than any reply of the cloud."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_REPLY_BYTES:
            raise UnreadableReplyError("the reply is too long")
    return bytes(body)


def read_reply(
    status: int, headers: Mapping[str, str], body: bytes, *, enveloped: bool
) -> Reply:
    """Return the reply of a success. Raises a CloudError for an error, UnreadableReplyError for anything else.

    Errors come from the gateway (HTTP 4xx and 5xx: Code, Message) and from the service (HTTP 200 with
    Success false: Code, ErrorMessage). Some operations have a numeric Code.
    """
    reply = _json_object(body)
    if reply is None and (status == 429 or status >= 500):
        reply = {}  # a proxy's error page: only its status matters
    if reply is None:
        content_type = without_urls(headers.get("Content-Type", "no type"))
        raise UnreadableReplyError(f"HTTP {status} with {content_type} is not JSON")
    if status < 300 and (not enveloped or truth(reply.get("Success"))):
        return reply
    if status < 400 and not _is_error(reply):
        raise UnreadableReplyError(f"HTTP {status} is neither a success nor an error")
    raise _error(status, headers, reply)


def _json_object(body: bytes) -> Reply | None:
    try:
        return json_object(body)
    except ValueError:
        return None


def _is_error(reply: Reply) -> bool:
    """Return whether a reply is an error. An unexpected reply is not: the call may have been executed."""
    if "Success" in reply:
        return truth(reply["Success"]) is False
    return (one_line(reply.get("Code")) or "200") != "200"


def _error(status: int, headers: Mapping[str, str], reply: Reply) -> CloudError:
    code = without_urls(reply.get("Code")) or f"HTTP {status}"
    message = without_urls(reply.get("ErrorMessage") or reply.get("Message"))
    kind = error_class(status, code, message)
    retry_after = _retry_after(headers)
    if "x-acs-retry-after" in headers:
        kind = ThrottledError
    details = reply.get("AccessDeniedDetail")
    ram_action = details.get("AuthAction") if isinstance(details, dict) else None
    if not isinstance(ram_action, str) or not _RAM_ACTION.fullmatch(ram_action):
        ram_action = ""
    return kind(
        code,
        # The gateway's messages quote the signed request with key and parameters; the service's do not.
        message if status < 400 else "",
        request_id=without_urls(reply.get("RequestId")),
        ram_action=ram_action if kind is PermissionDeniedError else "",
        retry_after=retry_after if kind is ThrottledError else None,
    )


def without_urls(value: object) -> str:
    """Return a text of the cloud without URLs: they may be signed, and errors are logged."""
    return _URL.sub("…", one_line(value))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the cloud's hint in seconds. Gateways before mid 2026 send it with the state of the rate limit."""
    limit = headers.get("x-ratelimit-user-api") or headers.get("x-ratelimit-user", "")
    found = re.search(r"TimeLeft:([0-9]+)", limit)
    hint = headers.get("x-acs-retry-after") or (found[1] if found else None)
    milliseconds = optional_number({"hint": hint}, "hint")
    if milliseconds is None or milliseconds < 0:
        return None
    return min(milliseconds / 1000, MAX_RETRY_AFTER)
