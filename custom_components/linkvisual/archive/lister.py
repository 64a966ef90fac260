"""Listing of a camera's recordings for archive jobs: of those that nothing else tells of, and of those that were missed."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from ..api.media_models import RecordFile, RecordType
from ..media.library import Library
from ..media.listing import RecordingQuery
from ..recordings.models import Recording
from .job import ArchiveJob
from .models import Item

# Seconds between listings of a camera's recordings: of those that nothing else tells of, and of those that were missed.
_CONTINUOUS_INTERVAL = 600.0
_OTHERS_INTERVAL = 3600.0
_CATCH_UP_INTERVAL = 1.0
# A listing goes back to before the last one, since recordings are uploaded late, and takes this much at once.
_OVERLAP = timedelta(hours=3)
_MAX_SPAN = timedelta(days=1)
# Recordings have ten seconds or more: a listing has fewer.
_MAX_FILES = 10_000
# A recording that was triggered is known by its ID when it is ready, until this time after its end.
_TOLD_WITHIN = timedelta(minutes=15)
# It is left to those who follow it until this time after its end: then it is taken like those that nothing tells of.
_HELD_UP = timedelta(hours=1)
_CONTINUOUS = RecordType.CONTINUOUS.name.lower()


class Lister:
    """Lists the recordings of cameras for the jobs that take them."""

    def __init__(
        self,
        library: Library,
        now: Callable[[], datetime],
        unfinished: Callable[[], list[Recording]],
    ) -> None:
        self._library = library
        self._now = now
        self._unfinished = unfinished

    def interval(self, iot_id: str, jobs: Collection[ArchiveJob]) -> float | None:
        """Return the seconds between listings of a camera; None if no job needs one."""
        if not jobs:
            return None
        now = self._now()
        if min(job.stored.listed_until.get(iot_id, now) for job in jobs) < (
            now - _MAX_SPAN
        ):
            return _CATCH_UP_INTERVAL
        if any(_CONTINUOUS in job.settings.kinds for job in jobs):
            return _CONTINUOUS_INTERVAL
        return _OTHERS_INTERVAL

    async def async_list(
        self, iot_id: str, folder: str, jobs: Collection[ArchiveJob]
    ) -> bool:
        """Add a camera's recordings that nothing told of; return whether there are any. Raises a LinkVisualError."""
        now = self._now()
        for job in jobs:
            listed_until = job.stored.listed_until
            # The cloud's clock may have been ahead.
            listed_until[iot_id] = min(now, listed_until.get(iot_id, now))
        begin = min(job.stored.listed_until[iot_id] for job in jobs)
        end = min(now, begin + _MAX_SPAN)
        query = RecordingQuery(iot_id, begin - _OVERLAP, end)
        files = await self._library.find(query, _MAX_FILES)
        followed = self._followed(iot_id, now)
        added = []
        for file in reversed(files):
            kind = file.record_type
            if kind is None or _is_told(file, followed, now):
                continue
            item = Item.of_file(folder, iot_id, kind.name.lower(), file)
            added += [
                job.add_listed(item, job.stored.listed_until[iot_id] - _OVERLAP)
                for job in jobs
            ]
        # What is left to others is listed again, until they told it.
        until = min([end, *(recording.triggered_at for recording in followed)])
        for job in jobs:
            job.listed(iot_id, until, until - _OVERLAP - _MAX_SPAN)
        return any(added)

    def _followed(self, iot_id: str, now: datetime) -> list[Recording]:
        return [
            recording
            for recording in self._unfinished()
            if recording.iot_id == iot_id and now < recording.ends_at + _HELD_UP
        ]


def _is_told(file: RecordFile, followed: list[Recording], now: datetime) -> bool:
    """Return whether a file is of a triggered recording, which is about to be told with its file ID."""
    return file.record_type is RecordType.MANUAL and (
        file.end > now - _TOLD_WITHIN
        or any(
            file.begin < recording.ends_at and file.end > recording.triggered_at
            for recording in followed
        )
    )
