"""Exposed cameras and spoken actions, shared by sentences, intents and LLM tools."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    intent,
)

from ..const import ATTR_RECORD_DURATION, DOMAIN
from ..errors import async_message
from ..targets import Target, async_camera
from .languages import Language

# A camera is exposed by its camera entity or its record button: unique ID keys by domain.
_KEYS = {"camera": "camera", "button": "record"}


class Action(StrEnum):
    """A spoken action."""

    RECORD = "record"
    STOP = "stop"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class ExposedCamera:
    """A camera that is exposed to an assistant. Names are casefolded."""

    target: Target
    entity_id: str  # of the exposed entity
    names: set[str]
    area: ar.AreaEntry | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The response, and whether the action succeeded."""

    text: str
    succeeded: bool = False


@callback
def async_exposed_cameras(
    hass: HomeAssistant, assistant: str | None
) -> list[ExposedCamera]:
    """Return the cameras that are exposed to an assistant, in a stable order."""
    known: dict[str, ExposedCamera] = {}
    devices, areas = dr.async_get(hass), ar.async_get(hass)
    for entity, target in _exposed(hass, assistant):
        device = devices.async_get(entity.device_id or "")
        area_id = entity.area_id or (device.area_id if device else None)
        camera = known.setdefault(
            target.entity_id,
            ExposedCamera(
                target,
                entity.entity_id,
                {normalized(target.name)},
                areas.async_get_area(area_id or ""),
            ),
        )
        camera.names.update(map(normalized, er.async_get_entity_aliases(hass, entity)))
    return [known[entity_id] for entity_id in sorted(known)]


def _exposed(
    hass: HomeAssistant, assistant: str | None
) -> Iterator[tuple[er.RegistryEntry, Target]]:
    registry = er.async_get(hass)
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            if entity.disabled or entity.domain not in _KEYS:
                continue
            iot_id, _, key = entity.unique_id.rpartition("_")
            if (
                _KEYS[entity.domain] == key
                and (
                    assistant is None
                    or async_should_expose(hass, assistant, entity.entity_id)
                )
                and (target := async_camera(hass, entry.entry_id, iot_id))
            ):
                yield entity, target


def normalized(name: str) -> str:
    """Normalize a name for comparison."""
    return name.strip().casefold()


@callback
def async_find(
    hass: HomeAssistant,
    assistant: str | None,
    slots: dict[str, Any],
    preferred_area_id: str | None = None,
) -> list[Target]:
    """Return the matching cameras: one by name, or all of an area or a floor.

    Raises MatchFailedError if there is none, or the match is ambiguous.
    """
    name, area, floor = (slots.get(slot) for slot in ("name", "area", "floor"))
    constraints = intent.MatchTargetsConstraints(
        area_name=area,
        floor_name=floor,
        single_target=bool(name or not (area or floor)),
    )
    result = intent.MatchTargetsResult(False, intent.MatchFailedReason.ASSISTANT)
    cameras = async_exposed_cameras(hass, assistant)
    if cameras and name:
        # Home Assistant does not match a camera's name if only its button is exposed.
        cameras = [
            camera
            for camera in cameras
            if normalized(name) in camera.names or name == camera.target.entity_id
        ]
        result.no_match_reason = intent.MatchFailedReason.NAME
    states = [
        state for camera in cameras if (state := hass.states.get(camera.entity_id))
    ]
    if states:
        preferences = intent.MatchTargetsPreferences(area_id=preferred_area_id)
        result = intent.async_match_targets(hass, constraints, preferences, states)
    if name and result.no_match_reason is intent.MatchFailedReason.MULTIPLE_TARGETS:
        result.no_match_reason = intent.MatchFailedReason.DUPLICATE_NAME
    if not result.is_match:
        result.no_match_name = name or result.no_match_name
        raise intent.MatchFailedError(
            result, replace(constraints, name=name, assistant=assistant)
        )
    matched = {state.entity_id for state in result.states}
    return [camera.target for camera in cameras if camera.entity_id in matched]


async def async_record(
    hass: HomeAssistant,
    language: Language,
    target: Target,
    seconds: int | None,
    context: Context,
) -> Answer:
    """Trigger a recording, of `seconds` or the set duration; return the answer."""
    data = {} if seconds is None else {ATTR_RECORD_DURATION: seconds}
    try:
        row = await _async_act(hass, "trigger_record", target, data, context)
    except HomeAssistantError as err:
        return Answer(await async_message(hass, language.code, err))
    text = language.recording.format(
        camera=target.name, duration=row[ATTR_RECORD_DURATION]
    )
    return Answer(text, succeeded=True)


async def async_stop(
    hass: HomeAssistant, language: Language, target: Target, context: Context
) -> Answer:
    """Stop a camera's recordings; return the answer."""
    try:
        row = await _async_act(hass, "stop_record", target, {}, context)
    except HomeAssistantError as err:
        return Answer(await async_message(hass, language.code, err))
    text = (
        language.stopped if row["status"] == "stopped" else language.not_recording
    ).format(camera=target.name)
    return Answer(text, succeeded=True)


async def async_capture_picture(
    hass: HomeAssistant, language: Language, target: Target, context: Context
) -> Answer:
    """Take a picture; return the answer."""
    try:
        await _async_act(hass, "capture_picture", target, {}, context)
    except HomeAssistantError as err:
        return Answer(await async_message(hass, language.code, err))
    return Answer(language.pictured.format(camera=target.name), succeeded=True)


@callback
def async_reason(action: Action, target: Target) -> HomeAssistantError | None:
    """Return why a camera cannot do something; None if it can."""
    try:
        camera = target.camera
    except HomeAssistantError as err:
        return err
    if not camera.online:
        key = "camera_offline"
    elif action is Action.RECORD and camera.retention_days == 0:
        key = "no_cloud_storage"
    else:
        return None
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"camera": target.name},
    )


async def async_reasons(
    hass: HomeAssistant, language: Language, action: Action, targets: list[Target]
) -> str:
    """Return why none of several cameras can do something."""
    return "; ".join(
        [
            await async_message(hass, language.code, reason)
            for target in targets
            if (reason := async_reason(action, target))
        ]
    )


async def _async_act(
    hass: HomeAssistant,
    action: str,
    target: Target,
    data: dict[str, Any],
    context: Context,
) -> dict[str, Any]:
    """Call an action for one camera, with its permission checks; return its row of the response."""
    response = await hass.services.async_call(
        DOMAIN,
        action,
        {"entity_id": target.entity_id, **data},
        blocking=True,
        context=context,
        return_response=True,
    )
    assert response is not None
    row = response[target.entity_id]
    assert isinstance(row, dict)
    return row
