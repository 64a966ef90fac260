"""What was measured, and whether that is good enough."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `goal` is the most it may be, or with `at_least` the least; None: it is told, not judged.

    `profile` shows why a goal is not met.
    """

    group: str
    scheme: str  # http, https; "" where nothing travels
    name: str
    measured: float
    unit: str
    goal: float | None = None
    at_least: bool = False
    profile: tuple[str, ...] = ()

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached."""
        if self.goal is None:
            return None
        if self.at_least:
            return self.measured >= self.goal
        return self.measured <= self.goal

    def as_dict(self) -> dict[str, Any]:
        """Return what is written down."""
        return {**asdict(self), "met": self.met}


def table(figures: Iterable[Figure]) -> str:
    """Return figures as a table for people."""
    rows = [("group", "over", "figure", "measured", "goal", "")]
    for figure in figures:
        bound = "" if figure.goal is None else f"{figure.goal:g} {figure.unit}".strip()
        sign = "" if figure.goal is None else ("≥ " if figure.at_least else "≤ ")
        rows.append(
            (
                figure.group,
                figure.scheme,
                figure.name,
                f"{figure.measured:.4g} {figure.unit}".strip(),
                f"{sign}{bound}",
                {True: "met", False: "NOT MET", None: ""}[figure.met],
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


def profiles(figures: Iterable[Figure]) -> str:
    """Return why goals are not met, one profile after the other; those of several figures once."""
    missed: dict[tuple[str, ...], list[str]] = {}
    for figure in figures:
        if figure.met is False and figure.profile:
            name = " ".join(filter(None, (figure.group, figure.scheme, figure.name)))
            missed.setdefault(figure.profile, []).append(name)
    return "\n".join(
        "\n  ".join((f"Not met: {'; '.join(names)}", *profile))
        for profile, names in missed.items()
    )


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def teller(group: str, scheme: str) -> Callable[..., Figure]:
    """Return a function that makes the figures of a group."""

    def tell(name: str, measured: float, unit: str, **goal: Any) -> Figure:
        return Figure(group, scheme, name, measured, unit, **goal)

    return tell
