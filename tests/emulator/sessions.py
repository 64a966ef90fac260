"""What the cloud remembers of the addresses and jobs that it gave out, and of what was fetched from them."""

from dataclasses import dataclass
from math import ceil
from typing import Literal

from .archive import RecordedFile
from .mpegts import SEGMENT_SECONDS


@dataclass(slots=True)
class LiveSession:
    """A live address that QueryLiveStreaming gave out."""

    token: str
    iot_id: str
    stream_type: int
    open_until: float
    unlimited: bool
    opened_at: float | None = None
    last_used: float = 0.0
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What is played of a file: from one second of it to another, in segments of the file's own grid."""

    file: RecordedFile
    start: float
    end: float

    @property
    def numbers(self) -> range:
        """The segments, counted from the file's begin; the first may begin before `start`."""
        after = max(ceil(round(self.end, 3) / SEGMENT_SECONDS), 1)
        return range(min(int(self.start // SEGMENT_SECONDS), after - 1), after)

    def seconds(self, number: int) -> float:
        """Return a segment's length; the last one is shorter."""
        return min(SEGMENT_SECONDS, self.end - number * SEGMENT_SECONDS)


@dataclass(slots=True)
class VodSession:
    """A playback address that was given out. It is opened once; the segments live on."""

    iot_id: str
    parts: list[Part]
    open_until: float
    live_until: float | None = None  # None: not opened yet


@dataclass(frozen=True, slots=True)
class DownloadJob:
    """The making of an MP4 that QueryRecordDownloadUrl began."""

    started_at: float
    ends_at: float
    fails: bool


@dataclass(frozen=True, slots=True)
class TimeJob:
    """The making of an MP4 of a time range that CreateRecordDownloadByTimeJob began. Times are Unix seconds."""

    job_id: str
    iot_id: str
    begin: int
    end: int
    stream_type: int
    record_type: int  # 99: mixed
    seconds: float  # of the MP4
    started_at: float
    ends_at: float
    error_code: int | None  # None: it succeeds

    def progress(self, now: float) -> int:
        """Return how much is done, in percent."""
        share = (now - self.started_at) / (self.ends_at - self.started_at)
        return int(100 * min(share, 1))


@dataclass(frozen=True, slots=True)
class OssObject:
    """What a key of object storage leads to; `name` is a FileName, a PicId or a JobId."""

    kind: Literal["mp4", "job", "picture", "snapshot"]
    iot_id: str
    name: str


@dataclass(slots=True)
class MediaRequest:
    """A request below /media: its path without tokens, its Range header, and what it got."""

    method: str
    path: str
    range: str
    at: float  # Unix seconds, as the cloud's clock says
    status: int = 0  # none yet
    sent: int = 0  # bytes
