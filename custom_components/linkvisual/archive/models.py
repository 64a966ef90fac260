"""Models of an archive job: its settings, a recording that it saves, and what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import SignalType

from ..api.media_models import RecordFile, RecordType
from ..const import DOMAIN
from ..media.folders import local_folder
from ..recordings.models import Recording
from ..storage import stored_time
from .paths import item_path

SUBENTRY_TYPE = "archive"

CONF_CAMERAS = "cameras"
CONF_FOLDER = "folder"
CONF_KEEP_DAYS = "keep_days"
CONF_KINDS = "kinds"
CONF_MAX_SIZE = "max_size"

GIGABYTE = 10**9
KINDS = {kind.name.lower(): kind for kind in RecordType}


class Problem(StrEnum):
    """Why a recording could not be saved."""

    NONE = "none"
    DISK_FULL = "disk_full"
    FOLDER_MISSING = "folder_missing"
    CANNOT_WRITE = "cannot_write"
    CLOUD = "cloud"
    NO_VIDEO = "no_video"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSettings:
    """Settings of an archive job. No cameras means all of them, None no limit."""

    folder: Path
    cameras: frozenset[str]
    kinds: frozenset[str]
    keep_days: int | None
    max_bytes: int | None

    @classmethod
    def from_data(cls, hass: HomeAssistant, data: Mapping[str, Any]) -> Self:
        """Read the data of a subentry."""
        size = data.get(CONF_MAX_SIZE)
        days = data.get(CONF_KEEP_DAYS)
        return cls(
            folder=local_folder(hass, data[CONF_FOLDER]),
            cameras=frozenset(data.get(CONF_CAMERAS, ())),
            kinds=frozenset(data[CONF_KINDS]),
            keep_days=None if days is None else int(days),
            max_bytes=None if size is None else int(size * GIGABYTE),
        )

    def takes(self, iot_id: str) -> bool:
        """Return whether recordings of a camera are saved."""
        return not self.cameras or iot_id in self.cameras


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file of a recording that a job is to save.

    `path` is relative to the job's folder, without its suffix: `<camera>/<date>/<time>_<kind>_<id>`.
    """

    iot_id: str
    file_name: str
    kind: str
    begin: datetime
    end: datetime
    path: str
    file_id: str | None = None
    request_id: str | None = None

    @classmethod
    def of_file(
        cls,
        folder: str,
        iot_id: str,
        kind: str,
        file: RecordFile,
        recording: Recording | None = None,
    ) -> Self:
        """Return the item of a file; `folder` is the camera's, `recording` the one that it belongs to, if known."""
        file_id = recording.file_id if recording else None
        return cls(
            iot_id=iot_id,
            file_name=file.file_name,
            kind=kind,
            begin=file.begin,
            end=file.end,
            path=item_path(folder, file.begin, kind, file_id or file.file_name),
            file_id=file_id,
            request_id=recording.request_id if recording else None,
        )

    @property
    def key(self) -> tuple[str, str]:
        """The key among a job's items."""
        return self.iot_id, self.file_name

    @property
    def day(self) -> str:
        """The folder of the camera's day, relative to the job's."""
        return PurePosixPath(self.path).parent.as_posix()

    def as_dict(self) -> dict[str, Any]:
        """Return the item as stored, on the work list and beside the MP4."""
        return {
            "iot_id": self.iot_id,
            "file_name": self.file_name,
            "kind": self.kind,
            "begin": self.begin.isoformat(),
            "end": self.end.isoformat(),
            "path": self.path,
            "file_id": self.file_id,
            "request_id": self.request_id,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a stored item. Raises KeyError, TypeError or ValueError if it is malformed."""
        path = PurePosixPath(data["path"])
        if path.is_absolute() or ".." in path.parts or len(path.parts) != 3:
            raise ValueError(f"{path} leads elsewhere")
        return cls(
            iot_id=str(data["iot_id"]),
            file_name=str(data["file_name"]),
            kind=str(data["kind"]),
            begin=stored_time(data["begin"]),
            end=stored_time(data["end"]),
            path=str(path),
            file_id=data["file_id"],
            request_id=data["request_id"],
        )


def archive_signal(entry_id: str) -> SignalType[()]:
    """Return the dispatcher signal of changes of an entry's archive jobs."""
    return SignalType(f"{DOMAIN}_archive_{entry_id}")
