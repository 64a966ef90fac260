"""Recording settings of cameras, and their validation."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
import logging
from typing import Any, Self

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..api.media_models import (
    MAX_PRE_RECORD_DURATION,
    MAX_RECORD_DURATION,
    MIN_RECORD_DURATION,
    StreamType,
)
from ..const import (
    ATTR_PRE_RECORD_DURATION,
    ATTR_RECORD_DURATION,
    ATTR_STREAM_TYPE,
    DOMAIN,
)
from ..storage import EntryStore

_LOGGER = logging.getLogger(__name__)

STORE = "settings"
SAVE_DELAY = 5

STREAM_TYPES = {stream_type.name.lower(): stream_type for stream_type in StreamType}


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """Recording settings. Durations are seconds; the pre-recording is part of the recording."""

    record_duration: int = 60
    pre_record_duration: int = 0
    stream_type: str = "main"

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read stored settings. Raises KeyError, TypeError or ValueError."""
        try:
            return cls().changed({name: data[name] for name in cls.__slots__})
        except ServiceValidationError as err:
            raise ValueError(f"{data} are no settings") from err

    def changed(self, changes: dict[str, Any]) -> Self:
        """Return the changed settings. Raises ServiceValidationError for values that the cloud does not accept."""
        values = dict(changes)
        for name, low, high in (
            (ATTR_RECORD_DURATION, MIN_RECORD_DURATION, MAX_RECORD_DURATION),
            (ATTR_PRE_RECORD_DURATION, 0, MAX_PRE_RECORD_DURATION),
        ):
            if name in values:
                values[name] = whole_number(name, values[name], low, high)
        stream_type = values.get(ATTR_STREAM_TYPE, self.stream_type)
        if not isinstance(stream_type, str) or stream_type not in STREAM_TYPES:
            raise _invalid("invalid_stream_type", value=stream_type)
        settings = replace(self, **values)
        if settings.pre_record_duration >= settings.record_duration:
            raise _invalid(
                "pre_record_too_long",
                pre_record_duration=settings.pre_record_duration,
                record_duration=settings.record_duration,
            )
        return settings


def whole_number(name: str, value: Any, low: int, high: int) -> int:
    """Return a setting's value as an integer: sliders, helpers and templates differ. Raises ServiceValidationError."""
    try:
        number = float(value)
        if (
            not isinstance(value, bool)
            and number.is_integer()
            and low <= number <= high
        ):
            return int(number)
    except TypeError, ValueError, OverflowError:
        pass
    raise _invalid(f"invalid_{name}", value=value, low=low, high=high)


def _invalid(key: str, **placeholders: Any) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={
            name: str(value) for name, value in placeholders.items()
        },
    )


class CameraSettings:
    """Recording settings of an entry's cameras, by IotId. They are stored, since entities may be disabled."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, defaults: RecordSettings
    ) -> None:
        """`defaults` are the settings of new cameras."""
        self._store = EntryStore(hass, entry_id, STORE)
        self._defaults = defaults
        self._settings: dict[str, RecordSettings] = {}
        self._unsaved = False

    async def async_load(self) -> None:
        """Load the stored settings. Invalid ones are replaced by the defaults."""
        for iot_id, values in (await self._store.async_read()).items():
            try:
                self._settings[iot_id] = RecordSettings().changed(values)
            except (ServiceValidationError, TypeError, ValueError) as err:
                _LOGGER.warning("Stored settings of a camera cannot be read: %r", err)

    def get(self, iot_id: str) -> RecordSettings:
        """Return a camera's settings."""
        return self._settings.get(iot_id, self._defaults)

    def add_cameras(self, iot_ids: Iterable[str]) -> None:
        """Keep the settings of new cameras, whatever the defaults will be."""
        if new := dict.fromkeys(set(iot_ids) - self._settings.keys(), self._defaults):
            self._settings |= new
            self._save_later()

    def change(self, iot_id: str, changes: dict[str, Any]) -> None:
        """Change a camera's settings. Raises ServiceValidationError."""
        self._settings[iot_id] = self.get(iot_id).changed(changes)
        self._save_later()

    def forget_cameras(self, is_gone: Callable[[str], bool]) -> None:
        """Forget the settings of cameras that are gone."""
        gone = list(filter(is_gone, self._settings))
        for iot_id in gone:
            del self._settings[iot_id]
        if gone:
            self._save_later()

    def _save_later(self) -> None:
        self._unsaved = True
        self._store.async_delay_save(self._as_dict, SAVE_DELAY)

    def _as_dict(self) -> dict[str, dict[str, Any]]:
        self._unsaved = False
        return {iot_id: asdict(settings) for iot_id, settings in self._settings.items()}

    async def async_unload(self) -> None:
        """Save pending changes."""
        if self._unsaved:
            await self._store.async_save(self._as_dict())

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await EntryStore(hass, entry_id, STORE).async_remove()
