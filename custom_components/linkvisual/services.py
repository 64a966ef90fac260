"""Actions: `trigger_record`, `stop_record` and `ptz`."""

from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .api.thing_models import DEFAULT_PTZ_STEP, MAX_PTZ_STEP, PtzAction
from .const import (
    ATTR_PRE_RECORD_DURATION,
    ATTR_RECORD_DURATION,
    ATTR_STREAM_TYPE,
    DOMAIN,
)
from .recordings.events import event_data
from .recordings.models import RecordingState
from .recordings.settings import RecordSettings
from .services_media import async_setup_media_services
from .targets import Outcome, Target, async_for_all, async_targets, failure

ATTR_SKIP_IF_RECORDING = "skip_if_recording"
ATTR_WAIT_FOR_FILE = "wait_for_file"

_SETTINGS = (ATTR_RECORD_DURATION, ATTR_PRE_RECORD_DURATION, ATTR_STREAM_TYPE)

# The settings' values are validated by RecordSettings, whose errors are translated.
TRIGGER_RECORD_SCHEMA = cv.make_entity_service_schema(
    {
        **{vol.Optional(name): object for name in _SETTINGS},
        vol.Optional(ATTR_SKIP_IF_RECORDING, default=False): cv.boolean,
        vol.Optional(ATTR_WAIT_FOR_FILE, default=False): cv.boolean,
    }
)
STOP_RECORD_SCHEMA = cv.make_entity_service_schema({})


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""

    async def trigger_record(call: ServiceCall) -> ServiceResponse:
        return await _async_trigger_record(hass, call)

    async def stop_record(call: ServiceCall) -> ServiceResponse:
        return await _async_stop_record(hass, call)

    hass.services.async_register(
        DOMAIN,
        "trigger_record",
        trigger_record,
        TRIGGER_RECORD_SCHEMA,
        SupportsResponse.OPTIONAL,
    )
    async_setup_media_services(hass)
    async_setup_thing_services(hass)
    hass.services.async_register(
        DOMAIN,
        "stop_record",
        stop_record,
        STOP_RECORD_SCHEMA,
        SupportsResponse.OPTIONAL,
    )


async def _async_trigger_record(
    hass: HomeAssistant, call: ServiceCall
) -> ServiceResponse:
    targets, unmatched_entity_ids = await async_targets(hass, call)
    changes = {name: call.data[name] for name in _SETTINGS if name in call.data}
    # Validate all settings before anything is sent, also together with each camera's own.
    RecordSettings().changed(changes)
    settings = {target.entity_id: _settings(target, changes) for target in targets}

    async def trigger(target: Target) -> Outcome:
        return await _async_trigger(call, target, settings[target.entity_id])

    return await async_for_all(hass, call, targets, unmatched_entity_ids, trigger)


def _settings(target: Target, changes: dict[str, Any]) -> RecordSettings:
    own = RecordSettings()
    if target.is_loaded:
        own = target.data.settings.get(target.iot_id)
    return own.changed(changes)


async def _async_trigger(
    call: ServiceCall, target: Target, settings: RecordSettings
) -> Outcome:
    recordings = target.data.recordings
    recording, status = None, "already_recording"
    if call.data[ATTR_SKIP_IF_RECORDING]:
        recording = await recordings.async_running(target.iot_id)
    if recording is None:
        status = "triggered"
        recording = await recordings.async_trigger(
            target.camera, settings, call.context
        )
    if call.data[ATTR_WAIT_FOR_FILE]:
        recording = await recordings.async_wait(recording)
        status = recording.state.value
    row = {
        "status": status,
        "files": [],
        **event_data(recording, target.entry.entry_id),
    }
    if recording.state is not RecordingState.FAILED:
        return row, None
    error = HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=f"recording_{row.pop('reason')}",
        translation_placeholders={"camera": target.name},
    )
    return row | failure(error), error


async def _async_stop_record(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    targets, unmatched_entity_ids = await async_targets(hass, call)

    async def stop(target: Target) -> Outcome:
        stopped = await target.data.recordings.async_stop(target.iot_id)
        return {
            "status": "stopped" if stopped else "not_recording",
            "file_ids": [recording.file_id for recording in stopped],
        }, None

    return await async_for_all(hass, call, targets, unmatched_entity_ids, stop)


ATTR_DIRECTION = "direction"
ATTR_STEP = "step"

PTZ_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Required(ATTR_DIRECTION): vol.In(
            [action.name.lower() for action in PtzAction]
        ),
        vol.Optional(ATTR_STEP, default=DEFAULT_PTZ_STEP): vol.All(
            vol.Coerce(int), vol.Range(min=0, max=MAX_PTZ_STEP)
        ),
    }
)


@callback
def async_setup_thing_services(hass: HomeAssistant) -> None:
    """Register the PTZ action."""

    async def ptz(call: ServiceCall) -> ServiceResponse:
        targets, unmatched_entity_ids = await async_targets(hass, call)
        action = PtzAction[call.data[ATTR_DIRECTION].upper()]
        step = call.data[ATTR_STEP]

        async def move(target: Target) -> Outcome:
            await target.data.client.ptz_action_control(target.iot_id, action, step)
            return {"status": "sent"}, None

        return await async_for_all(hass, call, targets, unmatched_entity_ids, move)

    hass.services.async_register(
        DOMAIN, "ptz", ptz, PTZ_SCHEMA, SupportsResponse.OPTIONAL
    )
