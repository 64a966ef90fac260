"""When to ask for a recording's files, and whether the answer is all of them. No state, no I/O.

Ages are seconds since the recording was triggered, counted by monotonic time: the wall clock may be set.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from math import ceil

from ..api.media_models import MAX_FILE_DURATION, RecordFile
from .models import Recording

# Seconds. No camera has uploaded anything sooner than this after the end.
FIRST_CHECK = 2.0
# Up to so long after the end, files are asked for in such intervals.
_INTERVALS = (
    (60.0, 5.0),
    (300.0, 15.0),
    (3600.0, 60.0),
    (86400.0, 300.0),
)
_SLOWEST_INTERVAL = 1800.0
# After the end of the recording: then the cloud's "no file" is final.
PATIENCE = 600.0
# So many answers in succession are final, since one may be odd; a second one is asked for after so many seconds.
LAST_WORD = 2
CONFIRM_INTERVAL = 30.0
# Files are cut to whole seconds, and cameras begin late and end early.
_END_TOLERANCE = 30.0
# Seconds that a full part lacks, since its times are cut to whole seconds.
_CUT = 2.0
# Of a recording that broke off, a further file comes within this time or not at all.
SETTLED = 60.0
_OVERLAP = timedelta(seconds=2)
# Another length than what was asked for counts as if a file began so many seconds late, at most.
_MOST_OFF = 15.0
# How far a file may begin from where it should, for a recording whose file ID is not known.
_BEGIN_TOLERANCE = timedelta(seconds=30)


def next_check(recording: Recording, age: float, ended_at: float | None) -> float:
    """Return in how many seconds to ask for the files, for the first time or again.

    `ended_at` is the age at which the recording may have broken off; None where there is no reason to think so.
    """
    end = recording.length
    if ended_at is not None and age < recording.length:
        end = ended_at
    if age < end + FIRST_CHECK:
        return end + FIRST_CHECK - age
    for limit, interval in _INTERVALS:
        if age - end < limit:
            return interval
    return _SLOWEST_INTERVAL


def is_out_of_time(recording: Recording, age: float) -> bool:
    """Return whether an answer without a file is the last word."""
    pre_recording = recording.settings.pre_record_duration
    return age >= recording.length + pre_recording + PATIENCE


def is_purged(recording: Recording, age: float, retention_days: int | None) -> bool:
    """Return whether the cloud no longer keeps what there may have been of it; False where its retention is unknown."""
    if not retention_days:
        return False
    return age > recording.length + (retention_days + 1) * 86400.0


def longest_wait(recording: Recording) -> float:
    """Return the age at which nobody is kept waiting any more: the last word is asked for every minute, and twice."""
    pre_recording = recording.settings.pre_record_duration
    return recording.length + pre_recording + PATIENCE + 120.0


def is_complete(recording: Recording, files: list[RecordFile]) -> bool:
    """Return whether these are all files: they reach the end, or there can be but one.

    The sources disagree on whether the pre-recording makes a recording longer; here it may or may not.
    """
    pre_recording = recording.settings.pre_record_duration
    most = max(1, ceil((recording.length + 2 * pre_recording) / MAX_FILE_DURATION))
    if most == 1:
        return bool(files)
    if sum(_seconds(file) for file in files) < recording.length - _END_TOLERANCE:
        return False
    # After full parts another one follows, which may be shorter than the tolerance.
    parts = ceil(recording.length / MAX_FILE_DURATION)
    return len(files) >= parts or _seconds(_last(files)) < MAX_FILE_DURATION - _CUT


def has_broken_off(files: list[RecordFile]) -> bool:
    """Return whether the last file is shorter than a part that another one follows."""
    return bool(files) and _seconds(_last(files)) < MAX_FILE_DURATION - _END_TOLERANCE


def _last(files: list[RecordFile]) -> RecordFile:
    return max(files, key=lambda file: file.begin)


def _seconds(file: RecordFile) -> float:
    return (file.end - file.begin).total_seconds()


def in_right_zone(recording: Recording, files: list[RecordFile]) -> list[RecordFile]:
    """Read the files' times so that they fit the recording: the cloud does not say of which zone they are."""
    return [file.read_near(recording.triggered_at) for file in files]


def search_window(recording: Recording) -> tuple[datetime, datetime]:
    """Return where to look for the files of a recording whose file ID is not known."""
    length = timedelta(seconds=recording.settings.record_duration)
    return (
        recording.triggered_at - _BEGIN_TOLERANCE - _pre_recording(recording),
        recording.triggered_at + _BEGIN_TOLERANCE + length,
    )


def could_be_confused(recording: Recording, other: Recording) -> bool:
    """Return whether the first file of the other could be taken for one of a recording."""
    return any(_is_near(begin, other.triggered_at) for begin in _parts(recording))


def could_share_files(recording: Recording, other: Recording) -> bool:
    """Return whether any file could be taken for one of either."""
    return recording.settings.stream_type == other.settings.stream_type and any(
        _is_near(begin, other_begin)
        for begin in _parts(recording)
        for other_begin in _parts(other)
    )


def _is_near(begin: datetime, other: datetime) -> bool:
    return abs(begin - other) <= 2 * _BEGIN_TOLERANCE


def _parts(recording: Recording) -> list[datetime]:
    """Return when its files begin."""
    number = max(1, ceil(recording.length / MAX_FILE_DURATION))
    part = timedelta(seconds=MAX_FILE_DURATION)
    return [recording.triggered_at + each * part for each in range(number)]


def may_be_mistaken(
    ready: Recording, unfinished: Iterable[Recording], now: datetime
) -> bool:
    """Return whether its files could be taken for those of a recording whose file ID is not known, now or soon."""
    return now - ready.files[-1].begin <= 2 * _BEGIN_TOLERANCE or any(
        other.iot_id == ready.iot_id and other.file_id is None for other in unfinished
    )


def matching_files(
    recording: Recording,
    files: Iterable[RecordFile],
    others: set[str],
    rivals: Collection[Recording],
) -> list[RecordFile]:
    """Return the files that belong to it: the first begins where it must have, others where a full part ended.

    `others` are the names of files that are known to be another recording's. What fits one of the `rivals` better is
    left to it.
    """
    left = [file for file in files if file.file_name not in others]
    own = [
        file
        for file in left
        if _misfit(recording, file) < timedelta.max
        and all(_misfit(recording, file) <= _misfit(rival, file) for rival in rivals)
    ]
    first = min(own, key=lambda file: _misfit(recording, file), default=None)
    if first is None:
        return []
    chain = [first]
    while _seconds(chain[-1]) >= MAX_FILE_DURATION - _END_TOLERANCE:
        end = chain[-1].end
        # Files of one recording do not overlap; times are cut to whole seconds.
        left = [file for file in left if file.begin >= end - _OVERLAP]
        further = min(left, key=lambda file: abs(file.begin - end), default=None)
        if further is None or abs(further.begin - end) > _BEGIN_TOLERANCE:
            break
        chain.append(further)
    return chain


def _misfit(recording: Recording, file: RecordFile) -> timedelta:
    """Return how badly a file fits as a recording's first; timedelta.max if it cannot be that.

    Cameras begin late rather than early. The length says less than the begin: recordings break off.
    """
    delay = file.begin - (recording.triggered_at - _pre_recording(recording))
    longest = recording.length + 2 * recording.settings.pre_record_duration
    if abs(delay) > _BEGIN_TOLERANCE or _seconds(file) > longest + _END_TOLERANCE:
        return timedelta.max
    length = min(recording.settings.record_duration, MAX_FILE_DURATION)
    off = timedelta(seconds=min(abs(_seconds(file) - length), _MOST_OFF))
    return max(delay, -2 * delay) + off


def _pre_recording(recording: Recording) -> timedelta:
    return timedelta(seconds=recording.settings.pre_record_duration)
