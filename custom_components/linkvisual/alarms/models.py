"""Model of an alarm, its event data and its dispatcher signal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from homeassistant.helpers.dispatcher import SignalType

from ..alarm_types import alarm_type_name
from ..api.media_models import DeviceEvent, RecordFile
from ..api.mns.models import PushedAlarm
from ..const import DOMAIN
from ..media.identifiers import PICTURE, RECORDING, MediaId
from .known import KnownAlarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm. `alarm_type` is the cloud's number; `files` are of its recording, empty while none is known.

    `event_id` is "" while only the message queue has told the alarm; `sent_at` is when it did, by the cloud's clock.
    """

    iot_id: str
    event_id: str
    event_time: datetime
    alarm_type: int
    picture_id: str
    files: tuple[RecordFile, ...] = ()
    sent_at: datetime | None = None

    @classmethod
    def of_event(cls, iot_id: str, event: DeviceEvent) -> Self:
        """Return the alarm of an event of the cloud."""
        return cls(
            iot_id=iot_id,
            event_id=event.event_id,
            event_time=event.event_time,
            alarm_type=event.event_type,
            picture_id=event.pic_id,
        )

    @classmethod
    def of_message(cls, iot_id: str, message: PushedAlarm, sent_at: datetime) -> Self:
        """Return the alarm of a message."""
        return cls(
            iot_id=iot_id,
            event_id="",
            event_time=message.event_time,
            alarm_type=message.event_type,
            picture_id="",
            sent_at=sent_at,
        )

    @property
    def key(self) -> str:
        """The key among a camera's known alarms."""
        return KnownAlarm(
            event_time=self.event_time,
            alarm_type=self.alarm_type,
            event_id=self.event_id,
        ).key

    @property
    def file_name(self) -> str | None:
        """The first file of the recording."""
        return self.files[0].file_name if self.files else None

    @property
    def name(self) -> str:
        """The event type."""
        return alarm_type_name(self.alarm_type)


# Fields of an alarm in the event entity and triggers. The functions take the config entry's ID, too.
_FIELDS: dict[str, Callable[[Alarm, str], Any]] = {
    "event_id": lambda alarm, _: alarm.event_id or None,
    "event_time": lambda alarm, _: alarm.event_time.isoformat(),
    "alarm_type": lambda alarm, _: alarm.alarm_type,
    "file_name": lambda alarm, _: alarm.file_name,
    "media_content_id": lambda alarm, entry_id: (
        alarm.file_name
        and MediaId(entry_id, alarm.iot_id, RECORDING, alarm.file_name).content_id
    ),
    "picture_media_content_id": lambda alarm, entry_id: (
        MediaId(entry_id, alarm.iot_id, PICTURE, alarm.picture_id).content_id
        if alarm.picture_id
        else None
    ),
}
# The event entity adds the signed path of the picture, the text about the recording, and whether recent alarms of the
# camera were recorded.
ATTR_PICTURE = "picture"
ALARM_FIELDS = (*_FIELDS, ATTR_PICTURE, "annotation", "recorded_lately")


def alarm_data(alarm: Alarm, entry_id: str) -> dict[str, Any]:
    """Return the fields of an alarm, without missing ones."""
    data = {name: value_fn(alarm, entry_id) for name, value_fn in _FIELDS.items()}
    return {name: value for name, value in data.items() if value is not None}


def alarm_signal(entry_id: str, iot_id: str) -> SignalType[Alarm]:
    """Return the dispatcher signal of a camera's new alarms."""
    return SignalType(f"{DOMAIN}_alarm_{entry_id}_{iot_id}")


def alarm_updated_signal(entry_id: str, iot_id: str) -> SignalType[Alarm]:
    """Return the dispatcher signal of a camera's earlier alarms whose EventId and picture, or recording, came since."""
    return SignalType(f"{DOMAIN}_alarm_updated_{entry_id}_{iot_id}")
