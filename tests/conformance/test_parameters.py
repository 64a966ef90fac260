"""How the gateway reads parameters, of every operation."""

from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.operations import OPERATIONS

from .parameters import good_params
from .raw import FORM, SCHEMES, Raw, encode, flatten


def _item(spec: dict[str, Any]) -> Any:
    """Return an item of a list: an object, where it has fields."""
    return dict.fromkeys(spec["fields"], 1) if "fields" in spec else "a"


def _bad_values(spec: dict[str, Any]) -> list[Any]:
    """Return what the gateway itself refuses: another type, or more than the metadata allows."""
    if spec["type"] in ("Integer", "Long"):
        bad: list[Any] = ["x", "1.5", "1e3", " 1", "True"]
        bad += [spec["min"] - 1] if "min" in spec else []
        bad += [spec["max"] + 1] if "max" in spec else []
        return bad
    if spec["type"] == "Boolean":
        return ["0", "1", "yes"]
    if "max_items" in spec:
        return [[_item(spec)] * (spec["max_items"] + 1)]
    return []


def _extreme_values(spec: dict[str, Any]) -> list[Any]:
    """Return what it just lets pass, whatever the service thinks of it."""
    if "max_items" in spec:
        return [[_item(spec)] * spec["max_items"]]
    return [spec[name] for name in ("min", "max") if name in spec]


@pytest.mark.parametrize("action", sorted(OPERATIONS))
async def test_each_parameter(raw: Raw, cloud: Cloud, action: str) -> None:
    """What is required is missed, what is wrong is refused, and both say what it is."""
    operation, good = OPERATIONS[action], good_params(cloud)[action]
    cloud.inferred.qps[action] = 1000

    async def refusal(params: dict[str, Any]) -> str | None:
        # In a form, since a thousand items do not fit into an address.
        headers = {"content-type": FORM, "x-acs-version": operation.version}
        body = encode(flatten(params)).encode()
        answer = await raw.acs3(action, headers=headers, body=body)
        assert answer.status in (200, 400)
        return answer.code if answer.status == 400 else None

    assert await refusal(good) is None
    for name, spec in operation.params.items():
        without = {key: value for key, value in good.items() if key != name}
        expected = f"Missing{name}" if spec.get("required") else None
        assert await refusal(without) == expected
        for value in _bad_values(spec):
            assert await refusal({**good, name: value}) == f"Invalid{name}", value
        for value in _extreme_values(spec):
            assert await refusal({**good, name: value}) is None, value


@pytest.mark.parametrize("unlimited", ["true", "True", "TRUE", "false", "False"])
async def test_booleans(raw: Raw, cloud: Cloud, unlimited: str) -> None:
    """The SDKs write True, the documentation true."""
    params = {**good_params(cloud)["QueryLiveStreaming"], "PlayUnLimited": unlimited}
    assert (await raw.acs3("QueryLiveStreaming", params)).code == "200"
    (session,) = cloud.live.values()
    assert session.unlimited == (unlimited.lower() == "true")


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_long_list(raw: Raw, cloud: Cloud, scheme: str) -> None:
    """Item 11 comes last, although it is signed after item 1."""
    product = next(iter(cloud.world.products.values()))
    names = [f"camera {number}" for number in range(11)]
    for name in names:
        cloud.world.add_device(product, device_name=name)
    params = {**good_params(cloud)["BatchQueryDeviceDetail"], "DeviceName": names}
    answer = await raw.call(scheme, "BatchQueryDeviceDetail", params)
    rows = answer.json["Data"]["Data"]
    assert [row["DeviceName"] for row in rows] == names


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_form_body(raw: Raw, cloud: Cloud, scheme: str) -> None:
    """Parameters may come in a form instead of the query; either scheme covers it."""
    params = good_params(cloud)["BatchGetDeviceState"]
    if scheme == "hmac_sha1":
        answer = await raw.hmac_sha1("BatchGetDeviceState", form=params)
    else:
        body = encode(flatten(params)).encode()
        headers = {"content-type": FORM}
        answer = await raw.acs3("BatchGetDeviceState", headers=headers, body=body)
    (row,) = answer.json["DeviceStatusList"]["DeviceStatus"]
    assert row["IotId"] == params["IotId"][0]


@pytest.mark.parametrize("by", ["IotId", "DeviceName", "both"])
async def test_naming_a_camera(raw: Raw, cloud: Cloud, by: str) -> None:
    """By its IotId, or by product and name; the IotId wins."""
    first, second = list(cloud.world.devices.values())[:2]
    params: dict[str, Any] = {"IotInstanceId": cloud.iot_instance_id, "Day": 99}
    if by != "DeviceName":
        params |= {"IotId": first.iot_id}
    if by != "IotId":
        named = first if by == "DeviceName" else second
        params |= {
            "ProductKey": named.product.product_key,
            "DeviceName": named.device_name,
        }
    assert (await raw.acs3("SetDeviceRecordLifeCycle", params)).code == "200"
    assert (first.retention_days, second.retention_days) == (99, 7)
