"""Recordings that were saved to Home Assistant's disk."""

import logging
from pathlib import Path
from typing import NamedTuple, Self

from homeassistant.core import HomeAssistant
from homeassistant.util.limited_size_dict import LimitedSizeDict

from ..storage import EntryStore

_LOGGER = logging.getLogger(__name__)

_STORE = "saved_clips"
_CLIPS = "clips"
_MAX_CLIPS = 1000
# Seconds. File systems and backups round times.
_ROUNDING = 2


class _Clip(NamedTuple):
    """Where a recording was saved, and by what its file is known: another one may have its name since.

    Of those that older versions saved, the latter is not known.
    """

    path: str
    size: int | None = None
    changed_at: float = 0.0  # Unix time

    @classmethod
    def of_file(cls, path: Path) -> Self | None:
        """Return what is there; None if there is no file."""
        try:
            stat = path.stat()
        except OSError:
            return None
        return cls(str(path), stat.st_size, stat.st_mtime) if path.is_file() else None

    def is_there(self) -> bool:
        """Return whether the file is the one that was saved. To be run in the executor."""
        found = _Clip.of_file(Path(self.path))
        return found is not None and (
            self.size is None
            or (
                self.size == found.size
                and abs(self.changed_at - found.changed_at) <= _ROUNDING
            )
        )


class SavedClips:
    """An entry's newest saved recordings. Those whose file was removed or replaced are forgotten."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._hass = hass
        self._store = EntryStore(hass, entry_id, _STORE)
        self._clips: LimitedSizeDict[tuple[str, str], _Clip] = LimitedSizeDict(
            size_limit=_MAX_CLIPS
        )
        # Keys by path.
        self._keys: LimitedSizeDict[str, tuple[str, str]] = LimitedSizeDict(
            size_limit=_MAX_CLIPS
        )

    async def async_load(self) -> None:
        """Load the stored paths."""
        try:
            for iot_id, file_name, path, *known in (await self._store.async_read()).get(
                _CLIPS, []
            ):
                clip = _Clip(str(path))
                if known and known[0] is not None:
                    clip = _Clip(str(path), int(known[0]), float(known[1]))
                self._put((str(iot_id), str(file_name)), clip)
        except (IndexError, TypeError, ValueError) as err:
            _LOGGER.warning("Saved clips cannot be read: %r", err)

    async def async_add(self, iot_id: str, file_name: str, path: Path) -> None:
        """Remember where a recording was saved last, and that no other one is there."""
        clip = await self._hass.async_add_executor_job(_Clip.of_file, path)
        if clip is None:
            return
        self._put((iot_id, file_name), clip)
        rows = [[*key, *each] for key, each in self._clips.items()]
        await self._store.async_save({_CLIPS: rows})

    def _put(self, key: tuple[str, str], clip: _Clip) -> None:
        """Add a clip as the newest one. What was at its path before is no more."""
        former = self._keys.get(clip.path)
        other = self._clips.get(former) if former else None
        # It may have been saved to another path since.
        if former and other and other.path == clip.path:
            del self._clips[former]
        self._keys[clip.path] = key
        self._clips[key] = clip
        self._clips.move_to_end(key)

    async def async_path(self, iot_id: str, file_name: str) -> Path | None:
        """Return where a recording was saved; None if it was not, is not there, or its folder is not allowed any more."""
        saved = self._clips.get((iot_id, file_name))
        if saved is None:
            return None
        if not await self._hass.async_add_executor_job(saved.is_there):
            if self._clips.get((iot_id, file_name)) is saved:
                del self._clips[iot_id, file_name]
            return None
        is_allowed = await self._hass.async_add_executor_job(
            self._hass.config.is_allowed_path, saved.path
        )
        return Path(saved.path) if is_allowed else None

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await EntryStore(hass, entry_id, _STORE).async_remove()
