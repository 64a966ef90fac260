"""Subscriptions of products: what each operation does."""

import json
from typing import Any

from tests.emulator.cloud import ACCOUNT_ID, Cloud

from .parameters import mns_configuration
from .scenario import Call, Reply, scenario


def _named(cloud: Cloud, kind: str = "MNS") -> dict[str, Any]:
    key = next(iter(cloud.world.products))
    return {"ProductKey": key, "Type": kind, "IotInstanceId": cloud.iot_instance_id}


def _flags(reply: Reply) -> set[str]:
    return {name for name, value in reply.items() if value is True} - {"Success"}


@scenario("CreateSubscribeRelation")
async def create_subscribe_relation(cloud: Cloud, call: Call) -> None:
    """Subscribe a product in both ways; the queue is made, or taken as it is."""
    named = _named(cloud)
    queue_name = f"aliyun-iot-{named['ProductKey']}"
    params = {
        **named,
        "DeviceDataFlag": True,
        "DeviceStatusChangeFlag": True,
        "DeviceLifeCycleFlag": False,
        "MnsConfiguration": mns_configuration(queue_name),
    }
    assert (await call("CreateSubscribeRelation", params))["Success"] is True
    queue = cloud.queues[queue_name]
    queue.put("kept", cloud.now())
    reply = await call("QuerySubscribeRelation", named)
    assert _flags(reply) == {"DeviceDataFlag", "DeviceStatusChangeFlag"}
    assert reply["MnsConfiguration"] == params["MnsConfiguration"]
    other = list(cloud.world.products)[1]
    await call("CreateSubscribeRelation", {**params, "ProductKey": other})
    assert cloud.queues == {queue_name: queue}
    assert len(queue.messages) == 1
    amqp = {**_named(cloud, "AMQP"), "DeviceTagFlag": True}
    await call("CreateSubscribeRelation", {**amqp, "ConsumerGroupIds": ["a", "b"]})
    reply = await call("QuerySubscribeRelation", _named(cloud, "AMQP"))
    assert _flags(reply) == {"DeviceTagFlag"}
    assert reply["ConsumerGroupIds"] == ["a", "b"]


@scenario("QuerySubscribeRelation")
async def query_subscribe_relation(cloud: Cloud, call: Call) -> None:
    """Find the queue of a product, the account and the region; or none."""
    named = _named(cloud)
    cloud.subscribe(cloud.world.products[named["ProductKey"]])
    reply = await call("QuerySubscribeRelation", named)
    assert (reply["ProductKey"], reply["Type"]) == (named["ProductKey"], "MNS")
    told = json.loads(reply["MnsConfiguration"])
    assert told["queueName"] == f"aliyun-iot-{named['ProductKey']}"
    assert told["regionName"] == cloud.region
    amqp = await call("QuerySubscribeRelation", {**named, "Type": "AMQP"})
    assert amqp["Success"] is False
    role = f"acs:ram::{ACCOUNT_ID}:role/aliyuniotaccessingmnsrole"
    assert told["role"]["roleArn"] == role
    await call("DeleteSubscribeRelation", named)
    cloud.inferred.unsubscribed = "empty"
    reply = await call("QuerySubscribeRelation", named)
    assert (reply["Success"], reply["MnsConfiguration"]) == (True, "")
    cloud.inferred.queue_key = "themeName"
    cloud.inferred.queue_role = "AliyunIOTAccessingSMQRole"
    cloud.subscribe(cloud.world.products[named["ProductKey"]])
    told = json.loads((await call("QuerySubscribeRelation", named))["MnsConfiguration"])
    assert told["themeName"] == f"aliyun-iot-{named['ProductKey']}"
    assert told["role"]["roleName"] == "AliyunIOTAccessingSMQRole"


@scenario("UpdateSubscribeRelation")
async def update_subscribe_relation(cloud: Cloud, call: Call) -> None:
    """Replace all flags of a subscription."""
    named = _named(cloud)
    product = cloud.world.products[named["ProductKey"]]
    cloud.subscribe(product)
    queue = cloud.queue_of(product)
    params = {
        **named,
        "DeviceLifeCycleFlag": True,
        "MnsConfiguration": mns_configuration(queue.name, "themeName"),
    }
    assert (await call("UpdateSubscribeRelation", params))["Success"] is True
    reply = await call("QuerySubscribeRelation", named)
    assert _flags(reply) == {"DeviceLifeCycleFlag"}
    assert cloud.queue_of(product) is queue


@scenario("DeleteSubscribeRelation")
async def delete_subscribe_relation(cloud: Cloud, call: Call) -> None:
    """Delete a subscription, and its queue with it."""
    named = _named(cloud)
    cloud.subscribe()
    assert (await call("DeleteSubscribeRelation", named))["Success"] is True
    assert (await call("QuerySubscribeRelation", named))["Success"] is False
    assert len(cloud.queues) == len(cloud.subscriptions) == 1
