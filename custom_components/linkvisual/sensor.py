"""Sensors: last recording, cloud storage, record plan, memory card, call statistics, push and archive jobs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    MAX_LENGTH_STATE_STATE,
    EntityCategory,
    Platform,
    UnitOfInformation,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .alarms.health import PushState
from .alarms.push import push_signal
from .api.meter import Meter
from .archive.job import ArchiveJob, Failure
from .archive.models import Problem, archive_signal
from .const import ATTR_STREAM_TYPE, CONF_PUSH, DOMAIN
from .data import LinkVisualConfigEntry
from .entity import (
    MANUFACTURER,
    LinkVisualEntity,
    RecordingEntity,
    async_add_per_camera,
)
from .media.identifiers import RECORDING, MediaId
from .plans.models import plan_signal
from .properties.entity import (
    PropertyEntity,
    PropertyEntityDescription,
    async_add_per_property,
)
from .recordings.models import Recording

PARALLEL_UPDATES = 0

LAST_RECORDING = SensorEntityDescription(
    key="last_recording",
    translation_key="last_recording",
    device_class=SensorDeviceClass.TIMESTAMP,
)
CLOUD_STORAGE = SensorEntityDescription(
    key="cloud_storage",
    translation_key="cloud_storage",
    device_class=SensorDeviceClass.DURATION,
    entity_category=EntityCategory.DIAGNOSTIC,
    native_unit_of_measurement=UnitOfTime.DAYS,
    suggested_display_precision=0,
)

RECORD_PLAN = SensorEntityDescription(
    key="record_plan",
    translation_key="record_plan",
    entity_category=EntityCategory.DIAGNOSTIC,
    # Each costs calls.
    entity_registry_enabled_default=False,
)
# State of a camera without a plan.
_NO_PLAN = "none"


@dataclass(frozen=True, kw_only=True)
class PropertySensorDescription(PropertyEntityDescription, SensorEntityDescription):
    """Description of a property. `value_fn` raises KeyError or ValueError for unknown values."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    value_fn: Callable[[str], str | float]


def _capacity(value: str) -> float:
    capacity = float(value)
    if not isfinite(capacity):
        raise ValueError(value)
    return capacity


_STORAGE_STATUS = {
    "0": "no_card",
    "1": "normal",
    "2": "not_formatted",
    "3": "formatting",
}

PROPERTY_SENSORS = (
    PropertySensorDescription(
        key="storage_remaining",
        translation_key="storage_remaining",
        identifier="StorageRemainCapacity",
        device_class=SensorDeviceClass.DATA_SIZE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=0,
        value_fn=_capacity,
    ),
    PropertySensorDescription(
        key="storage_status",
        translation_key="storage_status",
        identifier="StorageStatus",
        device_class=SensorDeviceClass.ENUM,
        options=list(_STORAGE_STATUS.values()),
        value_fn=_STORAGE_STATUS.__getitem__,
    ),
    PropertySensorDescription(
        key="storage_total",
        translation_key="storage_total",
        identifier="StorageTotalCapacity",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=0,
        value_fn=_capacity,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkVisualConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the account and of all cameras."""
    async_add_entities(
        AccountSensor(entry, description) for description in ACCOUNT_SENSORS
    )
    if entry.options.get(CONF_PUSH):
        async_add_entities([PushSensor(entry, PUSH)])
    for job in entry.runtime_data.archive.jobs.values():
        async_add_entities(
            (ArchiveSensor(entry, job, each) for each in ARCHIVE_SENSORS),
            config_subentry_id=job.job_id,
        )
    async_add_per_camera(
        entry,
        async_add_entities,
        lambda iot_id: (
            LastRecordingSensor(entry, iot_id, LAST_RECORDING),
            CloudStorageSensor(entry, iot_id, CLOUD_STORAGE),
            RecordPlanSensor(entry, iot_id, RECORD_PLAN),
        ),
    )
    async_add_per_property(
        hass,
        entry,
        async_add_entities,
        Platform.SENSOR,
        PROPERTY_SENSORS,
        PropertySensor,
    )


class LastRecordingSensor(RecordingEntity, SensorEntity):
    """Begin of the newest ready recording."""

    @property
    def _recording(self) -> Recording | None:
        return self._data.recordings.last_ready(self._iot_id)

    @property
    @override
    def native_value(self) -> datetime | None:
        return self._recording.files[0].begin if self._recording else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        if self._recording is None:
            return {"file_id": None, "media_content_id": None}
        first = self._recording.files[0]
        return {
            "file_id": self._recording.file_id,
            "media_content_id": MediaId(
                self._entry.entry_id, self._iot_id, RECORDING, first.file_name
            ).content_id,
        }


class CloudStorageSensor(LinkVisualEntity, SensorEntity):
    """Retention of recordings in days; 0 without cloud storage."""

    @property
    @override
    def native_value(self) -> int | None:
        camera = self.coordinator.data.get(self._iot_id)
        return camera.retention_days if camera else None


class RecordPlanSensor(LinkVisualEntity, SensorEntity):
    """Name of the record plan that a camera has in the cloud, whoever made it."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        plans = self._data.camera_plans
        self.async_on_remove(
            async_dispatcher_connect(
                self.hass, plan_signal(self._entry.entry_id), self.async_write_ha_state
            )
        )
        plans.async_enable(self._iot_id)
        self.async_on_remove(lambda: plans.async_disable(self._iot_id))

    @property
    @override
    def native_value(self) -> str | None:
        if not self._data.camera_plans.is_known(self._iot_id):
            return None
        plan = self._data.camera_plans.plan_of(self._iot_id)
        if plan is None:
            return _NO_PLAN
        return self._data.plans.title_of(plan.name)[:MAX_LENGTH_STATE_STATE]

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        plan = self._data.camera_plans.plan_of(self._iot_id)
        return {ATTR_STREAM_TYPE: plan.stream_type.name.lower() if plan else None}


class PropertySensor(PropertyEntity, SensorEntity):
    """A property of a camera."""

    entity_description: PropertySensorDescription

    @property
    @override
    def native_value(self) -> str | float | None:
        return self._read(self.entity_description.value_fn)


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """Description of a call statistic."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    entity_registry_enabled_default: bool = False
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    value_fn: Callable[[Meter], float]


ACCOUNT_SENSORS = (
    AccountSensorDescription(
        key="calls_last_hour",
        translation_key="calls_last_hour",
        value_fn=lambda meter: meter.attempts_last_hour,
    ),
    AccountSensorDescription(
        key="clock_offset",
        translation_key="clock_offset",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        value_fn=lambda meter: round(meter.clock_offset, 1),
    ),
)


class AccountSensor(SensorEntity):
    """A call statistic of the account, without a device: devices are cameras. Polled, which makes no calls."""

    _attr_has_entity_name = True
    entity_description: AccountSensorDescription

    def __init__(
        self, entry: LinkVisualConfigEntry, description: AccountSensorDescription
    ) -> None:
        self.entity_description = description
        self._meter = entry.runtime_data.client.meter
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_translation_placeholders = {"account": entry.title}

    @property
    @override
    def native_value(self) -> float:
        return self.entity_description.value_fn(self._meter)


PUSH = SensorEntityDescription(
    key="push",
    translation_key="push",
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    options=list(PushState),
)


class PushSensor(SensorEntity):
    """State of the account's message queues, of the worst one."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    # They change with each message.
    _unrecorded_attributes = frozenset({"messages", "median_delay"})

    def __init__(
        self, entry: LinkVisualConfigEntry, description: SensorEntityDescription
    ) -> None:
        self.entity_description = description
        self._health = entry.runtime_data.push_health
        self._signal = push_signal(entry.entry_id)
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_translation_placeholders = {"account": entry.title}

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(
            async_dispatcher_connect(self.hass, self._signal, self.async_write_ha_state)
        )

    @property
    @override
    def native_value(self) -> PushState:
        return self._health.state

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Number of messages, and the median of their delays in seconds."""
        delay = self._health.median_delay
        return {
            "messages": self._health.messages,
            "median_delay": None if delay is None else round(delay, 2),
        }


@dataclass(frozen=True, kw_only=True)
class ArchiveSensorDescription(SensorEntityDescription):
    """Description of a sensor of an archive job, and of its failure, if any."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    value_fn: Callable[[ArchiveJob, Failure | None], int | str]


ARCHIVE_SENSORS = (
    ArchiveSensorDescription(
        key="archive_files",
        translation_key="archive_files",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda job, _: job.files,
    ),
    ArchiveSensorDescription(
        key="archive_size",
        translation_key="archive_size",
        device_class=SensorDeviceClass.DATA_SIZE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.GIGABYTES,
        suggested_display_precision=2,
        value_fn=lambda job, _: job.size,
    ),
    ArchiveSensorDescription(
        key="archive_waiting",
        translation_key="archive_waiting",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda job, _: len(job.stored.waiting),
    ),
    ArchiveSensorDescription(
        key="archive_error",
        translation_key="archive_error",
        device_class=SensorDeviceClass.ENUM,
        options=list(Problem),
        value_fn=lambda _, failure: failure.problem if failure else Problem.NONE,
    ),
)


class ArchiveSensor(SensorEntity):
    """A sensor of an archive job."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description: ArchiveSensorDescription

    def __init__(
        self,
        entry: LinkVisualConfigEntry,
        job: ArchiveJob,
        description: ArchiveSensorDescription,
    ) -> None:
        self.entity_description = description
        self._archive = entry.runtime_data.archive
        self._job = job
        self._signal = archive_signal(entry.entry_id)
        self._attr_unique_id = f"{job.job_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, job.job_id)},
            name=job.title,
            manufacturer=MANUFACTURER,
            entry_type=DeviceEntryType.SERVICE,
        )

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(
            async_dispatcher_connect(self.hass, self._signal, self.async_write_ha_state)
        )

    @property
    @override
    def native_value(self) -> int | str:
        return self.entity_description.value_fn(
            self._job, self._archive.failure(self._job)
        )
