"""Reading models from replies, tolerant of malformed rows."""

from collections.abc import Callable, Iterable, Mapping
import logging
from typing import Any

from .errors import UnreadableReplyError
from .fields import Row, optional_number
from .models import Page

_LOGGER = logging.getLogger(__name__)


def inner(reply: Row, *names: str) -> Row:
    """Return a nested object of a reply; empty if missing. Raises UnreadableReplyError for anything else."""
    row = reply
    for name in names:
        # An empty object may be written as an empty list or string.
        value = row.get(name) or {}
        if not isinstance(value, Mapping):
            raise UnreadableReplyError(f"{name} is not an object")
        row = value
    return row


def rows_of(reply: Row, *names: str) -> list[Any]:
    """Return a nested list of a reply; empty if missing."""
    rows = inner(reply, *names[:-1]).get(names[-1])
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise UnreadableReplyError(f"{'.'.join(names)} is not a list")
    return rows


def is_last_page(counts: Row, current_page: int) -> bool:
    """Return whether a page is the last one according to PageCount."""
    page_count = optional_number(counts, "PageCount")
    return page_count is not None and current_page >= page_count


def page_of[T](
    read: Callable[[Row], T], rows: list[Any], page_size: int, *, is_last: bool = False
) -> Page[T]:
    """Return a page; also the last one if it is not full."""
    values = read_all(read, rows)
    is_last = is_last or len(rows) < page_size
    return Page(values, is_last, complete=len(values) == len(rows))


def read_one[T](read: Callable[[Row], T], row: Row) -> T:
    """Read the only model of a reply. Raises UnreadableReplyError."""
    try:
        return read(row)
    except ValueError as err:
        raise UnreadableReplyError(f"invalid reply: {err}") from err


def read_all[T](read: Callable[[Row], T], rows: Iterable[Any]) -> list[T]:
    """Read all rows, without malformed ones."""
    values: list[T] = []
    for row in rows:
        try:
            values.append(read(row if isinstance(row, Mapping) else {}))
        except ValueError as err:
            _LOGGER.debug("Skipped a malformed row: %s", err)
    return values


def read_every[T](read: Callable[[Row], T], rows: list[Any]) -> list[T]:
    """Read all rows. Raises UnreadableReplyError if one is malformed: it would count as missing, for good."""
    values = read_all(read, rows)
    if len(values) < len(rows):
        raise UnreadableReplyError("a row is malformed")
    return values
