"""Media actions: `get_recordings`, `annotate_recording`, `delete_recordings`, `save_recording`, `capture_picture`."""

from datetime import datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, CONF_FILENAME
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

from .api.calls_records import RECORDS_PER_DELETE_CALL
from .api.media_models import RecordFile, RecordType
from .const import DOMAIN
from .errors import raise_translated
from .media.annotations import MAX_LENGTH
from .media.download import async_save
from .media.folders import DEFAULT_FOLDER, file_stem, is_allowed, local_folder
from .media.identifiers import RECORDING, MediaId
from .media.listing import RecordingQuery
from .media.urls import signed_picture_path
from .targets import (
    Outcome,
    Target,
    async_camera,
    async_check_permissions,
    async_for_all,
    async_targets,
    cloud_now,
)

ATTR_FROM = "from"
ATTR_TO = "to"
ATTR_KIND = "kind"
ATTR_FOLDER = "folder"
ATTR_MEDIA_CONTENT_ID = "media_content_id"
ATTR_EVENT_ID = "event_id"
ATTR_TEXT = "text"

DEFAULT_PERIOD = timedelta(days=1)
MAX_ROWS = 1000

KINDS = {kind.name.lower(): kind for kind in RecordType}

GET_RECORDINGS_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Optional(ATTR_FROM): cv.datetime,
        vol.Optional(ATTR_TO): cv.datetime,
        vol.Optional(ATTR_KIND): vol.In(KINDS),
    }
)
CAPTURE_PICTURE_SCHEMA = cv.make_entity_service_schema({})
# The value of a media selector, or the ID alone.
_FILE = vol.Any(
    vol.All(
        vol.Schema(
            {vol.Required(ATTR_MEDIA_CONTENT_ID): cv.string}, extra=vol.ALLOW_EXTRA
        ),
        itemgetter(ATTR_MEDIA_CONTENT_ID),
    ),
    cv.string,
)
_FILES = {vol.Required(ATTR_MEDIA_CONTENT_ID): vol.All(cv.ensure_list, [_FILE])}
DELETE_RECORDINGS_SCHEMA = vol.Schema(_FILES)
SAVE_RECORDING_SCHEMA = vol.Schema(
    {
        **_FILES,
        vol.Optional(ATTR_FOLDER, default=DEFAULT_FOLDER): cv.string,
        vol.Optional(CONF_FILENAME): cv.string,
    }
)


def _content_id(value: Any) -> str:
    """Validate a media content ID, or what a media selector returns."""
    if isinstance(value, dict):
        value = value.get(ATTR_MEDIA_CONTENT_ID)
    return cv.string(value)


ANNOTATE_RECORDING_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_MEDIA_CONTENT_ID): _content_id,
        vol.Optional(ATTR_ENTITY_ID): cv.entity_id,
        vol.Optional(ATTR_EVENT_ID): cv.string,
        vol.Required(ATTR_TEXT): vol.All(
            cv.string, str.strip, vol.Length(max=MAX_LENGTH)
        ),
    }
)


@callback
def async_setup_media_services(hass: HomeAssistant) -> None:
    """Register the media actions."""

    async def get_recordings(call: ServiceCall) -> ServiceResponse:
        return await _async_get_recordings(hass, call)

    async def capture_picture(call: ServiceCall) -> ServiceResponse:
        return await _async_capture_picture(hass, call)

    async def annotate_recording(call: ServiceCall) -> ServiceResponse:
        return await _async_annotate_recording(hass, call)

    async def delete_recordings(call: ServiceCall) -> ServiceResponse:
        return await _async_delete_recordings(hass, call)

    async def save_recording(call: ServiceCall) -> ServiceResponse:
        return await _async_save_recording(hass, call)

    for action, schema, response in (
        (get_recordings, GET_RECORDINGS_SCHEMA, SupportsResponse.ONLY),
        (capture_picture, CAPTURE_PICTURE_SCHEMA, SupportsResponse.OPTIONAL),
        (annotate_recording, ANNOTATE_RECORDING_SCHEMA, SupportsResponse.OPTIONAL),
        (delete_recordings, DELETE_RECORDINGS_SCHEMA, SupportsResponse.OPTIONAL),
        (save_recording, SAVE_RECORDING_SCHEMA, SupportsResponse.OPTIONAL),
    ):
        hass.services.async_register(DOMAIN, action.__name__, action, schema, response)


async def _async_get_recordings(
    hass: HomeAssistant, call: ServiceCall
) -> ServiceResponse:
    targets, unmatched_entity_ids = await async_targets(hass, call)
    begin, end = _span(call, cloud_now(targets))
    kind = KINDS.get(call.data.get(ATTR_KIND, ""))

    async def find(target: Target) -> Outcome:
        files = await target.data.library.find(
            RecordingQuery(target.iot_id, begin, end, kind), MAX_ROWS
        )
        return {"recordings": [_row(target, file) for file in files]}, None

    return await async_for_all(hass, call, targets, unmatched_entity_ids, find)


def _span(call: ServiceCall, now: datetime) -> tuple[datetime, datetime]:
    """Return the time range in UTC, by default the last day. Without a time zone, it is in Home Assistant's."""
    try:
        end = dt_util.as_utc(call.data.get(ATTR_TO) or now)
        begin = dt_util.as_utc(call.data.get(ATTR_FROM) or end - DEFAULT_PERIOD)
    except OverflowError:
        # The first and last days that there are have no other time zone.
        raise _invalid("invalid_time_range") from None
    if begin >= end:
        raise _invalid("invalid_time_range")
    return begin, end


def _row(target: Target, file: RecordFile) -> dict[str, Any]:
    return {
        "file_name": file.file_name,
        "begin": file.begin.isoformat(),
        "end": file.end.isoformat(),
        "kind": file.record_type.name.lower() if file.record_type is not None else None,
        "event_type": file.event_type,
        "stream_type": (
            file.stream_type.name.lower() if file.stream_type is not None else None
        ),
        ATTR_MEDIA_CONTENT_ID: _content_id_of(target, file.file_name),
        "annotation": target.data.annotations.text(target.iot_id, file.file_name),
    }


def _content_id_of(target: Target, file_name: str) -> str:
    return MediaId(
        target.entry.entry_id, target.iot_id, RECORDING, file_name
    ).content_id


async def _async_capture_picture(
    hass: HomeAssistant, call: ServiceCall
) -> ServiceResponse:
    targets, unmatched_entity_ids = await async_targets(hass, call)

    async def capture(target: Target) -> Outcome:
        camera = target.camera
        picture = await target.data.pictures.async_capture(camera.iot_id)
        return {
            "status": "captured",
            "picture_id": picture.picture_id,
            "taken_at": picture.taken_at.isoformat(timespec="seconds"),
            "path": signed_picture_path(
                hass,
                target.entry.entry_id,
                camera.iot_id,
                picture.picture_id,
                for_user=call.context.user_id is not None,
            ),
        }, None

    return await async_for_all(hass, call, targets, unmatched_entity_ids, capture)


async def _async_files(
    hass: HomeAssistant, call: ServiceCall
) -> list[tuple[Target, str]]:
    """Return the files of a call, each with its camera. Raises ServiceValidationError."""
    files = [
        _recording(hass, content_id) for content_id in call.data[ATTR_MEDIA_CONTENT_ID]
    ]
    await async_check_permissions(hass, call, [target for target, _ in files])
    return files


def _recording(hass: HomeAssistant, content_id: str) -> tuple[Target, str]:
    """Return a recording's camera and FileName. Raises ServiceValidationError."""
    try:
        place = MediaId.parse_content_id(content_id)
    except ValueError:
        place = MediaId()
    target = async_camera(hass, place.entry_id, place.iot_id)
    if target is None or place.kind != RECORDING or not place.name:
        raise _invalid("no_such_recording", media_content_id=content_id)
    return target, place.name


async def _async_annotate_recording(
    hass: HomeAssistant, call: ServiceCall
) -> ServiceResponse:
    text: str = call.data[ATTR_TEXT]
    content_id: str | None = call.data.get(ATTR_MEDIA_CONTENT_ID)
    event_id: str | None = call.data.get(ATTR_EVENT_ID)
    is_alarm = event_id is not None and ATTR_ENTITY_ID in call.data
    if is_alarm == (content_id is not None):
        raise _invalid("no_recording_named")
    file_name: str | None
    if content_id is not None:
        target, file_name = _recording(hass, content_id)
        await async_check_permissions(hass, call, [target])
        await target.data.annotations.async_annotate(target.iot_id, file_name, text)
    else:
        targets, _ = await async_targets(hass, call)
        if len(targets) != 1:
            # A group of several.
            raise _invalid("no_recording_named")
        (target,) = targets
        file_name = await target.data.annotations.async_annotate_alarm(
            target.iot_id, str(event_id), text
        )
    if not call.return_response:
        return None
    return {ATTR_MEDIA_CONTENT_ID: file_name and _content_id_of(target, file_name)}


async def _async_delete_recordings(
    hass: HomeAssistant, call: ServiceCall
) -> ServiceResponse:
    by_camera: dict[Target, list[str]] = {}
    for target, file_name in await _async_files(hass, call):
        by_camera.setdefault(target, []).append(file_name)
    deleted = 0
    for target, names in by_camera.items():
        client = target.data.client
        is_certain = False
        try:
            with raise_translated(hass, target.entry, target.iot_id):
                for start in range(0, len(names), RECORDS_PER_DELETE_CALL):
                    batch = names[start : start + RECORDS_PER_DELETE_CALL]
                    deleted += await client.delete_record(target.iot_id, batch)
            is_certain = True
        finally:
            await _async_forget_files(target, names, is_certain=is_certain)
    return {"deleted": deleted} if call.return_response else None


async def _async_forget_files(
    target: Target, names: list[str], *, is_certain: bool
) -> None:
    """Forget files that were, or may have been, deleted. The account may have been reloaded meanwhile."""
    if not target.is_loaded:
        return
    data = target.data
    if is_certain:
        await data.recordings.newest.async_files_deleted(target.iot_id, names)
        data.annotations.forget_files(target.iot_id, names)
    else:
        data.recordings.newest.async_doubt(target.iot_id)
    data.calendar.forget(target.iot_id)
    data.library.forget(target.iot_id)
    data.timeline.forget(target.iot_id)
    data.playback.forget(target.iot_id, names)


async def _async_save_recording(
    hass: HomeAssistant, call: ServiceCall
) -> ServiceResponse:
    files = await _async_files(hass, call)
    paths = _paths(hass, call, files)
    for path in paths:
        if not await hass.async_add_executor_job(is_allowed, hass, path):
            raise _invalid("path_not_allowed", path=str(path.parent))
    saved: list[Any] = []
    for (target, file_name), path in zip(files, paths, strict=True):
        try:
            with raise_translated(hass, target.entry, target.iot_id):
                size = await async_save(
                    hass,
                    target.data.playback,
                    target.name,
                    target.iot_id,
                    file_name,
                    path,
                )
        except TimeoutError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="mp4_timeout",
                translation_placeholders={"camera": target.name},
            ) from err
        await target.data.saved_clips.async_add(target.iot_id, file_name, path)
        saved.append(
            {
                ATTR_MEDIA_CONTENT_ID: _content_id_of(target, file_name),
                "path": str(path),
                "size": size,
                "url": _media_url(hass, path),
            }
        )
    return {"files": saved} if call.return_response else None


def _paths(
    hass: HomeAssistant, call: ServiceCall, files: list[tuple[Target, str]]
) -> list[Path]:
    """Return the path of each file: with the given name, else one of camera and time.

    The cloud's FileName is not a valid file name.
    """
    given: str | None = call.data.get(CONF_FILENAME)
    if given is not None and (
        not given or Path(given).name != given or given.startswith(".")
    ):
        raise _invalid("path_not_allowed", path=given)
    folder = local_folder(hass, call.data[ATTR_FOLDER])
    paths: list[Path] = []
    for target, file_name in files:
        if given is not None:
            stem = given.removesuffix(".mp4")
        else:
            begin = target.data.library.begin_of(target.iot_id, file_name)
            moment = dt_util.as_local(begin or dt_util.utcnow())
            stem = file_stem(target.name, moment)
        path = base = folder / f"{stem}.mp4"
        number = 1
        while path in paths:
            number += 1
            path = base.with_stem(f"{stem}_{number}")
        paths.append(path)
    return paths


def _media_url(hass: HomeAssistant, path: Path) -> str | None:
    """Return the URL of a file in a media folder, which companion apps sign; None elsewhere."""
    for name, folder in hass.config.media_dirs.items():
        if path.is_relative_to(folder):
            return f"/media/{name}/{path.relative_to(folder).as_posix()}"
    return None


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders or None,
    )
