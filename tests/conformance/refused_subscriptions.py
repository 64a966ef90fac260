"""Subscriptions: what is refused."""

from typing import Any

from tests.emulator.cloud import Cloud

from .parameters import mns_configuration
from .refusal import gateway_says, refusal, service_says
from .scenario import Call


@refusal
async def bad_subscriptions(cloud: Cloud, call: Call) -> None:
    """Refuse unknown products and types, subscriptions to nothing, without a queue, twice, and of what there is none."""
    inferred = cloud.inferred
    key = next(iter(cloud.world.products))
    instance = {"IotInstanceId": cloud.iot_instance_id}
    named: dict[str, Any] = {"ProductKey": key, "Type": "MNS", **instance}
    good = {
        **named,
        "DeviceDataFlag": True,
        "MnsConfiguration": mns_configuration(f"aliyun-iot-{key}"),
    }
    cloud.inferred.qps |= dict.fromkeys(
        ("CreateSubscribeRelation", "UpdateSubscribeRelation"), 100
    )
    for action in ("Query", "Update", "Delete"):
        params = good if action == "Update" else named
        code, message = inferred.not_subscribed
        await service_says(code, message, call, f"{action}SubscribeRelation", params)
    unknown = ("iot.prod.NotExistedProduct", "The product does not exist.")
    bad: tuple[tuple[tuple[str, str], dict[str, Any]], ...] = (
        (unknown, {"ProductKey": "a1Nobody"}),
        (inferred.bad_subscription, {"Type": "MQTT"}),
        (inferred.bad_subscription, {"DeviceDataFlag": False}),
        *(
            (inferred.bad_subscription, {"MnsConfiguration": text})
            for text in ("", "x", "[]", "{}", '{"queueName": "a"}')
        ),
    )
    for (code, message), changes in bad:
        params = {**good, **changes}
        await service_says(code, message, call, "CreateSubscribeRelation", params)
    assert not cloud.queues
    assert (await call("CreateSubscribeRelation", good))["Success"] is True
    code, message = inferred.already_subscribed
    await service_says(code, message, call, "CreateSubscribeRelation", good)
    for name in ("Type", "ProductKey"):
        params = {each: value for each, value in named.items() if each != name}
        await gateway_says(
            400, f"Missing{name}", call, "QuerySubscribeRelation", params
        )
