"""What IoT Platform puts into the queue of a subscribed product: envelopes and payloads. Source: push.md section 3."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
import json
from random import Random
from typing import Any, Literal

from .archive import Alarm
from .cloud import Cloud
from .world import Device

_FIRST_MESSAGE_ID = 1_890_000_000_000_000_000
_EVENT_NAMES = {"IntelligentAlarm": "智能告警", "AlarmEvent": "告警"}

type Kind = Literal["upload", "status", "device_lifecycle"]
type LifeCycle = Literal["create", "delete", "enable", "disable"]

_FLAGS: dict[Kind, str] = {
    "upload": "DeviceDataFlag",
    "status": "DeviceStatusChangeFlag",
    "device_lifecycle": "DeviceLifeCycleFlag",
}


def tell_alarm(
    cloud: Cloud, camera: Device, alarm: Alarm, *, delay: float = 0.0, copies: int = 1
) -> None:
    """Tell an alarm, by the camera's clock; late by some seconds, or several times."""
    identifier = cloud.inferred.alarm_event
    at = int(alarm.time * 1000)
    value: dict[str, Any] = {
        "AlarmType": alarm.event_type,
        "AlarmPicID": alarm.pic_id or "",
        "Data": alarm.data,
    }
    if identifier == "IntelligentAlarm":
        size = 0 if alarm.pic_id is None else 51_200
        value = {"EventList": [{**value, "EventTime": str(at), "AlarmPicSize": size}]}
    payload = {
        "identifier": identifier,
        "name": _EVENT_NAMES[identifier],
        "type": "alert",
        **_named(camera),
        "gmtCreate": int(cloud.now() * 1000),
        "value": value,
        "time": at,
    }
    topic = _thing_topic(cloud, camera, f"event/{identifier}/post")
    _publish(cloud, camera, "upload", topic, payload, delay=delay, copies=copies)


def tell_properties(cloud: Cloud, device: Device, told: Mapping[str, str]) -> None:
    """Tell what a device reports of its properties, now."""
    if not told:
        return
    now = int(cloud.now() * 1000)
    payload = {
        "deviceType": device.product.category_key or "CustomCategory",
        "requestId": str(now % 1000),
        "checkFailedData": {},
        **_named(device),
        "gmtCreate": now,
        "items": {
            name: {"value": _value(device, name, text), "time": now}
            for name, text in told.items()
        },
    }
    topic = _thing_topic(cloud, device, "event/property/post")
    _publish(cloud, device, "upload", topic, payload)


def _value(device: Device, identifier: str, text: str) -> Any:
    """Return a property's value as the device told it."""
    of = device.product.model.properties.get(identifier)
    try:
        return float(text) if of is not None and of.kind == "double" else int(text)
    except ValueError:
        return text


def tell_status(cloud: Cloud, device: Device, status: str) -> None:
    """Tell that a device was connected or lost: "online" or "offline"."""
    named = _named(device)
    if not cloud.inferred.status_iot_id:
        del named["iotId"]
    now, last = cloud.now(), cloud.now() - 0.01
    payload = {
        "status": status,
        **named,
        "time": _shanghai(now),
        "utcTime": _utc(now),
        "lastTime": _shanghai(last),
        "utcLastTime": _utc(last),
        "clientIp": "192.0.2.1",
    }
    topic = f"/as/mqtt/status/{device.product.product_key}/{device.device_name}"
    _publish(
        cloud, device, "status", topic if cloud.inferred.status_topic else None, payload
    )


def tell_life_cycle(cloud: Cloud, device: Device, action: LifeCycle) -> None:
    """Tell that a device was made, removed, enabled or disabled. A message has the secret of a new one."""
    payload = {
        "action": action,
        **_named(device),
        "deviceSecret": "emulatedDeviceSecret" if action == "create" else "",
        "messageCreateTime": int(cloud.now() * 1000),
    }
    topic = _thing_topic(cloud, device, "lifecycle")
    _publish(cloud, device, "device_lifecycle", topic, payload)


def _named(device: Device) -> dict[str, Any]:
    return {
        "iotId": device.iot_id,
        "productKey": device.product.product_key,
        "deviceName": device.device_name,
    }


def _thing_topic(cloud: Cloud, device: Device, rest: str) -> str:
    prefix = "/sys" if cloud.inferred.sys_topics else ""
    return f"{prefix}/{device.product.product_key}/{device.device_name}/thing/{rest}"


def _shanghai(when: float) -> str:
    moment = datetime.fromtimestamp(when, timezone(timedelta(hours=8)))
    return moment.replace(tzinfo=None).isoformat(" ", "milliseconds")


def _utc(when: float) -> str:
    moment = datetime.fromtimestamp(when, UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _publish(
    cloud: Cloud,
    device: Device,
    kind: Kind,
    topic: str | None,
    payload: dict[str, Any],
    *,
    delay: float = 0.0,
    copies: int = 1,
) -> None:
    """Put a message into the queue of the device's product, if that is subscribed, and as Delivery says."""
    key = device.product.product_key, "MNS"
    subscription = cloud.subscriptions.get(key)
    if subscription is None or _FLAGS[kind] not in subscription.flags:
        return
    delivery = cloud.delivery
    delivery.count += 1
    random = Random(delivery.seed * 1_000_003 + delivery.count)
    if random.random() < delivery.lost:
        return
    body = _envelope(cloud, kind, topic, payload)
    delay += random.uniform(0, delivery.late)
    put = partial(_put, cloud, key, body, copies * delivery.copies)
    if delay:
        cloud.later(delay * cloud.speed, put)  # in real seconds
    else:
        put()


def _envelope(
    cloud: Cloud, kind: Kind, topic: str | None, payload: dict[str, Any]
) -> str:
    inferred = cloud.inferred
    number, now = _FIRST_MESSAGE_ID + cloud.delivery.count, int(cloud.now())
    inner = json.dumps(payload, ensure_ascii=False).encode()
    envelope = {
        "payload": b64encode(inner).decode(),
        "messagetype": kind,
        "topic": topic,
        "messageid": str(number) if inferred.message_id_is_text else number,
        "timestamp": str(now) if inferred.message_time_is_text else now,
    }
    text = json.dumps(envelope, separators=(",", ":"))
    return b64encode(text.encode()).decode() if inferred.outer_base64 else text


def _put(cloud: Cloud, key: tuple[str, str], body: str, copies: int) -> None:
    """Put a message into the queue, if there still is one."""
    subscription = cloud.subscriptions.get(key)
    queue = cloud.queues.get(subscription.queue_name) if subscription else None
    if queue is not None:
        for _ in range(copies):
            queue.put(body, cloud.now())
