"""Storage of what Home Assistant made in the cloud: it is found again after a restart, and after its subentry was removed."""

import logging
from typing import Any

from homeassistant.core import HomeAssistant

from ..storage import EntryStore
from .models import StoredPlan

_LOGGER = logging.getLogger(__name__)

_STORE = "plans"
_PLANS = "plans"


class PlanStore:
    """The plans of a config entry that may exist in the cloud, by subentry ID."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = EntryStore(hass, entry_id, _STORE)
        self.plans: dict[str, StoredPlan] = {}

    async def async_load(self) -> None:
        """Load the plans. Those that cannot be read are found by their names, as long as they have a subentry."""
        rows: Any = (await self._store.async_read()).get(_PLANS)
        for plan_id, row in rows.items() if isinstance(rows, dict) else ():
            try:
                self.plans[plan_id] = StoredPlan.from_dict(row)
            except (
                AttributeError,
                IndexError,
                KeyError,
                TypeError,
                ValueError,
            ) as err:
                _LOGGER.warning("A stored plan cannot be read: %r", err)

    async def async_commit(self) -> None:
        """Return when the plans are on disk."""
        await self._store.async_commit(
            lambda: {
                _PLANS: {
                    plan_id: stored.as_dict() for plan_id, stored in self.plans.items()
                }
            }
        )

    async def async_remove(self) -> None:
        """Remove the stored data."""
        await self._store.async_remove()
