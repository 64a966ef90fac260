"""Iot: properties and services of devices. Source: linkvisual-api.md sections 15 and 20.2."""

import json
from typing import Any, NoReturn

from . import things, tsl_text
from .cloud import Cloud
from .operations import Params
from .refusals import ServiceRefusal
from .services import Fields, Origin, check_iot_instance, iot_product, service
from .tsl import NOTHING, Property
from .world import Device


def _device(cloud: Cloud, params: Params) -> Device:
    """Return the device that a call names, or refuse. An IotId wins over product and name."""
    check_iot_instance(cloud, params)
    if iot_id := params.get("IotId"):
        device = cloud.world.devices.get(str(iot_id))
    else:
        key, name = (str(params.get(each, "")) for each in ("ProductKey", "DeviceName"))
        if not key:
            raise ServiceRefusal("iot.prod.NullProductKey", "The ProductKey is empty.")
        if not name:
            raise ServiceRefusal(
                "iot.device.NullDeviceName", "The deviceName is empty."
            )
        device = cloud.find(key, name)
    if device is None:
        raise ServiceRefusal(
            "iot.device.NotExistedDevice", "The device does not exist."
        )
    return device


def _check_status(cloud: Cloud, device: Device) -> None:
    """Refuse to give orders to a device that cannot take them."""
    match device.status:
        case "OFFLINE":
            raise ServiceRefusal(*cloud.inferred.device_offline)
        case "UNACTIVE":
            raise ServiceRefusal(*cloud.inferred.device_inactive)
        case "DISABLE":
            raise ServiceRefusal(*cloud.inferred.device_disabled)


@service("QueryDevicePropertyStatus")
def query_device_property_status(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """List what a device last reported, as texts; its own modules (FunctionBlockId) have nothing."""
    device = _device(cloud, params)
    rows = [
        row
        for each in device.product.model.properties.values()
        if not params.get("FunctionBlockId")
        and (row := _row(cloud, device, each)) is not None
    ]
    return {"Data": {"List": {"PropertyStatusInfo": rows}}}


def _row(cloud: Cloud, device: Device, of: Property) -> Fields | None:
    row: Fields = {
        "DataType": of.kind,
        "Unit": of.unit,
        "Identifier": of.identifier,
        "Name": of.name,
    }
    told = device.properties.get(of.identifier)
    if told is not None:
        return {"Time": str(int(told.time * 1000)), "Value": told.value, **row}
    match cloud.inferred.unreported_property:
        case "left_out":
            return None
        case "empty":
            return {"Time": "", "Value": "", **row}
    return row


def _read_object(cloud: Cloud, text: str) -> dict[str, Any]:
    """Read the JSON object that Items and Args are, or refuse."""

    def refuse(_constant: str) -> NoReturn:
        raise ValueError

    try:
        value = json.loads(text, parse_constant=refuse)
    except ValueError, RecursionError:
        value = None
    if not isinstance(value, dict):
        raise ServiceRefusal(*cloud.inferred.malformed_json)
    return value


def _read_items(cloud: Cloud, device: Device, items: dict[str, Any]) -> dict[str, str]:
    """Return those values, as texts, that the device will take; refuse them all for one that is wrong."""
    taken: dict[str, str] = {}
    for identifier, value in items.items():
        of = device.product.model.properties.get(identifier)
        if of is None:
            raise ServiceRefusal(*cloud.inferred.unknown_property)
        if of.read_only:
            raise ServiceRefusal(*cloud.inferred.read_only_property)
        text, allowed = of.text(value), of.allows(value)
        if text is None or (not allowed and cloud.inferred.values_checked):
            raise ServiceRefusal(*cloud.inferred.wrong_value)
        if allowed:
            taken[identifier] = text
    return taken


@service("SetDeviceProperty")
def set_device_property(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Send values to a device; that it has taken them is seen a little later, or never."""
    device = _device(cloud, params)
    items = _read_object(cloud, str(params["Items"]))
    if not items:
        raise ServiceRefusal(*cloud.inferred.malformed_json)
    taken = _read_items(cloud, device, items)
    waits = params.get("Qos") == 1 and cloud.inferred.qos_1_waits
    if device.status == "OFFLINE" and waits:
        device.waiting.append(taken)
    else:
        _check_status(cloud, device)
        things.order(cloud, device, taken)
    return {"Data": {"MessageId": cloud.world.hexadecimal()}}


@service("GetThingModelTslPublished")
def get_thing_model_tsl_published(
    cloud: Cloud, params: Params, origin: Origin
) -> Fields:
    """Describe what a product can, as JSON text; its own modules (FunctionBlockId) have nothing. TslUri leads nowhere."""
    product = iot_product(cloud, params)
    model = NOTHING if params.get("FunctionBlockId") else product.model
    simple = bool(params.get("Simple"))
    call_type = "sync" if cloud.inferred.services_answer else "async"
    text = tsl_text.describe(
        product.product_key, model, simple=simple, call_type=call_type
    )
    return {"Data": {"TslUri": f"{origin.base_url}/media/oss/tsl", "TslStr": text}}


@service("InvokeThingService")
def invoke_thing_service(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Call a service on a device; a success does not tell that the device has done it."""
    device = _device(cloud, params)
    arguments = _read_object(cloud, str(params["Args"]))
    identifier = str(params["Identifier"])
    told = device.product.model.services.get(identifier)
    if told is None:
        raise ServiceRefusal(*cloud.inferred.unknown_service)
    if not told.takes(arguments):
        raise ServiceRefusal(*cloud.inferred.wrong_value)
    _check_status(cloud, device)
    things.invoke(cloud, device, identifier, arguments)
    data = {"MessageId": cloud.world.hexadecimal()}
    if cloud.inferred.services_answer:
        data["Result"] = "{}"
    return {"Data": data}
