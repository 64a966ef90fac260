"""The cloud's operations as its public metadata describes them: operations.json.

`params` has the types and only those ranges that the gateway itself knows; `reply` has the shape of a success.
"""

from dataclasses import dataclass
import json
from pathlib import Path
import re
from typing import Any

from .refusals import GatewayRefusal

type Scalar = str | int | bool
type Value = Scalar | list[str] | list[dict[str, Scalar]]
type Params = dict[str, Value]

_DECIMAL = re.compile(r"-?\d{1,19}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `qps` is None where no limit of calls per second is published."""

    action: str
    product: str
    version: str
    write: bool
    gateway_timeout_ms: int
    params: dict[str, dict[str, Any]]
    reply: dict[str, Any]
    qps: int | None = None

    def read(self, sent: dict[str, str]) -> Params:
        """Turn what was sent into typed values, defaults filled in; refuse as the gateway does."""
        values: Params = {}
        for name, spec in self.params.items():
            if spec["type"].startswith("RepeatList"):
                items = _read_list(name, spec, sent)
                if items and len(items) > spec.get("max_items", len(items)):
                    raise GatewayRefusal.invalid(name)
                value: Value | None = items or None
            else:
                value = _read_scalar(name, spec, sent.get(name))
            if value is None:
                if spec.get("required"):
                    raise GatewayRefusal.missing(name)
                value = spec.get("default")
            if value is not None:
                values[name] = value
        return values


def _read_scalar(name: str, spec: dict[str, Any], text: str | None) -> Scalar | None:
    if text is None:
        return None
    match spec["type"]:
        case "Integer" | "Long":
            if not _DECIMAL.fullmatch(text):
                raise GatewayRefusal.invalid(name)
            number = int(text)
            if not spec.get("min", number) <= number <= spec.get("max", number):
                raise GatewayRefusal.invalid(name)
            return number
        case "Boolean":
            if text.lower() not in ("true", "false"):
                raise GatewayRefusal.invalid(name)
            return text.lower() == "true"
    return text


def _read_list(
    name: str, spec: dict[str, Any], sent: dict[str, str]
) -> list[str] | list[dict[str, Scalar]]:
    """Read `Name.1`, `Name.2` and so on; of objects, `Name.1.Field` and so on, where unknown fields are ignored."""
    texts: list[str] = []
    while (text := sent.get(f"{name}.{len(texts) + 1}")) is not None:
        texts.append(text)
    if texts:
        return texts
    objects: list[dict[str, Scalar]] = []
    while fields := {
        key.removeprefix(prefix): value
        for prefix in (f"{name}.{len(objects) + 1}.",)
        for key, value in sent.items()
        if key.startswith(prefix)
    }:
        # A field of the wrong type is told by the name of the list (INFERRED).
        read = {
            field: _read_scalar(name, {"type": kind}, fields.get(field))
            for field, kind in spec.get("fields", {}).items()
        }
        objects.append({key: each for key, each in read.items() if each is not None})
    return objects


OPERATIONS = {
    action: Operation(action=action, **description)
    for action, description in json.loads(
        Path(__file__).with_name("operations.json").read_text()
    ).items()
}
