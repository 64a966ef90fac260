"""From a reply to what may be told of it: which fields it has, of which types. No value, but for a few words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
import re
from typing import Any

# Fields whose values are words of the cloud, the same in every account.
WORDS = {
    "Code", "Success", "Status", "DeviceStatus", "StreamType", "RecordType", "Scheme", "EventType", "Progress",
    "PageSize", "CurrentPage", "Page", "NodeType", "DataType", "IdentityType",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,31}|-?\d{1,5}|")
# A field of the cloud is called like this; something else may be a name that somebody gave.
_FIELD = re.compile(r"[A-Za-z][A-Za-z_]{0,39}")
OTHER_FIELD = "(another name)"

_TYPES = {str: "String", bool: "Boolean", float: "Float", type(None): "null"}


@dataclass(slots=True)
class Field:
    """What is known of a field: in how many of its objects it was, of which types, with which words."""

    present: int = 0
    objects: int = 0
    types: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    @property
    def always(self) -> bool:
        """Whether every object had it."""
        return self.present == self.objects


type Shape = dict[str, Field]


def shape_of(replies: Iterable[dict[str, Any]]) -> Shape:
    """Return the shape of all replies together. Fields are `Data.List[].Name`."""
    shape: Shape = {}
    objects: Counter[str] = Counter()
    for reply in replies:
        _add_object(reply, "", shape, objects)
    for path, each in shape.items():
        # Items that are no objects are fields of nothing.
        bare = path.endswith("[]")
        each.objects = each.present if bare else objects[path.rpartition(".")[0]]
    return shape


def _add_object(
    value: Mapping[str, Any], path: str, shape: Shape, objects: Counter[str]
) -> None:
    objects[path] += 1
    for name, inner in value.items():
        known = name if _FIELD.fullmatch(name) else OTHER_FIELD
        _add(inner, f"{path}.{known}" if path else known, shape, objects)


def _add(value: Any, path: str, shape: Shape, objects: Counter[str]) -> None:
    each = shape.setdefault(path, Field())
    each.present += 1
    if isinstance(value, dict):
        each.types.add("Object")
        _add_object(value, path, shape, objects)
    elif isinstance(value, list):
        each.types.add("List")
        for item in value:
            if isinstance(item, dict):
                _add_object(item, f"{path}[]", shape, objects)
            else:
                inner = shape.setdefault(f"{path}[]", Field())
                inner.types.add(_type_of(item))
                inner.present += 1
    else:
        each.types.add(_type_of(value))
        if path.rpartition(".")[2] in WORDS and _WORD.fullmatch(str(value)):
            each.words.add(str(value))


def _type_of(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return "Integer"
    return _TYPES.get(type(value), "Object")


def published(shape: Any, path: str = "") -> Iterator[str]:
    """Return the fields of a published description (operations.json)."""
    if isinstance(shape, dict):
        for name, inner in shape.items():
            under = f"{path}.{name}" if path else name
            yield under
            yield from published(inner, under)
    elif isinstance(shape, list):
        yield from published(shape[0], f"{path}[]")
