"""Listing of the newest stored files.

The cloud lists files in pages, in no documented order, without a total, one stream at a time. To avoid listing a
whole month, the newest files are searched first, in time slices that fit a page.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ..api.client import LinkVisualClient
from ..api.media_models import RecordFile, RecordType, StreamType

# Number of files after which a listing ends.
PER_LISTING = 100
# A time slice that does not fit a page is shortened, down to this.
_MIN_SLICE = timedelta(minutes=5)
# Number of files that a slice should have.
_FILES_PER_SLICE = 40

# The files of a page, and whether it is the last one.
type _FilePage = tuple[list[RecordFile], bool]


@dataclass(frozen=True, slots=True)
class RecordingQuery:
    """Query for files of a camera that begin in a time range, optionally of one kind."""

    iot_id: str
    begin: datetime
    end: datetime
    record_type: RecordType | None = None

    def newest_first(self, files: Iterable[RecordFile]) -> list[RecordFile]:
        """Return the files in the time range, without duplicates, newest first."""
        inside = {
            file.file_name: file
            for file in files
            if self.begin <= file.begin < self.end
        }
        return sorted(
            inside.values(), key=lambda file: (file.begin, file.file_name), reverse=True
        )


@dataclass(frozen=True, slots=True)
class Listing:
    """Files, newest first. `earlier` is the end of the next query; None if there are no more."""

    files: list[RecordFile]
    earlier: datetime | None


async def list_newest(client: LinkVisualClient, query: RecordingQuery) -> Listing:
    """Return the newest files that match a query. Raises a LinkVisualError."""
    first_pages = await _pages(client, query, StreamType)
    files = [row for rows, last in first_pages if last for row in rows]
    incomplete = [
        stream_type
        for stream_type, (_, last) in zip(StreamType, first_pages, strict=True)
        if not last
    ]
    if not incomplete:
        return Listing(query.newest_first(files), None)
    upper = min(query.end, client.now() + timedelta(minutes=1))
    length = _shorter((query.end - query.begin) / 2, first_pages)
    listed: list[RecordFile] = []
    while upper > query.begin and len(listed) < PER_LISTING:
        lower = max(query.begin, upper - length)
        part = replace(query, begin=lower, end=upper)
        pages = await _pages(client, part, incomplete)
        if not all(last for _, last in pages):
            if upper - lower > _MIN_SLICE:
                length = _shorter(upper - lower, pages)
                continue
            pages = [
                await _all_pages(client, part, stream_type, page)
                for stream_type, page in zip(incomplete, pages, strict=True)
            ]
        files += [row for rows, _ in pages for row in rows]
        most = max(len(rows) for rows, _ in pages)
        length *= min(4, max(0.5, _FILES_PER_SLICE / max(1, most)))
        upper = lower
        listed = replace(query, begin=upper).newest_first(files)
    return Listing(listed, upper if upper > query.begin else None)


async def _pages(
    client: LinkVisualClient, query: RecordingQuery, stream_types: Iterable[StreamType]
) -> list[_FilePage]:
    return await gather_or_cancel(
        _page(client, query, stream_type) for stream_type in stream_types
    )


async def gather_or_cancel[T](calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return the results of concurrent calls. If one fails, the others are cancelled, and its error is raised."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _page(
    client: LinkVisualClient,
    query: RecordingQuery,
    stream_type: StreamType,
    current_page: int = 1,
) -> _FilePage:
    page = await client.query_record(
        query.iot_id,
        query.begin,
        query.end,
        stream_type=stream_type,
        record_type=query.record_type,
        need_snapshot=True,
        current_page=current_page,
    )
    return page.rows, page.last


async def _all_pages(
    client: LinkVisualClient,
    query: RecordingQuery,
    stream_type: StreamType,
    first: _FilePage,
) -> _FilePage:
    """Return all pages of a slice of minimum length."""
    rows, last = first
    found = {row.file_name: row for row in rows}
    current_page = 1
    while not last:
        current_page += 1
        rows, last = await _page(client, query, stream_type, current_page)
        # A page without new files means that the cloud ignores the page number.
        last = last or found.keys() >= {row.file_name for row in rows}
        found.update({row.file_name: row for row in rows})
    return list(found.values()), True


def _shorter(length: timedelta, pages: Iterable[_FilePage]) -> timedelta:
    """Return the length of the next slice, after one of `length` did not fit a page.

    Half of it; less if the files of a page span less: a sorted page covers a part of the slice only.
    """
    begins = [[row.begin for row in rows] for rows, last in pages if rows and not last]
    spans = [0.8 * (max(moments) - min(moments)) for moments in begins]
    return max(_MIN_SLICE, min([length / 2, *spans]))
