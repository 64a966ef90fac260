"""Properties and services: what is refused."""

import json
from typing import Any

from tests.emulator.cloud import Cloud

from .refusal import gateway_says, refusal, service_says
from .scenario import Call, cameras, device

SET: dict[str, Any] = {"Items": '{"StatusLightSwitch": 0}'}
REBOOT: dict[str, Any] = {"Identifier": "Reboot", "Args": "{}"}


@refusal
async def orders_without_device(cloud: Cloud, call: Call) -> None:
    """Name the device, and one that exists; the IotId wins."""
    instance = {"IotInstanceId": cloud.iot_instance_id}
    camera = cameras(cloud)[0]
    key, name = camera.product.product_key, camera.device_name
    unknown = ("iot.device.NotExistedDevice", "The device does not exist.")
    no_name = ("iot.device.NullDeviceName", "The deviceName is empty.")
    no_key = ("iot.prod.NullProductKey", "The ProductKey is empty.")
    for action, more in (
        ("QueryDevicePropertyStatus", {}),
        ("SetDeviceProperty", SET),
        ("InvokeThingService", {"Identifier": "StopPTZAction", "Args": "{}"}),
    ):
        bad: tuple[tuple[tuple[str, str], dict[str, str]], ...] = (
            (no_key, {}),
            (no_key, {"DeviceName": name}),
            (no_name, {"ProductKey": key}),
            (unknown, {"ProductKey": key, "DeviceName": "nobody"}),
            (unknown, {"IotId": "nobody", "ProductKey": key, "DeviceName": name}),
        )
        for (code, message), named in bad:
            params = {**more, **instance, **named}
            await service_says(code, message, call, action, params)
        params = {**more, **instance, "ProductKey": key, "DeviceName": name}
        assert (await call(action, params))["Success"] is True
    code, message = "iot.prod.NotExistedProduct", "The product does not exist."
    params = {"ProductKey": "a1Nobody", **instance}
    await service_says(code, message, call, "GetThingModelTslPublished", params)


@refusal
async def orders_to_absent_devices(cloud: Cloud, call: Call) -> None:
    """Refuse orders to who is not there, each for its own reason."""
    cameras(cloud)[5].status = "DISABLE"
    inferred = cloud.inferred
    for number, (code, message) in (
        (2, inferred.device_offline),
        (4, inferred.device_inactive),
        (5, inferred.device_disabled),
    ):
        named = device(cloud, number)
        for action, more in (
            ("SetDeviceProperty", SET),
            ("InvokeThingService", REBOOT),
        ):
            await service_says(code, message, call, action, {**more, **named})
        assert (await call("QueryDevicePropertyStatus", named))["Success"] is True
        assert not cameras(cloud)[number].invoked
    assert inferred.device_offline[0] == "iot.messagebroker.OFFLINE"


@refusal
async def bad_properties(cloud: Cloud, call: Call) -> None:
    """Refuse texts that are no object, properties that do not exist or cannot be set, and other values."""
    inferred = cloud.inferred
    before = dict(cameras(cloud)[0].properties)
    bad: tuple[tuple[tuple[str, str], str], ...] = (
        *(
            (inferred.malformed_json, text)
            for text in ("", "x", "[]", "1", "{}", "{,}")
        ),
        (inferred.malformed_json, '{"AlarmSwitch": NaN}'),
        (inferred.unknown_property, '{"Nothing": 1}'),
        (inferred.unknown_property, '{"own:AlarmSwitch": 1}'),
        (inferred.unknown_property, '{"AlarmSwitch": 0, "Nothing": 1}'),
        (inferred.read_only_property, '{"StorageStatus": 1}'),
        (inferred.read_only_property, '{"StorageTotalCapacity": 10.0}'),
        *(
            (inferred.wrong_value, json.dumps({"AlarmSwitch": value}))
            for value in (2, -1, "1", True, 1.0, None, [1])
        ),
        (inferred.wrong_value, '{"MotionDetectSensitivity": 6}'),
    )
    for (code, message), items in bad:
        params = {"Items": items, **device(cloud)}
        await service_says(code, message, call, "SetDeviceProperty", params)
    # A small camera has not all that a large one has.
    params = {"Items": '{"AlarmSwitch": 1}', **device(cloud, 1)}
    await service_says(*inferred.unknown_property, call, "SetDeviceProperty", params)
    for qos in (-1, 2):
        params = {"Qos": qos, **SET, **device(cloud)}
        await gateway_says(400, "InvalidQos", call, "SetDeviceProperty", params)
    cloud.clock_offset += 60
    cloud.catch_up()
    assert cameras(cloud)[0].properties == before


@refusal
async def bad_services(cloud: Cloud, call: Call) -> None:
    """Refuse services that do not exist, and arguments that are missing, too many or out of range."""
    inferred = cloud.inferred
    bad: tuple[tuple[tuple[str, str], str, str], ...] = (
        (inferred.unknown_service, "Nothing", "{}"),
        (inferred.unknown_service, "reboot", "{}"),
        (inferred.malformed_json, "Reboot", ""),
        (inferred.malformed_json, "Reboot", "[]"),
        (inferred.wrong_value, "Reboot", '{"Now": 1}'),
        (inferred.wrong_value, "PTZActionControl", "{}"),
        (inferred.wrong_value, "PTZActionControl", '{"ActionType": 1}'),
        *(
            (
                inferred.wrong_value,
                service,
                json.dumps({"ActionType": kind, name: more}),
            )
            for service, name, kind, more in (
                ("PTZActionControl", "Step", 10, 1),
                ("PTZActionControl", "Step", -1, 1),
                ("PTZActionControl", "Step", 0, 11),
                ("PTZActionControl", "Step", "0", 1),
                ("PTZActionControl", "Step", 0, True),
                ("PTZActionControl", "Speed", 0, 1),
                ("StartPTZAction", "Speed", 0, 3),
                ("StartPTZAction", "Step", 0, 1),
            )
        ),
    )
    for (code, message), service, arguments in bad:
        params = {"Identifier": service, "Args": arguments, **device(cloud)}
        await service_says(code, message, call, "InvokeThingService", params)
    params = {"Identifier": "StopPTZAction", "Args": "{}", **device(cloud, 1)}
    await service_says(*inferred.unknown_service, call, "InvokeThingService", params)
    assert not any(camera.invoked for camera in cameras(cloud))
    missing = {name: value for name, value in REBOOT.items() if name != "Args"}
    params = {**missing, **device(cloud)}
    await gateway_says(400, "MissingArgs", call, "InvokeThingService", params)
