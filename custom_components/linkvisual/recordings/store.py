"""Stored recordings: unfinished ones, and the last ready one of each camera."""

from collections.abc import Callable, Iterator
from datetime import datetime
import logging
from typing import Any

from homeassistant.core import HomeAssistant

from ..storage import EntryStore
from .models import Recording
from .schedule import may_be_mistaken

_LOGGER = logging.getLogger(__name__)

STORE = "recordings"


class RecordingStore:
    """Recordings that are being followed, by their key, and the last ready one of each camera."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = EntryStore(hass, entry_id, STORE)
        self.active: dict[str, Recording] = {}
        self.last: dict[str, Recording] = {}  # by IotId
        # Ready ones whose files could match another recording.
        self._claimed: list[Recording] = []

    async def async_load(self) -> None:
        """Load what was stored before the entry was unloaded."""
        data = await self._store.async_read()
        self.active = {row.key: row for row in _read(data.get("active"))}
        self.last = {row.iot_id: row for row in _read(data.get("last"))}
        self._claimed = list(_read(data.get("claimed")))

    async def async_commit(self) -> None:
        """Return when what is remembered now is on disk."""
        await self._store.async_commit(self._as_dict)

    def siblings(self, recording: Recording) -> list[Recording]:
        """Return the other recordings of a camera whose files are, or could be, known."""
        return [
            other
            for other in (*self.active.values(), *self._claimed)
            if other.iot_id == recording.iot_id and other.key != recording.key
        ]

    def add_ready(self, recording: Recording, now: datetime) -> None:
        """Remember a ready recording as its camera's last one, and whose its files are as long as that may matter."""
        last = self.last.get(recording.iot_id, recording)
        self.last[recording.iot_id] = max(
            recording, last, key=lambda ready: ready.triggered_at
        )
        self._claimed.append(recording)
        self.forget_claims(now)

    def forget_claims(self, now: datetime) -> None:
        """Forget the files that can no longer be taken for another recording's."""
        unfinished = self.active.values()
        self._claimed = [
            ready for ready in self._claimed if may_be_mistaken(ready, unfinished, now)
        ]

    def forget_cameras(self, is_gone: Callable[[str], bool]) -> bool:
        """Forget the finished recordings of cameras that are gone; return whether there were any."""
        gone = {
            recording.iot_id
            for recording in (*self.last.values(), *self._claimed)
            if is_gone(recording.iot_id)
        }
        for iot_id in gone:
            self.last.pop(iot_id, None)
        self._claimed = [ready for ready in self._claimed if ready.iot_id not in gone]
        return bool(gone)

    def _as_dict(self) -> dict[str, Any]:
        return {
            "active": [recording.as_dict() for recording in self.active.values()],
            "last": [recording.as_dict() for recording in self.last.values()],
            "claimed": [recording.as_dict() for recording in self._claimed],
        }


def _read(rows: Any) -> Iterator[Recording]:
    """Yield the recordings of valid rows."""
    for row in rows if isinstance(rows, list) else []:
        try:
            yield Recording.from_dict(row)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as err:
            _LOGGER.warning("A stored recording cannot be read: %r", err)
