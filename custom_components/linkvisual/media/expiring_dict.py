"""A dict that forgets: what the cloud said is true for a while."""

from collections.abc import Callable
import time

from homeassistant.util.limited_size_dict import LimitedSizeDict


class ExpiringDict[KeyT, ValueT]:
    """Values that live for `life` seconds (monotonic time); over `limit` of them the oldest go."""

    def __init__(self, life: float, limit: int) -> None:
        self._life = life
        self._kept: LimitedSizeDict[KeyT, tuple[float, ValueT]] = LimitedSizeDict(
            size_limit=limit
        )

    def __setitem__(self, key: KeyT, value: ValueT) -> None:
        self._kept.pop(key, None)
        self._kept[key] = (time.monotonic(), value)

    def get(self, key: KeyT) -> ValueT | None:
        """Return the value while it lives."""
        self._forget_expired()
        kept = self._kept.get(key)
        return kept[1] if kept else None

    def pop(self, key: KeyT) -> ValueT | None:
        """Return the value while it lives, and forget it."""
        value = self.get(key)
        self._kept.pop(key, None)
        return value

    def forget(self, is_outdated: Callable[[KeyT], bool]) -> None:
        """Forget the values of some keys."""
        for key in list(filter(is_outdated, self._kept)):
            del self._kept[key]

    def _forget_expired(self) -> None:
        oldest = time.monotonic() - self._life
        # Stored in the order of their time.
        while self._kept and next(iter(self._kept.values()))[0] <= oldest:
            self._kept.popitem(last=False)
