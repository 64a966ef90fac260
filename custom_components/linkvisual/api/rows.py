"""From a reply to the models inside it, tolerant of what is odd in one row."""

from collections.abc import Callable, Iterable, Mapping
import logging
from typing import Any

from .errors import UnreadableReplyError
from .models import Page, Row

_LOGGER = logging.getLogger(__name__)


def inner(reply: Row, *names: str) -> Row:
    """Return an object inside a reply; empty where there is none."""
    value: Any = reply
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def rows_of(reply: Row, *names: str) -> list[Any]:
    """Return a list inside a reply. A list that is not there has no rows."""
    rows = inner(reply, *names[:-1]).get(names[-1])
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise UnreadableReplyError(f"{'.'.join(names)} is no list")
    return rows


def is_last_page(counts: Row, current_page: int) -> bool:
    """Tell whether a list that counts its pages ends with this one."""
    page_count = counts.get("PageCount")
    return isinstance(page_count, int) and current_page >= page_count


def page_of[T](
    read: Callable[[Row], T], rows: list[Any], page_size: int, *, is_last: bool = False
) -> Page[T]:
    """Return a page: the last one where the list says so, or where it is not full."""
    return Page(read_all(read, rows), is_last or len(rows) < page_size)


def read_one[T](read: Callable[[Row], T], row: Row) -> T:
    """Read what the reply is about; without it the reply is worth nothing."""
    try:
        return read(row)
    except ValueError as err:
        raise UnreadableReplyError(f"the reply has {err}") from err


def read_all[T](read: Callable[[Row], T], rows: Iterable[Any]) -> list[T]:
    """Read every row that can be read: an odd one must not hide the others."""
    values: list[T] = []
    for row in rows:
        try:
            values.append(read(row if isinstance(row, Mapping) else {}))
        except ValueError as err:
            _LOGGER.debug("Left out a row: %s", err)
    return values
