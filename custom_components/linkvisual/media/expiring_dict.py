"""Dictionary with expiring values, for replies of the cloud."""

from collections.abc import Callable
import time

from homeassistant.util.limited_size_dict import LimitedSizeDict


class ExpiringDict[KeyT, ValueT]:
    """Values that expire after `life` seconds (monotonic time); beyond `limit` the oldest are dropped."""

    def __init__(self, life: float, limit: int) -> None:
        self._life = life
        self._values: LimitedSizeDict[KeyT, tuple[float, ValueT]] = LimitedSizeDict(
            size_limit=limit
        )

    def __setitem__(self, key: KeyT, value: ValueT) -> None:
        self._values.pop(key, None)
        self._values[key] = (time.monotonic(), value)

    def get(self, key: KeyT) -> ValueT | None:
        """Return a value, unless expired."""
        self._drop_expired()
        entry = self._values.get(key)
        return entry[1] if entry else None

    def pop(self, key: KeyT) -> ValueT | None:
        """Return a value, unless expired, and drop it."""
        value = self.get(key)
        self._values.pop(key, None)
        return value

    def forget(self, is_outdated: Callable[[KeyT], bool]) -> None:
        """Drop the values of some keys."""
        for key in list(filter(is_outdated, self._values)):
            del self._values[key]

    def _drop_expired(self) -> None:
        oldest = time.monotonic() - self._life
        # The values are in the order of their time.
        while self._values and next(iter(self._values.values()))[0] <= oldest:
            self._values.popitem(last=False)
