"""Models of recordings, pictures, events and streams."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
import re
from typing import Self

from .fields import (
    CLOUD_TIME_ZONE,
    Row,
    cloud_time,
    identifier,
    key,
    number,
    optional_member,
    optional_number,
    text,
    unix_time,
)

# Limits of TriggerRecord in seconds; the pre-recording is part of the recording (section 20.1).
MIN_RECORD_DURATION = 10
MAX_RECORD_DURATION = 7200
MAX_PRE_RECORD_DURATION = 10
# Seconds. Longer recordings are split (section 8).
MAX_FILE_DURATION = 1800
# Type of a download job.
_BY_TIME = 2
# Larger values are errors.
MAX_DURATION = timedelta(days=1)
MAX_DAY = 36_500


class StreamType(IntEnum):
    """Stream of a camera."""

    MAIN = 0
    SUB = 1


class RecordType(IntEnum):
    """Reason of a recording."""

    CONTINUOUS = 0
    ALARM = 1
    MANUAL = 2


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """Retention of a camera's recordings in days (QueryDeviceRecordLifeCycle)."""

    iot_id: str
    day: int

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data."""
        return cls(key(row, "IotId"), _days(row))


def picture_days(row: Row) -> int | None:
    """Return the retention of a camera's pictures in days (QueryDevicePictureLifeCycle); None if never set."""
    # INFERRED: Day is missing or 0 until it is set, when pictures are kept for ever.
    return _days(row) or None if row.get("Day") else None


def _days(row: Row) -> int:
    day = number(row, "Day")
    if not 0 <= day <= MAX_DAY:
        raise ValueError("Day is out of range")
    return day


@dataclass(frozen=True, slots=True)
class TriggeredRecord:
    """An accepted TriggerRecord."""

    record_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file in cloud storage (QueryRecordByRecordId, QueryRecord). Times are UTC.

    `stream_type` and the fields after it are set by QueryRecord only. VodUrl is not kept: it is a secret, and
    short-lived. So is the snapshot's URL.
    """

    file_name: str
    begin: datetime
    end: datetime
    stream_type: StreamType | None = None
    record_type: RecordType | None = None
    event_type: int | None = None
    snapshot_url: str = field(default="", repr=False, compare=False)

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data, or of Data.List."""
        file = cls(
            identifier(row, "FileName"),
            cloud_time(row, "BeginTime"),
            cloud_time(row, "EndTime"),
            optional_member(StreamType, row, "StreamType"),
            optional_member(RecordType, row, "RecordType"),
            optional_number(row, "EventType"),
            text(row, "SnapshotUrl"),
        )
        if not timedelta(0) <= file.end - file.begin <= MAX_DURATION:
            raise ValueError("EndTime does not fit BeginTime")
        # If the name contains the time, the time zone need not be guessed.
        began = begin_in_name(file.file_name)
        return file.read_near(began) if began else file

    def read_near(self, moment: datetime) -> Self:
        """Return the file with its times interpreted as UTC+8 or UTC, whichever is nearer to `moment`."""
        shift = CLOUD_TIME_ZONE.utcoffset(None)
        as_utc = replace(self, begin=self.begin + shift, end=self.end + shift)
        return min((self, as_utc), key=lambda file: abs(file.begin - moment))


_UNIX_TIME = re.compile(r"(1[0-9]{9})_")


def begin_in_name(file_name: str) -> datetime | None:
    """Return when a file begins. INFERRED: names start with its Unix time (linkvisual-api.md section 9)."""
    hint = _UNIX_TIME.match(file_name)
    return unix_time(int(hint[1])) if hint else None


@dataclass(frozen=True, slots=True)
class Download:
    """An MP4 conversion (QueryRecordDownloadUrl). The URL is a secret; "" until the conversion is done."""

    progress: int  # percent
    failed: bool
    url: str = field(repr=False)

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read Data. The URL is valid with Status 0 and Progress 100 only."""
        status = number(row, "Status")
        progress = min(max(optional_number(row, "Progress") or 0, 0), 100)
        done = status == 0 and progress >= 100
        return cls(progress, status < 0, text(row, "Url") if done else "")


@dataclass(frozen=True, slots=True)
class DownloadJob:
    """A job that cuts a time range into one MP4 (QueryRecordDownloadJobById, QueryRecordDownloadJobList).

    The URL is a secret, valid for an hour; "" until the job is finished.
    """

    job_id: str
    iot_id: str
    begin: datetime
    end: datetime
    stream_type: StreamType | None
    by_time: bool  # else of one file
    progress: int  # percent
    failed: bool
    error_code: int | None  # of a failed job
    url: str = field(repr=False, compare=False)

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.JobList."""
        status = number(row, "Status")
        progress = min(max(optional_number(row, "Progress") or 0, 0), 100)
        return cls(
            key(row, "JobId"),
            text(row, "IotId"),
            unix_time(number(row, "BeginTime")),
            unix_time(number(row, "EndTime")),
            optional_member(StreamType, row, "StreamType"),
            number(row, "Type") == _BY_TIME,
            progress,
            status < 0,
            optional_number(row, "JobErrorCode"),
            text(row, "Url") if status == 0 and progress == 100 else "",
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in cloud storage (QueryDevicePictureFile, QueryPictureFiles). The URL is a secret."""

    pic_id: str
    created: datetime | None
    pic_url: str = field(repr=False, compare=False)

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read Data, or a row of Data.List."""
        created = optional_number(row, "PicCreateTime")
        return cls(
            identifier(row, "PicId"),
            unix_time(created / 1000) if created else None,
            text(row, "PicUrl"),
        )


_EVENT_MILLISECONDS = re.compile(r"_(1[0-9]{12})$")


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """An alarm of a camera (QueryDeviceEvent). The time is the camera's, in UTC; `pic_id` is "" without a picture."""

    event_id: str
    event_time: datetime
    event_type: int
    pic_id: str

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.List."""
        event_id = identifier(row, "EventId")
        event_time = cloud_time(row, "EventTime")
        # INFERRED: IDs end with Unix milliseconds, which reveal the time zone.
        if hint := _EVENT_MILLISECONDS.search(event_id):
            about = unix_time(int(hint[1]) / 1000)
            as_utc = event_time + CLOUD_TIME_ZONE.utcoffset(None)
            event_time = min((event_time, as_utc), key=lambda time: abs(time - about))
        return cls(
            event_id, event_time, number(row, "EventType"), text(row, "EventPicId")
        )

    @property
    def sort_key(self) -> tuple[datetime, str]:
        """Sort key of alarms: their times are whole seconds, their IDs end with milliseconds."""
        return self.event_time, self.event_id.rpartition("_")[2]


@dataclass(frozen=True, slots=True)
class LiveStream:
    """URL of a live stream (QueryLiveStreaming). The path is a secret."""

    path: str = field(repr=False)

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read Data."""
        return cls(identifier(row, "Path"))
