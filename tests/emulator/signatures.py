"""Reads both signature schemes off a request as it was received, and computes what they should be.

Source: signing.md sections 2, 4 and 5. The query may travel in any equivalent spelling, so it is decoded and
encoded anew; which headers are signed is told by the request itself.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
import hmac
import re
from urllib.parse import quote, unquote_plus

ACS3 = "ACS3-HMAC-SHA256"
HMAC_SHA1 = "HMAC-SHA1"

_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request as received. `headers` have lower-case names; `query` and `body` are undecoded."""

    method: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def query_params(self) -> list[tuple[str, str]]:
        """The parameters of the query, decoded."""
        return decode(self.query)

    @property
    def form_params(self) -> list[tuple[str, str]]:
        """The parameters of a form body, decoded."""
        content_type = self.headers.get("content-type", "")
        if not content_type.startswith("application/x-www-form-urlencoded"):
            return []
        return decode(self.body.decode(errors="replace"))


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request says of its signature, and the text it should be the signature of."""

    scheme: str
    access_key_id: str
    given: str
    string_to_sign: str
    nonce: str
    timestamp: str
    security_token: str | None
    covers_request: bool = True

    def is_made_with(self, access_key_secret: str) -> bool:
        """Compare with the signature that the secret gives."""
        if self.scheme == ACS3:
            key, digest = access_key_secret, "sha256"
        else:
            key, digest = f"{access_key_secret}&", "sha1"
        mac = hmac.digest(key.encode(), self.string_to_sign.encode(), digest)
        expected = mac.hex() if self.scheme == ACS3 else b64encode(mac).decode()
        return self.covers_request and hmac.compare_digest(
            expected.encode(), self.given.encode()
        )


def decode(text: str) -> list[tuple[str, str]]:
    """Split at `&` and the first `=`, turn `+` into a space, decode percent signs."""
    pairs = (part.partition("=") for part in text.split("&") if part)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]


def encode(text: str) -> str:
    """Percent-encode canonically."""
    return quote(text, safe="-_.~")


def canonical(params: Iterable[tuple[str, str]]) -> str:
    """Sort by the bytes of the names, encode, join."""
    ordered = sorted(params, key=lambda pair: pair[0].encode())
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in ordered)


def read_signature(request: WireRequest) -> Signature | None:
    """Return the request's signature of either scheme; None where it has none that can be read."""
    if request.headers.get("authorization", "").startswith(ACS3):
        return _read_acs3(request)
    return _read_hmac_sha1(request)


def _read_acs3(request: WireRequest) -> Signature | None:
    found = _AUTHORIZATION.fullmatch(request.headers["authorization"])
    if found is None:
        return None
    access_key_id, signed_headers, given = found.groups()
    names = signed_headers.split(";")
    headers = "".join(
        f"{name}:{request.headers.get(name, '').strip()}\n" for name in names
    )
    body_sha256 = sha256(request.body).hexdigest()
    canonical_request = "\n".join(
        (
            request.method,
            "/",
            canonical(request.query_params),
            headers,
            signed_headers,
            body_sha256,
        )
    )
    required = {name for name in request.headers if name.startswith("x-acs-")}
    return Signature(
        ACS3,
        access_key_id,
        given,
        f"{ACS3}\n{sha256(canonical_request.encode()).hexdigest()}",
        request.headers.get("x-acs-signature-nonce", ""),
        request.headers.get("x-acs-date", ""),
        request.headers.get("x-acs-security-token"),
        covers_request={"host", *required} <= set(names)
        and request.headers.get("x-acs-content-sha256") == body_sha256,
    )


def _read_hmac_sha1(request: WireRequest) -> Signature | None:
    params = [*request.query_params, *request.form_params]
    named = dict(params)
    if "AccessKeyId" not in named or "Signature" not in named:
        return None
    signed = canonical(pair for pair in params if pair[0] != "Signature")
    return Signature(
        HMAC_SHA1,
        named["AccessKeyId"],
        named["Signature"],
        f"{request.method}&{encode('/')}&{encode(signed)}",
        named.get("SignatureNonce", ""),
        named.get("Timestamp", ""),
        named.get("SecurityToken"),
    )
