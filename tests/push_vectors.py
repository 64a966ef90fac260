"""The vectors of the message queue: requests of Alibaba's SDK, and replies. See push.md section 6."""

import json
from pathlib import Path
from typing import Any

PUSH_VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("push-vectors.json").read_text()
)
# Signed with HMAC-SHA1, as our client does; the others have the newer V4.
HMAC_VECTORS = [each for each in PUSH_VECTORS if "SHA1" in each["scheme"]]


def vector(name: str) -> dict[str, Any]:
    """Return a vector by its name."""
    return next(each for each in PUSH_VECTORS if each["name"] == name)
