"""What is looked at without being asked, camera by camera, as often as the budget of calls allows."""

from collections.abc import Awaitable, Callable, Sequence
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

# Seconds. After a failure that is not one camera's; and how often to see whether there is anything to do.
_PAUSE = 60.0
_IDLE = 5.0
# The second job has each fifth turn even while the first has more to do than the budget allows.
_SHARE = 5
# After a failure that each camera would meet the job rests.
_LONG_PAUSE = 1800.0
_NOT_OF_ONE_CAMERA = (
    AccountBlockedError,
    AuthenticationError,
    InstanceNotAccessibleError,
    InvalidRequestError,
    NotActivatedError,
    PermissionDeniedError,
)


@dataclass(slots=True)
class PollJob:
    """Something to look at: how, and after how many seconds again (None: not at this camera)."""

    name: str
    look: Callable[[str], Awaitable[None]]
    poll_interval: Callable[[Camera], float | None]
    looked_at: dict[str, float] = field(default_factory=dict)  # monotonic time
    intervals: dict[str, float] = field(default_factory=dict)
    paused_until: float = 0.0

    def note(self, iot_id: str) -> None:
        """Note that a camera is looked at now."""
        now = time.monotonic()
        if (before := self.looked_at.get(iot_id)) is not None:
            self.intervals[iot_id] = now - before
        self.looked_at[iot_id] = now

    @property
    def interval(self) -> float | None:
        """The median of the seconds between the last two looks at each camera; None before there were two."""
        return median(self.intervals.values()) if self.intervals else None

    def most_urgent(
        self, cameras: Sequence[Camera], now: float
    ) -> tuple[float, str] | None:
        """Return the camera that has waited longest for its interval, and how many intervals; None for none due."""
        if now < self.paused_until:
            return None
        waits = []
        for camera in cameras:
            if (poll_interval := self.poll_interval(camera)) is not None:
                looked_at = self.looked_at.get(camera.iot_id)
                wait = (
                    (now - looked_at) / poll_interval if looked_at is not None else 1e9
                )
                waits.append((wait, camera.iot_id))
        wait, iot_id = max(waits, default=(0.0, ""))
        return (wait, iot_id) if wait >= 1 else None


class Poller:
    """Looks at one camera after another, the most urgent first: fair when many, quick where something happens."""

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
        self._turns = 0
        self._stopped = False
        self._cancel: CALLBACK_TYPE = lambda: None

    @callback
    def async_start(self) -> None:
        """Look until the entry is unloaded."""
        self._schedule(0)
        self._entry.async_on_unload(self._async_stop)

    @callback
    def _async_stop(self) -> None:
        self._stopped = True
        self._cancel()

    @callback
    def _schedule(self, seconds: float) -> None:
        self._cancel = async_call_later(self._hass, seconds, HassJob(self._begin))

    @callback
    def _begin(self, _now: datetime) -> None:
        self._entry.async_create_background_task(
            self._hass, self._work(), f"{DOMAIN} polling"
        )

    async def _work(self) -> None:
        """Look at what is due as long as the budget allows; come back later."""
        pause = 0.0
        while not pause and not self._stopped:
            if not self._coordinator.last_update_success:
                pause = _IDLE
            elif not (pause := self._budget.wait()):
                task = self._next()
                pause = await self._look(*task) if task else _IDLE
        if not self._stopped:
            self._schedule(pause)

    def _next(self) -> tuple[PollJob, str] | None:
        cameras = list(self._coordinator.data.values())
        now = time.monotonic()
        others_turn = self._turns % _SHARE == _SHARE - 1
        for job in reversed(self.jobs) if others_turn else self.jobs:
            if due := job.most_urgent(cameras, now):
                return job, due[1]
        return None

    async def _look(self, job: PollJob, iot_id: str) -> float:
        """Look at a camera. Return for how many seconds everything is to rest then."""
        self._turns += 1
        job.note(iot_id)
        try:
            await job.look(iot_id)
        except LinkVisualError as err:
            _LOGGER.debug("Looking for %s of %s failed: %s", job.name, iot_id, err)
            if isinstance(err, ThrottledError) or not isinstance(err, CloudError):
                return _PAUSE
            if isinstance(err, _NOT_OF_ONE_CAMERA):
                job.paused_until = time.monotonic() + _LONG_PAUSE
        return 0.0
