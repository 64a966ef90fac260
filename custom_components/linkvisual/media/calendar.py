"""Days with recordings, in Home Assistant's time zone.

The cloud lists the days in its own time zone; a local day may overlap two of them.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta

from homeassistant.util import dt as dt_util

from ..api.client import LinkVisualClient
from ..api.fields import CLOUD_TIME_ZONE
from ..api.media_models import StreamType
from .expiring_dict import ExpiringDict
from .listing import gather_or_cancel

# Seconds. New recordings should show up soon; days that had files are rarely queried again.
_MONTH_LIFE = 30
_DAY_LIFE = 600
_MAX_CACHED = 10_000
# Page size to find out whether a file begins on a day; if there are more files, one does.
_PROBE_PAGE_SIZE = 5


class RecordingCalendar:
    """Days with recordings of an entry's cameras."""

    def __init__(self, client: LinkVisualClient) -> None:
        self._client = client
        self._months: ExpiringDict[tuple[str, int, int], list[date]] = ExpiringDict(
            _MONTH_LIFE, _MAX_CACHED
        )
        self._days: ExpiringDict[tuple[str, date], bool] = ExpiringDict(
            _DAY_LIFE, _MAX_CACHED
        )

    async def of_month(self, iot_id: str, year: int, month: int) -> list[date]:
        """Return the days of a month on which files begin, newest first. Raises a LinkVisualError."""
        if (cached := self._months.get((iot_id, year, month))) is not None:
            return cached
        local_days = [
            date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)
        ]
        cloud_days = await self._cloud_days(iot_id, local_days)
        # INFERRED: the cloud's days are in UTC+8. In case they are not, recent days are always queried.
        today = dt_util.now().date()
        recent = {today, today - timedelta(days=1)}
        days_with_files: set[date] = set()
        uncertain: list[date] = []
        for day in local_days:
            parts = _cloud_days_of(day)
            if len(parts) == 1 and parts <= cloud_days:
                days_with_files.add(day)
            elif day in recent or parts & cloud_days:
                uncertain.append(day)
        days_with_files |= await self._query_days(iot_id, uncertain)
        days = sorted(days_with_files, reverse=True)
        self._months[iot_id, year, month] = days
        return days

    async def _cloud_days(self, iot_id: str, local_days: list[date]) -> set[date]:
        """Return the cloud's days with files, of the months that local days overlap."""
        months = {
            (part.year, part.month)
            for day in local_days
            for part in _cloud_days_of(day)
        }
        result: set[date] = set()
        for year, month in sorted(months):
            flags = await self._client.query_month_record(
                iot_id, f"{year:04}{month:02}"
            )
            result.update(
                date(year, month, day)
                for day, has_files in enumerate(flags, start=1)
                if has_files and day <= monthrange(year, month)[1]
            )
        return result

    async def _query_days(self, iot_id: str, days: list[date]) -> set[date]:
        """Return those of the days on which files begin."""
        cached = {day for day in days if self._days.get((iot_id, day))}
        unknown = [day for day in days if day not in cached]
        if not unknown:
            return cached
        # One page per stream may cover all days.
        begin, end = day_bounds(unknown[0])[0], day_bounds(unknown[-1])[1]
        pages = await gather_or_cancel(
            self._client.query_record(iot_id, begin, end, stream_type=stream_type)
            for stream_type in StreamType
        )
        begin_days = {
            dt_util.as_local(row.begin).date() for page in pages for row in page.rows
        }
        found = begin_days.intersection(unknown)
        if not all(page.last for page in pages):
            remaining = [day for day in unknown if day not in found]
            results = await gather_or_cancel(
                self._has_files(iot_id, day) for day in remaining
            )
            found.update(
                day
                for day, has_files in zip(remaining, results, strict=True)
                if has_files
            )
        for day in found:
            self._days[iot_id, day] = True
        return cached | found

    async def _has_files(self, iot_id: str, day: date) -> bool:
        begin, end = day_bounds(day)
        for stream_type in StreamType:
            page = await self._client.query_record(
                iot_id, begin, end, stream_type=stream_type, page_size=_PROBE_PAGE_SIZE
            )
            if not page.last or any(begin <= row.begin < end for row in page.rows):
                return True
        return False

    def forget(self, iot_id: str) -> None:
        """Drop a camera's cache, after files were deleted."""
        self._months.forget(lambda key: key[0] == iot_id)
        self._days.forget(lambda key: key[0] == iot_id)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the begin of a local day and of the next one in UTC; a day may have 23 or 25 hours."""
    begin, end = (
        dt_util.as_utc(dt_util.start_of_local_day(moment))
        for moment in (day, day + timedelta(days=1))
    )
    return begin, end


def _cloud_days_of(day: date) -> set[date]:
    """Return the cloud's days that a local day overlaps."""
    begin, end = day_bounds(day)
    last = end - timedelta(microseconds=1)
    return {moment.astimezone(CLOUD_TIME_ZONE).date() for moment in (begin, last)}
