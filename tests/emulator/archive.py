"""What a camera has in cloud storage: recordings, files, pictures, alarms."""

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from operator import attrgetter

MAX_FILE_SECONDS = 1800

_BEGIN = attrgetter("begin")


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file in cloud storage. Times are Unix seconds."""

    file_name: str
    begin: float
    end: float
    available_at: float
    stream_type: int
    record_type: int  # 0 continuous, 1 of an alarm, 2 triggered
    event_type: int | None = None  # of alarms


@dataclass(slots=True)
class TriggeredRecord:
    """A recording that TriggerRecord started. `end` moves forward when it is stopped."""

    record_id: str
    stream_type: int
    begin: float
    end: float
    stored: bool


@dataclass(slots=True)
class Picture:
    """A still. One that never arrives is available at no time (`inf`)."""

    pic_id: str
    created: float
    available_at: float
    source: int  # 1 of an alarm, 2 captured, 3 other, 4 of a snapshot job


@dataclass(frozen=True, slots=True)
class Alarm:
    """An event that a camera told. It lies at `time`, as the camera's clock says; nobody sees it before `visible_at`."""

    event_id: str
    event_type: int
    time: float
    visible_at: float
    pic_id: str | None
    file_name: str | None
    description: str
    data: str  # JSON text
    times: int  # how often it is listed


@dataclass(slots=True)
class Shelf:
    """Files, sorted by their begin."""

    _files: list[RecordedFile] = field(default_factory=list)
    _longest: float = 0.0

    def add(self, file: RecordedFile) -> None:
        """Put a file in its place."""
        insort(self._files, file, key=_BEGIN)
        self._longest = max(self._longest, file.end - file.begin)

    def overlapping(self, begin: float, end: float) -> list[RecordedFile]:
        """Return the files of a time range, in which they need not lie as a whole."""
        first = bisect_left(self._files, begin - self._longest, key=_BEGIN)
        after = bisect_left(self._files, end, key=_BEGIN)
        return [file for file in self._files[first:after] if file.end > begin]
