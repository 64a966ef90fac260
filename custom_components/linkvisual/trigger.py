"""Triggers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, override

from homeassistant.components.event import ATTR_EVENT_TYPE, DOMAIN as EVENT_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, CONF_OPTIONS
from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    Event,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .alarm_types import ALARM_TYPES
from .alarms.models import ALARM_FIELDS
from .const import DOMAIN
from .media.urls import day_url
from .recordings.events import EVENT_FIELDS, RecordingEvent
from .recordings.incidents import INCIDENT_READY
from .targets import async_targeted_entities

CONF_ALARM_TYPE = "alarm_type"
CONF_KIND = "kind"
CONF_TITLE = "title"

# The keys of the event entities.
ALARM = "alarm"
RECORDING = "recording"

# The kinds of recordings.
KIND_ALARM = "alarm"
KIND_MANUAL = "manual"


def _one_or_more(valid: Any) -> vol.All:
    return vol.All(cv.ensure_list, vol.Length(min=1), [valid])


class CameraEventTrigger(StatelessEntityTriggerBase):
    """Trigger on event entities of this integration, with details in the trigger variables."""

    _domain_specs = {EVENT_DOMAIN: DomainSpec()}
    _keys: ClassVar[frozenset[str]]
    # Attributes that distinguish events: the state has a resolution of milliseconds only.
    identity: ClassVar[tuple[str, ...]] = (
        ATTR_EVENT_TYPE,
        "event_id",
        "file_id",
        "request_id",
    )

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the event entities of the target's cameras, whose other entities may be targeted."""
        return async_targeted_entities(
            self._hass, self._target, EVENT_DOMAIN, self._keys
        )

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        return from_state.state != to_state.state or any(
            from_state.attributes.get(name) != to_state.attributes.get(name)
            for name in self.identity
        )

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        @callback
        def run_with_details(
            extra_trigger_payload: dict[str, Any],
            description: str,
            context: Context | None = None,
        ) -> Any:
            details = _details(self._hass, extra_trigger_payload["to_state"])
            return run_action(extra_trigger_payload | details, description, context)

        return await super().async_attach_runner(run_with_details, did_not_trigger)


class RecordingTriggeredTrigger(CameraEventTrigger):
    """A recording was triggered."""

    _keys = frozenset({RECORDING})
    _event_type: ClassVar[str] = RecordingEvent.TRIGGERED

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        return state.attributes.get(ATTR_EVENT_TYPE) == self._event_type


class RecordingFailedTrigger(RecordingTriggeredTrigger):
    """A recording has failed."""

    _event_type = RecordingEvent.FAILED


class RecordingReadyTrigger(CameraEventTrigger):
    """A recording is ready: a triggered one, or one of an alarm."""

    _keys = frozenset({RECORDING, ALARM})
    # The recording of an alarm is added later.
    identity = (*CameraEventTrigger.identity, "media_content_id")
    _schema = ENTITY_STATE_TRIGGER_SCHEMA.extend(
        {
            vol.Required(CONF_OPTIONS, default={}): {
                vol.Required(CONF_KIND, default=[KIND_MANUAL]): _one_or_more(
                    vol.In([KIND_MANUAL, KIND_ALARM])
                )
            }
        }
    )

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._kinds = frozenset(self._options[CONF_KIND])

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        if "media_content_id" in state.attributes:
            return KIND_ALARM in self._kinds
        return (
            KIND_MANUAL in self._kinds
            and state.attributes.get(ATTR_EVENT_TYPE) == RecordingEvent.READY
        )


class AlarmReceivedTrigger(CameraEventTrigger):
    """A camera has raised an alarm."""

    _keys = frozenset({ALARM})
    # Each alarm changes the state. The attributes change alone to those of an earlier alarm, with its recording.
    identity = ()
    _schema = ENTITY_STATE_TRIGGER_SCHEMA.extend(
        {
            vol.Required(CONF_OPTIONS, default={}): {
                vol.Optional(CONF_ALARM_TYPE): _one_or_more(vol.In(ALARM_TYPES))
            }
        }
    )

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        event_type = state.attributes.get(ATTR_EVENT_TYPE)
        return event_type in self._options.get(CONF_ALARM_TYPE, (event_type,))


class IncidentReadyTrigger(Trigger):
    """All recordings of an incident have ended."""

    _schema = vol.Schema(
        {
            vol.Required(CONF_OPTIONS, default={}): {
                vol.Optional(CONF_TITLE): cv.string,
            }
        }
    )

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        validated: ConfigType = cls._schema(config)
        return validated

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        assert config.options is not None
        self._title = config.options.get(CONF_TITLE)

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        @callback
        def run(event: Event) -> None:
            incident = dict(event.data)
            if self._title in (None, incident[CONF_TITLE]):
                run_action(
                    {"incident": incident},
                    f"incident {incident[CONF_TITLE]}",
                    event.context,
                )

        return self._hass.bus.async_listen(INCIDENT_READY, run)


def _details(hass: HomeAssistant, state: State) -> dict[str, Any]:
    """Return the trigger variables: `recording`, or `alarm` and its `recording`, if any."""
    registry = er.async_get(hass)
    entry = registry.async_get(state.entity_id)
    # The entity may have been removed meanwhile.
    iot_id = entry.unique_id.rpartition("_")[0] if entry else ""
    camera_id = registry.async_get_entity_id("camera", DOMAIN, f"{iot_id}_camera")
    attributes = state.attributes
    is_alarm = "alarm_type" in attributes
    moment = datetime.fromisoformat(
        attributes["event_time" if is_alarm else "triggered_at"]
    )
    camera = {
        ATTR_ENTITY_ID: camera_id,
        "device_id": entry.device_id if entry else None,
        "day_url": camera_id and day_url(camera_id, dt_util.as_local(moment).date()),
    }
    if not is_alarm:
        files = attributes.get("files", [])
        return {
            RECORDING: camera
            | {CONF_KIND: KIND_MANUAL}
            | _existing(attributes, EVENT_FIELDS)
            | {
                "files": files,
                "media_content_id": files[0]["media_content_id"] if files else None,
            }
        }
    details = {
        ALARM: camera
        | {"type": attributes[ATTR_EVENT_TYPE]}
        | _existing(attributes, ALARM_FIELDS)
    }
    if "media_content_id" in attributes:
        file = _existing(attributes, ("file_name", "media_content_id"))
        details[RECORDING] = (
            camera
            | {CONF_KIND: KIND_ALARM}
            | {"files": [file], "media_content_id": file["media_content_id"]}
        )
    return details


def _existing(attributes: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: attributes[name] for name in names if name in attributes}


TRIGGERS: dict[str, type[Trigger]] = {
    "alarm_received": AlarmReceivedTrigger,
    "incident_ready": IncidentReadyTrigger,
    "recording_failed": RecordingFailedTrigger,
    "recording_ready": RecordingReadyTrigger,
    "recording_triggered": RecordingTriggeredTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
