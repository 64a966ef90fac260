"""Reading fields of replies: each is a value in a sane range, or ValueError.

Whatever JSON a field holds, no other exception is raised: a row that cannot be read must not harm the others.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from enum import IntEnum
import json
import re
from typing import Any

type Row = Mapping[str, Any]

# Times in replies have no time zone. INFERRED: UTC+8 (linkvisual-api.md section 9).
CLOUD_TIME_ZONE = timezone(timedelta(hours=8))

MAX_TEXT = 65_536
MAX_IDENTIFIER = 1024
# Larger numbers are not exact in JSON, and no field of the cloud has them.
MAX_NUMBER = 2**53
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_NUMBER = re.compile(r"-?[0-9]{1,16}")
# IotIds, keys and names of devices and products: parts of unique IDs and paths.
_KEY = re.compile(r"[0-9A-Za-z_.:@=+-]{1,128}")


def json_object(document: str | bytes) -> dict[str, Any]:
    """Parse a JSON object. Raises ValueError."""
    try:
        value = json.loads(document)
    except RecursionError as err:
        raise ValueError("the JSON is nested too deeply") from err
    if isinstance(value, dict):
        return value
    raise ValueError("the JSON is not an object")


def text(row: Row, name: str) -> str:
    """Return a string; "" if missing, absurdly long, or not valid Unicode."""
    value = row.get(name)
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return ""
    return value if value.isascii() or _is_unicode(value) else ""


def _is_unicode(value: str) -> bool:
    """Return whether a string has no lone surrogates: JSON may contain them, but nothing can store them."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def one_line(value: object, most: int = 200) -> str:
    """Return a string or number as a single line of printable text; "" for anything else."""
    if isinstance(value, int) and abs(value) < MAX_NUMBER:
        value = str(value)
    if not isinstance(value, str):
        return ""
    line = value[:most]
    if not line.isprintable():
        line = "".join(c if c.isprintable() else " " for c in line)
    return line.strip()


def identifier(row: Row, name: str) -> str:
    """Return a required string of reasonable length. Raises ValueError."""
    value = text(row, name)
    if not value or len(value) > MAX_IDENTIFIER:
        raise ValueError(f"{name} is missing or too long")
    return value


def key(row: Row, name: str) -> str:
    """Return a required key: ASCII, without spaces and slashes. Raises ValueError."""
    value = identifier(row, name)
    if not _KEY.fullmatch(value):
        raise ValueError(f"{name} is not a key")
    return value


def number(row: Row, name: str) -> int:
    """Return an integer, given as a number or a string. Raises ValueError."""
    value = _integer(row.get(name))
    if value is None or abs(value) >= MAX_NUMBER:
        raise ValueError(f"{name} is not a number, or out of range")
    return value


def _integer(value: object) -> int | None:
    match value:
        case bool():
            return None
        case int():
            return value
        case float() if value.is_integer():
            return int(value)
        case str() if _NUMBER.fullmatch(value):
            return int(value)
    return None


def optional_number(row: Row, name: str) -> int | None:
    """Return an integer; None if missing or invalid."""
    try:
        return number(row, name)
    except ValueError:
        return None


def truth(value: object) -> bool | None:
    """Return a boolean, given as one or as a string; None for anything else."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def optional_member[T: IntEnum](kind: type[T], row: Row, name: str) -> T | None:
    """Return an enum member; None if the value is missing or unknown."""
    try:
        return kind(number(row, name))
    except ValueError:
        return None


def cloud_time(row: Row, name: str) -> datetime:
    """Parse `YYYY-MM-DD HH:MM:SS`; return it in UTC. Raises ValueError."""
    local = datetime.strptime(identifier(row, name), "%Y-%m-%d %H:%M:%S")
    return _sane(local.replace(tzinfo=CLOUD_TIME_ZONE))


def iso_time(row: Row, name: str, zone: tzinfo) -> datetime:
    """Parse an ISO 8601 time, of `zone` unless it names another; return it in UTC. Raises ValueError."""
    time = datetime.fromisoformat(identifier(row, name))
    return _sane(time if time.tzinfo else time.replace(tzinfo=zone))


def unix_time(seconds: float) -> datetime:
    """Return the time of a Unix time. Raises ValueError."""
    try:
        return _sane(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, OSError) as err:
        raise ValueError("the time is out of range") from err


def http_date(value: str) -> datetime:
    """Parse an HTTP date. Raises ValueError."""
    return _sane(parsedate_to_datetime(value))


def _sane(time: datetime) -> datetime:
    """Return a time in UTC. Raises ValueError if it is not of this age."""
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    # Compared as it is: conversion of the year 1 or 9999 to another time zone overflows.
    if not _EARLIEST <= time < _LATEST:
        raise ValueError("the time is out of range")
    return time.astimezone(UTC)
