"""Recordings and alarms of a time range, with a cache.

A day costs one call per 50 rows of each list: main stream, sub stream and alarms. The cloud lists in no documented
order, so a list is always read as a whole.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
import logging

from ..api.client import LinkVisualClient
from ..api.media_models import DeviceEvent, RecordFile, StreamType
from ..api.models import Page
from .expiring_dict import ExpiringDict
from .library import Library
from .listing import gather_or_cancel

_LOGGER = logging.getLogger(__name__)

_EPOCH = datetime.fromtimestamp(0, UTC)
# What is cached. Days of all time zones begin at a quarter of an hour.
_SLOT = timedelta(minutes=15)
# A recording of two hours is listed once it has ended and is uploaded; alarms are listed up to an hour late.
_SETTLED_AFTER = timedelta(hours=3)
# Seconds. A slot that has settled changes only if files are deleted.
_SETTLED_LIFE = 6 * 3600
_RECENT_LIFE = 10
_MAX_SLOTS = 10_000
# A camera's clock may be ahead.
_MAX_CLOCK_AHEAD = timedelta(hours=1)
# Pages of a list per day: 2000 rows.
_MAX_PAGES = 40


@dataclass(frozen=True, slots=True)
class TimelineRows:
    """Files that overlap a time range, and alarms in it, both sorted."""

    files: tuple[RecordFile, ...] = ()
    alarms: tuple[DeviceEvent, ...] = ()

    @classmethod
    def merged(cls, rows: Iterable[TimelineRows]) -> TimelineRows:
        """Return all rows, without duplicates."""
        parts = list(rows)
        files = {file.file_name: file for part in parts for file in part.files}
        alarms = {alarm.event_id: alarm for part in parts for alarm in part.alarms}
        return cls(
            tuple(sorted(files.values(), key=lambda file: (file.begin, file.end))),
            tuple(sorted(alarms.values(), key=lambda alarm: alarm.sort_key)),
        )

    def between(self, begin: datetime, end: datetime) -> TimelineRows:
        """Return the rows of a shorter time range."""
        return TimelineRows(
            tuple(
                file
                for file in self.files
                if file.begin < end and (file.end > begin or file.begin == begin)
            ),
            tuple(alarm for alarm in self.alarms if begin <= alarm.event_time < end),
        )


class Timeline:
    """Recordings and alarms of an entry's cameras."""

    def __init__(self, client: LinkVisualClient, library: Library) -> None:
        self._client = client
        self._library = library
        self._settled: ExpiringDict[tuple[str, int], TimelineRows] = ExpiringDict(
            _SETTLED_LIFE, _MAX_SLOTS
        )
        self._recent: ExpiringDict[tuple[str, int], TimelineRows] = ExpiringDict(
            _RECENT_LIFE, _MAX_SLOTS
        )
        # Of each camera: who asks at the same time gets what the first one has fetched.
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def between(
        self, iot_id: str, begin: datetime, end: datetime
    ) -> TimelineRows:
        """Return what the cloud lists of a time range. Raises a LinkVisualError."""
        last = min(end, self._client.now() + _MAX_CLOCK_AHEAD)
        slots = range(_slot_of(begin), -(-(last - _EPOCH) // _SLOT))
        async with self._locks[iot_id]:
            rows = {
                slot: cached
                for slot in slots
                if (cached := self._cached(iot_id, slot)) is not None
            }
            for missing in _ranges(slot for slot in slots if slot not in rows):
                rows |= await self._fetch(iot_id, missing)
        return TimelineRows.merged(rows.values()).between(begin, end)

    def _cached(self, iot_id: str, slot: int) -> TimelineRows | None:
        key = (iot_id, slot)
        settled = self._settled.get(key)
        return self._recent.get(key) if settled is None else settled

    async def _fetch(self, iot_id: str, slots: range) -> dict[int, TimelineRows]:
        """Fetch and cache adjacent slots."""
        now = self._client.now()
        begin, end = _begin_of(slots.start), _begin_of(slots.stop)
        fetched = TimelineRows.merged(
            await gather_or_cancel(
                (
                    self._alarms(iot_id, begin, end),
                    *(self._files(iot_id, begin, end, each) for each in StreamType),
                )
            )
        )
        self._library.remember(iot_id, fetched.files)
        rows = _by_slot(fetched, slots)
        for slot in slots:
            is_settled = _begin_of(slot + 1) + _SETTLED_AFTER <= now
            cache = self._settled if is_settled else self._recent
            cache[iot_id, slot] = rows[slot]
        return rows

    async def _files(
        self, iot_id: str, begin: datetime, end: datetime, stream_type: StreamType
    ) -> TimelineRows:
        files = await _all_pages(
            lambda current_page: self._client.query_record(
                iot_id,
                begin,
                end,
                stream_type=stream_type,
                need_snapshot=True,
                current_page=current_page,
            ),
            lambda file: file.file_name,
            end - begin,
        )
        return TimelineRows(files=files)

    async def _alarms(
        self, iot_id: str, begin: datetime, end: datetime
    ) -> TimelineRows:
        alarms = await _all_pages(
            lambda current_page: self._client.query_device_event(
                iot_id, begin, end, current_page
            ),
            lambda alarm: alarm.event_id,
            end - begin,
        )
        return TimelineRows(alarms=alarms)

    def forget_recent(self, iot_id: str) -> None:
        """Drop what a new recording or alarm of a camera outdates."""
        self._recent.forget(lambda key: key[0] == iot_id)

    def forget(self, iot_id: str) -> None:
        """Drop a camera's cache, after files were deleted."""
        self.forget_recent(iot_id)
        self._settled.forget(lambda key: key[0] == iot_id)


async def _all_pages[T](
    query: Callable[[int], Awaitable[Page[T]]],
    key: Callable[[T], str],
    length: timedelta,
) -> tuple[T, ...]:
    """Return the rows of all pages of a list that covers a time range of a length."""
    found: dict[str, T] = {}
    for current_page in range(1, _MAX_PAGES * (length // timedelta(days=1) + 1) + 1):
        page = await query(current_page)
        rows = {key(row): row for row in page.rows}
        # A page without new rows means that the cloud ignores the page number.
        if page.last or (page.complete and found.keys() >= rows.keys()):
            return (*(found | rows).values(),)
        found |= rows
    _LOGGER.warning("The list of %s is longer than %s rows", length, len(found))
    return (*found.values(),)


def _by_slot(fetched: TimelineRows, slots: range) -> dict[int, TimelineRows]:
    """Return the rows of each slot; a file is in all slots that it overlaps."""
    files: defaultdict[int, list[RecordFile]] = defaultdict(list)
    alarms: defaultdict[int, list[DeviceEvent]] = defaultdict(list)
    for file in fetched.files:
        last = max(file.begin, file.end - timedelta(microseconds=1))
        first_slot = max(slots.start, _slot_of(file.begin))
        for slot in range(first_slot, min(slots.stop, _slot_of(last) + 1)):
            files[slot].append(file)
    for alarm in fetched.alarms:
        alarms[_slot_of(alarm.event_time)].append(alarm)
    return {
        slot: TimelineRows(tuple(files[slot]), tuple(alarms[slot])) for slot in slots
    }


def _slot_of(moment: datetime) -> int:
    return (moment - _EPOCH) // _SLOT


def _begin_of(slot: int) -> datetime:
    return _EPOCH + slot * _SLOT


def _ranges(slots: Iterable[int]) -> list[range]:
    """Return ascending slots as ranges of adjacent ones."""
    groups = groupby(enumerate(slots), key=lambda pair: pair[1] - pair[0])
    return [
        range(members[0], members[-1] + 1)
        for members in ([slot for _, slot in group] for _, group in groups)
    ]
