"""Budgeted background polling."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
import logging
from statistics import median
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .api.errors import (
    AccountBlockedError,
    AuthenticationError,
    CloudError,
    InstanceNotAccessibleError,
    InvalidRequestError,
    LinkVisualError,
    NotActivatedError,
    PermissionDeniedError,
    ThrottledError,
)
from .api.meter import Budget
from .const import DOMAIN
from .coordinator import Camera, LinkVisualCoordinator

_LOGGER = logging.getLogger(__name__)

# Seconds without polls after a failure of the connection, or throttling.
_FAILURE_PAUSE = 60.0
# Seconds between checks for due polls.
_IDLE_INTERVAL = 5.0
# Every fifth poll prefers the last job, so that the first one cannot use up the budget.
_FAIR_SHARE = 5
# Seconds that a job pauses after a failure that affects all cameras.
_JOB_PAUSE = 300.0
_ACCOUNT_ERRORS = (
    AccountBlockedError,
    AuthenticationError,
    NotActivatedError,
    PermissionDeniedError,
)
# These may also be about one camera, such as one that was deleted: as many in a row affect all.
_AMBIGUOUS_ERRORS = (InstanceNotAccessibleError, InvalidRequestError)
_MAX_REFUSED = 3


@dataclass(slots=True)
class PollJob:
    """A polling job. `poll_interval` returns a camera's interval in seconds; None not to poll it."""

    name: str
    poll: Callable[[str], Awaitable[None]]
    poll_interval: Callable[[Camera], float | None]
    # Whether it goes on in the reserved share of the budget.
    is_reserved: bool = True
    polled_at: dict[str, float] = field(default_factory=dict)  # monotonic time
    intervals: dict[str, float] = field(default_factory=dict)
    paused_until: float = 0.0
    # Cameras that were refused since the last success.
    refused: set[str] = field(default_factory=set)
    has_crashed: bool = False

    def record_poll(self, iot_id: str) -> None:
        """Record the time of a poll."""
        now = time.monotonic()
        if (before := self.polled_at.get(iot_id)) is not None:
            self.intervals[iot_id] = now - before
        self.polled_at[iot_id] = now

    def record_refusal(self, iot_id: str, err: CloudError) -> None:
        """Pause after a failure that affects all cameras."""
        if isinstance(err, _AMBIGUOUS_ERRORS):
            self.refused.add(iot_id)
        if isinstance(err, _ACCOUNT_ERRORS) or len(self.refused) >= _MAX_REFUSED:
            self.refused.clear()
            self.paused_until = time.monotonic() + _JOB_PAUSE

    @property
    def interval(self) -> float | None:
        """Median of the seconds between the last two polls of each camera; None before the second."""
        return median(self.intervals.values()) if self.intervals else None

    @contextmanager
    def contain_errors(self) -> Iterator[None]:
        """Log unexpected exceptions, the first one only: neither other jobs nor other cameras shall suffer."""
        try:
            yield
        except LinkVisualError:
            raise
        except Exception:
            if not self.has_crashed:
                _LOGGER.exception("Unexpected error while polling %s", self.name)
            self.has_crashed = True

    def next_due(
        self, cameras: Sequence[Camera], now: float
    ) -> tuple[float, str] | None:
        """Return the most overdue camera, with its wait in intervals; None if no camera is due."""
        if now < self.paused_until:
            return None
        waits = []
        for camera in cameras:
            if (poll_interval := self.poll_interval(camera)) is not None:
                polled_at = self.polled_at.get(camera.iot_id)
                wait = (
                    (now - polled_at) / poll_interval if polled_at is not None else 1e9
                )
                waits.append((wait, camera.iot_id))
        wait, iot_id = max(waits, default=(0.0, ""))
        return (wait, iot_id) if wait >= 1 else None


class Poller:
    """Polls one camera at a time, the most overdue first."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: LinkVisualCoordinator,
        budget: Budget,
        jobs: Sequence[PollJob],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._budget = budget
        self.jobs = jobs
        self._polls = 0
        self._last_failed = False
        self._stopped = False
        self._cancel: CALLBACK_TYPE = lambda: None

    @callback
    def async_start(self) -> None:
        """Poll until the entry is unloaded."""
        self._schedule(0)
        self._entry.async_on_unload(self._async_stop)

    @callback
    def _async_stop(self) -> None:
        self._stopped = True
        self._cancel()

    @callback
    def _schedule(self, seconds: float) -> None:
        # Nothing is to be polled while Home Assistant stops.
        job = HassJob(self._start_run, cancel_on_shutdown=True)
        self._cancel = async_call_later(self._hass, seconds, job)

    @callback
    def _start_run(self, _now: datetime) -> None:
        self._entry.async_create_background_task(
            self._hass, self._run(), f"{DOMAIN} polling"
        )

    async def _run(self) -> None:
        """Poll due cameras while the budget allows; schedule the next run."""
        pause = 0.0
        while not pause and not self._stopped:
            if not self._coordinator.last_update_success:
                pause = _IDLE_INTERVAL
            elif not (pause := self._budget.wait(reserved=True)):
                task = self._next()
                pause = await self._poll(*task) if task else _IDLE_INTERVAL
        if not self._stopped:
            self._schedule(pause)

    def _next(self) -> tuple[PollJob, str] | None:
        cameras = list(self._coordinator.data.values())
        now = time.monotonic()
        has_budget = not self._budget.wait()
        jobs = [job for job in self.jobs if has_budget or job.is_reserved]
        prefers_last = self._polls % _FAIR_SHARE == _FAIR_SHARE - 1
        for job in reversed(jobs) if prefers_last else jobs:
            due = None
            with job.contain_errors():
                due = job.next_due(cameras, now)
            if due:
                return job, due[1]
        return None

    async def _poll(self, job: PollJob, iot_id: str) -> float:
        """Poll a camera. Return the seconds to pause all polls."""
        self._polls += 1
        self._budget.record_poll()
        job.record_poll(iot_id)
        last_failed, self._last_failed = self._last_failed, False
        try:
            with job.contain_errors(), self._budget.background():
                await job.poll(iot_id)
                job.refused.clear()
        except CloudError as err:
            _LOGGER.debug("Cannot poll %s of %s: %s", job.name, iot_id, err)
            if isinstance(err, ThrottledError):
                return _FAILURE_PAUSE
            job.record_refusal(iot_id, err)
        except LinkVisualError as err:
            _LOGGER.debug("Cannot poll %s of %s: %s", job.name, iot_id, err)
            self._last_failed = True
            # One failure may be of this camera, which must not hold up the others.
            return _FAILURE_PAUSE if last_failed else 0.0
        return 0.0
