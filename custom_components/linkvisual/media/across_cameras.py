"""Recordings of several cameras: the latest ones, and search."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.components.media_player import BrowseError
from homeassistant.components.media_source import BrowseMediaSource
from homeassistant.util import dt as dt_util

from ..api.errors import LinkVisualError
from ..api.media_models import RecordFile
from ..errors import translate
from . import browse
from .annotations import Annotations
from .calendar import day_bounds
from .identifiers import MediaId
from .library import Library
from .listing import PER_LISTING, RecordingQuery, gather_or_cancel
from .titles import Titles

# Limits: number of cameras, period of a search, and its files per camera.
MAX_CAMERAS = 10
_SEARCH_DAYS = timedelta(days=7)
_MAX_FOUND_FILES = 1000
_MAX_LATEST = 50


@dataclass(frozen=True, slots=True)
class CameraRecordings:
    """Recordings of a camera, its name, and texts about the recordings."""

    camera: MediaId
    name: str
    library: Library
    annotations: Annotations

    async def find(
        self, begin: datetime, end: datetime, limit: int
    ) -> list[RecordFile]:
        """Return the newest files of a time range. Raises BrowseError."""
        query = RecordingQuery(self.camera.iot_id, begin, end)
        try:
            return await self.library.find(query, limit)
        except LinkVisualError as err:
            raise translate(err, self.name, exc_type=BrowseError) from err


async def async_latest(
    cameras: Sequence[CameraRecordings], titles: Titles
) -> list[BrowseMediaSource]:
    """Return the newest recordings of today and yesterday. Raises BrowseError."""
    today = dt_util.now().date()
    begin, end = day_bounds(today - timedelta(days=1))[0], day_bounds(today)[1]
    found = await _find(cameras, begin, end, PER_LISTING, titles, lambda *_: True)
    return found[:_MAX_LATEST]


async def async_search(
    cameras: Sequence[CameraRecordings], query: str, languages: Sequence[Titles]
) -> list[BrowseMediaSource]:
    """Return recordings that match all words, in any of the languages; titles are in the first. Raises BrowseError."""
    words = query.casefold().split()
    named = [
        camera
        for camera in cameras
        if any(word in camera.name.casefold() for word in words)
    ]
    now = max((camera.library.now() for camera in cameras), default=dt_util.utcnow())

    def matches(camera: CameraRecordings, file: RecordFile) -> bool:
        text = _searchable(camera, file, languages)
        return all(word in text for word in words)

    return await _find(
        named or cameras,
        now - _SEARCH_DAYS,
        now,
        _MAX_FOUND_FILES,
        languages[0],
        matches,
    )


def _searchable(
    camera: CameraRecordings, file: RecordFile, languages: Sequence[Titles]
) -> str:
    begin = dt_util.as_local(file.begin)
    texts = [languages[0].recording(file, camera.name), f"{begin:%Y-%m-%d %H:%M:%S}"]
    texts.append(camera.annotations.text(camera.camera.iot_id, file.file_name) or "")
    for titles in languages:
        texts += [titles.reason(file), titles.kind(file.record_type)]
        texts += [titles.day(begin.date()), titles.date(begin.date())]
    return "\n".join(texts).casefold()


async def _find(
    cameras: Sequence[CameraRecordings],
    begin: datetime,
    end: datetime,
    limit: int,
    titles: Titles,
    matches: Callable[[CameraRecordings, RecordFile], bool],
) -> list[BrowseMediaSource]:
    """Return the matching recordings of the first cameras, newest first, then by title."""
    cameras = cameras[:MAX_CAMERAS]
    files = await gather_or_cancel(camera.find(begin, end, limit) for camera in cameras)
    found = [
        (-file.begin.timestamp(), titles.recording(file, camera.name), camera, file)
        for camera, of_camera in zip(cameras, files, strict=True)
        for file in of_camera
        if matches(camera, file)
    ]
    found.sort(key=lambda row: row[:2])
    return [
        browse.recording(camera.camera, file, title) for _, title, camera, file in found
    ]
