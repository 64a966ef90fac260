"""Finds recordings by the words of their titles: camera, day, time, kind."""

import asyncio
from datetime import timedelta

from homeassistant.components.media_player import BrowseError, SearchMedia
from homeassistant.util import dt as dt_util

from .api.errors import LinkVisualError
from .api.media_models import RecordFile
from .data import LinkVisualConfigEntry, LinkVisualData
from .errors import translate
from .listing import Wanted
from .media_ids import MediaId
from .media_items import MediaItems

# How far back, at how many cameras, among how many files of each.
SEARCH_DAYS = timedelta(days=7)
SEARCH_CAMERAS = 10
MOST_FILES = 1000


async def async_search(
    entries: list[LinkVisualConfigEntry], place: MediaId, query: str, items: MediaItems
) -> SearchMedia:
    """Return what fits all words, below the place that is open, newest first. Raises BrowseError."""
    words = query.lower().split()
    cameras = [
        (entry, iot_id)
        for entry in entries
        if place.entry_id in ("", entry.entry_id)
        for iot_id in entry.runtime_data.coordinator.data
        if place.iot_id in ("", iot_id)
    ]
    named = [
        (entry, iot_id)
        for entry, iot_id in cameras
        if any(word in _name(entry, iot_id).lower() for word in words)
    ]
    cameras = (named or cameras)[:SEARCH_CAMERAS]
    files = await asyncio.gather(*(_recent(*camera) for camera in cameras))
    found = []
    for (entry, iot_id), recent in zip(cameras, files, strict=True):
        camera = MediaId(entry.entry_id, iot_id)
        for file in recent:
            title = (
                f"{_name(entry, iot_id)} · {items.recording_title(file, with_day=True)}"
            )
            if all(word in title.lower() for word in words):
                found.append((file.begin, title, items.recording(camera, file, title)))
    # Newest first; at one moment, by title.
    found.sort(key=lambda row: row[1])
    found.sort(key=lambda row: row[0], reverse=True)
    return SearchMedia(result=[row for _, _, row in found])


def _name(entry: LinkVisualConfigEntry, iot_id: str) -> str:
    return entry.runtime_data.coordinator.name_of(iot_id)


async def _recent(entry: LinkVisualConfigEntry, iot_id: str) -> list[RecordFile]:
    now = dt_util.utcnow()
    data: LinkVisualData = entry.runtime_data
    try:
        return await data.library.find(
            Wanted(iot_id, now - SEARCH_DAYS, now), MOST_FILES
        )
    except LinkVisualError as err:
        raise translate(err, _name(entry, iot_id), as_kind=BrowseError) from err
