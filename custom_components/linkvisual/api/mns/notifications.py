"""Reading notifications of IoT Platform from the envelopes of messages. Source: push.md sections 3.2 and 3.3."""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
import json
import re
from typing import Any

from ..fields import (
    CLOUD_TIME_ZONE,
    Row,
    identifier,
    iso_time,
    json_object,
    key,
    number,
    text,
    unix_time,
)
from ..models import DeviceStatus
from .models import (
    AlarmNotification,
    LifecycleNotification,
    Notification,
    PropertyNotification,
    PushedAlarm,
    StatusNotification,
)

# The device, and what the message is about.
_TOPIC = re.compile(r"(?:/sys|/as/mqtt/status)?/([^/]+)/([^/]+)(?:/thing/(.+))?")
# An event of a function block has the block's name in front.
_ALARM_POST = re.compile(r"event/(?:[^/]+:)?(?:IntelligentAlarm|AlarmEvent)/post")
_LIFECYCLE_ACTIONS = ("create", "delete", "enable", "disable")
# A message tells nothing that is later than itself, as far as clocks agree; devices' clocks may be wrong by any time.
_TOLERANCE = timedelta(minutes=1)

# Names of the device that a notification is about.
type _Names = Mapping[str, str]


def read_notification(envelope: Row, sent_at: datetime) -> Notification | None:
    """Return the notification of an envelope; None for kinds of no use. Raises ValueError if it is unreadable."""
    match = _TOPIC.fullmatch(text(envelope, "topic"))
    product_key, device_name, about = match.groups("") if match else ("", "", "")
    read: Callable[[_Names, Row, datetime], Notification]
    match identifier(envelope, "messagetype"):
        case "status":
            read = _read_status
        case "device_lifecycle":
            read = _read_lifecycle
        case "upload" if about == "event/property/post":
            read = _read_properties
        case "upload" if _ALARM_POST.fullmatch(about):
            read = _read_alarms
        case _:
            return None
    payload = json_object(b64decode(text(envelope, "payload")))
    topic = {"productKey": product_key, "deviceName": device_name}
    names = {
        "iot_id": _optional_key(payload, "iotId"),
        "product_key": _optional_key(payload, "productKey")
        or _optional_key(topic, "productKey"),
        "device_name": _optional_key(payload, "deviceName")
        or _optional_key(topic, "deviceName"),
    }
    if not names["iot_id"] and not names["device_name"]:
        raise ValueError("the device is missing")
    return read(names, payload, sent_at)


def _optional_key(row: Row, name: str) -> str:
    try:
        return key(row, name)
    except ValueError:
        return ""


def _object(row: Row, name: str) -> Row:
    """Return a nested object; empty if missing or anything else."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def _milliseconds(row: Row, name: str) -> datetime | None:
    try:
        return unix_time(number(row, name) / 1000)
    except ValueError:
        return None


def _read_alarms(names: _Names, payload: Row, sent_at: datetime) -> AlarmNotification:
    """Read IntelligentAlarm, which is a list of alarms, or AlarmEvent, which is one."""
    value = _object(payload, "value")
    rows = value.get("EventList")
    posted_at = _milliseconds(payload, "time") or sent_at
    alarms = tuple(_alarms(rows if isinstance(rows, list) else [value], posted_at))
    if not alarms:
        raise ValueError("no alarm is readable")
    return AlarmNotification(**names, alarms=alarms)


def _alarms(rows: list[Any], posted_at: datetime) -> Iterator[PushedAlarm]:
    for row in rows:
        if not isinstance(row, dict):
            continue
        try:
            event_type = number(row, "AlarmType")
        except ValueError:
            continue
        event_time = _milliseconds(row, "EventTime") or posted_at
        yield PushedAlarm(event_type, event_time, text(row, "AlarmPicID"))


def _read_status(names: _Names, payload: Row, sent_at: datetime) -> StatusNotification:
    status = DeviceStatus(text(payload, "status").upper())
    if status is DeviceStatus.UNKNOWN:
        raise ValueError("status is missing or unknown")
    times = (
        _iso_time(payload, "utcTime", UTC),
        _iso_time(payload, "time", CLOUD_TIME_ZONE),
    )
    time = next(
        (each for each in times if each and each <= sent_at + _TOLERANCE), sent_at
    )
    return StatusNotification(**names, status=status, time=time)


def _iso_time(row: Row, name: str, zone: tzinfo) -> datetime | None:
    try:
        return iso_time(row, name, zone)
    except ValueError:
        return None


def _read_properties(
    names: _Names, payload: Row, sent_at: datetime
) -> PropertyNotification:
    # With weak validation, values that do not match the thing model are apart.
    items = {**_object(payload, "checkFailedData"), **_object(payload, "items")}
    values: dict[str, str] = {}
    times: list[datetime] = []
    for name, item in items.items():
        if not isinstance(item, dict) or not text({"name": name}, "name"):
            continue
        if value := _as_text(item.get("value")):
            values[name] = value
            if time := _milliseconds(item, "time"):
                times.append(time)
    if not values:
        raise ValueError("no value is readable")
    created = _milliseconds(payload, "gmtCreate")
    if created is None or created > sent_at + _TOLERANCE:
        created = sent_at
    time = max(times, default=created)
    if abs(time - created) > _TOLERANCE:
        time = created
    return PropertyNotification(**names, values=values, time=time)


def _as_text(value: object) -> str:
    """Return a value as QueryDevicePropertyStatus does; "" if there is none, or if it is absurd."""
    match value:
        case None:
            return ""
        case bool():
            value = str(int(value))
        case str():
            pass
        case _:
            value = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text({"value": value}, "value")


def _read_lifecycle(
    names: _Names, payload: Row, _sent_at: datetime
) -> LifecycleNotification:
    # Nothing else is read: the payload may contain a device secret.
    action = text(payload, "action")
    if action not in _LIFECYCLE_ACTIONS:
        raise ValueError("action is missing or unknown")
    return LifecycleNotification(**names, action=action)
