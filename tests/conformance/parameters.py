"""Parameters with which each operation succeeds, for tests that take all operations in turn."""

from typing import Any

from tests.emulator import records
from tests.emulator.cloud import Cloud


def good_params(cloud: Cloud) -> dict[str, dict[str, Any]]:
    """Return an operation's parameters by its name; they refer to a recording that is made here."""
    camera = next(iter(cloud.world.devices.values()))
    now = cloud.now()
    record = records.start(
        cloud.world,
        cloud.inferred,
        camera,
        now - 100,
        record_duration=60,
        pre_record_duration=0,
        stream_type=0,
    )
    instance = {"IotInstanceId": cloud.iot_instance_id}
    device = {"IotId": camera.iot_id, **instance}
    product = {"ProductKey": camera.product.product_key, **instance}
    return {
        "BatchGetDeviceState": {"IotId": [camera.iot_id], **instance},
        "BatchQueryDeviceDetail": {"DeviceName": [camera.device_name], **product},
        "GetCallerIdentity": {},
        "QueryDevice": product,
        "QueryDeviceRecordLifeCycle": {"DeviceList": [camera.iot_id]},
        "QueryLiveStreaming": device,
        "QueryProduct": product,
        "QueryProductList": {"CurrentPage": 1, "PageSize": 10, **instance},
        "QueryRecord": {
            "BeginTime": int(now - 200),
            "EndTime": int(now),
            **device,
        },
        "QueryRecordByRecordId": {"RecordId": record.record_id, **device},
        "SetDeviceRecordLifeCycle": {"Day": 30, **device},
        "StopTriggeredRecord": {"RecordId": record.record_id, **device},
        "TriggerRecord": {"RecordDuration": 60, **device},
    }
