"""On which days of Home Assistant's time zone something was recorded.

The cloud tells for each day of its own whether there are files; a day elsewhere touches two of those.
"""

import asyncio
from calendar import monthrange
from datetime import date, datetime, timedelta

from homeassistant.util import dt as dt_util

from ..api.client import LinkVisualClient
from ..api.media_models import CLOUD_TIME_ZONE, StreamType
from .expiring_dict import ExpiringDict

# Seconds. What is new shows soon; a day that had files is looked into again only now and then.
_MONTH_LIFE = 30
_DAY_LIFE = 600
_REMEMBERED = 10_000
# A day is asked for so many files to find one that began on it; where there are more, one did.
_PROBE = 5


class RecordingCalendar:
    """The days with recordings of an entry's cameras."""

    def __init__(self, client: LinkVisualClient) -> None:
        self._client = client
        self._months: ExpiringDict[tuple[str, int, int], list[date]] = ExpiringDict(
            _MONTH_LIFE, _REMEMBERED
        )
        self._days: ExpiringDict[tuple[str, date], bool] = ExpiringDict(
            _DAY_LIFE, _REMEMBERED
        )

    async def of_month(self, iot_id: str, year: int, month: int) -> list[date]:
        """Return the days of a month on which files began, newest first. Raises a LinkVisualError."""
        if (kept := self._months.get((iot_id, year, month))) is not None:
            return kept
        local_days = [
            date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)
        ]
        cloud_days = await self._cloud_days(iot_id, local_days)
        # INFERRED: the cloud's days are those of UTC+8. If not, what is new must not be hidden for that.
        today = dt_util.now().date()
        recent = {today, today - timedelta(days=1)}
        full: set[date] = set()
        unsure: list[date] = []
        for day in local_days:
            parts = _cloud_days_of(day)
            if len(parts) == 1 and parts <= cloud_days:
                full.add(day)
            elif day in recent or parts & cloud_days:
                unsure.append(day)
        full |= await self._look_into(iot_id, unsure)
        days = sorted(full, reverse=True)
        self._months[iot_id, year, month] = days
        return days

    async def _cloud_days(self, iot_id: str, local_days: list[date]) -> set[date]:
        """Return the days of the cloud that have files, of the months that local days touch."""
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
                for day, has in enumerate(flags, start=1)
                if has and day <= monthrange(year, month)[1]
            )
        return result

    async def _look_into(self, iot_id: str, days: list[date]) -> set[date]:
        """Return those of some days on which files began."""
        full = {day for day in days if self._days.get((iot_id, day))}
        unknown = [day for day in days if day not in full]
        if not unknown:
            return full
        # A page may tell of all of them.
        begin, end = day_bounds(unknown[0])[0], day_bounds(unknown[-1])[1]
        pages = await asyncio.gather(
            *(
                self._client.query_record(iot_id, begin, end, stream_type=stream_type)
                for stream_type in StreamType
            )
        )
        begun = {
            dt_util.as_local(row.begin).date() for page in pages for row in page.rows
        }
        found = begun.intersection(unknown)
        if not all(page.last for page in pages):
            left = [day for day in unknown if day not in found]
            answers = await asyncio.gather(
                *(self._has_files(iot_id, day) for day in left)
            )
            found.update(day for day, has in zip(left, answers, strict=True) if has)
        for day in found:
            self._days[iot_id, day] = True
        return full | found

    async def _has_files(self, iot_id: str, day: date) -> bool:
        begin, end = day_bounds(day)
        for stream_type in StreamType:
            page = await self._client.query_record(
                iot_id, begin, end, stream_type=stream_type, page_size=_PROBE
            )
            if not page.last or any(begin <= row.begin < end for row in page.rows):
                return True
        return False

    def forget(self, iot_id: str) -> None:
        """Forget what is known of a camera, after something was deleted."""
        self._months.forget(lambda key: key[0] == iot_id)
        self._days.forget(lambda key: key[0] == iot_id)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a local day and of the next, in UTC; a day may have 23 or 25 hours."""
    begin, end = (
        dt_util.as_utc(dt_util.start_of_local_day(moment))
        for moment in (day, day + timedelta(days=1))
    )
    return begin, end


def _cloud_days_of(day: date) -> set[date]:
    """Return the days of the cloud that a local day touches."""
    begin, end = day_bounds(day)
    last = end - timedelta(microseconds=1)
    return {moment.astimezone(CLOUD_TIME_ZONE).date() for moment in (begin, last)}
