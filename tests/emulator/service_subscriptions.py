"""Iot: server-side subscriptions of products. Source: push.md section 2.4."""

import json
from typing import Any

from .cloud import Cloud
from .operations import Params
from .queues.store import Queue
from .refusals import ServiceRefusal
from .services import Fields, Origin, iot_product, service
from .subscriptions import FLAGS, Subscription


def _key(cloud: Cloud, params: Params) -> tuple[str, str]:
    """Return product and type of a subscription, or refuse."""
    product = iot_product(cloud, params)
    if params["Type"] not in ("MNS", "AMQP"):
        raise ServiceRefusal(*cloud.inferred.bad_subscription)
    return product.product_key, str(params["Type"])


def _found(cloud: Cloud, params: Params) -> Subscription:
    found = cloud.subscriptions.get(_key(cloud, params))
    if found is None:
        raise ServiceRefusal(*cloud.inferred.not_subscribed)
    return found


def _read(cloud: Cloud, params: Params) -> Subscription:
    """Return the subscription that parameters describe, or refuse."""
    group_ids = params.get("ConsumerGroupIds", [])
    assert isinstance(group_ids, list)
    wanted = Subscription(
        {name for name in FLAGS if params.get(name) is True},
        subscribe_flags=str(params.get("SubscribeFlags", "")),
        consumer_group_ids=[str(each) for each in group_ids],
    )
    if not wanted.flags:
        raise ServiceRefusal(*cloud.inferred.bad_subscription)
    if params["Type"] == "MNS":
        wanted.configuration = str(params.get("MnsConfiguration", ""))
        wanted.queue_name = _queue_name(cloud, wanted.configuration)
    return wanted


def _queue_name(cloud: Cloud, text: str) -> str:
    """Return the queue that a MnsConfiguration names under either key, or refuse."""
    try:
        told: Any = json.loads(text)
        name = told.get("queueName") or told["themeName"]
        _ = told["regionName"], told["role"]["roleArn"]
    except (ValueError, TypeError, KeyError, AttributeError) as err:
        raise ServiceRefusal(*cloud.inferred.bad_subscription) from err
    return str(name)


@service("CreateSubscribeRelation")
def create_subscribe_relation(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Subscribe a product; its queue is made, unless it is there."""
    key = _key(cloud, params)
    if key in cloud.subscriptions:
        raise ServiceRefusal(*cloud.inferred.already_subscribed)
    wanted = _read(cloud, params)
    cloud.subscriptions[key] = wanted
    _make_queue(cloud, wanted)
    return {}


def _make_queue(cloud: Cloud, subscription: Subscription) -> None:
    name = subscription.queue_name
    if name and name not in cloud.queues:
        cloud.queues[name] = Queue(name, cloud.now())


@service("UpdateSubscribeRelation")
def update_subscribe_relation(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Replace the flags of a subscription, and its queue where another one is named."""
    found = _found(cloud, params)
    wanted = _read(cloud, params)
    found.flags, found.subscribe_flags = wanted.flags, wanted.subscribe_flags
    found.consumer_group_ids = wanted.consumer_group_ids
    found.queue_name, found.configuration = wanted.queue_name, wanted.configuration
    _make_queue(cloud, found)
    return {}


@service("QuerySubscribeRelation")
def query_subscribe_relation(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Describe a subscription: all flags, and what belongs to its type."""
    key = _key(cloud, params)
    if key not in cloud.subscriptions and cloud.inferred.unsubscribed == "empty":
        found = Subscription(set())
    else:
        found = _found(cloud, params)
    told: Fields = {
        "ProductKey": key[0],
        "Type": key[1],
        **{name: name in found.flags for name in FLAGS},
    }
    if found.subscribe_flags:
        told["SubscribeFlags"] = found.subscribe_flags
    if key[1] == "MNS":
        told["MnsConfiguration"] = found.configuration
    else:
        told["ConsumerGroupIds"] = found.consumer_group_ids
    return told


@service("DeleteSubscribeRelation")
def delete_subscribe_relation(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """End a subscription; its queue goes with all that it holds."""
    cloud.delete_queue(_found(cloud, params).queue_name)
    del cloud.subscriptions[_key(cloud, params)]
    return {}
