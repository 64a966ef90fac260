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
from homeassistant.util import ulid
import voluptuous as vol

from .api.thing_models import DEFAULT_PTZ_STEP, MAX_PTZ_STEP, PtzAction
from .const import (
    ATTR_PRE_RECORD_DURATION,
    ATTR_RECORD_DURATION,
    ATTR_STREAM_TYPE,
    DOMAIN,
    MAX_TITLE_LENGTH,
)
from .errors import async_result
from .recordings.events import event_data
from .recordings.incidents import INCIDENTS, Incident, Member
from .recordings.manager import Recordings
from .recordings.models import Recording, RecordingState
from .recordings.settings import RecordSettings
from .services_export import async_setup_export_service
from .services_media import async_setup_media_services
from .services_storage import async_setup_storage_service
from .targets import Outcome, Target, async_for_all, async_targets, cloud_now, failure

ATTR_INCIDENT = "incident"
ATTR_SKIP_IF_RECORDING = "skip_if_recording"
ATTR_WAIT_FOR_FILE = "wait_for_file"

_SETTINGS = (ATTR_RECORD_DURATION, ATTR_PRE_RECORD_DURATION, ATTR_STREAM_TYPE)

# The settings' values are validated by RecordSettings, whose errors are translated.
TRIGGER_RECORD_SCHEMA = cv.make_entity_service_schema(
    {
        **{vol.Optional(name): object for name in _SETTINGS},
        vol.Optional(ATTR_SKIP_IF_RECORDING, default=False): cv.boolean,
        vol.Optional(ATTR_WAIT_FOR_FILE, default=False): cv.boolean,
        vol.Optional(ATTR_INCIDENT): vol.All(
            cv.string, vol.Strip, vol.Length(min=1, max=MAX_TITLE_LENGTH)
        ),
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
    async_setup_export_service(hass)
    async_setup_storage_service(hass)
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
    if ATTR_INCIDENT in call.data:
        # Callers may go away, but each camera must have an outcome.
        return await async_result(
            hass.async_create_background_task(
                _async_trigger_incident(
                    hass, call, targets, unmatched_entity_ids, settings
                ),
                f"{DOMAIN} incident",
            )
        )

    async def trigger(target: Target) -> Outcome:
        return await _async_trigger(call, target, settings[target.entity_id])

    return await async_for_all(hass, call, targets, unmatched_entity_ids, trigger)


async def _async_trigger_incident(
    hass: HomeAssistant,
    call: ServiceCall,
    targets: list[Target],
    unmatched_entity_ids: list[str],
    settings: dict[str, RecordSettings],
) -> ServiceResponse:
    incidents = hass.data[INCIDENTS]
    members = [
        Member(
            key=ulid.ulid_now(),
            entry_id=target.entry.entry_id,
            entity_id=target.entity_id,
            name=target.name,
            in_call=True,
        )
        for target in targets
    ]
    incident = await incidents.async_open(
        call.data[ATTR_INCIDENT], cloud_now(targets), call.context, members
    )

    # Their entries may be loaded again, or not any more, when their cameras refuse.
    asked: dict[str, Recordings] = {}

    async def trigger(target: Target) -> Outcome:
        asked[target.entity_id] = target.data.recordings
        return await _async_trigger(call, target, settings[target.entity_id], incident)

    async def refuse(target: Target, err: HomeAssistantError) -> None:
        member = incident.members[target.entity_id]
        member.in_call = False
        recordings = asked.get(target.entity_id)
        if recordings is None or not recordings.is_unfinished(member.key):
            await incidents.async_refuse(member, err)

    response = await async_for_all(
        hass, call, targets, unmatched_entity_ids, trigger, refuse
    )
    for row in (response or {}).values():
        assert isinstance(row, dict)
        row["incident_id"] = incident.incident_id
    return response


def _settings(target: Target, changes: dict[str, Any]) -> RecordSettings:
    own = RecordSettings()
    if target.is_loaded:
        own = target.data.settings.get(target.iot_id)
    return own.changed(changes)


async def _async_trigger(
    call: ServiceCall,
    target: Target,
    settings: RecordSettings,
    incident: Incident | None = None,
) -> Outcome:
    recordings = target.data.recordings
    member = incident.members[target.entity_id] if incident else None
    recording, status = None, "already_recording"
    if call.data[ATTR_SKIP_IF_RECORDING]:
        recording = await recordings.async_running(target.iot_id)
    if recording is None:
        status = "triggered"
        camera = target.camera
        recording = await recordings.async_trigger(
            camera,
            settings,
            call.context,
            key=member.key if member else None,
            incident_id=incident.incident_id if incident else None,
        )
    elif incident and member:
        recording = recordings.async_join(recording, incident.incident_id)
        call.hass.data[INCIDENTS].async_join(member, recording.key)
    if member:
        member.in_call = False
    return await _async_outcome(call, target, recordings, recording, status)


async def _async_outcome(
    call: ServiceCall,
    target: Target,
    recordings: Recordings,
    recording: Recording,
    status: str,
) -> Outcome:
    """Return the row of a recording, with its files if they are waited for."""
    reason: str | None = None
    if call.data[ATTR_WAIT_FOR_FILE]:
        try:
            recording = await recordings.async_wait(recording)
        except TimeoutError:
            reason = "unknown"
        else:
            status = recording.state.value
    row = {
        "status": status,
        "files": [],
        **event_data(recording, target.entry.entry_id),
    }
    if recording.state is RecordingState.FAILED:
        reason = row.pop("reason")
    if reason is None:
        return row, None
    error = HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=f"recording_{reason}",
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
