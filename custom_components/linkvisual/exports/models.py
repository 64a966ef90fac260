"""Exports and their parts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..api.calls_downloads import MAX_JOB_SECONDS
from ..api.media_models import StreamType

_PART_LENGTH = timedelta(seconds=MAX_JOB_SECONDS)


class PartState(StrEnum):
    """State of a part."""

    QUEUED = "queued"
    REQUESTED = "requested"  # the cloud may have created a job
    RUNNING = "running"  # the JobId is known
    SAVED = "saved"
    FAILED = "failed"


@dataclass(slots=True)
class ExportPart:
    """A part of an export: one download job, one file."""

    begin: datetime
    end: datetime
    path: Path
    state: PartState = PartState.QUEUED
    stream_type: StreamType = StreamType.MAIN
    job_id: str = ""
    message: str = ""  # why it failed, in Home Assistant's language
    progress: int = field(default=0, compare=False)  # percent of the job
    # Since when the job is asked about, by the cloud's clock; anew after a restart.
    asked_since: datetime | None = field(default=None, compare=False)

    @property
    def is_finished(self) -> bool:
        """Whether the file is saved, or will never be."""
        return self.state in (PartState.SAVED, PartState.FAILED)

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "begin": self.begin.timestamp(),
            "end": self.end.timestamp(),
            "path": str(self.path),
            "state": self.state.value,
            "stream_type": self.stream_type.value,
            "job_id": self.job_id,
            "message": self.message,
        }

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Self:
        """Read what was stored."""
        return cls(
            dt_util.utc_from_timestamp(row["begin"]),
            dt_util.utc_from_timestamp(row["end"]),
            Path(row["path"]),
            PartState(row["state"]),
            StreamType(row["stream_type"]),
            str(row["job_id"]),
            str(row["message"]),
        )


@dataclass(slots=True)
class Export:
    """An accepted export of a camera's recordings."""

    iot_id: str
    accepted_at: datetime  # by the cloud's clock
    parts: list[ExportPart]
    export_id: str = field(default_factory=ulid_now)

    @property
    def is_finished(self) -> bool:
        """Whether all parts are finished."""
        return all(part.is_finished for part in self.parts)

    @property
    def failed(self) -> list[ExportPart]:
        """The parts that failed."""
        return [part for part in self.parts if part.state is PartState.FAILED]

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "export_id": self.export_id,
            "iot_id": self.iot_id,
            "accepted_at": self.accepted_at.timestamp(),
            "parts": [part.as_dict() for part in self.parts],
        }

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Self:
        """Read what was stored."""
        export = cls(
            str(row["iot_id"]),
            dt_util.utc_from_timestamp(row["accepted_at"]),
            [ExportPart.from_dict(part) for part in row["parts"]],
            str(row["export_id"]),
        )
        if not export.parts:
            raise ValueError("an export without parts")
        return export


def plan_parts(begin: datetime, end: datetime, base: Path) -> Iterator[ExportPart]:
    """Yield the parts of a time range in order. `base` is the path of the file if there is only one part."""
    count = -(-(end - begin) // _PART_LENGTH)
    for number in range(count):
        start = begin + number * _PART_LENGTH
        path = base
        if count > 1:
            path = base.with_stem(f"{base.stem}_part{number + 1}of{count}")
        yield ExportPart(start, min(start + _PART_LENGTH, end), path)
