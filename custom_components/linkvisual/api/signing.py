"""ACS3-HMAC-SHA256 signatures. Pure functions: no clock, no I/O.

Source: signing.md sections 2 to 4.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
import hmac
import re
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"
EMPTY_BODY_SHA256 = sha256(b"").hexdigest()

_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*")

type Scalar = str | int | bool
type Parameters = Mapping[str, Scalar | Sequence[str] | None]


def percent_encode(text: str) -> str:
    """Percent-encode all UTF-8 bytes but letters, digits and `-_.~`."""
    # Fast path: most names and values need no encoding.
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="~")


def flatten(params: Parameters) -> dict[str, str]:
    """Return parameters as sent: strings only, lists as `Name.1`, `Name.2`, without None."""
    flat: dict[str, str] = {}
    for name, value in params.items():
        if isinstance(value, str):
            flat[name] = value
        elif isinstance(value, bool):
            flat[name] = "true" if value else "false"
        elif isinstance(value, int):
            flat[name] = str(value)
        elif value is not None:
            for index, item in enumerate(value, start=1):
                flat[f"{name}.{index}"] = item
    return flat


def canonical_query(params: Mapping[str, str]) -> str:
    """Return the encoded query, sorted by name. It is signed, and sent as it is."""
    return "&".join(
        f"{percent_encode(name)}={percent_encode(params[name])}"
        for name in sorted(params)
    )


def canonical_request(
    method: str, query: str, headers: Mapping[str, str], body_sha256: str
) -> tuple[str, str]:
    """Return the canonical request, and the names of the signed headers joined by `;`.

    All `headers` are signed, their names are in lower case; the path is always `/`.
    """
    names = sorted(headers)
    signed_headers = ";".join(names)
    block = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    return (
        f"{method}\n/\n{query}\n{block}\n{signed_headers}\n{body_sha256}",
        signed_headers,
    )


def string_to_sign(request: str) -> str:
    """Return the string to sign for a canonical request."""
    return f"{ALGORITHM}\n{sha256(request.encode()).hexdigest()}"


def authorization(
    access_key_id: str,
    access_key_secret: str,
    method: str,
    query: str,
    headers: Mapping[str, str],
    body_sha256: str = EMPTY_BODY_SHA256,
) -> str:
    """Return the Authorization header for a canonical query and the headers to sign."""
    request, signed_headers = canonical_request(method, query, headers, body_sha256)
    signature = hmac.digest(
        access_key_secret.encode(), string_to_sign(request).encode(), "sha256"
    ).hex()
    return (
        f"{ALGORITHM} Credential={access_key_id},"
        f"SignedHeaders={signed_headers},Signature={signature}"
    )
