"""An archive job: what waits to be saved, what is kept, and what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import logging
from pathlib import Path
import time

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .disk import DayTotal, JobFolder
from .models import Item, JobSettings, Problem

_LOGGER = logging.getLogger(__name__)

_NOTHING = DayTotal(0, 0, 0)
# Attempts of a recording after which its problem is an issue.
MAX_FAILURES = 3
# Attempts that must tell that a recording does not exist before the cloud's lists are asked: they have some before all of
# the cloud knows them.
_MAX_NOT_FOUND = 3


@dataclass(slots=True)
class Pause:
    """Pause between attempts, which grows with each failure. Times are monotonic."""

    first: float
    longest: float
    failures: int = 0
    due_at: float = 0.0

    def fail(self) -> None:
        """Double the pause."""
        seconds = min(self.longest, self.first * 2 ** min(self.failures, 16))
        self.failures += 1
        self.due_at = time.monotonic() + seconds

    def succeed(self) -> None:
        """End the pause."""
        self.failures, self.due_at = 0, 0.0


_NO_PAUSE = Pause(0, 0)


@dataclass(frozen=True, slots=True)
class Failure:
    """A problem, and the error that it was noticed by."""

    problem: Problem
    error: HomeAssistantError


@dataclass(slots=True)
class Attempts:
    """Attempts of an item. `polls` are those of its conversion to MP4, which began at `converting_since`."""

    pause: Pause
    failure: Failure | None = None
    not_found: int = 0
    polls: int = 0
    converting_since: float = 0.0


@dataclass(slots=True)
class StoredJob:
    """What a job must not forget."""

    # Recordings that become ready from then on are saved.
    since: datetime
    # Which folder `mount` and the totals are about, and where its drive is mounted.
    folder: str = ""
    mount: str | None = None
    waiting: dict[tuple[str, str], Item] = field(default_factory=dict)
    # Until when the recordings of a camera are known, and which of the last ones, with their begin.
    listed_until: dict[str, datetime] = field(default_factory=dict)
    known: dict[tuple[str, str], datetime] = field(default_factory=dict)
    lost: int = 0


class ArchiveJob:
    """An archive job of a config entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        job_id: str,
        title: str,
        settings: JobSettings,
        stored: StoredJob,
        totals: dict[str, DayTotal],
        now: Callable[[], datetime],
    ) -> None:
        """`now` is the cloud's time."""
        self._hass = hass
        self._now = now
        self.job_id = job_id
        self.title = title
        self.settings = settings
        self.stored = stored
        self.folder = JobFolder(hass, settings.folder, job_id)
        if stored.folder != str(settings.folder):
            stored.folder, stored.mount, totals = str(settings.folder), None, {}
        # By day: few enough to be kept in memory, where files are not.
        self.totals = totals
        # Held while files of the job get their names or are deleted, with the totals.
        self.lock = asyncio.Lock()
        self.attempts: dict[tuple[str, str], Attempts] = {}
        # Keys of items that are not on the disk yet, and of those that are being saved.
        self.unstored: set[tuple[str, str]] = set()
        self.active: set[tuple[str, str]] = set()
        # Paths of those that are being saved.
        self._places: dict[tuple[str, str], Path] = {}
        self.is_begun = False
        # Of the folder.
        self.pause = Pause(15, 600)
        self.failure: Failure | None = None

    @property
    def files(self) -> int:
        """Number of files that the job keeps."""
        return sum(day.files for day in self.totals.values())

    @property
    def size(self) -> int:
        """Bytes of the files that the job keeps."""
        return sum(day.size for day in self.totals.values())

    @property
    def last_failure(self) -> Failure | None:
        """What keeps the job, or one of its recordings, from being saved; None if nothing does."""
        failures = [each.failure for each in self.attempts.values() if each.failure]
        return self.failure or (failures[-1] if failures else None)

    @property
    def issue(self) -> Failure | None:
        """What keeps the job from its work; None if nothing does."""
        if self.failure:
            return self.failure
        for attempts in self.attempts.values():
            if attempts.failure and attempts.pause.failures >= MAX_FAILURES:
                return attempts.failure
        return None

    def add(self, item: Item) -> bool:
        """Add an item to the work list; return whether it is new."""
        if item.key in self.stored.known:
            return False
        self.stored.known[item.key] = item.begin
        self.stored.waiting[item.key] = item
        self.unstored.add(item.key)
        return True

    def add_listed(self, item: Item, known_since: datetime) -> bool:
        """Add an item of a listing, unless it was ready before the job, or is older than the items that are known."""
        return (
            item.kind in self.settings.kinds
            and item.end >= self.stored.since
            and item.begin >= known_since
            and self.add(item)
        )

    def listed(self, iot_id: str, until: datetime, known_since: datetime) -> None:
        """Note until when a camera's recordings are listed, and forget those that will not be listed again."""
        stored = self.stored
        stored.listed_until[iot_id] = max(until, stored.listed_until[iot_id])
        stored.known = {
            key: begin
            for key, begin in stored.known.items()
            if key[0] != iot_id or begin >= known_since or key in stored.waiting
        }

    def attempts_of(self, item: Item) -> Attempts:
        """Return the attempts of an item so far."""
        return self.attempts.setdefault(item.key, Attempts(Pause(30, 3600)))

    @property
    def converting(self) -> int:
        """Number of items whose conversion to MP4 was asked for."""
        return sum(each.polls > 0 for each in self.attempts.values())

    def due(self, may_convert: bool) -> Iterator[tuple[float, int, Item]]:
        """Yield the items that may be tried next, each with the monotonic time from when on, and how often it failed.

        Without `may_convert`, only those whose conversion was asked for.
        """
        if not self.is_begun:
            return
        for key, item in self.stored.waiting.items():
            attempts = self.attempts.get(key)
            if key in self.active or key in self.unstored:
                continue
            if may_convert or (attempts and attempts.polls):
                pause = attempts.pause if attempts else _NO_PAUSE
                yield max(self.pause.due_at, pause.due_at), pause.failures, item

    def fail_folder(self, failure: Failure) -> None:
        """Pause the job: nothing can be written to its folder."""
        if self.failure is None or self.failure.problem is not failure.problem:
            _LOGGER.warning(
                "The archive %s is interrupted: %s", self.title, failure.error
            )
        self.failure = failure
        # What is on the disk is compared again: another disk may be there, or none.
        self.is_begun = False
        # Nobody fetches what was converted meanwhile: it must not count against the conversions of other jobs.
        for attempts in self.attempts.values():
            attempts.polls = 0
        self.pause.fail()

    def folder_works(self) -> None:
        """Forget what was wrong with the folder, as far as that is known before something is written to it."""
        if self.failure and (
            self.failure.problem is Problem.FOLDER_MISSING or not self.stored.waiting
        ):
            self.failure = None
            self.pause.succeed()

    def fail_item(self, item: Item, failure: Failure) -> None:
        """Pause an item."""
        attempts = self.attempts_of(item)
        attempts.failure = failure
        attempts.polls = 0
        attempts.pause.fail()
        _LOGGER.debug("%s is not saved yet: %s", item.path, failure.error)

    def miss_item(self, item: Item, failure: Failure) -> bool:
        """Pause an item that the cloud does not have; return whether it told so often enough for it to be lost."""
        attempts = self.attempts_of(item)
        attempts.not_found += 1
        self.fail_item(item, failure)
        return attempts.not_found >= _MAX_NOT_FOUND

    def remove(self, item: Item) -> None:
        """Remove an item from the work list."""
        self.stored.waiting.pop(item.key, None)
        self.attempts.pop(item.key, None)

    def lose(self, item: Item) -> None:
        """Remove an item that nobody has any more, and tell so."""
        self.stored.lost += 1
        _LOGGER.warning(
            "A recording is lost for the archive %s, since the cloud no longer has it: %s",
            self.title,
            item.path,
        )
        self.remove(item)

    def succeed(self, item: Item, size: int) -> None:
        """Count an item that was saved, of so many new bytes: 0 if it was there already."""
        self.pause.succeed()
        self.failure = None
        files, total, _ = self.totals.get(item.day, _NOTHING)
        # It is counted again with the next comparison.
        self.totals[item.day] = DayTotal(files + (size > 0), total + size, 0)
        self.remove(item)

    async def async_check(self) -> None:
        """Raise FolderMissingError or OSError if the job cannot write to its folder."""
        check = self.folder.check
        mount = await self._hass.async_add_executor_job(check, self.stored.mount)
        self.stored.mount = mount

    @asynccontextmanager
    async def place(self, item: Item) -> AsyncIterator[Path | None]:
        """Yield the path of an item's MP4, which is its own meanwhile; None if it is there already. Raises OSError."""
        place = self.folder.place
        async with self.lock:
            taken = list(self._places.values())
            path = await self._hass.async_add_executor_job(place, item, taken)
            if path is not None:
                self._places[item.key] = path
        try:
            yield path
        finally:
            self._places.pop(item.key, None)

    async def async_begin(self) -> None:
        """Remove partial files, and count what was being changed. Raises FolderMissingError or OSError."""
        run = self._hass.async_add_executor_job
        await self.async_check()
        items = list(self.stored.waiting.values())
        await run(self.folder.discard_parts, items)
        self.is_begun = True

    async def _async_compare(self) -> None:
        """Count the days that came or changed on the disk, and forget those that went."""
        async with self.lock:
            days = await self._hass.async_add_executor_job(self.folder.days)
            for day in self.totals.keys() - days:
                del self.totals[day]
            await self._async_count(
                day
                for day, changed_at in days.items()
                if self.totals.get(day, _NOTHING).changed_at != changed_at
            )

    async def _async_count(self, days: Iterable[str]) -> None:
        """Count the files of days. The lock is held."""
        for day in days:
            total = await self._hass.async_add_executor_job(self.folder.count, day)
            self.totals[day] = total

    def expired_before(self) -> datetime | None:
        """Return the begin of the time for which files are kept; None if for ever."""
        if self.settings.keep_days is None:
            return None
        # One clock that is ahead, the cloud's or this machine's, must not delete what is kept.
        now = min(self._now(), dt_util.utcnow())
        return now - timedelta(days=self.settings.keep_days)

    async def async_clean(self) -> None:
        """Delete what is too old or too much, of what the job wrote. Raises FolderMissingError or OSError."""
        run = self._hass.async_add_executor_job
        await self.async_check()
        await self._async_compare()
        if limit := self.expired_before():
            # Local dates of the moment, and of a time zone that was another one.
            last = f"{limit + timedelta(days=1):%Y-%m-%d}"
            async with self.lock:
                for day in [day for day in self.totals if _date(day) <= last]:
                    if await run(self.folder.delete_before, day, limit):
                        await self._async_count([day])
        await self.async_shrink()

    async def async_shrink(self) -> None:
        """Delete the oldest files that the job wrote, until the rest is small enough. Raises OSError."""
        if (limit_size := self.settings.max_bytes) is None:
            return
        run = self._hass.async_add_executor_job
        async with self.lock:
            for date in sorted(set(map(_date, self.totals))):
                if self.size <= limit_size:
                    break
                days = [day for day in self.totals if _date(day) == date]
                # Somebody may have deleted some meanwhile.
                await self._async_count(days)
                await run(self.folder.delete_oldest, days, self.size - limit_size)
                await self._async_count(days)


def _date(day: str) -> str:
    return day.rpartition("/")[2]
