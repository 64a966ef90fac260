"""Action `export_recordings`."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .data import LinkVisualConfigEntry
from .errors import async_result
from .exports.models import Export, ExportPart, plan_parts
from .media.folders import DEFAULT_FOLDER, file_stem, is_allowed, local_folder
from .targets import Outcome, Target, async_for_all, async_targets, cloud_now

ATTR_START = "start"
ATTR_END = "end"
ATTR_FOLDER = "folder"
ATTR_WAIT_FOR_FILE = "wait_for_file"

MAX_SPAN = timedelta(days=7)

EXPORT_RECORDINGS_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Required(ATTR_START): cv.datetime,
        vol.Required(ATTR_END): cv.datetime,
        vol.Optional(ATTR_FOLDER, default=DEFAULT_FOLDER): cv.string,
        vol.Optional(ATTR_WAIT_FOR_FILE, default=False): cv.boolean,
    }
)


@callback
def async_setup_export_service(hass: HomeAssistant) -> None:
    """Register the action."""

    async def export_recordings(call: ServiceCall) -> ServiceResponse:
        return await _async_export_recordings(hass, call)

    hass.services.async_register(
        DOMAIN,
        "export_recordings",
        export_recordings,
        EXPORT_RECORDINGS_SCHEMA,
        SupportsResponse.OPTIONAL,
    )


async def _async_export_recordings(
    hass: HomeAssistant, call: ServiceCall
) -> ServiceResponse:
    folder = local_folder(hass, call.data[ATTR_FOLDER])
    if not await hass.async_add_executor_job(is_allowed, hass, folder / "x.mp4"):
        raise _invalid("path_not_allowed", path=str(folder))
    targets, unmatched_entity_ids = await async_targets(hass, call)
    begin, end = _span(call, cloud_now(targets))

    async def export(target: Target) -> Outcome:
        exports, iot_id = target.data.exports, target.camera.iot_id
        parts = await _async_plan(hass, target.name, begin, end, folder)
        # No other export can take the paths meanwhile.
        planned = Export(iot_id, target.data.client.now(), parts)
        task = await exports.async_add(planned)
        if call.data[ATTR_WAIT_FOR_FILE]:
            await async_result(task)
        return _row(planned), _error(planned)

    return await async_for_all(hass, call, targets, unmatched_entity_ids, export)


def _span(call: ServiceCall, now: datetime) -> tuple[datetime, datetime]:
    """Return the time range in UTC, up to now, in whole seconds. Without a time zone, it is in Home Assistant's."""
    try:
        begin, end = [
            dt_util.as_utc(call.data[name]).replace(microsecond=0)
            for name in (ATTR_START, ATTR_END)
        ]
    except OverflowError:
        # The first and last days that there are have no other time zone.
        raise _invalid("invalid_time_range") from None
    end = min(end, now.replace(microsecond=0))
    if begin >= end:
        raise _invalid("invalid_time_range")
    if end - begin > MAX_SPAN:
        raise _invalid("export_too_long", days=str(MAX_SPAN.days))
    return begin, end


async def _async_plan(
    hass: HomeAssistant, camera: str, begin: datetime, end: datetime, folder: Path
) -> list[ExportPart]:
    """Return parts whose files neither exist nor belong to another export, also of a camera with the same name."""
    stem = file_stem(camera, dt_util.as_local(begin))
    number = 1
    while True:
        name = stem if number == 1 else f"{stem}_{number}"
        parts = list(plan_parts(begin, end, folder / f"{name}.mp4"))
        paths = {part.path for part in parts}
        is_taken = await hass.async_add_executor_job(_exist, paths)
        entries: list[LinkVisualConfigEntry] = hass.config_entries.async_loaded_entries(
            DOMAIN
        )
        if not is_taken and not any(
            entry.runtime_data.exports.writes_to(paths) for entry in entries
        ):
            return parts
        number += 1


def _exist(paths: set[Path]) -> bool:
    return any(path.exists() for path in paths)


def _row(export: Export) -> dict[str, Any]:
    status = "accepted"
    if export.is_finished:
        status = "failed" if export.failed else "saved"
    return {
        "status": status,
        "parts": [
            {
                "start": part.begin.isoformat(),
                "end": part.end.isoformat(),
                "path": str(part.path),
                "status": part.state.value,
                "message": part.message or None,
            }
            for part in export.parts
        ],
    }


def _error(export: Export) -> HomeAssistantError | None:
    """Return the error of a finished export of which parts failed."""
    if not export.is_finished or not export.failed:
        return None
    problems = [f"{part.path.name}: {part.message}" for part in export.failed]
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="cameras_failed",
        translation_placeholders={"problems": "; ".join(problems)},
    )


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders or None,
    )
