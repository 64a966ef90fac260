"""Products, devices, the account: what each operation does."""

from datetime import datetime
from typing import Any

from tests.emulator.cloud import ACCOUNT_ID, Cloud

from .scenario import Call, cameras, scenario


@scenario("QueryProductList")
async def query_product_list(cloud: Cloud, call: Call) -> None:
    """List the newest first, page by page, counted, without a category."""
    keys: list[str] = []
    for page, count in ((1, 2), (2, 1)):
        params = {"CurrentPage": page, "PageSize": 2}
        reply = await call(
            "QueryProductList", {**params, "IotInstanceId": cloud.iot_instance_id}
        )
        assert reply["Success"] is True
        data = reply["Data"]
        counts = {"CurrentPage": page, "PageSize": 2, "PageCount": 2, "Total": 3}
        assert {name: data[name] for name in counts} == counts
        rows = data["List"]["ProductInfo"]
        assert len(rows) == count
        assert not any("CategoryKey" in row for row in rows)
        keys += [row["ProductKey"] for row in rows]
    assert keys == list(reversed(cloud.world.products))


@scenario("QueryProduct")
async def query_product(cloud: Cloud, call: Call) -> None:
    """Find a category where the product is made from a standard one."""
    categories, counts = [], []
    for key in cloud.world.products:
        params = {"ProductKey": key, "IotInstanceId": cloud.iot_instance_id}
        data = (await call("QueryProduct", params))["Data"]
        assert data["ProductKey"] == key
        categories.append(data.get("CategoryKey"))
        counts.append(data["DeviceCount"])
    assert categories == ["Camera", None, "Light"]
    assert counts == [3, 3, 1]


@scenario("QueryDevice")
async def query_device(cloud: Cloud, call: Call) -> None:
    """List a product's devices, newest first, counted at the top."""
    key = next(iter(cloud.world.products))
    params = {"ProductKey": key, "PageSize": 2, "IotInstanceId": cloud.iot_instance_id}
    rows: list[dict[str, Any]] = []
    for page in (1, 2):
        reply = await call("QueryDevice", {**params, "CurrentPage": page})
        counts = {"Page": page, "PageSize": 2, "PageCount": 2, "Total": 3}
        assert {name: reply[name] for name in counts} == counts
        assert bool(reply["NextToken"]) == (page == 1)
        rows += reply["Data"]["DeviceInfo"]
    own = [each for each in cameras(cloud) if each.product.product_key == key]
    assert [row["IotId"] for row in reversed(rows)] == [each.iot_id for each in own]
    assert [row["Nickname"] for row in rows] == ["Driveway", "Garden", "Front door"]
    assert [row["DeviceStatus"] for row in rows] == ["UNACTIVE", "OFFLINE", "ONLINE"]
    # The same moment, in the two spellings that only this operation has.
    created = datetime.fromisoformat(rows[0]["UtcCreate"])
    assert created.strftime("%a, %d-%b-%Y %H:%M:%S GMT") == rows[0]["GmtCreate"]


@scenario("BatchQueryDeviceDetail")
async def batch_query_device_detail(cloud: Cloud, call: Call) -> None:
    """Describe the two devices that the product has, of eleven names."""
    first, _, third = cameras(cloud)[:3]
    first.firmware = "V9"
    names = [first.device_name, *(f"none{n}" for n in range(9)), third.device_name]
    params = {
        "ProductKey": first.product.product_key,
        "DeviceName": names,
        "IotInstanceId": cloud.iot_instance_id,
    }
    rows = (await call("BatchQueryDeviceDetail", params))["Data"]["Data"]
    assert [row["IotId"] for row in rows] == [first.iot_id, third.iot_id]
    assert [row["Nickname"] for row in rows] == ["Front door", "Garden"]
    assert [row["Status"] for row in rows] == ["ONLINE", "OFFLINE"]
    assert [row["FirmwareVersion"] for row in rows] == ["V9", "V1.2.0"]


@scenario("BatchGetDeviceState")
async def batch_get_device_state(cloud: Cloud, call: Call) -> None:
    """Ask by IotId across products, or by name within one."""
    all_cameras, instance = cameras(cloud), {"IotInstanceId": cloud.iot_instance_id}
    wanted = [*(each.iot_id for each in all_cameras), "nobody"]

    async def states(params: dict[str, Any]) -> dict[str, str]:
        reply = await call("BatchGetDeviceState", {**params, **instance})
        rows = reply["DeviceStatusList"]["DeviceStatus"]
        return {row["IotId"]: row["Status"] for row in rows}

    found = await states({"IotId": wanted})
    assert found == {each.iot_id: each.status for each in all_cameras}
    assert set(found.values()) == {"ONLINE", "OFFLINE", "UNACTIVE"}
    named = {
        "ProductKey": all_cameras[2].product.product_key,
        "DeviceName": [all_cameras[2].device_name],
    }
    assert await states(named) == {all_cameras[2].iot_id: "OFFLINE"}


@scenario("GetCallerIdentity")
async def get_caller_identity(cloud: Cloud, call: Call) -> None:
    """Learn the account."""
    reply = await call("GetCallerIdentity", {})
    assert reply["AccountId"] == ACCOUNT_ID
    assert reply["Arn"].startswith(f"acs:ram::{ACCOUNT_ID}:user/")
    assert reply["IdentityType"] == "RAMUser"
    assert reply["UserId"] == reply["PrincipalId"]
