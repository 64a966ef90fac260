"""Websocket commands of the timeline card."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.websocket_api import (
    ERR_INVALID_FORMAT,
    ERR_NOT_FOUND,
    ActiveConnection,
    event_message,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .alarm_types import alarm_type_name
from .alarms.models import Alarm, alarm_signal, alarm_updated_signal
from .api.media_models import RecordFile, RecordType
from .const import DOMAIN
from .data import LinkVisualConfigEntry, loaded_data
from .errors import async_message, raise_translated
from .media.access import may_read
from .media.identifiers import RECORDING, MediaId
from .media.urls import PICTURE_LIFE, picture_path, thumbnail_path
from .recordings.events import RecordingEvent, recording_signal
from .recordings.models import Recording

ERR_CLOUD = "cloud"

_MAX_LENGTH = timedelta(days=8)
_YEARS = range(2000, 2100)


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register all commands."""
    websocket_api.async_register_command(hass, handle_timeline)
    websocket_api.async_register_command(hass, handle_subscribe)


def _moment(value: object) -> datetime:
    """Validate a time; return it in UTC. Years far away overflow in other time zones."""
    moment = cv.datetime(value)
    if moment.year not in _YEARS:
        raise vol.Invalid("not a year with recordings")
    return dt_util.as_utc(moment)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/timeline",
        vol.Required("entity_id"): cv.entity_id,
        vol.Required("start"): _moment,
        vol.Required("end"): _moment,
    }
)
@websocket_api.async_response
async def handle_timeline(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Send a camera's recordings and alarms of a time range, both sorted by time.

    `recordings`: what overlaps the range. A kind of recording that this version does not know is `alarm` if it has a
    type of alarm, else `continuous`. `alarms`: what the cloud lists, also without an *Alarm* entity. `can_control`: whether
    the user may make the camera do something, which the frontend does not know.
    """
    if (camera := _find_camera(hass, connection, msg)) is None:
        return
    entry, iot_id = camera
    begin, end = msg["start"], msg["end"]
    if not timedelta() < end - begin <= _MAX_LENGTH:
        message = "The end must be later than the start, by 8 days at most"
        connection.send_error(msg["id"], ERR_INVALID_FORMAT, message)
        return
    try:
        with raise_translated(hass, entry, iot_id):
            timeline = loaded_data(entry).timeline
            found = await timeline.between(iot_id, begin, end)
    except HomeAssistantError as err:
        language = await _language(hass, connection.user)
        connection.send_error(
            msg["id"], ERR_CLOUD, await async_message(hass, language, err)
        )
        return
    rows = _Rows(hass, connection, MediaId(entry.entry_id, iot_id))
    connection.send_result(
        msg["id"],
        {
            "recordings": [
                rows.recording(file, _kind(file), has_thumbnail=bool(file.snapshot_url))
                for file in found.files
            ],
            "alarms": [
                rows.alarm(
                    alarm.event_time, alarm.event_type, alarm.pic_id, alarm.event_id
                )
                for alarm in found.alarms
            ],
            "can_control": connection.user.permissions.check_entity(
                msg["entity_id"], POLICY_CONTROL
            ),
        },
    )


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/timeline/subscribe",
        vol.Required("entity_id"): cv.entity_id,
    }
)
@callback
def handle_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Send a camera's new recordings and alarms, until the client unsubscribes or disconnects.

    A triggered recording is sent when it can be watched, an alarm when the cloud lists it, and again together with its
    recording once there is one. Continuous recordings are not told by the cloud: they are in the next `timeline`.

    The subscription outlives a reload of the account: nothing is sent while that is not loaded, and no error; what
    came meanwhile is in the next `timeline`. The client need not subscribe anew.
    """
    if (camera := _find_camera(hass, connection, msg)) is None:
        return
    entry, iot_id = camera
    subscription = _Subscription(hass, connection, msg["id"], entry, iot_id)
    connection.subscriptions[msg["id"]] = subscription.async_start()
    connection.send_result(msg["id"])


def _find_camera(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> tuple[LinkVisualConfigEntry, str] | None:
    """Return the account and IotId of a command's camera; send an error if there is none. Raises Unauthorized."""
    entity_id: str = msg["entity_id"]
    if not connection.user.permissions.check_entity(entity_id, POLICY_READ):
        raise Unauthorized(entity_id=entity_id)
    entity = er.async_get(hass).async_get(entity_id)
    entry: LinkVisualConfigEntry | None = None
    if entity and entity.platform == DOMAIN and entity.domain == Platform.CAMERA:
        entry = hass.config_entries.async_get_entry(entity.config_entry_id or "")
    if entity is None or entry is None:
        message = f"{entity_id} is not a LinkVisual camera"
        connection.send_error(msg["id"], ERR_NOT_FOUND, message)
        return None
    return entry, entity.unique_id.removesuffix(f"_{Platform.CAMERA}")


async def _language(hass: HomeAssistant, user: User) -> str:
    """Return the language that a user has chosen in the profile, else Home Assistant's."""
    settings = (await async_user_store(hass, user.id)).data.get("language")
    language = settings.get("language") if isinstance(settings, dict) else None
    return language if isinstance(language, str) else hass.config.language


def _kind(file: RecordFile) -> str:
    """Return the kind of a recording."""
    if file.record_type is None:
        return "continuous" if file.event_type is None else "alarm"
    return file.record_type.name.lower()


class _Rows:
    """Rows of the reply and of events, with paths that are signed for the user of a connection."""

    def __init__(
        self, hass: HomeAssistant, connection: ActiveConnection, camera: MediaId
    ) -> None:
        self._camera = camera
        # Events are sent in the context of whoever caused them: the signer is not the current connection.
        self._sign: Callable[[str], str] = partial(
            async_sign_path,
            hass,
            expiration=PICTURE_LIFE,
            refresh_token_id=connection.refresh_token_id,
            use_content_user=True,
        )

    def recording(
        self, file: RecordFile, kind: str, *, has_thumbnail: bool
    ) -> dict[str, Any]:
        """Return the row of a recording."""
        entry_id, iot_id, name = (
            self._camera.entry_id,
            self._camera.iot_id,
            file.file_name,
        )
        return {
            "start": file.begin.isoformat(),
            "end": file.end.isoformat(),
            "kind": kind,
            "media_content_id": MediaId(entry_id, iot_id, RECORDING, name).content_id,
            "thumbnail": self._sign(thumbnail_path(entry_id, iot_id, name))
            if has_thumbnail
            else None,
        }

    def alarm(
        self, time: datetime, alarm_type: int, picture_id: str, event_id: str
    ) -> dict[str, Any]:
        """Return the row of an alarm."""
        camera = self._camera
        return {
            "time": time.isoformat(),
            "type": alarm_type_name(alarm_type),
            "picture": self._sign(
                picture_path(camera.entry_id, camera.iot_id, picture_id)
            )
            if picture_id
            else None,
            "event_id": event_id,
        }


class _Subscription:
    """A subscription to a camera's new recordings and alarms. It pauses while the account is not loaded."""

    def __init__(
        self,
        hass: HomeAssistant,
        connection: ActiveConnection,
        msg_id: int,
        entry: LinkVisualConfigEntry,
        iot_id: str,
    ) -> None:
        self._hass = hass
        self._connection = connection
        self._id = msg_id
        self._entry = entry
        self._iot_id = iot_id
        self._rows = _Rows(hass, connection, MediaId(entry.entry_id, iot_id))
        self._unsubscribe: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Listen until the returned function is called."""
        stop_following = self._entry.async_on_state_change(self._follow_entry)
        self._follow_entry()

        @callback
        def stop() -> None:
            stop_following()
            self._pause()

        return stop

    @callback
    def _pause(self) -> None:
        while self._unsubscribe:
            self._unsubscribe.pop()()

    @callback
    def _follow_entry(self) -> None:
        self._pause()
        if self._entry.state is not ConfigEntryState.LOADED:
            return
        place = (self._entry.entry_id, self._iot_id)
        self._unsubscribe = [
            async_dispatcher_connect(
                self._hass, recording_signal(*place), self._handle_recording
            )
        ]
        for signal_fn in (alarm_signal, alarm_updated_signal):
            self._unsubscribe.append(
                async_dispatcher_connect(
                    self._hass, signal_fn(*place), self._handle_alarm
                )
            )
        if alarms := self._entry.runtime_data.alarms:
            self._unsubscribe.append(alarms.async_watch(self._iot_id))

    @callback
    def _handle_recording(
        self, recording: Recording, event: RecordingEvent | None
    ) -> None:
        if event is RecordingEvent.READY:
            self._send_recordings(recording.files, RecordType.MANUAL)

    @callback
    def _handle_alarm(self, alarm: Alarm) -> None:
        # An alarm that the message queue has brought has no EventId yet; it is sent again with it.
        if not alarm.event_id:
            return
        row = self._rows.alarm(
            alarm.event_time, alarm.alarm_type, alarm.picture_id, alarm.event_id
        )
        self._send({"alarm": row})
        self._send_recordings(alarm.files, RecordType.ALARM)

    def _send_recordings(
        self, files: tuple[RecordFile, ...], record_type: RecordType
    ) -> None:
        # Whether there is a thumbnail is found out when that is requested.
        for file in files:
            row = self._rows.recording(
                file, record_type.name.lower(), has_thumbnail=True
            )
            self._send({"recording": row})

    def _send(self, event: dict[str, Any]) -> None:
        self._entry.runtime_data.timeline.forget_recent(self._iot_id)
        if may_read(self._hass, self._connection.user, self._iot_id):
            self._connection.send_message(event_message(self._id, event))
