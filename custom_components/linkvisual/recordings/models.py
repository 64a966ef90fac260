"""Model of a triggered recording."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from homeassistant.core import Context

from ..api.media_models import MAX_DURATION, RecordFile
from ..storage import stored_context, stored_text, stored_time
from .settings import RecordSettings


class RecordingState(StrEnum):
    """State of a recording."""

    REQUESTED = "requested"  # not known to be accepted
    ACCEPTED = "accepted"  # recording, then uploading
    READY = "ready"
    FAILED = "failed"


class FailureReason(StrEnum):
    """Why a recording has no file."""

    TIMEOUT = "timeout"  # no file was uploaded in time
    DELETED = "deleted"  # the camera was removed
    REJECTED = "rejected"  # not known to be accepted, and not found


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording. Times are UTC; `file_id` is the cloud's RecordId, None if the reply was lost."""

    key: str  # unique, also without a file ID
    iot_id: str
    product_key: str
    device_name: str
    settings: RecordSettings
    triggered_at: datetime
    ends_at: datetime  # when it ends, or was stopped
    context: Context
    state: RecordingState = RecordingState.REQUESTED
    file_id: str | None = None
    request_id: str = ""
    files: tuple[RecordFile, ...] = ()
    reason: FailureReason | None = None
    incident_id: str | None = None

    def sent(self, now: datetime) -> Self:
        """Return the recording that begins now."""
        return replace(self, triggered_at=now, ends_at=end_of(now, self.settings))

    def accepted(self, file_id: str, request_id: str, now: datetime) -> Self:
        """Return the accepted recording."""
        return replace(
            self.sent(now),
            state=RecordingState.ACCEPTED,
            file_id=file_id,
            request_id=request_id,
        )

    @property
    def length(self) -> float:
        """Seconds from the trigger to the end."""
        return (self.ends_at - self.triggered_at).total_seconds()

    def stopped(self, age: float) -> Self:
        """Return the recording cut short so many seconds after its trigger."""
        length = timedelta(seconds=min(self.length, age))
        return replace(self, ends_at=self.triggered_at + length)

    def ready(self, files: list[RecordFile]) -> Self:
        """Return the ready recording."""
        ordered = tuple(sorted(files, key=lambda file: file.begin))
        return replace(self, state=RecordingState.READY, files=ordered)

    def failed(self, reason: FailureReason) -> Self:
        """Return the failed recording."""
        return replace(self, state=RecordingState.FAILED, reason=reason)

    def as_dict(self) -> dict[str, Any]:
        """Return the recording as stored."""
        return {
            "key": self.key,
            "iot_id": self.iot_id,
            "product_key": self.product_key,
            "device_name": self.device_name,
            "settings": asdict(self.settings),
            "triggered_at": self.triggered_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "context": {
                "id": self.context.id,
                "user_id": self.context.user_id,
                "parent_id": self.context.parent_id,
            },
            "state": self.state.value,
            "file_id": self.file_id,
            "request_id": self.request_id,
            "files": [
                [file.file_name, file.begin.isoformat(), file.end.isoformat()]
                for file in self.files
            ],
            "incident_id": self.incident_id,
        }

    @classmethod
    def of_file(cls, iot_id: str, file: RecordFile) -> Self:
        """Return the recording of a file that was found in the cloud: how it was asked for is not known."""
        return cls(
            key=file.file_name,
            iot_id=iot_id,
            product_key="",
            device_name="",
            settings=RecordSettings(),
            triggered_at=file.begin,
            ends_at=file.end,
            context=Context(),
            state=RecordingState.READY,
            files=(file,),
        )

    def without_files(self, file_names: Collection[str]) -> Self | None:
        """Return a ready recording after files were deleted; None where none is left."""
        left = tuple(file for file in self.files if file.file_name not in file_names)
        return replace(self, files=left) if left else None

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read a stored recording. Raises KeyError, TypeError or ValueError if it is malformed."""
        recording = cls(
            key=stored_text(data["key"]),
            iot_id=stored_text(data["iot_id"]),
            product_key=stored_text(data["product_key"]),
            device_name=stored_text(data["device_name"]),
            settings=RecordSettings.from_dict(data["settings"]),
            triggered_at=stored_time(data["triggered_at"]),
            ends_at=stored_time(data["ends_at"]),
            context=stored_context(data["context"]),
            state=RecordingState(data["state"]),
            file_id=None if data["file_id"] is None else stored_text(data["file_id"]),
            request_id=stored_text(data["request_id"]),
            files=tuple(
                RecordFile(stored_text(name), stored_time(begin), stored_time(end))
                for name, begin, end in data["files"]
            ),
            incident_id=data.get("incident_id"),
        )
        length = recording.ends_at - recording.triggered_at
        if not timedelta(0) <= length <= MAX_DURATION:
            raise ValueError("its end does not fit its begin")
        if bool(recording.files) is not (recording.state is RecordingState.READY):
            raise ValueError("its files do not fit its state")
        if recording.file_id is None and recording.state is RecordingState.ACCEPTED:
            raise ValueError("it has no file ID")
        return recording


def end_of(begin: datetime, settings: RecordSettings) -> datetime:
    """Return the earliest end of a recording that is triggered at `begin`."""
    return begin + timedelta(
        seconds=settings.record_duration - settings.pre_record_duration
    )
