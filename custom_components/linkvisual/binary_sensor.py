"""Binary sensors: connectivity, recording, and what alarms tell, such as motion."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.restore_state import RestoredExtraData, RestoreEntity
from homeassistant.util import dt as dt_util

from .alarms.manager import Alarms
from .alarms.models import Alarm, alarm_signal
from .data import LinkVisualConfigEntry
from .entity import (
    LinkVisualEntity,
    RecordingEntity,
    async_add_per_camera,
    async_is_registered,
)

PARALLEL_UPDATES = 0

# An alarm has no end: its sensors turn off this long after the last one was reported.
OFF_DELAY = timedelta(seconds=30)
# What happened longer ago, when it is reported, says nothing about now. Polling takes three minutes for 50 cameras.
MAX_AGE = timedelta(minutes=5)

_OFF_AT = "off_at"

CONNECTIVITY = BinarySensorEntityDescription(
    key="connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
RECORDING = BinarySensorEntityDescription(
    key="recording",
    translation_key="recording",
    device_class=BinarySensorDeviceClass.RUNNING,
)


@dataclass(frozen=True, kw_only=True)
class AlarmSensorDescription(BinarySensorEntityDescription):
    """Description with the names of the alarm types that turn the sensor on."""

    alarm_types: frozenset[str]
    # Few cameras send these alarms: the sensor is added with the first one.
    is_rare: bool = False


_PERSON = frozenset(
    {
        "child_tracking",
        "climbing",
        "crowd_dispersing",
        "crowd_gathering",
        "face",
        "face_recognition",
        "fall",
        "getting_up",
        "human",
        "loitering",
        "mask",
        "pedestrian",
        "smile",
        "smoking",
        "violent_motion",
    }
)
_MOVING_VEHICLE = frozenset({"motorbike", "vehicle"})
_PET = frozenset({"pet"})

# Vehicles and pets have no device class: of one that moves, Home Assistant's motion triggers would tell twice.
ALARM_SENSORS = (
    AlarmSensorDescription(
        key="motion",
        device_class=BinarySensorDeviceClass.MOTION,
        alarm_types=_PERSON
        | _MOVING_VEHICLE
        | _PET
        | {
            "area_intrusion",
            "fast_movement",
            "line_crossing",
            "motion",
            "object_moved",
            "person_or_vehicle",
            "wrong_direction",
        },
    ),
    AlarmSensorDescription(
        key="person",
        translation_key="person",
        device_class=BinarySensorDeviceClass.MOTION,
        entity_registry_enabled_default=False,
        alarm_types=_PERSON,
    ),
    AlarmSensorDescription(
        key="sound",
        device_class=BinarySensorDeviceClass.SOUND,
        entity_registry_enabled_default=False,
        alarm_types=frozenset({"abnormal_sound", "crying", "laughter", "sound"}),
    ),
    AlarmSensorDescription(
        key="vehicle",
        translation_key="vehicle",
        alarm_types=_MOVING_VEHICLE | {"illegal_parking"},
        is_rare=True,
    ),
    AlarmSensorDescription(
        key="pet", translation_key="pet", alarm_types=_PET, is_rare=True
    ),
    AlarmSensorDescription(
        key="fire",
        translation_key="fire",
        device_class=BinarySensorDeviceClass.SMOKE,
        alarm_types=frozenset({"fire"}),
        is_rare=True,
    ),
    AlarmSensorDescription(
        key="tamper",
        device_class=BinarySensorDeviceClass.TAMPER,
        alarm_types=frozenset({"camera_moved", "lens_covered"}),
        is_rare=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of all cameras."""
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (
            ConnectivitySensor(entry, iot_id, CONNECTIVITY),
            RecordingSensor(entry, iot_id, RECORDING),
        ),
    )
    if alarms := entry.runtime_data.alarms:
        _async_add_alarm_sensors(hass, entry, async_add_entities, alarms)


@callback
def _async_add_alarm_sensors(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    alarms: Alarms,
) -> None:
    """Add the alarm sensors of all cameras; rare ones with their first alarm, or at once if they are registered."""
    added: dict[str, set[str]] = {}

    def is_usual(iot_id: str, description: AlarmSensorDescription) -> bool:
        return not description.is_rare or async_is_registered(
            hass, Platform.BINARY_SENSOR, iot_id, description.key
        )

    def make(iot_id: str) -> Iterable[AlarmSensor]:
        usual = [each for each in ALARM_SENSORS if is_usual(iot_id, each)]
        if iot_id not in added:
            signal = alarm_signal(entry.entry_id, iot_id)
            entry.async_on_unload(async_dispatcher_connect(hass, signal, add_rare))
        added[iot_id] = {description.key for description in usual}
        return [AlarmSensor(entry, iot_id, each, alarms) for each in usual]

    @callback
    def add_rare(alarm: Alarm) -> None:
        if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            return
        keys = added[alarm.iot_id]
        new = [
            description
            for description in ALARM_SENSORS
            if alarm.name in description.alarm_types and description.key not in keys
        ]
        keys.update(description.key for description in new)
        async_add_entities(
            AlarmSensor(entry, alarm.iot_id, each, alarms, alarm) for each in new
        )

    async_add_per_camera(entry, async_add_entities, make)


class ConnectivitySensor(LinkVisualEntity, BinarySensorEntity):
    """Whether IoT Platform reports the camera as connected."""

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.last_update_success

    @property
    @override
    def is_on(self) -> bool:
        return self.camera.online


class RecordingSensor(RecordingEntity, BinarySensorEntity):
    """Whether the camera is making a triggered recording."""

    @property
    @override
    def is_on(self) -> bool:
        return self._data.recordings.is_running(self._iot_id)


class AlarmSensor(LinkVisualEntity, BinarySensorEntity, RestoreEntity):
    """Whether the camera has just sent an alarm of certain types."""

    entity_description: AlarmSensorDescription

    def __init__(
        self,
        entry: LinkVisualConfigEntry,
        iot_id: str,
        description: AlarmSensorDescription,
        alarms: Alarms,
        first_alarm: Alarm | None = None,
    ) -> None:
        """`first_alarm` is the one with which the sensor is added."""
        super().__init__(entry, iot_id, description)
        self._alarms = alarms
        self._first_alarm = first_alarm
        self._off_at: datetime | None = None
        self._cancel_timer: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        if data := await self.async_get_last_extra_data():
            off_at = dt_util.parse_datetime(data.as_dict().get(_OFF_AT) or "")
            now = dt_util.utcnow()
            if off_at and off_at > now:
                # The clock of this machine may have been set meanwhile.
                self._async_turn_on(min(off_at, now + OFF_DELAY))
        if self._first_alarm:
            self._handle_alarm(self._first_alarm)
        signal = alarm_signal(self._entry.entry_id, self._iot_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self._handle_alarm)
        )
        self.async_on_remove(self._alarms.async_watch(self._iot_id))
        self.async_on_remove(self._async_cancel_timer)

    @property
    @override
    def is_on(self) -> bool:
        return self._off_at is not None

    @property
    @override
    def extra_restore_state_data(self) -> RestoredExtraData:
        return RestoredExtraData(
            {_OFF_AT: self._off_at.isoformat() if self._off_at else None}
        )

    @callback
    def _handle_alarm(self, alarm: Alarm) -> None:
        if (
            alarm.name in self.entity_description.alarm_types
            and self._alarms.age(alarm) <= MAX_AGE
        ):
            self._async_turn_on(dt_util.utcnow() + OFF_DELAY)
            self.async_write_ha_state()

    @callback
    def _async_turn_on(self, off_at: datetime) -> None:
        """Turn on until `off_at`. The caller writes the state."""
        self._async_cancel_timer()
        self._off_at = off_at
        # Not at a time of the clock, which may be set back meanwhile.
        self._cancel_timer = async_call_later(
            self.hass,
            off_at - dt_util.utcnow(),
            HassJob(
                self._handle_timer, "LinkVisual alarm is over", cancel_on_shutdown=True
            ),
        )

    @callback
    def _async_cancel_timer(self) -> None:
        if self._cancel_timer:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _handle_timer(self, _now: datetime) -> None:
        self._off_at = self._cancel_timer = None
        self.async_write_ha_state()
