"""Archive jobs of a config entry: what they are told of, and when they work."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta
import logging
from operator import itemgetter
import time
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from ..alarms.models import Alarm, alarm_updated_signal
from ..api.media_models import RecordType
from ..const import DOMAIN
from ..coordinator import Camera, LinkVisualCoordinator
from ..media.library import Library
from ..recordings.events import RecordingEvent, recording_signal
from ..recordings.models import Recording
from .job import ArchiveJob, Failure, StoredJob
from .lister import Lister
from .models import SUBENTRY_TYPE, Item, JobSettings, archive_signal
from .paths import camera_folder
from .saver import Saver
from .store import ArchiveStore

_LOGGER = logging.getLogger(__name__)

# Downloads at once, of all jobs.
_MAX_DOWNLOADS = 2
# Conversions to MP4 at once. The next recordings wait, so that the cloud still has those that were converted first.
_MAX_CONVERSIONS = 4
_CLEAN_INTERVAL = timedelta(minutes=10)
# Totals can be counted again, and a year of them is large.
_TOTALS_INTERVAL = timedelta(hours=6)
_MANUAL = RecordType.MANUAL.name.lower()
_ALARM = RecordType.ALARM.name.lower()


class Archive:
    """The archive jobs of a config entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: LinkVisualCoordinator,
        library: Library,
        saver: Saver,
        now: Callable[[], datetime],
        unfinished: Callable[[], list[Recording]],
    ) -> None:
        """`now` is the cloud's time, `unfinished` returns the recordings that are followed."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._saver = saver
        self._now = now
        self._lister = Lister(library, now, unfinished)
        self.jobs: dict[str, ArchiveJob] = {}
        self._store = ArchiveStore(hass, entry.entry_id, self.jobs)
        self._settings = _settings_of(entry)
        self._followed: dict[str, list[CALLBACK_TYPE]] = {}
        self._beginning: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._cancel: CALLBACK_TYPE | None = None
        self._is_stopped = True
        # Whether work lists changed in ways that a kill may undo: what was saved is found on the disk again.
        self._is_dirty = False

    async def async_load(self) -> None:
        """Load the jobs, with their work lists."""
        if not self._settings:
            await self.async_forget(self._hass, self._entry.entry_id)
            return
        stored, totals = await self._store.async_load(self._now())
        for job_id, (title, data) in self._settings.items():
            self.jobs[job_id] = ArchiveJob(
                self._hass,
                job_id,
                title,
                JobSettings.from_data(self._hass, data),
                stored.get(job_id) or StoredJob(self._now()),
                totals.get(job_id, {}),
                self._now,
            )
        self.async_follow_cameras()
        await self._store.async_commit()

    @callback
    def async_listen(self) -> None:
        """Reload the entry when its jobs change."""

        @callback
        def reload(change: ConfigEntryChange, entry: ConfigEntry) -> None:
            if entry is self._entry and _settings_of(entry) != self._settings:
                self._settings = _settings_of(entry)
                self._hass.config_entries.async_schedule_reload(entry.entry_id)

        self._entry.async_on_unload(
            async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, reload)
        )
        self._entry.async_on_unload(self._unfollow)

    @callback
    def async_start(self) -> None:
        """Work until the entry is unloaded."""
        if not self.jobs:
            return
        self._is_stopped = False
        for handle, interval in (
            (self._handle_clean, _CLEAN_INTERVAL),
            (self._handle_save_totals, _TOTALS_INTERVAL),
        ):
            self._entry.async_on_unload(
                async_track_time_interval(self._hass, handle, interval)
            )
        self._work()

    async def async_unload(self) -> None:
        """Stop, and store everything."""
        self._is_stopped = True
        self._unfollow()
        if self._cancel:
            self._cancel()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            # What they would store later would replace what the next setup stores.
            await asyncio.wait(self._tasks)
        if self.jobs:
            await self._store.async_save_totals()
            await self._store.async_commit()

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await ArchiveStore.async_forget(hass, entry_id)

    def failure(self, job: ArchiveJob) -> Failure | None:
        """Return what went wrong last, and was not resolved."""
        return job.last_failure or (self._saver.failure if job.stored.waiting else None)

    def issue(self, job: ArchiveJob) -> Failure | None:
        """Return what keeps a job from its work, and does not pass by itself at once."""
        return job.issue or (self._saver.issue if job.stored.waiting else None)

    # What becomes ready

    @callback
    def async_follow_cameras(self) -> None:
        """Follow the recordings and alarms of all cameras that jobs take, and of new ones."""
        for iot_id in self._coordinator.data.keys() - self._followed.keys():
            if not (jobs := self._jobs_of(iot_id)):
                continue
            for job in jobs:
                job.stored.listed_until.setdefault(iot_id, self._now())
            entry_id = self._entry.entry_id
            self._followed[iot_id] = [
                async_dispatcher_connect(
                    self._hass,
                    recording_signal(entry_id, iot_id),
                    self._handle_recording,
                ),
                async_dispatcher_connect(
                    self._hass,
                    alarm_updated_signal(entry_id, iot_id),
                    self._handle_alarm,
                ),
            ]

    @callback
    def _unfollow(self) -> None:
        for unsubscribes in self._followed.values():
            for unsubscribe in unsubscribes:
                unsubscribe()
        self._followed.clear()

    def _jobs_of(self, iot_id: str) -> list[ArchiveJob]:
        return [job for job in self.jobs.values() if job.settings.takes(iot_id)]

    @callback
    def _handle_recording(
        self, recording: Recording, event: RecordingEvent | None
    ) -> None:
        if event is RecordingEvent.READY:
            folder = self._camera_folder(recording.iot_id)
            self._add(
                Item.of_file(folder, recording.iot_id, _MANUAL, file, recording)
                for file in recording.files
            )

    @callback
    def _handle_alarm(self, alarm: Alarm) -> None:
        folder = self._camera_folder(alarm.iot_id)
        self._add(
            Item.of_file(folder, alarm.iot_id, _ALARM, file) for file in alarm.files
        )

    def _camera_folder(self, iot_id: str) -> str:
        iot_ids = {iot_id, *self._coordinator.data}
        name_of = self._coordinator.name_of
        return camera_folder(iot_id, {each: name_of(each) for each in iot_ids})

    @callback
    def _add(self, items: Iterable[Item]) -> None:
        """Add items to the work lists of the jobs that take them."""
        added = [
            job.add(item)
            for item in items
            for job in self._jobs_of(item.iot_id)
            if item.kind in job.settings.kinds
        ]
        if any(added):
            self._run(self._store_work())
            self._tell()

    async def _store_work(self) -> None:
        """Store the work lists; what is new on them may begin then."""
        self._is_dirty = False
        added = [(job, job.unstored.copy()) for job in self.jobs.values()]
        await self._store.async_commit()
        for job, keys in added:
            job.unstored -= keys
        self._work()

    @callback
    def _tell(self) -> None:
        async_dispatcher_send(self._hass, archive_signal(self._entry.entry_id))

    def poll_interval(self, camera: Camera) -> float | None:
        """Return the seconds between listings of a camera; None if no job needs one."""
        return self._lister.interval(camera.iot_id, self._jobs_of(camera.iot_id))

    async def async_poll(self, iot_id: str) -> None:
        """Add the recordings of a camera that nothing told of. Raises a LinkVisualError."""
        folder, jobs = self._camera_folder(iot_id), self._jobs_of(iot_id)
        has_new = await self._lister.async_list(iot_id, folder, jobs)
        self._is_dirty = True
        if has_new:
            self._run(self._store_work())
            self._tell()

    # What is done about it

    @callback
    def _work(self) -> None:
        """Begin what is due; come back when the next thing is."""
        if self._is_stopped:
            return
        if self._cancel:
            self._cancel()
            self._cancel = None
        now = time.monotonic()
        next_at: float | None = None
        for job in self.jobs.values():
            if job.is_begun or job.active or job.job_id in self._beginning:
                continue
            if job.pause.due_at <= now:
                self._beginning.add(job.job_id)
                self._run(self._begin(job))
            else:
                next_at = min(next_at or job.pause.due_at, job.pause.due_at)
        while self._downloads < _MAX_DOWNLOADS and (due := self._next(now)):
            due_at, job, item = due
            due_at = max(due_at, self._saver.due_at(now))
            if due_at > now:
                next_at = min(next_at or due_at, due_at)
                break
            job.active.add(item.key)
            self._run(self._save(job, item))
        if next_at is not None:
            self._cancel = async_call_later(
                self._hass, max(0.01, next_at - now), HassJob(self._handle_due)
            )

    @callback
    def _handle_due(self, _now: datetime) -> None:
        self._cancel = None
        self._work()

    @callback
    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._entry.async_create_background_task(
            self._hass, work, f"{DOMAIN} archive"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def _downloads(self) -> int:
        return sum(len(job.active) for job in self.jobs.values())

    def _next(self, now: float) -> tuple[float, ArchiveJob, Item] | None:
        """Return the item that is due first, and of those that are due, the oldest: the cloud forgets it first.

        Those that failed come last: what makes them fail may pause the others, too, who would never have their turn.
        """
        jobs = self.jobs.values()
        may_convert = sum(job.converting for job in jobs) < _MAX_CONVERSIONS
        due = min(
            (
                (max(due_at, now), failures, item.begin, job, item)
                for job in jobs
                for due_at, failures, item in job.due(may_convert)
            ),
            key=itemgetter(0, 1, 2),
            default=None,
        )
        return due and (due[0], *due[3:])

    async def _begin(self, job: ArchiveJob) -> None:
        try:
            await self._saver.async_begin(job)
        finally:
            self._beginning.discard(job.job_id)
        self._go_on()

    async def _save(self, job: ArchiveJob, item: Item) -> None:
        try:
            await self._saver.async_save(job, item)
        except Exception:
            _LOGGER.exception("Unexpected error while saving %s", item.path)
            job.attempts_of(item).pause.fail()
        finally:
            job.active.discard(item.key)
        self._go_on()

    @callback
    def _go_on(self) -> None:
        self._is_dirty = True
        self._tell()
        self._work()

    @callback
    def _handle_clean(self, _now: datetime) -> None:
        self._run(self._clean())

    async def _clean(self) -> None:
        """Delete what is too old, and store the work lists."""
        for job in self.jobs.values():
            if job.is_begun:
                await self._saver.async_clean(job)
        self._tell()
        if self._is_dirty:
            await self._store_work()
        self._work()

    @callback
    def _handle_save_totals(self, _now: datetime) -> None:
        self._run(self._store.async_save_totals())


def _settings_of(entry: ConfigEntry) -> dict[str, tuple[str, dict[str, object]]]:
    """Return the titles and data of an entry's jobs."""
    return {
        subentry.subentry_id: (subentry.title, dict(subentry.data))
        for subentry in entry.get_subentries_of_type(SUBENTRY_TYPE)
    }
