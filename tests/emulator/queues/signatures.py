"""Reads both signature schemes of the message queue, and computes what they should be. Source: push.md sections 4.4, 4.5.

The newest one signs the query in a canonical form; the older one, which all SDKs use, the request target as it travels.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import reduce
import hmac
import re
from urllib.parse import quote, unquote

V4 = "MNS4-HMAC-SHA256"
_V1_AUTHORIZATION = re.compile(r"MNS ([^:\s]+):(\S+)")
_V4_AUTHORIZATION = re.compile(
    r"MNS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/,]+)/mns/aliyun_v4_request,\s*Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class QueueRequest:
    """A request as received. `headers` have lower-case names; `target` is undecoded."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, undecoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters. A handle may have a raw `+` in it, which is no space."""
        pairs = (
            part.partition("=")
            for part in self.target.partition("?")[2].split("&")
            if part
        )
        return [(unquote(name), unquote(value)) for name, _, value in pairs]

    @property
    def date(self) -> str:
        """When the request was signed, as it says: `Date`, or what stands in for it."""
        return self.headers.get("x-mns-date", self.headers.get("date", ""))


@dataclass(frozen=True, slots=True)
class QueueSignature:
    """What a request says of its signature, and the text it should be the signature of."""

    access_key_id: str
    given: str
    string_to_sign: str
    scope: tuple[str, ...] | None = None  # of V4: date, region

    def is_made_with(self, access_key_secret: str) -> bool:
        """Compare with the signature that the secret gives."""
        return hmac.compare_digest(
            self.expected(access_key_secret).encode(), self.given.encode()
        )

    def expected(self, access_key_secret: str) -> str:
        """Return the signature that the secret gives."""
        text = self.string_to_sign.encode()
        if self.scope is None:
            mac = hmac.digest(access_key_secret.encode(), text, "sha1")
            return b64encode(mac).decode()
        key = reduce(
            lambda key, part: hmac.digest(key, part.encode(), "sha256"),
            (*self.scope, "mns", "aliyun_v4_request"),
            f"aliyun_v4{access_key_secret}".encode(),
        )
        return hmac.digest(key, text, "sha256").hex()


def read_signature(request: QueueRequest) -> QueueSignature | None:
    """Return a request's signature; None where it has none that can be read."""
    authorization = request.headers.get("authorization", "")
    if found := _V1_AUTHORIZATION.fullmatch(authorization):
        access_key_id, given = found.groups()
        return QueueSignature(access_key_id, given, _string_to_sign(request))
    if found := _V4_AUTHORIZATION.fullmatch(authorization):
        access_key_id, day, region, given = found.groups()
        signed_at = parsedate_to_datetime(request.date).strftime("%Y%m%dT%H%M%SZ")
        text = v4_string_to_sign(
            request.method,
            request.path,
            request.query,
            request.headers,
            signed_at,
            region,
        )
        return QueueSignature(access_key_id, given, text, (day, region))
    return None


def _lines(headers: Mapping[str, str], *also: str) -> str:
    named = {name.lower(): value.strip() for name, value in headers.items()}
    signed = (
        name for name in sorted(named) if name.startswith("x-mns-") or name in also
    )
    return "".join(f"{name}:{named[name]}\n" for name in signed)


def _string_to_sign(request: QueueRequest) -> str:
    lines = (
        request.method,
        request.headers.get("content-md5", ""),
        request.headers.get("content-type", ""),
        request.date,
    )
    return "\n".join((*lines, f"{_lines(request.headers)}{request.target}"))


def v4_string_to_sign(
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    signed_at: str,
    region: str,
) -> str:
    """Return the text that V4 signs; `signed_at` is `YYYYMMDDTHHMMSSZ`."""
    params = sorted(
        (quote(name.lower(), safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in query
    )
    return "\n".join(
        (
            V4,
            signed_at,
            f"{signed_at[:8]}/{region}/mns/aliyun_v4_request",
            method,
            quote(unquote(path), safe="/-_.~"),
            "&".join(f"{name}={value}" if value else name for name, value in params),
            _lines(headers, "content-md5", "content-type"),
            "",
        )
    )
