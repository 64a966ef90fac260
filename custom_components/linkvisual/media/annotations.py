"""Texts about recordings, which users and automations add to them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.limited_size_dict import LimitedSizeDict

from ..api.media_models import begin_in_name
from ..const import DOMAIN
from ..storage import EntryStore
from .identifiers import RECORDING

_LOGGER = logging.getLogger(__name__)

MAX_LENGTH = 1000  # characters
# Seconds. Which alarms were recorded changes often.
_SAVE_DELAY = 30

_STORE = "annotations"
_ROWS = "annotations"
_RECORDED = "recorded"
_ALARM = "alarm"
_MAX_ANNOTATIONS = 1000
# How long the text of an alarm waits for a recording.
_MAX_WAIT = timedelta(days=1)

# An IotId, and the FileName of a recording, or the EventId or time of an alarm without one.
type _Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Annotation:
    """`since` is the Unix time from which its life counts."""

    text: str
    since: float


class Annotations:
    """An entry's newest annotations. The text of an alarm becomes that of its recording when there is one."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        days_kept: Callable[[str], int | None],
        now: Callable[[], datetime],
    ) -> None:
        """`days_kept` returns for how many days the cloud keeps a camera's recordings, if known; `now` is its time."""
        self._hass = hass
        self._days_kept = days_kept
        self._now = now
        self._store = EntryStore(hass, entry_id, _STORE)
        self._annotations: LimitedSizeDict[_Key, _Annotation] = LimitedSizeDict(
            size_limit=_MAX_ANNOTATIONS
        )
        self._is_unsaved = False
        # FileNames by IotId and the alarm's EventId or time, for texts that come later than the recording.
        self._recorded: LimitedSizeDict[tuple[str, str], str] = LimitedSizeDict(
            size_limit=_MAX_ANNOTATIONS
        )

    async def async_load(self) -> None:
        """Load the stored annotations."""
        stored = await self._store.async_read()
        try:
            for iot_id, kind, name, text, since in stored.get(_ROWS, []):
                key = (str(iot_id), str(kind), str(name))
                self._annotations[key] = _Annotation(str(text), float(since))
            for iot_id, alarm, file_name in stored.get(_RECORDED, []):
                self._recorded[str(iot_id), str(alarm)] = str(file_name)
        except (TypeError, ValueError) as err:
            _LOGGER.warning("Annotations cannot be read: %r", err)

    def text(self, iot_id: str, file_name: str) -> str | None:
        """Return the text about a recording, if any."""
        annotation = self._annotations.get((iot_id, RECORDING, file_name))
        return annotation.text if annotation else None

    async def async_annotate(self, iot_id: str, file_name: str, text: str) -> None:
        """Set the text about a recording; "" removes it."""
        begin = begin_in_name(file_name) or self._now()
        key = (iot_id, RECORDING, file_name)
        await self._set(key, _Annotation(text, begin.timestamp()))

    async def async_annotate_alarm(
        self, iot_id: str, alarm: str, text: str
    ) -> str | None:
        """Set the text about an alarm's recording; return its FileName, or None if the text waits for it.

        `alarm` is its EventId, or its time: the message queue tells no EventIds.
        """
        if file_name := self._recorded.get((iot_id, alarm)):
            await self.async_annotate(iot_id, file_name, text)
            return file_name
        now = self._now().timestamp()
        await self._set((iot_id, _ALARM, alarm), _Annotation(text, now))
        # The recording may have come while the text was being stored.
        return self._recorded.get((iot_id, alarm))

    async def _set(self, key: _Key, annotation: _Annotation) -> None:
        self._annotations.pop(key, None)
        if annotation.text:
            self._annotations[key] = annotation
        self._forget(self._is_expired)
        await self._store.async_commit(self._as_dict)

    def _is_expired(self, key: _Key) -> bool:
        iot_id, kind, _ = key
        life = _MAX_WAIT
        if kind == RECORDING:
            if not (days := self._days_kept(iot_id)):
                return False
            life = timedelta(days=days)
        age = self._now().timestamp() - self._annotations[key].since
        return age > life.total_seconds()

    @callback
    def async_recorded(
        self, iot_id: str, alarms: Iterable[str], file_name: str
    ) -> str | None:
        """Move the text about an alarm, of any of its names, to its recording, and return it."""
        for alarm in alarms:
            self._recorded[iot_id, alarm] = file_name
            if annotation := self._annotations.pop((iot_id, _ALARM, alarm), None):
                self._annotations[iot_id, RECORDING, file_name] = annotation
                self._save()
        self._is_unsaved = True
        self._store.async_delay_save(self._as_dict, _SAVE_DELAY)
        return self.text(iot_id, file_name)

    @callback
    def forget_files(self, iot_id: str, file_names: Iterable[str]) -> None:
        """Forget recordings that were deleted."""
        deleted = {(iot_id, RECORDING, file_name) for file_name in file_names}
        if self._forget(deleted.__contains__):
            self._save()

    @callback
    def forget_cameras(self, is_gone: Callable[[str], bool]) -> None:
        """Forget the recordings of cameras that are gone."""
        for key in [key for key in self._recorded if is_gone(key[0])]:
            del self._recorded[key]
        if self._forget(lambda key: is_gone(key[0])):
            self._save()

    def _forget(self, is_outdated: Callable[[_Key], bool]) -> bool:
        """Return whether there was anything to forget."""
        outdated = list(filter(is_outdated, self._annotations))
        for key in outdated:
            del self._annotations[key]
        return bool(outdated)

    def _save(self) -> None:
        self._hass.async_create_task(
            self._store.async_commit(self._as_dict), f"{DOMAIN} annotations"
        )

    def _as_dict(self) -> dict[str, Any]:
        self._is_unsaved = False
        rows = [
            [*key, each.text, each.since] for key, each in self._annotations.items()
        ]
        recorded = [[*key, file_name] for key, file_name in self._recorded.items()]
        return {_ROWS: rows, _RECORDED: recorded}

    async def async_unload(self) -> None:
        """Save pending changes."""
        if self._is_unsaved:
            await self._store.async_save(self._as_dict())

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await EntryStore(hass, entry_id, _STORE).async_remove()
