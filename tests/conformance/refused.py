"""What the cloud says no to, told once; every SDK plays it."""

from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault

from .scenarios import Call, Scenario, cameras, device

REFUSALS: dict[str, Scenario] = {}


class RefusedError(Exception):
    """An SDK's own exception for a refusal of the gateway, in words that all of them share."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(f"{status} {code}")


def _refusal(function: Scenario) -> Scenario:
    REFUSALS[function.__name__] = function
    return function


async def _gateway_says(
    status: int, code: str, call: Call, action: str, params: dict[str, Any]
) -> None:
    with pytest.raises(RefusedError) as caught:
        await call(action, params)
    assert (caught.value.status, caught.value.code) == (status, code)


async def _service_says(
    code: str, message: str, call: Call, action: str, params: dict[str, Any]
) -> None:
    reply = await call(action, params)
    assert reply["Success"] is False
    assert (reply["Code"], reply["ErrorMessage"]) == (code, message)
    assert reply["RequestId"]


@_refusal
async def unknown_key(cloud: Cloud, call: Call) -> None:
    """Refuse a key that was deleted."""
    cloud.keys.clear()
    code = "InvalidAccessKeyId.NotFound"
    await _gateway_says(404, code, call, "GetCallerIdentity", {})


@_refusal
async def disabled_key(cloud: Cloud, call: Call) -> None:
    """Refuse a key that was switched off."""
    cloud.keys[cloud.access_key_id].active = False
    code = "InvalidAccessKeyId.Inactive"
    await _gateway_says(400, code, call, "GetCallerIdentity", {})


@_refusal
async def wrong_clock(cloud: Cloud, call: Call) -> None:
    """Refuse a signature from more than a quarter of an hour away."""
    cloud.clock_offset = 1000
    code = "InvalidTimeStamp.Expired"
    await _gateway_says(400, code, call, "GetCallerIdentity", {})


@_refusal
async def throttled(cloud: Cloud, call: Call) -> None:
    """Refuse the sixth call in a second, of an operation that may be called five times."""
    moment = cloud.now()
    cloud.clock = lambda: moment
    camera = cameras(cloud)[0]
    params = {
        "ProductKey": camera.product.product_key,
        "DeviceName": [camera.device_name],
        "IotInstanceId": cloud.iot_instance_id,
    }
    for _ in range(5):
        assert (await call("BatchQueryDeviceDetail", params))["Success"] is True
    code = "Throttling.User"
    await _gateway_says(400, code, call, "BatchQueryDeviceDetail", params)


@_refusal
async def missing_parameter(cloud: Cloud, call: Call) -> None:
    """Miss what is required, at the gateway."""
    params = device(cloud)
    await _gateway_says(400, "MissingRecordDuration", call, "TriggerRecord", params)


@_refusal
async def invalid_parameter(cloud: Cloud, call: Call) -> None:
    """Refuse what is out of a range that the gateway knows."""
    params = {"CacheDuration": 10001, **device(cloud)}
    await _gateway_says(400, "InvalidCacheDuration", call, "QueryLiveStreaming", params)


@_refusal
async def no_permission(cloud: Cloud, call: Call) -> None:
    """Tell a RAM user that he may not; each of three places has its own way."""
    cloud.denied.add("TriggerRecord")
    params = {"RecordDuration": 60, **device(cloud)}
    await _gateway_says(403, "NoPermission", call, "TriggerRecord", params)
    cloud.denied_by = "linkvisual"
    message = "RAM system auth error."
    await _service_says("460", message, call, "TriggerRecord", params)
    cloud.denied = {"QueryProductList"}
    cloud.denied_by = "iot"
    code, message = (
        "iot.common.RamActionPermissionDeny",
        "The RAM permission is denied.",
    )
    params = {"CurrentPage": 1, "PageSize": 1}
    await _service_says(code, message, call, "QueryProductList", params)


@_refusal
async def server_error(cloud: Cloud, call: Call) -> None:
    """Fail for a reason of the cloud's own, twice, then recover."""
    cloud.faults = [
        Fault("gateway", status=503, code="ServiceUnavailable", message="Temporary."),
        Fault("gateway", status=500, code="InternalError", message="Unknown."),
    ]
    await _gateway_says(503, "ServiceUnavailable", call, "GetCallerIdentity", {})
    await _gateway_says(500, "InternalError", call, "GetCallerIdentity", {})
    assert (await call("GetCallerIdentity", {}))["AccountId"]


@_refusal
async def offline_camera(cloud: Cloud, call: Call) -> None:
    """Refuse to act with a camera that is not there; what it recorded can be asked for."""
    assert (cameras(cloud)[2].status, cameras(cloud)[4].status) == (
        "OFFLINE",
        "UNACTIVE",
    )
    cameras(cloud)[5].status = "DISABLE"
    for number, status in ((2, "offline"), (4, "initial"), (5, "disable")):
        message = f"device status is {status}."
        camera = device(cloud, number)
        for action, more in (
            ("TriggerRecord", {"RecordDuration": 60}),
            ("StopTriggeredRecord", {"RecordId": "0" * 32}),
            ("QueryLiveStreaming", {"Scheme": "hls"}),
        ):
            await _service_says("466", message, call, action, {**more, **camera})
        params = {"RecordId": "0" * 32, **camera}
        assert (await call("QueryRecordByRecordId", params))["Data"] == []


@_refusal
async def wrong_instance(cloud: Cloud, call: Call) -> None:
    """Refuse another instance, and none where there is one."""
    iot_id = cameras(cloud)[0].iot_id
    for instance in ({"IotInstanceId": "iot-foreign"}, {}):
        params = {"IotId": iot_id, "RecordDuration": 60, **instance}
        message = "tenant auth error."
        await _service_says("403", message, call, "TriggerRecord", params)
        params = {"CurrentPage": 1, "PageSize": 1, **instance}
        code, message = "iot.system.InstanceNotFound", "The instance does not exist."
        await _service_says(code, message, call, "QueryProductList", params)
        params = {"IotId": [iot_id], **instance}
        await _service_says(code, message, call, "BatchGetDeviceState", params)
    assert not cameras(cloud)[0].records


@_refusal
async def public_instance(cloud: Cloud, call: Call) -> None:
    """Take no ID of the old public instance, which has none."""
    iot_id = cameras(cloud)[0].iot_id
    params = {"RecordDuration": 60, **device(cloud)}
    cloud.iot_instance_id = ""
    await _service_says("403", "tenant auth error.", call, "TriggerRecord", params)
    reply = await call("TriggerRecord", {"RecordDuration": 60, "IotId": iot_id})
    assert reply["Success"] is True


@_refusal
async def foreign_device(cloud: Cloud, call: Call) -> None:
    """Refuse a device of somebody else, one that is no camera, a product that does not exist."""
    instance = {"IotInstanceId": cloud.iot_instance_id}
    lamp = next(each for each in cloud.world.devices.values() if not each.product.video)
    for iot_id, code, message in (
        ("nobody", "403", "tenant auth error."),
        (lamp.iot_id, "460", "product is not active."),
    ):
        params = {"IotId": iot_id, "RecordDuration": 60, **instance}
        await _service_says(code, message, call, "TriggerRecord", params)
    params = {"ProductKey": "a1Nobody", **instance}
    code, message = "iot.prod.NotExistedProduct", "The product does not exist."
    for action in ("QueryProduct", "QueryDevice"):
        await _service_says(code, message, call, action, params)


@_refusal
async def not_activated(cloud: Cloud, call: Call) -> None:
    """Refuse what is LinkVisual's, and nothing of Iot, in an account without LinkVisual."""
    cloud.activated = False
    params = {"RecordDuration": 60, **device(cloud)}
    await _service_says("403", "request forbidden.", call, "TriggerRecord", params)
    params = {"CurrentPage": 1, "PageSize": 1, "IotInstanceId": cloud.iot_instance_id}
    assert (await call("QueryProductList", params))["Success"] is True


@_refusal
async def bad_duration(cloud: Cloud, call: Call) -> None:
    """Refuse all but 10 to 7200 seconds, with up to 10 of them before now."""
    code, message = cloud.inferred.out_of_range
    bad: list[dict[str, int]] = [
        {"RecordDuration": 9},
        {"RecordDuration": 7201},
        {"RecordDuration": 60, "PreRecordDuration": 11},
        {"RecordDuration": 10, "PreRecordDuration": 10},
        {"RecordDuration": 60, "StreamType": 2},
    ]
    for params in bad:
        whole = {**params, **device(cloud)}
        await _service_says(code, message, call, "TriggerRecord", whole)
    for params in ({"RecordDuration": 10}, {"RecordDuration": 7200}):
        whole = {**params, **device(cloud)}
        assert (await call("TriggerRecord", whole))["Success"] is True


@_refusal
async def no_storage(cloud: Cloud, call: Call) -> None:
    """Refuse to record where recordings are kept for no days at all."""
    assert cameras(cloud)[3].retention_days == 0
    code, message = cloud.inferred.no_storage
    params = {"RecordDuration": 60, **device(cloud, 3)}
    await _service_says(code, message, call, "TriggerRecord", params)
