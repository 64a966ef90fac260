"""The emulator reads signatures as Alibaba's SDKs and documentation make them, and no others."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.emulator.cloud import AccessKey, Cloud
from tests.emulator.signatures import WireRequest, read_signature
from tests.vectors import VECTORS, WIRE_VECTORS, name_of

type Vector = dict[str, Any]


def _request(vector: Vector) -> WireRequest:
    """Return a vector as received: in the bytes that travelled, where they are known."""
    expected = vector["expected"]
    if wire := expected.get("wire"):
        return WireRequest(
            wire["method"],
            wire["target"].partition("?")[2],
            {name.lower(): value for name, value in wire["headers"]},
            wire["body"].encode(),
        )
    return WireRequest(
        vector["inputs"]["method"],
        expected["query_string"],
        expected["headers"],
        expected["body"].encode(),
    )


def _accepts(vector: Vector, request: WireRequest) -> bool:
    signature = read_signature(request)
    return signature is not None and signature.is_made_with(
        vector["inputs"]["access_key_secret"]
    )


def _is_acs3(vector: Vector) -> bool:
    return bool(vector["scheme"] == "ACS3-HMAC-SHA256")


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_vector_verifies(vector: Vector) -> None:
    """Every vector is read as its maker meant it."""
    request, inputs = _request(vector), vector["inputs"]
    signature = read_signature(request)
    assert signature is not None
    assert signature.string_to_sign == vector["expected"]["string_to_sign"]
    assert signature.given == vector["expected"]["signature"]
    assert signature.access_key_id == inputs["access_key_id"]
    assert signature.nonce == inputs["nonce"]
    assert signature.timestamp == inputs["timestamp"]
    assert signature.security_token == inputs["security_token"]
    assert signature.is_made_with(inputs["access_key_secret"])
    assert not signature.is_made_with(f"{inputs['access_key_secret']}&")


def _texts(text: str) -> Iterator[tuple[int, str]]:
    """Yield a text with one character changed, for every position."""
    for position, character in enumerate(text):
        other = "a" if character != "a" else "b"
        yield position, f"{text[:position]}{other}{text[position + 1 :]}"


def _changed_queries(request: WireRequest) -> Iterator[tuple[str, WireRequest]]:
    """Change each byte of each value, but for spellings of the same value such as %2A and %2a."""
    parts = request.query.split("&") if request.query else []
    for index, part in enumerate(parts):
        name, _, value = part.partition("=")
        for position, changed in _texts(value):
            pair = f"{name}={changed}"
            if parse_qsl(pair) != parse_qsl(part):
                query = "&".join((*parts[:index], pair, *parts[index + 1 :]))
                yield f"{name}[{position}]", replace(request, query=query)


def _changed_headers(
    vector: Vector, request: WireRequest
) -> Iterator[tuple[str, WireRequest]]:
    if not _is_acs3(vector):
        return
    expected = vector["expected"]
    for name in expected["signed_headers"].split(";"):
        value = request.headers[name]
        for position, changed in _texts(value):
            headers = {**request.headers, name: changed}
            yield f"{name}[{position}]", replace(request, headers=headers)
    # The key's ID is not signed: another one means another secret.
    start = f"ACS3-HMAC-SHA256 Credential={vector['inputs']['access_key_id']}"
    rest = request.headers["authorization"].removeprefix(start)
    for position, changed in _texts(rest):
        headers = {**request.headers, "authorization": f"{start}{changed}"}
        yield f"authorization[{position}]", replace(request, headers=headers)


def _changed_bodies(
    vector: Vector, request: WireRequest
) -> Iterator[tuple[str, WireRequest]]:
    text = request.body.decode()
    for position, changed in _texts(text):
        if _is_acs3(vector) or parse_qsl(changed) != parse_qsl(text):
            yield f"body[{position}]", replace(request, body=changed.encode())


@pytest.mark.parametrize("vector", WIRE_VECTORS, ids=name_of)
def test_one_byte_changed(vector: Vector) -> None:
    """The signature covers every byte of every value."""
    request = _request(vector)
    changes = [
        *_changed_queries(request),
        *_changed_headers(vector, request),
        *_changed_bodies(vector, request),
    ]
    assert len(changes) > 100
    assert [name for name, changed in changes if _accepts(vector, changed)] == []


def _otherwise_changed(
    vector: Vector, request: WireRequest
) -> Iterator[tuple[str, WireRequest]]:
    yield (
        "method",
        replace(request, method="GET" if request.method == "POST" else "POST"),
    )
    yield "parameter", replace(request, query=f"{request.query}&Added=1")
    yield "empty parameter", replace(request, query=f"{request.query}&Added=")
    yield (
        "first again",
        replace(request, query=f"{request.query}&{request.query.partition('&')[0]}"),
    )
    yield "without first", replace(request, query=request.query.partition("&")[2])
    yield "encoded twice", replace(request, query=request.query.replace("%", "%25"))
    if not _is_acs3(vector):
        return
    yield "body", replace(request, body=request.body + b"&Added=1")
    unsigned = {**request.headers, "x-acs-added": "1"}
    yield "unsigned x-acs header", replace(request, headers=unsigned)
    for name in vector["expected"]["signed_headers"].split(";"):
        fewer = {key: value for key, value in request.headers.items() if key != name}
        yield f"without {name}", replace(request, headers=fewer)


@pytest.mark.parametrize("vector", WIRE_VECTORS, ids=name_of)
def test_other_request(vector: Vector) -> None:
    """A signature is good for one method, one set of parameters, one set of headers."""
    request = _request(vector)
    accepted = [
        name
        for name, changed in _otherwise_changed(vector, request)
        if changed != request and _accepts(vector, changed)
    ]
    assert accepted == []


@pytest.mark.parametrize("vector", WIRE_VECTORS, ids=name_of)
def test_unsigned_headers_do_not_matter(vector: Vector) -> None:
    """HTTP libraries and proxies add headers that nobody signed."""
    request = _request(vector)
    headers = {**request.headers, "accept-encoding": "br", "via": "1.1 proxy"}
    assert _accepts(vector, replace(request, headers=headers))


# What the vectors' calls meet in a cloud that has none of their devices.
LET_IN = {
    "BatchGetDeviceState": (200, ""),
    "QueryDevice": (200, "iot.prod.NotExistedProduct"),
    "QueryLiveStreaming": (200, "403"),
    "QueryProductList": (400, "MissingCurrentPage"),
    "TriggerRecord": (200, "403"),
}


async def _send(endpoint: str, vector: Vector) -> tuple[int, dict[str, Any]]:
    """Send what travelled, byte for byte."""
    wire, address = vector["expected"]["wire"], urlsplit(endpoint)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    lines = [f"{wire['method']} {wire['target']} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in wire["headers"]]
    writer.write("\r\n".join((*lines, "", wire["body"])).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
    reply = json.loads(await reader.readexactly(length))
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), reply


@pytest.mark.parametrize(
    "vector",
    [each for each in WIRE_VECTORS if each["inputs"]["action"] in LET_IN],
    ids=name_of,
)
async def test_vector_passes_gateway(
    cloud: Cloud, endpoint: str, vector: Vector
) -> None:
    """What the SDKs sent is let in by the gateway, once."""
    inputs = vector["inputs"]
    signed_at = datetime.fromisoformat(inputs["timestamp"]).timestamp()
    cloud.clock = lambda: signed_at
    cloud.iot_instance_id = inputs["params"].get("IotInstanceId", "")
    cloud.keys[inputs["access_key_id"]] = AccessKey(inputs["access_key_secret"])
    if token := inputs["security_token"]:
        cloud.security_tokens[token] = (inputs["access_key_id"], signed_at)
    status, reply = await _send(endpoint, vector)
    assert (status, reply["Code"]) == LET_IN[inputs["action"]]
    # The same bytes again are a replay.
    status, reply = await _send(endpoint, vector)
    assert (status, reply["Code"]) == (400, "SignatureNonceUsed")
