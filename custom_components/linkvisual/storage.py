"""Storage of the integration and its config entries. Tolerates malformed files, and files of newer versions."""

import asyncio
from collections.abc import Callable
from datetime import datetime
import logging
import time
from typing import Any, override

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

VERSION = 1
# Files of newer versions are readable after a downgrade.
_MAX_READABLE_VERSION = 1000
# Each change of a store writes all of it. In a burst, writes are paced by their size and take all changes along: what a
# burst writes grows with its rows, not with their square. What is written now and then never waits.
SECONDS_PER_ROW = 0.002
_MAX_SECONDS_AHEAD = 0.25
# The last write of a large store must not keep Home Assistant from stopping.
_MAX_SECONDS_PER_WRITE = 5.0


class IntegrationStore(Store[dict[str, Any]]):
    """A stored file of the integration. Home Assistant moves files that are not JSON aside, and logs it."""

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        super().__init__(
            hass,
            VERSION,
            f"{DOMAIN}.{name}",
            atomic_writes=True,
            max_readable_version=_MAX_READABLE_VERSION,
        )
        self._commits = asyncio.Lock()
        self._next_commit: asyncio.Task[None] | None = None
        # Seconds that writes have cost and that have not passed yet, as of a monotonic time.
        self._debt = 0.0
        self._debt_at = 0.0

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: Any
    ) -> Any:
        _LOGGER.warning(
            "%s was written by version %s; unknown data is ignored",
            self.key,
            old_major_version,
        )
        return old_data

    async def async_read(self) -> dict[str, Any]:
        """Return the stored data; empty if missing or malformed."""
        try:
            data: Any = await self.async_load()
        except (AttributeError, KeyError, TypeError) as err:
            # JSON, but not as Home Assistant stores it.
            _LOGGER.warning("%s cannot be read: %r", self.key, err)
            return {}
        if data is None or isinstance(data, dict):
            return data or {}
        _LOGGER.warning("%s cannot be read: not a JSON object", self.key)
        return {}

    async def async_commit(self, data_fn: Callable[[], dict[str, Any]]) -> None:
        """Return when what `data_fn` returns from now on is on disk. Callers in a burst share a write."""
        if self._next_commit is None:
            self._next_commit = self.hass.async_create_task(
                self._commit(data_fn), f"{self.key} commit", eager_start=False
            )
        # Whoever goes away takes nobody's write along.
        await asyncio.shield(self._next_commit)

    async def _commit(self, data_fn: Callable[[], dict[str, Any]]) -> None:
        async with self._commits:
            self._pay()
            await asyncio.sleep(max(0.0, self._debt - _MAX_SECONDS_AHEAD))
            # Changes from here on need another write.
            self._next_commit = None
            data = data_fn()
            await self.async_save(data)
            rows = sum(len(part) for part in data.values())
            self._pay()
            self._debt += min(rows * SECONDS_PER_ROW, _MAX_SECONDS_PER_WRITE)

    def _pay(self) -> None:
        """Reduce the debt by the time that has passed."""
        now = time.monotonic()
        self._debt = max(0.0, self._debt - max(0.0, now - self._debt_at))
        self._debt_at = now


def stored_text(value: Any) -> str:
    """Return a stored text. Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def stored_time(value: Any) -> datetime:
    """Return a stored time in UTC. Raises TypeError or ValueError."""
    time = datetime.fromisoformat(value)
    # Near the limits of datetime, nothing can be added to it, nor its zone be changed.
    if not 1970 <= time.year < 2200:
        raise ValueError(f"{value} is not of this age")
    return dt_util.as_utc(time)


def stored_context(value: Any) -> Context:
    """Return a stored context. Raises KeyError or TypeError."""
    ids = {
        name: None if value[name] is None else stored_text(value[name])
        for name in ("id", "user_id", "parent_id")
    }
    return Context(**ids)


class EntryStore(IntegrationStore):
    """A stored file of a config entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str, name: str) -> None:
        super().__init__(hass, f"{entry_id}.{name}")
        self._entry_id = entry_id

    @override
    async def async_save(self, data: dict[str, Any]) -> None:
        await super().async_save(data)
        if self.hass.config_entries.async_get_entry(self._entry_id) is None:
            # Removed meanwhile: by a trigger, for example, that was not answered yet.
            await self.async_remove()
