"""What the watch on a Home Assistant's event loop and memory has noted. See `hass`."""

from collections import Counter
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, Self

# Number of lines of a profile.
_LINES = 8

type Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Blocks:
    """The longest blocks of the loop, in seconds, for any of these reasons."""

    caused: float = 0.0
    caused_cpu: float = 0.0
    own: float = 0.0
    seconds: float = 0.0
    collected: float = 0.0  # garbage collection in the block that was caused
    caused_in: tuple[str, ...] = ()
    own_in: tuple[str, ...] = ()

    @classmethod
    def since(cls, file: Path, at: float) -> Self:
        """Read the blocks since a Unix time."""
        rows = [row for row in _rows(file, at) if "seconds" in row]
        if not rows:
            return cls()
        longest = max(rows, key=lambda row: row["caused"])
        own = max(rows, key=lambda row: row["own"])
        return cls(
            longest["caused"],
            longest["caused_cpu"],
            own["own"],
            max(row["seconds"] for row in rows),
            longest["collected"],
            tuple(longest["where"]),
            tuple(own["where"]),
        )


def time_profile(file: Path, at: float) -> tuple[str, ...]:
    """Return the own functions in which the loop was for the longest time since a Unix time."""
    own: Counter[str] = Counter()
    for row in _rows(file, at):
        own.update(row.get("own_microseconds", {}))
    return (
        f"own code took {own.total() / 1e6:.2f} s of the event loop",
        *(f"{used / 1e3:6.0f} ms  {name}" for name, used in own.most_common(_LINES)),
    )


def memory_profile(file: Path) -> tuple[str, ...]:
    """Return the own lines that hold the most memory."""
    rows: list[Row] = json.loads(file.read_text())
    rows.sort(key=lambda row: -row["bytes"])
    total = sum(row["bytes"] for row in rows)
    return (
        f"own lines hold {total / 2**20:.1f} MB",
        *(f"{row['bytes'] / 2**10:6.0f} kB  {row['where']}" for row in rows[:_LINES]),
    )


def _rows(file: Path, at: float) -> list[Row]:
    if not file.exists():
        return []
    rows = map(json.loads, file.read_text().splitlines())
    return [row for row in rows if row["at"] >= at]
