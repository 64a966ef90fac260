"""Storage of a config entry. Tolerates malformed files, and files of newer versions."""

import logging
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

VERSION = 1
# Files of newer versions are readable after a downgrade.
_MAX_READABLE_VERSION = 1000


class EntryStore(Store[dict[str, Any]]):
    """A stored file of a config entry. Home Assistant moves files that are not JSON aside, and logs it."""

    def __init__(self, hass: HomeAssistant, entry_id: str, name: str) -> None:
        super().__init__(
            hass,
            VERSION,
            f"{DOMAIN}.{entry_id}.{name}",
            atomic_writes=True,
            max_readable_version=_MAX_READABLE_VERSION,
        )

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
        data: Any = await self.async_load()
        if data is None or isinstance(data, dict):
            return data or {}
        _LOGGER.warning("%s cannot be read: not a JSON object", self.key)
        return {}
