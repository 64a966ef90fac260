"""Keys, permissions, instances, cameras, recordings: what is refused."""

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault

from .refusal import gateway_says, refusal, service_says
from .scenario import Call, cameras, device


@refusal
async def unknown_key(cloud: Cloud, call: Call) -> None:
    """Refuse a key that was deleted."""
    cloud.keys.clear()
    code = "InvalidAccessKeyId.NotFound"
    await gateway_says(404, code, call, "GetCallerIdentity", {})


@refusal
async def disabled_key(cloud: Cloud, call: Call) -> None:
    """Refuse a key that was switched off."""
    cloud.keys[cloud.access_key_id].active = False
    code = "InvalidAccessKeyId.Inactive"
    await gateway_says(400, code, call, "GetCallerIdentity", {})


@refusal
async def wrong_clock(cloud: Cloud, call: Call) -> None:
    """Refuse a signature from more than a quarter of an hour away."""
    cloud.clock_offset = 1000
    code = "InvalidTimeStamp.Expired"
    await gateway_says(400, code, call, "GetCallerIdentity", {})


@refusal
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
    await gateway_says(400, code, call, "BatchQueryDeviceDetail", params)


@refusal
async def missing_parameter(cloud: Cloud, call: Call) -> None:
    """Miss what is required, at the gateway."""
    params = device(cloud)
    await gateway_says(400, "MissingRecordDuration", call, "TriggerRecord", params)


@refusal
async def invalid_parameter(cloud: Cloud, call: Call) -> None:
    """Refuse what is out of a range that the gateway knows."""
    params = {"CacheDuration": 10001, **device(cloud)}
    await gateway_says(400, "InvalidCacheDuration", call, "QueryLiveStreaming", params)


@refusal
async def no_permission(cloud: Cloud, call: Call) -> None:
    """Tell a RAM user that he may not; each of three places has its own way."""
    cloud.denied.add("TriggerRecord")
    params = {"RecordDuration": 60, **device(cloud)}
    await gateway_says(403, "NoPermission", call, "TriggerRecord", params)
    cloud.denied_by = "linkvisual"
    message = "RAM system auth error."
    await service_says("460", message, call, "TriggerRecord", params)
    cloud.denied = {"QueryProductList"}
    cloud.denied_by = "iot"
    code, message = (
        "iot.common.RamActionPermissionDeny",
        "The RAM permission is denied.",
    )
    params = {"CurrentPage": 1, "PageSize": 1}
    await service_says(code, message, call, "QueryProductList", params)


@refusal
async def server_error(cloud: Cloud, call: Call) -> None:
    """Fail for a reason of the cloud's own, twice, then recover."""
    cloud.faults = [
        Fault("gateway", status=503, code="ServiceUnavailable", message="Temporary."),
        Fault("gateway", status=500, code="InternalError", message="Unknown."),
    ]
    await gateway_says(503, "ServiceUnavailable", call, "GetCallerIdentity", {})
    await gateway_says(500, "InternalError", call, "GetCallerIdentity", {})
    assert (await call("GetCallerIdentity", {}))["AccountId"]


@refusal
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
            ("StopLiveStreaming", {}),
            ("TriggerCapturePicture", {}),
        ):
            await service_says("466", message, call, action, {**more, **camera})
        params = {"RecordId": "0" * 32, **camera}
        assert (await call("QueryRecordByRecordId", params))["Data"] == []
        there = cameras(cloud)[number]
        assert not there.pictures
        now = int(cloud.now())
        file = cloud.world.add_file(there, now - 60, now)
        picture = cloud.world.add_picture(there, now)
        for action, name, value in (
            ("QueryRecordUrl", "FileName", file.file_name),
            ("QueryRecordDownloadUrl", "FileName", file.file_name),
            ("QueryDevicePictureFile", "CaptureId", picture.pic_id),
        ):
            assert (await call(action, {name: value, **camera}))["Success"] is True


@refusal
async def wrong_instance(cloud: Cloud, call: Call) -> None:
    """Refuse another instance, and none where there is one."""
    iot_id = cameras(cloud)[0].iot_id
    for instance in ({"IotInstanceId": "iot-foreign"}, {}):
        params = {"IotId": iot_id, "RecordDuration": 60, **instance}
        message = "tenant auth error."
        await service_says("403", message, call, "TriggerRecord", params)
        params = {"CurrentPage": 1, "PageSize": 1, **instance}
        code, message = "iot.system.InstanceNotFound", "The instance does not exist."
        await service_says(code, message, call, "QueryProductList", params)
        params = {"IotId": [iot_id], **instance}
        await service_says(code, message, call, "BatchGetDeviceState", params)
    assert not cameras(cloud)[0].records


@refusal
async def public_instance(cloud: Cloud, call: Call) -> None:
    """Take no ID of the old public instance, which has none."""
    iot_id = cameras(cloud)[0].iot_id
    params = {"RecordDuration": 60, **device(cloud)}
    cloud.iot_instance_id = ""
    await service_says("403", "tenant auth error.", call, "TriggerRecord", params)
    reply = await call("TriggerRecord", {"RecordDuration": 60, "IotId": iot_id})
    assert reply["Success"] is True


@refusal
async def foreign_device(cloud: Cloud, call: Call) -> None:
    """Refuse a device of somebody else, one that is no camera, a product that does not exist."""
    instance = {"IotInstanceId": cloud.iot_instance_id}
    lamp = next(each for each in cloud.world.devices.values() if not each.product.video)
    for iot_id, code, message in (
        ("nobody", "403", "tenant auth error."),
        (lamp.iot_id, "460", "product is not active."),
    ):
        params = {"IotId": iot_id, "RecordDuration": 60, **instance}
        await service_says(code, message, call, "TriggerRecord", params)
    params = {"ProductKey": "a1Nobody", **instance}
    code, message = "iot.prod.NotExistedProduct", "The product does not exist."
    for action in ("QueryProduct", "QueryDevice"):
        await service_says(code, message, call, action, params)


@refusal
async def not_activated(cloud: Cloud, call: Call) -> None:
    """Refuse what is LinkVisual's, and nothing of Iot, in an account without LinkVisual."""
    cloud.activated = False
    params = {"RecordDuration": 60, **device(cloud)}
    await service_says("403", "request forbidden.", call, "TriggerRecord", params)
    params = {"CurrentPage": 1, "PageSize": 1, "IotInstanceId": cloud.iot_instance_id}
    assert (await call("QueryProductList", params))["Success"] is True


@refusal
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
        await service_says(code, message, call, "TriggerRecord", whole)
    for params in ({"RecordDuration": 10}, {"RecordDuration": 7200}):
        whole = {**params, **device(cloud)}
        assert (await call("TriggerRecord", whole))["Success"] is True


@refusal
async def no_storage(cloud: Cloud, call: Call) -> None:
    """Refuse to record where recordings are kept for no days at all."""
    assert cameras(cloud)[3].retention_days == 0
    code, message = cloud.inferred.no_storage
    params = {"RecordDuration": 60, **device(cloud, 3)}
    await service_says(code, message, call, "TriggerRecord", params)
