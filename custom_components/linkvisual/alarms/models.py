"""Model of an alarm, its event data and its dispatcher signal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from homeassistant.helpers.dispatcher import SignalType

from ..api.media_models import DeviceEvent
from ..const import DOMAIN
from ..media.identifiers import RECORDING, MediaId

# Numbers of linkvisual-api.md section 14. Some are synonyms; vendors use others.
_TYPES = {
    1: "motion",
    2: "sound",
    3: "human",
    4: "pet",
    5: "line_crossing",
    6: "area_intrusion",
    7: "fall",
    8: "face",
    9: "smile",
    10: "abnormal_sound",
    11: "crying",
    12: "laughter",
    10001: "illegal_parking",
    10002: "street_vending",
    10003: "motorbike",
    10004: "pedestrian",
    10005: "vehicle",
    10006: "vending_outside_shop",
    10007: "face_recognition",
    10008: "face",
    10009: "person_or_vehicle",
    10010: "lens_covered",
    10011: "camera_moved",
    10012: "key_area_occupied",
    11001: "area_intrusion",
    11002: "climbing",
    11003: "getting_up",
    11004: "off_post",
    11005: "loitering",
    11006: "line_crossing",
    11007: "wrong_direction",
    11008: "fast_movement",
    11009: "object_moved",
    11010: "object_left",
    11011: "crowd_density",
    11012: "crowd_gathering",
    11013: "crowd_dispersing",
    11014: "violent_motion",
    11015: "fall",
    11016: "child_tracking",
    11017: "mask",
    11018: "pet",
    12001: "bike_parking",
    12002: "rubbish",
    12003: "laundry",
    13001: "fire",
    13002: "fire_lane_blocked",
    13003: "smoking",
    14001: "passenger_flow",
}
OTHER = "other"
ALARM_TYPES = [*dict.fromkeys(_TYPES.values()), OTHER]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm. `alarm_type` is the cloud's number; `file_name` is None while no recording is known."""

    iot_id: str
    event_id: str
    event_time: datetime
    alarm_type: int
    picture_id: str
    file_name: str | None = None

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

    @property
    def name(self) -> str:
        """The event type."""
        return _TYPES.get(self.alarm_type, OTHER)


# Fields of an alarm in the event entity and triggers. The functions take the config entry's ID, too.
_FIELDS: dict[str, Callable[[Alarm, str], Any]] = {
    "event_id": lambda alarm, _: alarm.event_id,
    "event_time": lambda alarm, _: alarm.event_time.isoformat(),
    "alarm_type": lambda alarm, _: alarm.alarm_type,
    "file_name": lambda alarm, _: alarm.file_name,
    "media_content_id": lambda alarm, entry_id: (
        alarm.file_name
        and MediaId(entry_id, alarm.iot_id, RECORDING, alarm.file_name).content_id
    ),
}
# The event entity adds the signed path of the picture.
ALARM_FIELDS = (*_FIELDS, "picture")


def alarm_data(alarm: Alarm, entry_id: str) -> dict[str, Any]:
    """Return the fields of an alarm, without missing ones."""
    data = {name: value_fn(alarm, entry_id) for name, value_fn in _FIELDS.items()}
    return {name: value for name, value in data.items() if value is not None}


def alarm_signal(entry_id: str, iot_id: str) -> SignalType[Alarm]:
    """Return the dispatcher signal of a camera's new alarms."""
    return SignalType(f"{DOMAIN}_alarm_{entry_id}_{iot_id}")


def alarm_recorded_signal(entry_id: str, iot_id: str) -> SignalType[Alarm]:
    """Return the dispatcher signal of a camera's earlier alarms whose recordings are available now."""
    return SignalType(f"{DOMAIN}_alarm_recorded_{entry_id}_{iot_id}")
