"""Keeping of plans: the cloud is made to hold what is wanted, and changes by others are noticed."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
import logging

from ..api.client import LinkVisualClient
from ..api.errors import CloudError, LinkVisualError, ThrottledError
from .cloud import CloudPlans, Held
from .models import Outcome, PlanState, StoredPlan, Target, WantedPlan, is_done
from .store import PlanStore

_LOGGER = logging.getLogger(__name__)


class Keeper:
    """Keeps the plans of a config entry. Resumes after a failure or a kill at any moment, without duplicates."""

    def __init__(
        self,
        client: LinkVisualClient,
        store: PlanStore,
        known: Callable[[], Collection[str]],
        is_gone: Callable[[str], bool],
    ) -> None:
        """`known` returns the IotIds of the cameras; `is_gone` whether one was deleted."""
        self._client = client
        self._store = store
        self._known = known
        self._is_gone = is_gone
        # By subentry ID, also of subentries that were removed, until their plans are.
        self.states: dict[str, PlanState] = {}

    def has_work(self, wanted: Mapping[str, WantedPlan]) -> bool:
        """Return whether something is to be changed, as far as is known without a look at the cloud."""
        self._update_states(wanted)
        return bool(
            self._store.plans.keys() - wanted.keys()
            or any(self._is_open(plan_id, plan) for plan_id, plan in wanted.items())
        )

    def _is_open(self, plan_id: str, plan: WantedPlan) -> bool:
        stored = self._store.plans.get(plan_id)
        return plan.target is not None and not (
            stored
            and stored.settings == plan.settings
            and is_done(stored.applied, plan.target, self._known())
        )

    def _update_states(self, wanted: Mapping[str, WantedPlan]) -> None:
        for plan_id in self.states.keys() - wanted.keys() - self._store.plans.keys():
            del self.states[plan_id]
        for plan_id, stored in self._store.plans.items():
            self.states.setdefault(plan_id, PlanState(stored.title))
            if stored.applied:
                streams = stored.applied.streams
                stored.applied = replace(
                    stored.applied,
                    streams=frozenset(
                        each for each in streams if not self._is_gone(each.iot_id)
                    ),
                )
        for plan_id, plan in wanted.items():
            state = self.states.setdefault(plan_id, PlanState())
            state.title, state.schedule = plan.title, plan.schedule

    async def async_keep(self, wanted: Mapping[str, WantedPlan]) -> None:
        """Make the cloud hold the plans. Refusals are found in `states`; raises a LinkVisualError that affects all."""
        self._update_states(wanted)
        for state in self.states.values():
            state.error = None
        try:
            await self._async_keep(wanted)
        except LinkVisualError as err:
            for plan_id, plan in wanted.items():
                if self._is_open(plan_id, plan):
                    self.states[plan_id].error = err
            for plan_id in self._store.plans.keys() - wanted.keys():
                self.states[plan_id].error = err
            raise
        finally:
            for state in self.states.values():
                state.failures = state.failures + 1 if state.errors else 0

    async def _async_keep(self, wanted: Mapping[str, WantedPlan]) -> None:
        stored = self._store.plans
        removed = sorted(stored.keys() - wanted.keys())
        kinds = {plan.kind for plan in wanted.values()}
        kinds |= {stored[plan_id].kind for plan_id in removed}
        cloud = await CloudPlans.async_read(self._client, kinds)
        for plan_id in removed:
            with self._contain(plan_id):
                await self._async_remove(cloud, plan_id)
        changes: dict[str, tuple[Held, Target]] = {}
        for plan_id, plan in wanted.items():
            with self._contain(plan_id):
                held = await cloud.async_held(plan.kind, plan_id)
                if self._may_change(plan_id, plan, held) and plan.target:
                    changes[plan_id] = (held, plan.target)
        if not changes:
            return
        for plan_id in changes:
            plan = wanted[plan_id]
            stored[plan_id] = StoredPlan(plan.kind, plan.title, plan.settings)
        # From here on, they may exist: they are removed with their subentries, whatever happens.
        await self._store.async_commit()
        # First of all plans, since a camera may go from one to another.
        for plan_id, (held, target) in changes.items():
            with self._contain(plan_id):
                await cloud.async_release(held, target)
        for plan_id, (held, target) in changes.items():
            with self._contain(plan_id):
                outcome = await cloud.async_apply(held, target, self._known())
                self.states[plan_id].outcome = outcome
                stored[plan_id].applied = replace(
                    target, streams=frozenset(outcome.streams)
                )
                await self._store.async_commit()

    def _may_change(self, plan_id: str, plan: WantedPlan, held: Held) -> bool:
        """Return whether a plan is to be changed: not if somebody else did, unless its settings were changed since."""
        stored = self._store.plans.get(plan_id)
        state = self.states[plan_id]
        state.is_changed = False
        if stored and stored.applied and stored.settings == plan.settings:
            allowed = plan.target.streams if plan.target else frozenset()
            state.is_changed = not held.is_equal(stored.applied, self._known(), allowed)
            if state.is_changed:
                _LOGGER.debug("The plan %s was changed by somebody else", plan_id)
                return False
        if not self._is_open(plan_id, plan):
            state.outcome = Outcome()
            return False
        return True

    async def _async_remove(self, cloud: CloudPlans, plan_id: str) -> None:
        held = await cloud.async_held(self._store.plans[plan_id].kind, plan_id)
        await cloud.async_remove(held)
        del self._store.plans[plan_id], self.states[plan_id]
        await self._store.async_commit()

    @contextmanager
    def _contain(self, plan_id: str) -> Iterator[None]:
        """Keep a refusal as the error of one plan; others go on. Raises errors that affect all of them."""
        try:
            yield
        except ThrottledError:
            raise
        except CloudError as err:
            self.states[plan_id].error = err
