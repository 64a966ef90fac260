"""Events of recordings on the bus and the dispatcher."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.dispatcher import SignalType, async_dispatcher_send

from ..const import DOMAIN
from ..media.identifiers import RECORDING, MediaId
from .models import Recording, RecordingState


class RecordingEvent(StrEnum):
    """Event of a recording."""

    TRIGGERED = "triggered"
    READY = "ready"
    FAILED = "failed"

    @property
    def event_type(self) -> str:
        """The event type on the bus."""
        return f"{DOMAIN}_record_{self.value}"


# Fields of a recording in bus events, the event entity, triggers and responses of actions. The functions take the
# config entry's ID, too.
EVENT_FIELDS: dict[str, Callable[[Recording, str], Any]] = {
    "file_id": lambda recording, _: recording.file_id,
    "record_duration": lambda recording, _: recording.settings.record_duration,
    "pre_record_duration": lambda recording, _: recording.settings.pre_record_duration,
    "stream_type": lambda recording, _: recording.settings.stream_type,
    "triggered_at": lambda recording, _: recording.triggered_at.isoformat(
        timespec="seconds"
    ),
    "request_id": lambda recording, _: recording.request_id,
    "files": lambda recording, entry_id: [
        {
            "file_name": file.file_name,
            "begin": file.begin.isoformat(),
            "end": file.end.isoformat(),
            "media_content_id": MediaId(
                entry_id, recording.iot_id, RECORDING, file.file_name
            ).content_id,
        }
        for file in recording.files
    ],
    "reason": lambda recording, _: recording.reason and recording.reason.value,
    "incident_id": lambda recording, _: recording.incident_id,
}
# Whether a recording has the field, where not all have it.
_HAS_FIELD: dict[str, Callable[[Recording], bool]] = {
    "files": lambda recording: recording.state is RecordingState.READY,
    "reason": lambda recording: recording.state is RecordingState.FAILED,
    "incident_id": lambda recording: recording.incident_id is not None,
}


def event_data(recording: Recording, entry_id: str) -> dict[str, Any]:
    """Return the fields of a recording in its current state."""
    return {
        name: value_fn(recording, entry_id)
        for name, value_fn in EVENT_FIELDS.items()
        if name not in _HAS_FIELD or _HAS_FIELD[name](recording)
    }


def recording_signal(
    entry_id: str, iot_id: str
) -> SignalType[Recording, RecordingEvent | None]:
    """Return the dispatcher signal of a camera's recordings.

    The event is None if a recording ended or was stopped: these changes have no event.
    """
    return SignalType(f"{DOMAIN}_recording_{entry_id}_{iot_id}")


@callback
def async_send(
    hass: HomeAssistant,
    entry_id: str,
    recording: Recording,
    event: RecordingEvent | None,
) -> None:
    """Fire the event on the bus, if any, then notify the camera's entities."""
    if event is not None:
        hass.bus.async_fire(
            event.event_type,
            async_bus_data(hass, entry_id, recording),
            # The context of the action that triggered the recording.
            context=recording.context,
        )
    signal = recording_signal(entry_id, recording.iot_id)
    async_dispatcher_send(hass, signal, recording, event)


@callback
def async_bus_data(
    hass: HomeAssistant, entry_id: str, recording: Recording
) -> dict[str, Any]:
    """Return the data of a recording's event on the bus."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, recording.iot_id), entry_id
    )
    return {
        "config_entry_id": entry_id,
        "device_id": device.id if device else None,
        "entity_id": er.async_get(hass).async_get_entity_id(
            "camera", DOMAIN, f"{recording.iot_id}_camera"
        ),
        "iot_id": recording.iot_id,
        "product_key": recording.product_key,
        "device_name": recording.device_name,
        **event_data(recording, entry_id),
    }
