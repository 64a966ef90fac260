"""Which mutants to try, and the table of what became of them."""

from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
import random

# Percent of a room's mutants that tests must notice.
GOAL = 85

_COLUMNS = (
    *("room", "mutants", "tried", "killed", "timeouts"),
    *("survived", "no tests", "% killed"),
)


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant; the status is mutmut's."""

    name: str
    status: str


def draw(names: list[str], size: int, seed: int) -> list[str]:
    """Return a sample; the same names, size and seed give the same."""
    return random.Random(seed).sample(sorted(names), min(size, len(names)))


def choose(names: list[str], patterns: list[str]) -> list[str]:
    """Return the mutants that a pattern names: of a room, a module, or a single one. Without patterns, all."""
    if not patterns:
        return names
    return [
        name
        for name in names
        if any(
            fnmatchcase(name, pattern) or name.startswith(f"{pattern}.")
            for pattern in patterns
        )
    ]


def share_killed(verdicts: list[Verdict]) -> float:
    """Return the percentage of mutants with which a test failed or never ended."""
    return 100 * sum(map(_is_killed, verdicts)) / len(verdicts)


def survivors(verdicts: list[Verdict]) -> list[Verdict]:
    """Return the mutants that no test noticed."""
    return [verdict for verdict in verdicts if not _is_killed(verdict)]


def table(verdicts: dict[str, list[Verdict]], totals: dict[str, int]) -> str:
    """Return a line per room, and one for all if there are several."""
    rows = [_row(room, totals[room], of_room) for room, of_room in verdicts.items()]
    if len(rows) > 1:
        every = [verdict for of_room in verdicts.values() for verdict in of_room]
        rows.append(_row("all", sum(totals.values()), every))
    lines = [_COLUMNS, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _is_killed(verdict: Verdict) -> bool:
    return verdict.status in ("killed", "timeout")


def _row(room: str, total: int, verdicts: list[Verdict]) -> tuple[str, ...]:
    count = Counter(verdict.status for verdict in verdicts)
    killed, timeouts, untested = count["killed"], count["timeout"], count["no tests"]
    return (
        *(room, str(total), str(len(verdicts)), str(killed), str(timeouts)),
        *(str(len(verdicts) - killed - timeouts - untested), str(untested)),
        f"{share_killed(verdicts):.1f}",
    )
