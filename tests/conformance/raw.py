"""Calls by hand: signed as signing.md says, without a line of the emulator's, or of any SDK's."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
import hmac
import json
import time
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import aiohttp
import yarl

from tests.emulator.cloud import Cloud

FORM = "application/x-www-form-urlencoded"

SCHEMES = ("acs3", "hmac_sha1")
# Where each scheme has what both have.
_NAMES = {
    "acs3": {
        "nonce": "x-acs-signature-nonce",
        "timestamp": "x-acs-date",
        "token": "x-acs-security-token",
        "version": "x-acs-version",
    },
    "hmac_sha1": {
        "nonce": "SignatureNonce",
        "timestamp": "Timestamp",
        "token": "SecurityToken",
        "version": "Version",
    },
}

# None removes what would be there.
type Changes = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body, as JSON."""
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The gateway's or the service's word for it."""
        return str(self.json["Code"])


def encode(params: Mapping[str, str]) -> str:
    """Return the canonical query of parameters."""
    return "&".join(
        f"{quote(name, safe='~')}={quote(params[name], safe='~')}"
        for name in sorted(params)
    )


def flatten(params: Mapping[str, Any]) -> dict[str, str]:
    """Return parameters as texts, items of lists by number, fields of objects by name."""
    flat: dict[str, str] = {}
    for name, value in params.items():
        inner: dict[str, Any] | None = None
        if isinstance(value, list):
            inner = {f"{name}.{n}": item for n, item in enumerate(value, 1)}
        elif isinstance(value, dict):
            inner = {f"{name}.{field}": item for field, item in value.items()}
        flat |= {name: str(value)} if inner is None else flatten(inner)
    return flat


def utc(at: float) -> str:
    """Return a time as both schemes write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def _changed(values: Mapping[str, str], changes: Changes) -> dict[str, str]:
    merged = {**values, **changes}
    return {name: value for name, value in merged.items() if value is not None}


class Raw:
    """Makes signed requests; every part of them can be changed before it is signed."""

    def __init__(
        self, session: aiohttp.ClientSession, cloud: Cloud, endpoint: str
    ) -> None:
        self._session = session
        self._endpoint = endpoint
        self.access_key_id = cloud.access_key_id
        self.access_key_secret = cloud.access_key_secret

    async def call(
        self,
        scheme: str,
        action: str = "GetCallerIdentity",
        params: Mapping[str, Any] | None = None,
        method: str = "POST",
        **changes: str | None,
    ) -> Answer:
        """Call with either scheme; `changes` are named as in _NAMES."""
        if action == "GetCallerIdentity":
            changes = {"version": "2015-04-01", **changes}
        changes = {_NAMES[scheme][name]: text for name, text in changes.items()}
        if scheme == "acs3":
            return await self.acs3(action, params, changes, method)
        return await self.hmac_sha1(action, params, changes, method)

    async def acs3(
        self,
        action: str,
        params: Mapping[str, Any] | None = None,
        headers: Changes | None = None,
        method: str = "POST",
        body: bytes = b"",
    ) -> Answer:
        """Call with ACS3-HMAC-SHA256."""
        query = encode(flatten(params or {}))
        signed = _changed(
            {
                "accept": "application/json",
                "host": self._endpoint.partition("//")[2],
                "x-acs-action": action,
                "x-acs-version": "2018-01-20",
                "x-acs-date": utc(time.time()),
                "x-acs-signature-nonce": uuid4().hex,
                "x-acs-content-sha256": sha256(body).hexdigest(),
            },
            headers or {},
        )
        names = ";".join(sorted(signed))
        block = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        request = "\n".join(
            (method, "/", query, block, names, sha256(body).hexdigest())
        )
        to_sign = f"ACS3-HMAC-SHA256\n{sha256(request.encode()).hexdigest()}"
        signature = hmac.new(
            self.access_key_secret.encode(), to_sign.encode(), sha256
        ).hexdigest()
        signed["authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={self.access_key_id},"
            f"SignedHeaders={names},Signature={signature}"
        )
        return await self.send(method, query, signed, body)

    async def hmac_sha1(
        self,
        action: str,
        params: Mapping[str, Any] | None = None,
        common: Changes | None = None,
        method: str = "POST",
        *,
        form: Mapping[str, Any] | None = None,
        accept: str | None = None,
    ) -> Answer:
        """Call with HMAC-SHA1."""
        query, _ = self.signed_query(action, params, common, method, form=form)
        headers = {"content-type": FORM} if form else {}
        if accept:
            headers["accept"] = accept
        return await self.send(
            method, query, headers, encode(flatten(form or {})).encode()
        )

    def signed_query(
        self,
        action: str,
        params: Mapping[str, Any] | None = None,
        common: Changes | None = None,
        method: str = "POST",
        *,
        form: Mapping[str, Any] | None = None,
    ) -> tuple[str, str]:
        """Return the query of an HMAC-SHA1 call, and the text that was signed."""
        sent = _changed(
            {
                **flatten(params or {}),
                "Action": action,
                "Version": "2018-01-20",
                "Format": "JSON",
                "AccessKeyId": self.access_key_id,
                "SignatureMethod": "HMAC-SHA1",
                "SignatureVersion": "1.0",
                "SignatureNonce": uuid4().hex,
                "Timestamp": utc(time.time()),
            },
            common or {},
        )
        everything = {**sent, **flatten(form or {})}
        to_sign = f"{method}&%2F&{quote(encode(everything), safe='~')}"
        key = f"{self.access_key_secret}&".encode()
        mac = hmac.new(key, to_sign.encode(), sha1).digest()
        return encode({**sent, "Signature": b64encode(mac).decode()}), to_sign

    async def send(
        self,
        method: str,
        query: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Send what may be signed or not."""
        async with self._session.request(
            method,
            yarl.URL(f"{self._endpoint}/?{query}", encoded=True),
            headers=headers,
            data=body,
            skip_auto_headers=("Accept", "Content-Type"),
        ) as response:
            return Answer(response.status, response.headers, await response.text())
