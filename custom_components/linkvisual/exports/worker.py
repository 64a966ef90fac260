"""Export of one part: a download job of the cloud, and its file."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
import glob
from itertools import chain, count, repeat
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..api.calls_downloads import MAX_RUNNING_JOBS
from ..api.client import LinkVisualClient
from ..api.errors import (
    AuthenticationError,
    CannotConnectError,
    ClockSkewError,
    InternalServiceError,
    LimitReachedError,
    LinkVisualError,
    NoReplyError,
    NotFoundError,
    OutcomeUnknownError,
    ServiceUnavailableError,
    ThrottledError,
    UnreadableReplyError,
)
from ..api.media_models import DownloadJob, StreamType
from ..const import DOMAIN
from ..errors import async_message, camera_name, translate
from ..media.client import MediaClient
from ..media.download import PART_SUFFIX, fetched, part_prefix
from ..media.folders import is_allowed
from ..media.resolver import MediaGoneError
from .models import Export, ExportPart, PartState

# Seconds. The last one repeats.
_POLL = (2, 5, 10, 20, 30)
_RETRY = (10, 30, 60, 300)
# Seconds before each look for a job whose creation was not confirmed.
_LOOKS = (1, 5, 15, 30)
# Jobs that fail or are forgotten, and transfers that break off.
_MAX_FAILURES = 3
# The cloud keeps jobs and their files for a day.
_PATIENCE = timedelta(days=1)
# A job that cuts half an hour is not worked on for so long. A text of users has it, too.
_JOB_PATIENCE = timedelta(hours=6)
_MAX_DOWNLOADS = 2

# Failures that pass, of the network, of the account, or as others finish their jobs.
_TEMPORARY = (
    AuthenticationError,
    CannotConnectError,
    ClockSkewError,
    InternalServiceError,
    LimitReachedError,
    NoReplyError,
    OutcomeUnknownError,
    ServiceUnavailableError,
    ThrottledError,
    UnreadableReplyError,
)


class _PartError(Exception):
    """A failure that another attempt may repair. `error` is the one of the part if none does."""

    def __init__(self, error: HomeAssistantError) -> None:
        self.error = error
        super().__init__()


class PartWorker:
    """Exports the parts of an entry: ten jobs and two downloads at once. `commit` stores all exports."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: LinkVisualClient,
        media: MediaClient,
        commit: Callable[[], Awaitable[None]],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._media = media
        self._commit = commit
        self._jobs = asyncio.Semaphore(MAX_RUNNING_JOBS)
        self._downloads = asyncio.Semaphore(_MAX_DOWNLOADS)

    async def async_export(
        self,
        export: Export,
        part: ExportPart,
        on_change: Callable[[], Awaitable[None]],
    ) -> None:
        """Save a part, or store why that failed."""
        async with self._jobs:
            error = await self._async_attempts(export, part, on_change)
        part.state = PartState.SAVED
        if error is not None:
            part.state = PartState.FAILED
            language = self._hass.config.language
            part.message = await async_message(self._hass, language, error)
        await self._commit()
        await on_change()

    async def _async_attempts(
        self,
        export: Export,
        part: ExportPart,
        on_change: Callable[[], Awaitable[None]],
    ) -> HomeAssistantError | None:
        """Repeat what may succeed later; return the error after which nothing helps."""
        name = camera_name(self._hass, self._entry, export.iot_id)
        pauses = chain(_RETRY, repeat(_RETRY[-1]))
        failures = 0
        while True:
            try:
                await self._async_attempt(export, part, on_change)
            except _PartError as err:
                failures += 1
                if failures >= _MAX_FAILURES:
                    return err.error
            except _TEMPORARY as err:
                if isinstance(err, AuthenticationError):
                    self._entry.async_start_reauth_if_available(self._hass)
                if self._client.now() - export.accepted_at > _PATIENCE:
                    return translate(err, name)
            except LinkVisualError as err:
                return translate(err, name)
            except HomeAssistantError as err:
                return err
            else:
                return None
            await asyncio.sleep(next(pauses))

    async def _async_attempt(
        self,
        export: Export,
        part: ExportPart,
        on_change: Callable[[], Awaitable[None]],
    ) -> None:
        """Save a part. Raises _PartError, a LinkVisualError or HomeAssistantError."""
        if not part.job_id:
            await self._async_find_or_create(export, part)
            await on_change()
        url = await self._async_url(export, part, on_change)
        async with self._downloads:
            await self._async_download(export, part, url)

    async def _async_find_or_create(self, export: Export, part: ExportPart) -> None:
        """Store the JobId of a part: of a job that an interrupted attempt created, or of a new one."""
        job_id = None
        if part.state is PartState.REQUESTED:
            job_id = await self._async_find(export, part)
        while job_id is None:
            part.state = PartState.REQUESTED
            await self._commit()
            try:
                job_id = await self._client.create_record_download_by_time_job(
                    export.iot_id, part.begin, part.end, stream_type=part.stream_type
                )
            except OutcomeUnknownError:
                raise
            except NotFoundError:
                part.state = PartState.QUEUED
                if part.stream_type is StreamType.SUB:
                    raise self._error(export, "export_nothing_recorded") from None
                part.stream_type = StreamType.SUB
            except LinkVisualError:
                part.state = PartState.QUEUED
                await self._commit()
                raise
        part.job_id = job_id
        part.state = PartState.RUNNING
        await self._commit()

    async def _async_find(self, export: Export, part: ExportPart) -> str | None:
        """Return the job that was created for a part, if there is one. Looks until a late request would have arrived."""
        for pause in _LOOKS:
            await asyncio.sleep(pause)
            known = set[str]()
            for current_page in count(1):
                page = await self._client.query_record_download_job_list(
                    export.iot_id, current_page=current_page
                )
                for job in page.rows:
                    if _is_job_of(job, part):
                        return job.job_id
                if not page.complete:
                    raise UnreadableReplyError("a malformed row may be the job")
                found = {job.job_id for job in page.rows}
                # A page without new jobs means that the cloud ignores the page number.
                if page.last or found <= known:
                    break
                known |= found
        return None

    async def _async_url(
        self,
        export: Export,
        part: ExportPart,
        on_change: Callable[[], Awaitable[None]],
    ) -> str:
        """Return the URL of a part's MP4 when its job is finished."""
        pauses = chain(_POLL, repeat(_POLL[-1]))
        # Not since the export was accepted: most jobs of a long one begin much later.
        part.asked_since = part.asked_since or self._client.now()
        while True:
            try:
                job = await self._client.query_record_download_job_by_id(part.job_id)
            except NotFoundError as err:
                await self._async_forget_job(part)
                name = camera_name(self._hass, self._entry, export.iot_id)
                raise _PartError(translate(err, name)) from err
            if job.failed:
                await self._async_forget_job(part)
                reason = str(job.error_code or "?")
                raise _PartError(self._error(export, "export_failed", reason=reason))
            if job.url:
                return job.url
            if job.progress != part.progress:
                part.progress = job.progress
                await on_change()
            if self._client.now() - part.asked_since > _JOB_PATIENCE:
                await self._async_forget_job(part)
                raise _PartError(self._error(export, "export_timeout"))
            await asyncio.sleep(next(pauses))

    async def _async_forget_job(self, part: ExportPart) -> None:
        part.job_id, part.state, part.progress = "", PartState.QUEUED, 0
        part.asked_since = None
        await self._commit()

    async def _async_download(self, export: Export, part: ExportPart, url: str) -> None:
        run = self._hass.async_add_executor_job
        path = part.path
        if not await run(is_allowed, self._hass, path):
            raise self._error(export, "path_not_allowed", path=str(path.parent))
        try:
            await run(_remove_partial_files, path)
            async with fetched(self._hass, self._media, url, path) as file:
                await run(file.finish)
        except MediaGoneError as err:
            # The next attempt asks for a new URL.
            raise _PartError(
                self._error(export, "transfer_broke_off", reason=str(err))
            ) from None
        except OSError as err:
            reason = err.strerror or type(err).__name__
            raise self._error(
                export, "cannot_write", path=str(path), reason=reason
            ) from err

    def _error(
        self, export: Export, key: str, **placeholders: str
    ) -> HomeAssistantError:
        name = camera_name(self._hass, self._entry, export.iot_id)
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={"camera": name, **placeholders},
        )


def _is_job_of(job: DownloadJob, part: ExportPart) -> bool:
    """Return whether a job makes the file of a part."""

    def span(begin: datetime, end: datetime) -> tuple[int, int]:
        return int(begin.timestamp()), int(end.timestamp())

    return (
        job.by_time
        and not job.failed
        and span(job.begin, job.end) == span(part.begin, part.end)
        and job.stream_type in (part.stream_type, None)
    )


def _remove_partial_files(path: Path) -> None:
    """Remove what an attempt left that ended with Home Assistant."""
    for left in path.parent.glob(f"{glob.escape(part_prefix(path))}*{PART_SUFFIX}"):
        left.unlink(missing_ok=True)
