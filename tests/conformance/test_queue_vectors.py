"""The emulated message queue reads signatures as Alibaba's SDKs make them, and no others."""

from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest

from tests.emulator.queues.signatures import (
    QueueRequest,
    QueueSignature,
    read_signature,
    v4_string_to_sign,
)
from tests.push_vectors import HMAC_VECTORS, PUSH_VECTORS

type Vector = dict[str, Any]

V4 = [each for each in PUSH_VECTORS if each["scheme"] == "MNS4-HMAC-SHA256"]


def _name(vector: Vector) -> str:
    return str(vector["name"])


def _request(vector: Vector) -> QueueRequest:
    """Return what was sent, read from its bytes alone."""
    wire = b64decode(vector["request"]["wire_base64"])
    head, _, body = wire.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    named = (line.partition(": ") for line in lines)
    headers = {name.lower(): value for name, _, value in named}
    return QueueRequest(method, target, headers, body)


def _accepts(request: QueueRequest, secret: str) -> bool:
    signature = read_signature(request)
    return signature is not None and signature.is_made_with(secret)


def test_all_vectors_are_played() -> None:
    """No vector is of a scheme that is not known here."""
    assert len(HMAC_VECTORS) == 11
    assert len(V4) == 2
    assert len(PUSH_VECTORS) == 13


@pytest.mark.parametrize("vector", HMAC_VECTORS, ids=_name)
def test_recorded_signature(vector: Vector) -> None:
    """What the SDK sent is read as it was meant; another secret, target or header does not fit."""
    request, secret = _request(vector), vector["inputs"]["access_key_secret"]
    expected = vector["expected"]
    signature = read_signature(request)
    assert signature is not None
    assert signature.access_key_id == vector["inputs"]["access_key_id"]
    assert signature.string_to_sign == expected["string_to_sign"]
    assert signature.given == expected["signature"]
    assert signature.expected(secret) == expected["signature"]
    assert not signature.is_made_with(f"{secret}x")
    changed = [
        replace(request, method="POST"),
        replace(request, target=f"{request.target}&"),
        # The same handle, escaped: the target is signed as it travels.
        replace(request, target=request.target.replace("=", "%3D")),
        replace(request, target=request.target.lower()),
        *(
            replace(request, headers={**request.headers, name: "changed"})
            for name in ("date", "content-type", "content-md5", "x-mns-version")
        ),
        replace(request, headers={**request.headers, "x-mns-added": "1"}),
    ]
    others = [each for each in changed if each != request]
    assert len(others) >= 7
    assert not any(_accepts(each, secret) for each in others)
    unsigned = {**request.headers, "security-token": "another", "via": "1.1 proxy"}
    assert _accepts(replace(request, headers=unsigned), secret)


@pytest.mark.parametrize("vector", V4, ids=_name)
def test_v4_signature(vector: Vector) -> None:
    """The newest signature is computed as the Java SDK does, and read off a request."""
    inputs, expected = vector["inputs"], vector["expected"]
    query = [(name, value) for name, value in inputs["query"]]
    headers, secret = dict(inputs["headers"]), inputs["access_key_secret"]
    moment, region = inputs["datetime"], inputs["region"]
    text = v4_string_to_sign(
        *(inputs["method"], inputs["path"], query, headers, moment, region)
    )
    assert text == expected["string_to_sign"]
    signature = QueueSignature(inputs["access_key_id"], "", text, (moment[:8], region))
    assert signature.expected(secret) == expected["signature"]
    target = "&".join(f"{name}={value}" for name, value in query)
    seconds = f"{moment[9:11]}:{moment[11:13]}:{moment[13:15]}"
    request = QueueRequest(
        inputs["method"],
        f"{inputs['path']}?{target}",
        {
            **{name.lower(): value for name, value in headers.items()},
            "date": f"Wed, 04 Mar 2026 {seconds} GMT",
            "authorization": expected["authorization"],
        },
    )
    assert _accepts(request, secret)
    assert not _accepts(request, f"{secret}x")
    assert not _accepts(replace(request, target=f"{request.target}1"), secret)
