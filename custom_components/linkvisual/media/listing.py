"""Listing the newest stored files.

The cloud lists files by the page, in no known order, without a total, one stream at a time. So that nobody waits
for a month to be listed, the newest files are looked for first, in slices of time that fit a page.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from ..api.client import LinkVisualClient
from ..api.media_models import RecordFile, RecordType, StreamType

# A listing ends when it has so many files.
PER_LISTING = 100
# A slice of time that does not fit a page is shortened, down to this; the next one shall bring so many files.
_SHORTEST_SLICE = timedelta(minutes=5)
_WELL_FILLED = 40

# Of one page, and whether there are no more.
type _Rows = tuple[list[RecordFile], bool]


@dataclass(frozen=True, slots=True)
class RecordingQuery:
    """Files of a camera that begin in a time range; of one kind, where one is named."""

    iot_id: str
    begin: datetime
    end: datetime
    record_type: RecordType | None = None

    def newest_first(self, files: Iterable[RecordFile]) -> list[RecordFile]:
        """Leave out what began outside, and what is there twice; sort."""
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
    """Files, newest first. `earlier` is where to go on, None where there is nothing more."""

    files: list[RecordFile]
    earlier: datetime | None


async def list_newest(client: LinkVisualClient, query: RecordingQuery) -> Listing:
    """Return the newest files. Raises a LinkVisualError."""
    firsts = await _pages(client, query, StreamType)
    files = [row for rows, last in firsts if last for row in rows]
    long = [
        stream_type
        for stream_type, (_, last) in zip(StreamType, firsts, strict=True)
        if not last
    ]
    if not long:
        return Listing(query.newest_first(files), None)
    upper = min(query.end, dt_util.utcnow() + timedelta(minutes=1))
    length = _shorter((query.end - query.begin) / 2, firsts)
    shown: list[RecordFile] = []
    while upper > query.begin and len(shown) < PER_LISTING:
        lower = max(query.begin, upper - length)
        part = replace(query, begin=lower, end=upper)
        pages = await _pages(client, part, long)
        if not all(last for _, last in pages):
            if upper - lower > _SHORTEST_SLICE:
                length = _shorter(upper - lower, pages)
                continue
            pages = [
                await _whole(client, part, stream_type, page)
                for stream_type, page in zip(long, pages, strict=True)
            ]
        files += [row for rows, _ in pages for row in rows]
        most = max(len(rows) for rows, _ in pages)
        length *= min(4, max(0.5, _WELL_FILLED / max(1, most)))
        upper = lower
        shown = replace(query, begin=upper).newest_first(files)
    return Listing(shown, upper if upper > query.begin else None)


async def _pages(
    client: LinkVisualClient, query: RecordingQuery, stream_types: Iterable[StreamType]
) -> list[_Rows]:
    return await asyncio.gather(
        *(_page(client, query, stream_type) for stream_type in stream_types)
    )


async def _page(
    client: LinkVisualClient,
    query: RecordingQuery,
    stream_type: StreamType,
    current_page: int = 1,
) -> _Rows:
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


async def _whole(
    client: LinkVisualClient,
    query: RecordingQuery,
    stream_type: StreamType,
    first: _Rows,
) -> _Rows:
    """Return all pages of a slice that is too short to be shortened."""
    rows, last = first
    found = {row.file_name: row for row in rows}
    current_page = 1
    while not last:
        current_page += 1
        rows, last = await _page(client, query, stream_type, current_page)
        # A page that brings nothing new is no page of the same list.
        last = last or found.keys() >= {row.file_name for row in rows}
        found.update({row.file_name: row for row in rows})
    return list(found.values()), True


def _shorter(length: timedelta, pages: Iterable[_Rows]) -> timedelta:
    """Return how long a slice should be, after one of `length` did not fit the pages.

    Half of it; less, where a page tells how dense it is: one that is sorted holds a part of the time only.
    """
    begins = [[row.begin for row in rows] for rows, last in pages if rows and not last]
    spans = [0.8 * (max(moments) - min(moments)) for moments in begins]
    return max(_SHORTEST_SLICE, min([length / 2, *spans]))
