"""Recordings that were saved to Home Assistant's disk."""

import logging
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util.limited_size_dict import LimitedSizeDict

from ..storage import EntryStore

_LOGGER = logging.getLogger(__name__)

_STORE = "saved_clips"
_CLIPS = "clips"
_MAX_CLIPS = 1000


class SavedClips:
    """Paths of an entry's newest saved recordings. Those that were removed from the disk are forgotten."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._hass = hass
        self._store = EntryStore(hass, entry_id, _STORE)
        self._paths: LimitedSizeDict[tuple[str, str], str] = LimitedSizeDict(
            size_limit=_MAX_CLIPS
        )

    async def async_load(self) -> None:
        """Load the stored paths."""
        try:
            for iot_id, file_name, path in (await self._store.async_read()).get(
                _CLIPS, []
            ):
                self._paths[str(iot_id), str(file_name)] = str(path)
        except (TypeError, ValueError) as err:
            _LOGGER.warning("Saved clips cannot be read: %r", err)

    async def async_add(self, iot_id: str, file_name: str, path: Path) -> None:
        """Remember where a recording was saved last."""
        self._paths[iot_id, file_name] = str(path)
        self._paths.move_to_end((iot_id, file_name))
        rows = [[*key, saved_path] for key, saved_path in self._paths.items()]
        await self._store.async_save({_CLIPS: rows})

    async def async_path(self, iot_id: str, file_name: str) -> Path | None:
        """Return where a recording was saved; None if it was not, was removed, or its folder is not allowed any more."""
        saved = self._paths.get((iot_id, file_name))
        if saved is None:
            return None
        path = Path(saved)
        if not await self._hass.async_add_executor_job(path.is_file):
            self._paths.pop((iot_id, file_name), None)
            return None
        is_allowed = await self._hass.async_add_executor_job(
            self._hass.config.is_allowed_path, saved
        )
        return path if is_allowed else None

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await EntryStore(hass, entry_id, _STORE).async_remove()
