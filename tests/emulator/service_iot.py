"""Sts and Iot. Source: linkvisual-api.md sections 20.2 and 20.3."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from .cloud import Cloud
from .operations import Params
from .refusals import ServiceRefusal, throttled
from .services import Fields, Origin, check_iot_instance, iot_product, service
from .world import Device, Product, gmt_text, utc_text, wall_clock

# From this many rows on, lists allow 2 calls in a second only.
_DEEP = 100_000
_DEEP_QPS = 2
# From this many rows on, QueryDevice wants the NextToken of the page before.
_NEEDS_TOKEN = 10_000


def _page[T](
    cloud: Cloud, action: str, params: Params, rows: Sequence[T], largest: int
) -> tuple[list[T], dict[str, int]]:
    """Cut a page out of rows that are sorted already, and count."""
    size, current = params["PageSize"], params["CurrentPage"]
    assert isinstance(size, int)
    assert isinstance(current, int)
    if not 1 <= size <= largest or current < 1:
        raise ServiceRefusal(
            "iot.common.InvalidPageParams", "The paging parameters are invalid."
        )
    if size * current >= _DEEP and _calls_in_last_second(cloud, action) > _DEEP_QPS:
        raise throttled()
    counts = {
        "PageSize": size,
        "PageCount": ceil(len(rows) / size),
        "Total": len(rows),
    }
    return list(rows[(current - 1) * size : current * size]), counts


def _calls_in_last_second(cloud: Cloud, action: str) -> int:
    return sum(at > cloud.now() - 1 for at in cloud.recent.get(action, ()))


@service("GetCallerIdentity")
def get_caller_identity(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Tell whose key this is. Flat: no Success, no Data."""
    user_id = "234567890123456789"
    return {
        "AccountId": origin.account_id,
        "UserId": user_id,
        "IdentityType": "RAMUser",
        "PrincipalId": user_id,
        "Arn": f"acs:ram::{origin.account_id}:user/home-assistant",
    }


@service("QueryProductList")
def query_product_list(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """List products, newest first, without their category."""
    check_iot_instance(cloud, params)
    newest_first = list(reversed(cloud.world.products.values()))
    rows, counts = _page(cloud, "QueryProductList", params, newest_first, 200)
    return {
        "Data": {
            "CurrentPage": params["CurrentPage"],
            **counts,
            "List": {"ProductInfo": [_product_row(cloud, row) for row in rows]},
        }
    }


def _product_row(cloud: Cloud, product: Product) -> dict[str, Any]:
    return {
        "AuthType": "secret",
        "ProductKey": product.product_key,
        "ProductName": product.name,
        "Description": "",
        "NodeType": 0,
        "GmtCreate": int(product.created * 1000),
        "DataFormat": 1,
        "DeviceCount": sum(
            device.product is product for device in cloud.world.devices.values()
        ),
    }


@service("QueryProduct")
def query_product(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Describe a product. Only products made from a standard category have a CategoryKey."""
    product = iot_product(cloud, params)
    data = {
        **_product_row(cloud, product),
        "Owner": True,
        "ProductSecret": "emulatedProductSecret",
        "ProductStatus": "RELEASE_STATUS",
        "AliyunCommodityCode": "iothub_senior",
        "ValidateType": 1,
        "Id2": False,
        "NetType": 3,
    }
    if product.category_key is not None:
        data |= {
            "CategoryKey": product.category_key,
            "CategoryName": product.category_key,
        }
    return {"Data": data}


@service("QueryDevice")
def query_device(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """List a product's devices, newest first. The counts stand at the top."""
    product = iot_product(cloud, params)
    newest_first = [
        device
        for device in reversed(cloud.world.devices.values())
        if device.product is product
    ]
    current = int(str(params["CurrentPage"]))
    reached = current * int(str(params["PageSize"]))
    if reached > _NEEDS_TOKEN and not params.get("NextToken"):
        raise ServiceRefusal("iot.system.IllegalRequest", "NextToken is missing.")
    rows, counts = _page(cloud, "QueryDevice", params, newest_first, 50)
    return {
        **counts,
        "Page": current,
        "NextToken": f"emulatedToken{reached}" if reached < len(newest_first) else "",
        "Data": {"DeviceInfo": [_device_row(cloud, device) for device in rows]},
    }


def _device_row(cloud: Cloud, device: Device) -> dict[str, Any]:
    gmt = gmt_text(device.created)
    return {
        "DeviceName": device.device_name,
        "DeviceId": device.iot_id.removesuffix("000100"),
        "UtcCreate": utc_text(device.created),
        "DeviceStatus": device.status,
        "GmtModified": gmt,
        "ProductKey": device.product.product_key,
        "UtcModified": utc_text(device.created),
        "DeviceSecret": "emulatedDeviceSecret",
        "GmtCreate": gmt,
        "Nickname": device.nickname,
        "IotId": device.iot_id,
    }


@service("BatchQueryDeviceDetail")
def batch_query_device_detail(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Describe devices of one product; those it does not have are left out."""
    product = iot_product(cloud, params)
    names = params["DeviceName"]
    assert isinstance(names, list)
    zone = cloud.inferred.text_time_zone
    found = (cloud.find(product.product_key, str(name)) for name in names)
    return {
        "Data": {
            "Data": [
                {
                    "Status": device.status,
                    "UtcActive": utc_text(device.created),
                    "ProductName": product.name,
                    "DeviceName": device.device_name,
                    "UtcCreate": utc_text(device.created),
                    "FirmwareVersion": device.firmware,
                    "ProductKey": product.product_key,
                    "NodeType": 0,
                    "Region": cloud.region,
                    "DeviceSecret": "emulatedDeviceSecret",
                    "GmtCreate": wall_clock(device.created, zone),
                    "GmtActive": wall_clock(device.created, zone),
                    "Nickname": device.nickname,
                    "IotId": device.iot_id,
                }
                for device in found
                if device is not None
            ]
        }
    }


@service("BatchGetDeviceState")
def batch_get_device_state(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Return which devices are online, by IotId or by ProductKey and DeviceName."""
    check_iot_instance(cloud, params)
    iot_ids, names = params.get("IotId", []), params.get("DeviceName", [])
    assert isinstance(iot_ids, list)
    assert isinstance(names, list)
    if not iot_ids and not (names and params.get("ProductKey")):
        raise ServiceRefusal("iot.device.NullDeviceName", "The deviceName is empty.")
    found = [cloud.world.devices.get(str(iot_id)) for iot_id in iot_ids] or [
        cloud.find(str(params["ProductKey"]), str(name)) for name in names
    ]
    zone = cloud.inferred.text_time_zone
    return {
        "DeviceStatusList": {
            "DeviceStatus": [
                {
                    "Status": device.status,
                    "LastOnlineTime": wall_clock(device.status_since, zone),
                    "DeviceName": device.device_name,
                    "DeviceId": device.iot_id.removesuffix("000100"),
                    "Timestamp": int(device.status_since * 1000),
                    "AsAddress": "192.0.2.1",
                    "IotId": device.iot_id,
                }
                for device in found
                if device is not None
            ]
        }
    }
