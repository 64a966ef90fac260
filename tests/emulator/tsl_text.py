"""What a product can, as its TSL says it. Source: the IoT Platform documentation, "TSL field descriptions"."""

import json
from typing import Any

from .tsl import Model, Property, Service


def describe(product_key: str, model: Model, *, simple: bool, call_type: str) -> str:
    """Return the TSL as JSON text; a simple one has identifiers and types only.

    `call_type` is `sync` where devices answer their services.
    """
    tsl = {
        "schema": "https://iotx-tsl.oss-ap-southeast-1.aliyuncs.com/schema.json",
        "profile": {"productKey": product_key},
        "properties": [
            _property(each, simple=simple) for each in model.properties.values()
        ],
        "events": [],
        "services": [
            _service(each, call_type, simple=simple) for each in model.services.values()
        ],
    }
    return json.dumps(tsl, ensure_ascii=False)


def _property(of: Property, *, simple: bool) -> dict[str, Any]:
    if simple:
        return {"identifier": of.identifier, "dataType": {"type": of.kind}}
    specs: dict[str, str]
    if of.values is None:
        specs = {"min": "0", "max": "1000000", "step": "0.01", "unit": of.unit}
    else:
        specs = {str(value): f"{of.name} {value}" for value in of.values}
    return {
        "identifier": of.identifier,
        "name": of.name,
        "accessMode": "r" if of.read_only else "rw",
        "required": False,
        "dataType": {"type": of.kind, "specs": specs},
    }


def _service(of: Service, call_type: str, *, simple: bool) -> dict[str, Any]:
    data = [
        _argument(name, values, simple=simple) for name, values in of.arguments.items()
    ]
    if simple:
        return {"identifier": of.identifier, "inputData": data, "outputData": []}
    return {
        "identifier": of.identifier,
        "name": of.identifier,
        "required": False,
        "callType": call_type,
        "method": f"thing.service.{of.identifier}",
        "inputData": data,
        "outputData": [],
    }


def _argument(name: str, values: range, *, simple: bool) -> dict[str, Any]:
    """Describe an argument. Steps are a number, all else is a choice."""
    kind = "int" if name == "Step" else "enum"
    if simple:
        return {"identifier": name, "dataType": {"type": kind}}
    specs = {str(value): f"{name} {value}" for value in values}
    if kind == "int":
        specs = {"min": str(values[0]), "max": str(values[-1]), "step": "1"}
    return {
        "identifier": name,
        "name": name,
        "dataType": {"type": kind, "specs": specs},
    }
