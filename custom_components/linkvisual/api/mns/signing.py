"""Signatures of SMQ (HMAC-SHA1). Pure functions: no clock, no I/O. Source: push.md section 4.4."""

from base64 import b64encode
from collections.abc import Mapping
import hmac


def string_to_sign(method: str, target: str, headers: Mapping[str, str]) -> str:
    """Return the string to sign for a request target as sent, and headers with names in lower case."""
    lines = [
        method,
        headers.get("content-md5", ""),
        headers.get("content-type", ""),
        headers["date"],
        *(f"{name}:{headers[name]}" for name in sorted(headers) if _is_signed(name)),
        target,
    ]
    return "\n".join(lines)


def _is_signed(name: str) -> bool:
    return name.startswith("x-mns-")


def authorization(
    access_key_id: str,
    access_key_secret: str,
    method: str,
    target: str,
    headers: Mapping[str, str],
) -> str:
    """Return the Authorization header."""
    text = string_to_sign(method, target, headers)
    signature = hmac.digest(access_key_secret.encode(), text.encode(), "sha1")
    return f"MNS {access_key_id}:{b64encode(signature).decode()}"
