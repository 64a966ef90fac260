"""The signature, against vectors."""

from typing import Any

import pytest

from custom_components.linkvisual.api.signing import (
    authorization,
    canonical_query,
    canonical_request,
    flatten,
    percent_encode,
    string_to_sign,
)
from tests.vectors import ACS3_VECTORS, VECTORS, name_of


@pytest.mark.parametrize("vector", ACS3_VECTORS, ids=name_of)
def test_authorization(vector: dict[str, Any]) -> None:
    """Every vector of the scheme comes out as expected, step by step."""
    inputs, expected = vector["inputs"], vector["expected"]
    query = canonical_query(inputs["query_params"])
    assert query == expected["query_string"]

    request, signed_headers = canonical_request(
        inputs["method"], query, inputs["headers_to_sign"], expected["payload_sha256"]
    )
    assert request == expected["canonical_request"]
    assert signed_headers == expected["signed_headers"]
    assert string_to_sign(request) == expected["string_to_sign"]

    assert (
        authorization(
            inputs["access_key_id"],
            inputs["access_key_secret"],
            inputs["method"],
            query,
            inputs["headers_to_sign"],
            expected["payload_sha256"],
        )
        == expected["authorization"]
    )


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_flatten(vector: dict[str, Any]) -> None:
    """Structured parameters become what travelled in every vector, of either scheme."""
    inputs = vector["inputs"]
    travelled = {**inputs["query_params"], **inputs["form_params"]}
    for name, value in flatten(inputs["params"]).items():
        # Python's SDKs spell booleans True and False, the documentation true and false.
        assert value in (travelled[name], travelled[name].lower())


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        (" ", "%20"),
        ("+", "%2B"),
        ("*", "%2A"),
        ("~", "~"),
        ("/", "%2F"),
        ("'()!", "%27%28%29%21"),
        ("%41", "%2541"),
        ("\n", "%0A"),
        ("中", "%E4%B8%AD"),
        ("\U0001f642", "%F0%9F%99%82"),
        ("aZ09-_.", "aZ09-_."),
    ],
)
def test_percent_encode(text: str, encoded: str) -> None:
    """The characters that trip people: signing.md section 2."""
    assert percent_encode(text) == encoded


def test_unset_and_empty_parameters() -> None:
    """None is left out, an empty text is sent and signed."""
    assert canonical_query(flatten({"B": "", "A": None, "C": False})) == "B=&C=false"
