"""Places in JSON."""

import copy
from typing import Any

type Path = tuple[str | int, ...]


def paths(value: Any) -> list[Path]:
    """Return the paths to all values inside a value, its own first."""
    found: list[Path] = [()]
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        found += [(key, *path) for path in paths(inner)]
    return found


def replaced(value: Any, path: Path, new: Any) -> Any:
    """Return a value with another one at a path."""
    if not path:
        return new
    result = copy.copy(value)
    result[path[0]] = replaced(value[path[0]], path[1:], new)
    return result
