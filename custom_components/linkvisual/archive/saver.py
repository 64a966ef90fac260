"""Saving of one recording at a time, and what its failures mean."""

from datetime import timedelta
import errno
from functools import partial
from pathlib import Path
import time

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..api.error_codes import public_name
from ..api.errors import (
    AccountBlockedError,
    AuthenticationError,
    CannotConnectError,
    ClockSkewError,
    DeviceNotFoundError,
    InstanceNotAccessibleError,
    InternalServiceError,
    LimitReachedError,
    LinkVisualError,
    NoReplyError,
    NotActivatedError,
    NotFoundError,
    PermissionDeniedError,
    ServiceUnavailableError,
    ThrottledError,
    UnreadableReplyError,
)
from ..api.meter import Budget
from ..const import DOMAIN
from ..coordinator import LinkVisualCoordinator
from ..errors import text_of
from ..media.download import fetched
from ..media.library import Library
from ..media.listing import RecordingQuery
from ..media.playback import Mp4FailedError, Playback
from ..media.resolver import MediaGoneError
from .disk import FolderMissingError
from .job import MAX_FAILURES, ArchiveJob, Failure, Pause
from .models import Item, Problem

# The largest share of the call budget. The rest is for polling: alarms come first.
_SHARE = 0.5
# Seconds between looks at the conversion of a recording; the last one repeats.
_POLLS = (2.0, 5.0, 10.0, 20.0, 30.0)
# Seconds after which a conversion has failed, and is asked for again later.
_PATIENCE = 900.0
# Where a recording is looked for in the cloud's lists: this much around its begin, among not more than so many.
_AROUND = timedelta(minutes=1)
_MAX_FILES = 100
# They concern all recordings.
_ACCOUNT_ERRORS = (
    AccountBlockedError,
    AuthenticationError,
    CannotConnectError,
    ClockSkewError,
    InternalServiceError,
    LimitReachedError,
    NoReplyError,
    NotActivatedError,
    PermissionDeniedError,
    ServiceUnavailableError,
    ThrottledError,
    UnreadableReplyError,
)

# They concern a camera, which may have been deleted.
_CAMERA_ERRORS = (DeviceNotFoundError, InstanceNotAccessibleError)


class Saver:
    """Saves recordings for all jobs of a config entry, within the budget of calls."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: LinkVisualCoordinator,
        library: Library,
        playback: Playback,
        budget: Budget,
    ) -> None:
        self._hass = hass
        self._coordinator = coordinator
        self._library = library
        self._playback = playback
        self._budget = budget
        # Of all calls, while the cloud answers none.
        self._pause = Pause(30, 1800)
        self._next_call_at = 0.0
        self.failure: Failure | None = None

    @property
    def issue(self) -> Failure | None:
        """The failure of all calls, if it did not pass by itself."""
        return self.failure if self._pause.failures >= MAX_FAILURES else None

    def due_at(self, now: float) -> float:
        """Return when the next call may be made, in monotonic time."""
        wait = self._budget.wait()
        return max(self._pause.due_at, self._next_call_at, now + wait)

    async def async_begin(self, job: ArchiveJob) -> None:
        """Bring a job and its folder to the same state, and clean up."""
        try:
            await job.async_begin()
            await job.async_clean()
        except (FolderMissingError, OSError) as err:
            job.fail_folder(self._disk_failure(job, err))
        else:
            job.folder_works()

    async def async_clean(self, job: ArchiveJob) -> None:
        """Delete what a job is not to keep."""
        try:
            await job.async_clean()
        except (FolderMissingError, OSError) as err:
            job.fail_folder(self._disk_failure(job, err))

    async def async_save(self, job: ArchiveJob, item: Item) -> None:
        """Try to save an item: one step, since its conversion may take long."""
        if (limit := job.expired_before()) and item.begin < limit:
            job.remove(item)
            return
        try:
            if await self._is_lost(job, item):
                await self._hass.async_add_executor_job(job.folder.forget, item)
                job.lose(item)
        except (FolderMissingError, OSError) as err:
            failure = self._disk_failure(job, err)
            job.fail_folder(failure)
            is_waiting = item.key in job.stored.waiting
            if failure.problem is Problem.CANNOT_WRITE and is_waiting:
                # It may be the folder of its camera only.
                job.fail_item(item, failure)

    async def _is_lost(self, job: ArchiveJob, item: Item) -> bool:
        """Try to save an item; return whether the cloud no longer has it. Raises FolderMissingError or OSError."""
        try:
            await self._save(job, item)
            await job.async_shrink()
        except MediaGoneError as err:
            self._playback.forget_mp4(item.iot_id, item.file_name)
            error = self._error(job, item, "transfer_broke_off", str(err))
            job.fail_item(item, Failure(Problem.INTERRUPTED, error))
        except LinkVisualError as err:
            return await self._handle_cloud_error(job, item, err)
        return False

    async def _save(self, job: ArchiveJob, item: Item) -> None:
        await job.async_check()
        async with job.place(item) as path:
            await self._save_to(job, item, path)

    async def _save_to(self, job: ArchiveJob, item: Item, path: Path | None) -> None:
        if path is None:
            job.succeed(item, 0)
            return
        self._next_call_at = time.monotonic() + self._budget.seconds_per_call / _SHARE
        address = await self._playback.mp4_now(item.iot_id, item.file_name)
        self._pause.succeed()
        self.failure = None
        if address is None:
            self._wait_for_conversion(job, item)
            return
        name = self._coordinator.name_of(item.iot_id)
        media = self._playback.media
        run = self._hass.async_add_executor_job
        async with fetched(self._hass, media, address, path) as part, job.lock:
            await run(partial(job.folder.finish, part, path, item, name))
            job.succeed(item, part.size)

    def _wait_for_conversion(self, job: ArchiveJob, item: Item) -> None:
        attempts = job.attempts_of(item)
        now = time.monotonic()
        if not attempts.polls:
            attempts.converting_since = now
        if now - attempts.converting_since > _PATIENCE:
            error = self._error(job, item, "mp4_timeout")
            job.fail_item(item, Failure(Problem.NO_VIDEO, error))
            return
        attempts.pause.due_at = now + _POLLS[min(attempts.polls, len(_POLLS) - 1)]
        attempts.polls += 1

    async def _handle_cloud_error(
        self, job: ArchiveJob, item: Item, err: LinkVisualError
    ) -> bool:
        """Pause; return whether the recording is lost."""
        error = self._error(
            job,
            item,
            text_of(err).key,
            public_name(err),
            getattr(err, "ram_action", ""),
        )
        failure = Failure(Problem.CLOUD, error)
        if isinstance(err, _ACCOUNT_ERRORS):
            self._pause.fail()
            self.failure = failure
            # Those of other items may be better: the item waits for its own turn, too.
        elif isinstance(err, Mp4FailedError):
            failure = Failure(Problem.NO_VIDEO, error)
        elif isinstance(err, NotFoundError) or (
            isinstance(err, _CAMERA_ERRORS) and self._coordinator.is_gone(item.iot_id)
        ):
            return job.miss_item(item, failure) and not await self._is_listed(item)
        job.fail_item(item, failure)
        return False

    async def _is_listed(self, item: Item) -> bool:
        """Return whether the cloud's lists still have an item; True if they cannot be read."""
        if self._coordinator.is_gone(item.iot_id):
            return False
        begin, end = item.begin - _AROUND, item.begin + _AROUND
        try:
            files = await self._library.find(
                RecordingQuery(item.iot_id, begin, end), _MAX_FILES
            )
        except LinkVisualError:
            return True
        return item.file_name in (file.file_name for file in files)

    def _error(
        self,
        job: ArchiveJob,
        item: Item | None,
        key: str,
        reason: str = "",
        ram_action: str = "",
    ) -> HomeAssistantError:
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={
                "camera": self._coordinator.name_of(item.iot_id) if item else "",
                "path": str(job.settings.folder),
                "reason": reason,
                "ram_action": ram_action or "?",
            },
        )

    def _disk_failure(
        self, job: ArchiveJob, err: FolderMissingError | OSError
    ) -> Failure:
        if isinstance(err, FolderMissingError):
            error = self._error(job, None, "folder_missing")
            return Failure(Problem.FOLDER_MISSING, error)
        is_full = err.errno in (errno.ENOSPC, errno.EDQUOT)
        return Failure(
            Problem.DISK_FULL if is_full else Problem.CANNOT_WRITE,
            self._error(job, None, "cannot_write", err.strerror or type(err).__name__),
        )
