"""Stored work lists and totals of archive jobs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
import logging
from typing import Any

from homeassistant.core import HomeAssistant

from ..storage import EntryStore, stored_time
from .disk import DayTotal
from .job import ArchiveJob, StoredJob
from .models import Item

_LOGGER = logging.getLogger(__name__)

_WORK = "archive"
# Apart, and written rarely: a year of 20 cameras has 7,300 days.
_TOTALS = "archive_totals"


class ArchiveStore:
    """Stored data of an entry's jobs. Those of removed jobs are not written again."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, jobs: Mapping[str, ArchiveJob]
    ) -> None:
        self._work = EntryStore(hass, entry_id, _WORK)
        self._totals = EntryStore(hass, entry_id, _TOTALS)
        self._jobs = jobs

    async def async_load(
        self, now: datetime
    ) -> tuple[dict[str, StoredJob], dict[str, dict[str, DayTotal]]]:
        """Return what was stored, by job ID; a job that is not stored begins now."""
        data = await self._work.async_read()
        stored: dict[str, StoredJob] = {}
        for row in _rows(data, "jobs"):
            with _skip_malformed():
                stored[row["job"]] = StoredJob(
                    since=stored_time(row["since"]),
                    folder=str(row["folder"]),
                    mount=str(row["mount"]) if row["mount"] else None,
                    listed_until={
                        str(iot_id): stored_time(time)
                        for iot_id, time in row["listed_until"].items()
                    },
                    lost=int(row["lost"]),
                )
        for row in _rows(data, "waiting"):
            with _skip_malformed():
                item = Item.from_dict(row)
                job = stored.setdefault(row["job"], StoredJob(now))
                job.waiting[item.key] = item
                job.known[item.key] = item.begin
        for row in _rows(data, "known"):
            with _skip_malformed():
                job_id, iot_id, file_name, begin = row
                job = stored.setdefault(job_id, StoredJob(now))
                job.known[str(iot_id), str(file_name)] = stored_time(begin)
        return stored, await self._async_load_totals()

    async def _async_load_totals(self) -> dict[str, dict[str, DayTotal]]:
        totals: dict[str, dict[str, DayTotal]] = {}
        for row in _rows(await self._totals.async_read(), "days"):
            with _skip_malformed():
                job_id, day, *total = row
                job_totals = totals.setdefault(job_id, {})
                job_totals[str(day)] = DayTotal(*map(int, total))
        return totals

    async def async_commit(self) -> None:
        """Return when the work lists are on disk."""
        await self._work.async_commit(self._work_lists)

    def _work_lists(self) -> dict[str, Any]:
        jobs = [(job.job_id, job.stored) for job in self._jobs.values()]
        return {
            "jobs": [
                {
                    "job": job_id,
                    "since": stored.since.isoformat(),
                    "folder": stored.folder,
                    "mount": stored.mount,
                    "listed_until": {
                        iot_id: time.isoformat()
                        for iot_id, time in stored.listed_until.items()
                    },
                    "lost": stored.lost,
                }
                for job_id, stored in jobs
            ],
            "waiting": [
                {"job": job_id, **item.as_dict()}
                for job_id, stored in jobs
                for item in stored.waiting.values()
            ],
            "known": [
                [job_id, *key, begin.isoformat()]
                for job_id, stored in jobs
                for key, begin in stored.known.items()
                if key not in stored.waiting
            ],
        }

    async def async_save_totals(self) -> None:
        """Return when the totals are on disk. Days that change later are counted again after a kill."""
        rows = [
            [job.job_id, day, *total]
            for job in self._jobs.values()
            for day, total in job.totals.items()
        ]
        await self._totals.async_save({"days": rows})

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        for name in (_WORK, _TOTALS):
            await EntryStore(hass, entry_id, name).async_remove()


def _rows(data: Mapping[str, Any], name: str) -> list[Any]:
    rows = data.get(name, [])
    return rows if isinstance(rows, list) else []


@contextmanager
def _skip_malformed() -> Iterator[None]:
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as err:
        _LOGGER.warning("A stored row of an archive job cannot be read: %r", err)
