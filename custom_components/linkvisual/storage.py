"""Files that survive: what is odd in them is told and left out, what a newer version wrote is read as far as it can be."""

import logging
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

VERSION = 1
# Whoever goes back to this version wants to keep what the newer one wrote.
_READABLE = 1000


class EntryStore(Store[dict[str, Any]]):
    """A file of one config entry. A file that is no JSON is put aside by Home Assistant, which tells that."""

    def __init__(self, hass: HomeAssistant, entry_id: str, name: str) -> None:
        super().__init__(
            hass,
            VERSION,
            f"{DOMAIN}.{entry_id}.{name}",
            atomic_writes=True,
            max_readable_version=_READABLE,
        )

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: Any
    ) -> Any:
        _LOGGER.warning(
            "%s was written by version %s; what is not known is left out",
            self.key,
            old_major_version,
        )
        return old_data

    async def async_read(self) -> dict[str, Any]:
        """Return what was written; nothing where that is not ours."""
        data: Any = await self.async_load()
        if data is None or isinstance(data, dict):
            return data or {}
        _LOGGER.warning("%s cannot be read: it is no object", self.key)
        return {}
