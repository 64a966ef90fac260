"""The signing vectors: requests whose signatures Alibaba's SDKs and documentation gave. See signing.md section 13."""

import json
from pathlib import Path
from typing import Any

VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("signing-vectors.json").read_text()
)
ACS3_VECTORS = [vector for vector in VECTORS if vector["scheme"].startswith("ACS3")]
WIRE_VECTORS = [vector for vector in VECTORS if "wire" in vector["expected"]]


def name_of(vector: dict[str, Any]) -> str:
    """Return a vector's name, as the identifier of a parametrized test."""
    return str(vector["name"])
