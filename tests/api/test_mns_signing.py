"""Signatures of the message queue: each vector of Alibaba's SDK comes out."""

from typing import Any

import pytest

from custom_components.linkvisual.api.mns.signing import authorization, string_to_sign
from tests.push_vectors import HMAC_VECTORS


@pytest.mark.parametrize("vector", HMAC_VECTORS, ids=lambda each: each["name"])
def test_vector(vector: dict[str, Any]) -> None:
    """What the SDK sent and its headers give what it signed, and its signature."""
    request, key = vector["request"], vector["inputs"]
    headers = {name.lower(): value for name, value in request["headers"]}
    method, target = request["method"], request["target"]
    assert (
        string_to_sign(method, target, headers)
        == (vector["expected"]["string_to_sign"])
    )
    signed = authorization(
        key["access_key_id"], key["access_key_secret"], method, target, headers
    )
    assert signed == headers["authorization"]


def test_documented_example() -> None:
    """The example of the documentation, which masks the signature's end."""
    headers = {"date": "Thu, 09 Jul 2015 03:01:34 GMT", "x-mns-version": "2015-06-06"}
    signed = authorization(
        "TestAccessID", "TestAccessSecret", "GET", "/MyQueue", headers
    )
    assert signed == "MNS TestAccessID:uwx3yeWoILzgmvesW0BQSgfM7b8="
