"""Plans of a config entry: when they are looked at, and what is known of them."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
import logging
import time
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigSubentry,
)
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.helpers.entity_registry import EVENT_ENTITY_REGISTRY_UPDATED
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..api.client import LinkVisualClient
from ..api.errors import LinkVisualError
from ..api.meter import Budget
from ..const import DOMAIN
from ..coordinator import Camera, LinkVisualCoordinator
from .keeper import Keeper
from .models import (
    CONF_CAMERAS,
    CONF_SCHEDULE,
    SUBENTRY_TYPES,
    PlanState,
    ScheduleProblem,
    StoredPlan,
    Target,
    WantedPlan,
    cloud_name,
    plan_signal,
)
from .schedules import SCHEDULE_DOMAIN, ScheduleWatch, async_ranges
from .store import PlanStore
from .week import (
    ALWAYS,
    TooManySectionsError,
    cloud_week,
    next_offset_change,
    utc_offset,
)

_LOGGER = logging.getLogger(__name__)

# Somebody else's changes are noticed this late.
CHECK_INTERVAL = timedelta(hours=1)
# After a failure; doubled with each further one.
RETRY_INTERVAL = timedelta(minutes=1)
# Seconds. Changes come several at a time.
DEBOUNCE = 1.0
# Seconds. How long the removal of an entry may wait for the cloud.
_REMOVAL_TIMEOUT = 20.0


class Plans:
    """The plans of a config entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: LinkVisualClient,
        coordinator: LinkVisualCoordinator,
        budget: Budget,
        changed: Callable[[], None],
    ) -> None:
        """Keep no plan yet. `changed` is called after plans may have been changed in the cloud."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._budget = budget
        self._changed = changed
        self._store = PlanStore(hass, entry.entry_id)
        self._keeper = Keeper(
            client, self._store, lambda: coordinator.data, coordinator.is_gone
        )
        self._watch = ScheduleWatch(hass, self.async_request)
        self._lock = asyncio.Lock()
        self._is_stopped = False
        self._checked_at: float | None = None  # monotonic
        self._cancel_request: CALLBACK_TYPE | None = None
        self._cancel_timer: CALLBACK_TYPE | None = None
        # Cameras that lack a plan, as they were when it could not be bound.
        self._lacking: dict[str, Camera | None] = {}

    async def async_load(self) -> None:
        """Load what is known of the plans in the cloud."""
        await self._store.async_load()

    @property
    def states(self) -> dict[str, PlanState]:
        """What is wrong with each plan, by subentry ID; also of removed ones that are still in the cloud."""
        return self._keeper.states

    @property
    def stored(self) -> dict[str, StoredPlan]:
        """What the cloud was made to hold, by subentry ID."""
        return self._store.plans

    def title_of(self, name: str) -> str:
        """Return the title of a plan of the cloud: its name, unless it is one of these."""
        titles = {
            cloud_name(plan_id): subentry.title
            for plan_id, subentry in self._subentries.items()
        }
        return titles.get(name, name)

    async def async_restore(self, plan_id: str) -> None:
        """Put a plan back as it should be, whatever somebody else changed. Raises LinkVisualError."""
        async with self._lock:
            if stored := self._store.plans.get(plan_id):
                stored.applied = None
        await self._async_run()
        if (state := self.states.get(plan_id)) and state.errors:
            raise state.errors[0]

    @staticmethod
    async def async_forget(
        hass: HomeAssistant, entry_id: str, client: LinkVisualClient
    ) -> None:
        """Remove the plans of a removed entry from the cloud, as far as it can be reached, and the stored data."""
        store = PlanStore(hass, entry_id)
        await store.async_load()
        if store.plans:
            keeper = Keeper(client, store, lambda: (), lambda _iot_id: False)
            try:
                async with asyncio.timeout(_REMOVAL_TIMEOUT):
                    await keeper.async_keep({})
            except (LinkVisualError, TimeoutError) as err:
                _LOGGER.debug("Plans could not be removed: %r", err)
        for plan_id, stored in store.plans.items():
            _LOGGER.warning(
                "The plan %s could not be removed from the cloud: delete %s there, with its time template",
                stored.title,
                cloud_name(plan_id),
            )
        await store.async_remove()

    # When to look

    @callback
    def async_start(self) -> None:
        """Keep the plans until the entry is unloaded."""
        listen = self._hass.bus.async_listen
        for unsubscribe in (
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._handle_entry_change
            ),
            listen(EVENT_CORE_CONFIG_UPDATE, self._handle_core_config),
            listen(EVENT_ENTITY_REGISTRY_UPDATED, self._handle_registry),
            self._coordinator.async_add_listener(self._handle_cameras),
            self._stop,
        ):
            self._entry.async_on_unload(unsubscribe)
        self._start_run(dt_util.utcnow())

    @callback
    def _stop(self) -> None:
        self._is_stopped = True
        self._watch.async_stop()
        self._cancel_all()

    @callback
    def _cancel_all(self) -> None:
        for cancel in (self._cancel_request, self._cancel_timer):
            if cancel:
                cancel()
        self._cancel_request = self._cancel_timer = None

    @callback
    def _handle_entry_change(
        self, change: ConfigEntryChange, entry: ConfigEntry
    ) -> None:
        if entry is self._entry and change is ConfigEntryChange.UPDATED:
            self.async_request()

    @callback
    def _handle_core_config(self, event: Event[Any]) -> None:
        if "time_zone" in event.data:
            self.async_request()

    @callback
    def _handle_registry(self, event: Event[Any]) -> None:
        if event.data["entity_id"].startswith(f"{SCHEDULE_DOMAIN}."):
            self.async_request()

    @callback
    def _handle_cameras(self) -> None:
        """Try again when a camera that lacks a plan changed: it got cloud storage, or came back."""
        cameras = self._coordinator.data
        if any(cameras.get(each) != before for each, before in self._lacking.items()):
            self.async_request()

    @callback
    def async_request(self) -> None:
        """Look at the plans soon."""
        if self._cancel_request is None and (self._subentries or self.states):
            self._cancel_request = async_call_later(
                self._hass, DEBOUNCE, HassJob(self._start_run)
            )

    @callback
    def _start_run(self, _now: datetime) -> None:
        self._cancel_all()
        self._entry.async_create_background_task(
            self._hass, self._async_run(), f"{DOMAIN} plans"
        )

    async def _async_run(self) -> None:
        async with self._lock:
            await self._async_look()
        async_dispatcher_send(self._hass, plan_signal(self._entry.entry_id))

    @callback
    def _schedule_next(self) -> None:
        """Come back for the next check, the next attempt or the next change of the UTC offset."""
        if self._is_stopped:
            return
        subentries = self._subentries.values()
        self._watch.async_follow(
            {
                subentry.data[CONF_SCHEDULE]
                for subentry in subentries
                if CONF_SCHEDULE in subentry.data
            }
        )
        if self._cancel_timer:
            self._cancel_timer()
            self._cancel_timer = None
        if not subentries and not self._store.plans:
            return
        now = dt_util.utcnow()
        failures = max((state.failures for state in self.states.values()), default=0)
        pause = CHECK_INTERVAL
        if failures:
            pause = min(pause, RETRY_INTERVAL * 2 ** min(failures - 1, 10))
        pause = max(pause, timedelta(seconds=self._budget.wait(reserved=True)))
        if change := next_offset_change(dt_util.get_default_time_zone(), now):
            pause = min(pause, change - now)
        # Not at a time of the clock, which may be set back meanwhile.
        self._cancel_timer = async_call_later(
            self._hass, pause, HassJob(self._start_run)
        )

    # What to do

    @property
    def _subentries(self) -> dict[str, ConfigSubentry]:
        return {
            subentry_id: subentry
            for subentry_id, subentry in self._entry.subentries.items()
            if subentry.subentry_type in SUBENTRY_TYPES
        }

    async def _async_look(self) -> None:
        """Make the cloud hold the plans, if anything is to be done or a check is due."""
        wanted = {
            plan_id: await self._async_wanted(subentry)
            for plan_id, subentry in self._subentries.items()
        }
        has_work = self._keeper.has_work(wanted)
        now = time.monotonic()
        is_checked = (
            self._checked_at is not None
            and now - self._checked_at < CHECK_INTERVAL.total_seconds()
        )
        if has_work or (wanted and not is_checked):
            self._budget.record_poll()
            try:
                with self._budget.background():
                    await self._keeper.async_keep(wanted)
            except LinkVisualError as err:
                _LOGGER.debug("The plans cannot be kept: %s", err)
            else:
                is_refused = any(state.error for state in self.states.values())
                self._checked_at = None if is_refused else now
            if has_work:
                self._changed()
        self._remember_lacking(wanted)
        self._schedule_next()

    def _remember_lacking(self, wanted: dict[str, WantedPlan]) -> None:
        self._lacking = {}
        for plan_id, plan in wanted.items():
            stored = self._store.plans.get(plan_id)
            applied = stored.applied if stored else None
            having = {stream.iot_id for stream in applied.streams} if applied else set()
            for iot_id in plan.settings[CONF_CAMERAS]:
                if iot_id not in having:
                    self._lacking[iot_id] = self._coordinator.data.get(iot_id)

    async def _async_wanted(self, subentry: ConfigSubentry) -> WantedPlan:
        """Return what a subentry asks for at present."""
        kind = SUBENTRY_TYPES[subentry.subentry_type]
        settings = dict(subentry.data)

        def wanted(
            target: Target | None, problem: ScheduleProblem | None = None
        ) -> WantedPlan:
            return WantedPlan(kind, subentry.title, settings, target, problem)

        if CONF_SCHEDULE not in settings:
            return wanted(Target.from_settings(kind, settings, ALWAYS))
        ranges = await async_ranges(self._hass, settings[CONF_SCHEDULE])
        if ranges is None:
            return wanted(None, ScheduleProblem.MISSING)
        try:
            week = cloud_week(ranges, utc_offset())
        except TooManySectionsError:
            return wanted(None, ScheduleProblem.TOO_LONG)
        return wanted(Target.from_settings(kind, settings, week))
