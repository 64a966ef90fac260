"""What voice, intents and language models share: which cameras Assist may act on, acting, and saying what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    intent,
)
from homeassistant.helpers.translation import async_get_translations

from .const import ATTR_RECORD_DURATION, DOMAIN
from .sentences import Language
from .targets import Target, async_camera

# A camera may be acted on where its own entity is exposed, or its record button.
_KEYS = {"camera": "camera", "button": "record"}


@dataclass(frozen=True, slots=True)
class Known:
    """A camera that an assistant may act on, what people call it (casefolded), and where it is."""

    target: Target
    names: set[str]
    area: ar.AreaEntry | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say, and whether what was asked for was done."""

    text: str
    done: bool = False


@callback
def async_known(hass: HomeAssistant, assistant: str | None) -> list[Known]:
    """Return the cameras that are exposed to an assistant, in an order that stays."""
    known: dict[str, Known] = {}
    devices, areas = dr.async_get(hass), ar.async_get(hass)
    for entity, target in _exposed(hass, assistant):
        device = devices.async_get(entity.device_id or "")
        area_id = entity.area_id or (device.area_id if device else None)
        camera = known.setdefault(
            target.entity_id,
            Known(target, {normal(target.name)}, areas.async_get_area(area_id or "")),
        )
        camera.names.update(map(normal, er.async_get_entity_aliases(hass, entity)))
    return [known[entity_id] for entity_id in sorted(known)]


def _exposed(
    hass: HomeAssistant, assistant: str | None
) -> Iterator[tuple[er.RegistryEntry, Target]]:
    registry = er.async_get(hass)
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            iot_id, _, key = entity.unique_id.rpartition("_")
            if (
                _KEYS.get(entity.domain) == key
                and not entity.disabled
                and (
                    assistant is None
                    or async_should_expose(hass, assistant, entity.entity_id)
                )
                and (target := async_camera(hass, entry.entry_id, iot_id))
            ):
                yield entity, target


def normal(name: str) -> str:
    """Return a name as it is compared."""
    return name.strip().casefold()


@callback
def async_find(
    hass: HomeAssistant,
    assistant: str | None,
    slots: dict[str, Any],
    preferred_area_id: str | None = None,
) -> list[Target]:
    """Return the cameras that are meant: one where a name is given, else those of an area or a floor.

    Raises MatchFailedError where there is none, or where it is not clear which one.
    """
    name, area, floor = (slots.get(slot) for slot in ("name", "area", "floor"))
    found = async_known(hass, assistant)
    reason = intent.MatchFailedReason.ASSISTANT
    if found and floor:
        floors = {
            item.floor_id for item in intent.find_floors(floor, fr.async_get(hass))
        }
        found = [one for one in found if one.area and one.area.floor_id in floors]
        reason = intent.MatchFailedReason.FLOOR
    if found and area:
        areas = {item.id for item in intent.find_areas(area, ar.async_get(hass))}
        found = [one for one in found if one.area and one.area.id in areas]
        reason = intent.MatchFailedReason.AREA
    if found and name:
        found = [
            one
            for one in found
            if normal(name) in one.names or name == one.target.entity_id
        ]
        reason = intent.MatchFailedReason.NAME
    if len(found) > 1 and (name or not (area or floor)):
        near = [one for one in found if one.area and one.area.id == preferred_area_id]
        found = near if len(near) == 1 else []
        reason = (
            intent.MatchFailedReason.DUPLICATE_NAME
            if name
            else intent.MatchFailedReason.MULTIPLE_TARGETS
        )
    if not found:
        result = intent.MatchTargetsResult(False, reason, no_match_name=name)
        constraints = intent.MatchTargetsConstraints(
            name, area, floor, assistant=assistant
        )
        raise intent.MatchFailedError(result, constraints)
    return [one.target for one in found]


async def async_record(
    hass: HomeAssistant,
    language: Language,
    target: Target,
    seconds: int | None,
    context: Context,
) -> Answer:
    """Make a camera record, for so long or as it is set; return what to say."""
    data = {} if seconds is None else {ATTR_RECORD_DURATION: seconds}
    try:
        row = await _async_act(hass, "trigger_record", target, data, context)
    except HomeAssistantError as err:
        return Answer(await _text_of(hass, language, err))
    text = language.recording.format(
        camera=target.name, duration=row[ATTR_RECORD_DURATION]
    )
    return Answer(text, done=True)


async def async_stop(
    hass: HomeAssistant, language: Language, target: Target, context: Context
) -> Answer:
    """End what a camera is recording; return what to say."""
    try:
        row = await _async_act(hass, "stop_record", target, {}, context)
    except HomeAssistantError as err:
        return Answer(await _text_of(hass, language, err))
    text = (
        language.stopped if row["status"] == "stopped" else language.not_recording
    ).format(camera=target.name)
    return Answer(text, done=True)


async def _async_act(
    hass: HomeAssistant,
    action: str,
    target: Target,
    data: dict[str, Any],
    context: Context,
) -> dict[str, Any]:
    """Call an action for one camera; return its row of the reply. What users may not do, they may not say either."""
    reply = await hass.services.async_call(
        DOMAIN,
        action,
        {"entity_id": target.entity_id, **data},
        blocking=True,
        context=context,
        return_response=True,
    )
    assert reply is not None
    row = reply[target.entity_id]
    assert isinstance(row, dict)
    return row


async def _text_of(
    hass: HomeAssistant, language: Language, err: HomeAssistantError
) -> str:
    """Return an error in a language; as it is, where it has no text of ours."""
    texts = await async_get_translations(hass, language.code, "exceptions", [DOMAIN])
    text = texts.get(f"component.{DOMAIN}.exceptions.{err.translation_key}.message")
    return text.format(**(err.translation_placeholders or {})) if text else str(err)
