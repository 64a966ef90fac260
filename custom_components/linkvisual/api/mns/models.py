"""Models of queues, and of the notifications in them. Source: push.md section 3."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..models import DeviceStatus


@dataclass(frozen=True, slots=True)
class PushedAlarm:
    """An alarm. The time is the camera's, in UTC; `pic_id` is "" without a picture."""

    event_type: int
    event_time: datetime
    pic_id: str


@dataclass(frozen=True, slots=True)
class DeviceNotification:
    """A notification about a device. Names that the message lacks are ""."""

    iot_id: str
    product_key: str
    device_name: str


@dataclass(frozen=True, slots=True)
class AlarmNotification(DeviceNotification):
    """Alarms of a camera (thing model events IntelligentAlarm and AlarmEvent)."""

    alarms: tuple[PushedAlarm, ...]


@dataclass(frozen=True, slots=True)
class StatusNotification(DeviceNotification):
    """A device went online or offline."""

    status: DeviceStatus
    time: datetime


@dataclass(frozen=True, slots=True)
class PropertyNotification(DeviceNotification):
    """Property values that a device reported: strings for all types, as in PropertyStatus."""

    values: Mapping[str, str]
    time: datetime


@dataclass(frozen=True, slots=True)
class LifecycleNotification(DeviceNotification):
    """A device was created, deleted, enabled or disabled: `action` is the verb."""

    action: str


type Notification = (
    AlarmNotification
    | StatusNotification
    | PropertyNotification
    | LifecycleNotification
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a queue. It comes back unless it is deleted by its receipt handle.

    `message_id` is IoT Platform's, the same for duplicates; "" if unreadable. `notification` is None if it is
    of no use or unreadable.
    """

    receipt_handle: str = field(repr=False)
    message_id: str
    sent_at: datetime
    enqueued_at: datetime | None
    notification: Notification | None


@dataclass(frozen=True, slots=True)
class QueueAttributes:
    """Attributes of a queue. The cloud is withdrawing the count: 0 or None may mean unknown."""

    active_messages: int | None
