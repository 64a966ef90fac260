"""When to ask for a recording's files, and whether what was answered is all of it. No state, no I/O."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from ..api.media_models import MAX_FILE_DURATION, RecordFile
from .models import Recording

# No camera has uploaded anything sooner than this after the end.
FIRST_CHECK = timedelta(seconds=2)
# Up to so long after the end, files are asked for in such intervals.
_INTERVALS = (
    (timedelta(minutes=1), timedelta(seconds=5)),
    (timedelta(minutes=5), timedelta(seconds=15)),
)
_SLOW_INTERVAL = timedelta(minutes=1)
# Beyond the length of the recording: then the cloud's "no file" is final.
PATIENCE = timedelta(minutes=10)
# Beyond this, whatever the reason is for which the cloud does not answer.
LAST_PATIENCE = timedelta(days=1)
# Of a recording that is split, some files may come later; after such a time without a new one they will not.
SETTLED = timedelta(minutes=1)
# How far a file may begin from where it should, for a recording whose file ID is not known.
_TOLERANCE = timedelta(seconds=30)


def next_check(recording: Recording, now: datetime) -> datetime:
    """Return when to ask for the files, for the first time or again."""
    first = recording.ends_at + FIRST_CHECK
    if now < first:
        return first
    since = now - recording.ends_at
    for limit, interval in _INTERVALS:
        if since < limit:
            return now + interval
    return now + _SLOW_INTERVAL


def give_up_at(recording: Recording) -> datetime:
    """Return from when on an answer without a file is the last word."""
    length = timedelta(seconds=recording.settings.record_duration)
    return recording.triggered_at + length + PATIENCE


def is_complete(recording: Recording, files: list[RecordFile]) -> bool:
    """Tell whether these are all files: one for every started half hour.

    The sources disagree on whether the pre-recording makes a recording longer; here it does.
    """
    length = recording.ends_at - recording.triggered_at
    seconds = length.total_seconds() + 2 * recording.settings.pre_record_duration
    return len(files) >= max(1, ceil(seconds / MAX_FILE_DURATION))


def in_right_zone(recording: Recording, files: list[RecordFile]) -> list[RecordFile]:
    """Read the files' times so that they fit the recording: the cloud does not say of which zone they are."""
    return [file.read_near(recording.triggered_at) for file in files]


def search_window(recording: Recording) -> tuple[datetime, datetime]:
    """Return where to look for the files of a recording whose file ID is not known."""
    length = timedelta(seconds=recording.settings.record_duration)
    return (
        recording.triggered_at - _TOLERANCE - _pre_recording(recording),
        recording.triggered_at + _TOLERANCE + length,
    )


def could_be_confused(recording: Recording, other: Recording) -> bool:
    """Tell whether a file could belong to the one as well as to the other."""
    return abs(recording.triggered_at - other.triggered_at) <= 2 * _TOLERANCE


def could_be_taken(
    ready: Recording, unfinished: Iterable[Recording], now: datetime
) -> bool:
    """Tell whether its files could be taken for those of a recording whose file ID is not known, now or soon."""
    return now - ready.files[-1].begin <= 2 * _TOLERANCE or any(
        other.iot_id == ready.iot_id and other.file_id is None for other in unfinished
    )


def found(
    recording: Recording, files: Iterable[RecordFile], others: set[str]
) -> list[RecordFile]:
    """Return the files that belong to it: each begins where the one before ended, the first where it must have.

    `others` are the names of files that are known to be another recording's.
    """
    begin = recording.triggered_at - _pre_recording(recording)
    left = [file for file in files if file.file_name not in others]
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
