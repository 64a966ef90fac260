"""What a walk has gathered, and what is found in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .compare import Calls, accepted
from .recorder import Exchange
from .walk import Walk


@dataclass(frozen=True, slots=True)
class Finding:
    """A guess, and what was seen of it; `agrees` is None where a figure is told that is no yes or no."""

    guess: str
    assumed: str
    seen: str
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a walk has gathered."""

    walk: Walk
    calls: Calls

    def replies(self, action: str, step: str | None = None) -> Iterator[dict[str, Any]]:
        """Return the replies of an operation that said yes."""
        for (what, why), exchanges in self.calls.items():
            if what == action and step in (None, why):
                yield from (
                    each.reply for each in exchanges if accepted(each) and each.reply
                )

    def rows(self, action: str, *names: str) -> list[dict[str, Any]]:
        """Return the rows of all replies of an operation."""
        rows: list[dict[str, Any]] = []
        for reply in self.replies(action):
            value: Any = reply
            for name in names:
                value = value.get(name) if isinstance(value, dict) else None
            if isinstance(value, list):
                rows += [row for row in value if isinstance(row, dict)]
        return rows

    def refusal(self, action: str, step: str) -> Exchange | None:
        """Return how a step was refused."""
        return next(
            (
                each
                for each in self.calls.get((action, step), ())
                if each.reply is not None and not accepted(each)
            ),
            None,
        )


type Check = Callable[[Evidence], Finding | None]


def compared(guess: str, assumed: object, seen: object) -> Finding:
    """Return what is found where a guess and what was seen are the same or not."""
    return Finding(guess, str(assumed), str(seen), str(assumed) == str(seen))
