"""When to query a recording's files, and which files are its own. No state, no I/O."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from ..api.media_models import MAX_FILE_DURATION, RecordFile
from .models import Recording

# No camera uploads a file earlier than this after the end.
FIRST_CHECK = timedelta(seconds=2)
# Time since the end, and the interval between queries until then.
_INTERVALS = (
    (timedelta(minutes=1), timedelta(seconds=5)),
    (timedelta(minutes=5), timedelta(seconds=15)),
)
_SLOW_INTERVAL = timedelta(minutes=1)
# Beyond the length of the recording: from then on a reply without files is final.
PATIENCE = timedelta(minutes=10)
# Beyond PATIENCE: from then on a temporary error is final, too.
RETRY_PATIENCE = timedelta(days=1)
# Files of a split recording are uploaded one by one; after this time without a new one the list is final.
SETTLED = timedelta(minutes=1)
# Maximum deviation of a file's begin, for recordings without a file ID.
_TOLERANCE = timedelta(seconds=30)


def next_check(recording: Recording, now: datetime) -> datetime:
    """Return when to query the files next."""
    first = recording.ends_at + FIRST_CHECK
    if now < first:
        return first
    since = now - recording.ends_at
    for limit, interval in _INTERVALS:
        if since < limit:
            return now + interval
    return now + _SLOW_INTERVAL


def give_up_at(recording: Recording) -> datetime:
    """Return from when on a reply without files is final."""
    length = timedelta(seconds=recording.settings.record_duration)
    return recording.triggered_at + length + PATIENCE


def is_complete(recording: Recording, files: list[RecordFile]) -> bool:
    """Return whether all files are uploaded: one for every started half hour.

    Sources disagree on whether the pre-recording makes a recording longer; here it does.
    """
    length = recording.ends_at - recording.triggered_at
    seconds = length.total_seconds() + 2 * recording.settings.pre_record_duration
    return len(files) >= max(1, ceil(seconds / MAX_FILE_DURATION))


def in_right_zone(recording: Recording, files: list[RecordFile]) -> list[RecordFile]:
    """Interpret the files' times in the zone that fits the recording: the cloud does not name it."""
    return [file.read_near(recording.triggered_at) for file in files]


def search_window(recording: Recording) -> tuple[datetime, datetime]:
    """Return the time range of the files of a recording without a file ID."""
    length = timedelta(seconds=recording.settings.record_duration)
    return (
        recording.triggered_at - _TOLERANCE - _pre_recording(recording),
        recording.triggered_at + _TOLERANCE + length,
    )


def could_be_confused(recording: Recording, other: Recording) -> bool:
    """Return whether a file could match both recordings."""
    return abs(recording.triggered_at - other.triggered_at) <= 2 * _TOLERANCE


def may_be_mistaken(
    ready: Recording, unfinished: Iterable[Recording], now: datetime
) -> bool:
    """Return whether a ready recording's files could match one without a file ID, now or soon."""
    return now - ready.files[-1].begin <= 2 * _TOLERANCE or any(
        other.iot_id == ready.iot_id and other.file_id is None for other in unfinished
    )


def matching_files(
    recording: Recording, files: Iterable[RecordFile], taken: set[str]
) -> list[RecordFile]:
    """Return the files of a recording without a file ID: each begins where the previous one ends.

    `taken` are the names of files that belong to other recordings.
    """
    begin = recording.triggered_at - _pre_recording(recording)
    left = [file for file in files if file.file_name not in taken]
    chain: list[RecordFile] = []
    while left:
        file = min(left, key=lambda file: abs(file.begin - begin))
        if abs(file.begin - begin) > _TOLERANCE:
            break
        left.remove(file)
        chain.append(file)
        begin = file.end
    return chain


def _pre_recording(recording: Recording) -> timedelta:
    return timedelta(seconds=recording.settings.pre_record_duration)
