"""Guesses about times: in which zone they are told, in which order, what names tell of them."""

from calendar import monthrange
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
import re
import time
from typing import Any

from custom_components.linkvisual.api.fields import CLOUD_TIME_ZONE
from custom_components.linkvisual.api.media_models import begin_in_name
from tests.emulator.inferred import Inferred

from .evidence import Check, Evidence, Finding, compared

_ASSUMED = Inferred()
_MILLISECONDS = re.compile(r"_1\d{12}$")


def _wall_clock(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def _hours(text: str, moment: float) -> int:
    """Return how many hours east of Greenwich a text is that means a moment."""
    return round((_wall_clock(text).timestamp() - moment) / 3600)


def _zones(guess: str, hours: set[int]) -> Finding | None:
    if not hours:
        return None
    seen = ", ".join(map(str, sorted(hours)))
    return compared(guess, _ASSUMED.text_time_zone, seen)


def _zone_of_status(evidence: Evidence) -> Finding | None:
    rows = evidence.rows("BatchGetDeviceState", "DeviceStatusList", "DeviceStatus")
    hours = {
        _hours(row["LastOnlineTime"], row["Timestamp"] / 1000)
        for row in rows
        if row.get("LastOnlineTime") and row.get("Timestamp")
    }
    return _zones("text_time_zone (LastOnlineTime beside Timestamp)", hours)


def _zone_of_details(evidence: Evidence) -> Finding | None:
    rows = evidence.rows("BatchQueryDeviceDetail", "Data", "Data")
    hours = {
        _hours(row["GmtCreate"], datetime.fromisoformat(row["UtcCreate"]).timestamp())
        for row in rows
        if row.get("GmtCreate") and row.get("UtcCreate")
    }
    return _zones("text_time_zone (GmtCreate beside UtcCreate)", hours)


def _files(evidence: Evidence) -> list[dict[str, Any]]:
    return evidence.rows("QueryRecord", "Data", "List")


def _zone_of_files(evidence: Evidence) -> Finding | None:
    hours = {
        _hours(row["BeginTime"], began.timestamp())
        for row in _files(evidence)
        if (began := begin_in_name(row["FileName"])) is not None
    }
    return _zones("text_time_zone (BeginTime beside the file's name)", hours)


def _names_of_files(evidence: Evidence) -> Finding | None:
    rows = _files(evidence)
    if not rows:
        return None
    told = all(begin_in_name(row["FileName"]) is not None for row in rows)
    return compared("file names begin with a Unix time", True, told)


def _names_of_alarms(evidence: Evidence) -> Finding | None:
    rows = evidence.rows("QueryDeviceEvent", "Data", "List")
    if not rows:
        return None
    told = all(_MILLISECONDS.search(row["EventId"]) is not None for row in rows)
    return compared("EventIds end with milliseconds", True, told)


def _order(action: str, field: str, guess: str, assumed: str) -> Check:
    def check(evidence: Evidence) -> Finding | None:
        seen: set[str] = set()
        for reply in evidence.replies(action):
            keys = [row[field] for row in (reply.get("Data") or {}).get("List") or ()]
            # Two rows have some order by chance.
            if len(set(keys)) < 3:
                continue
            if keys == sorted(keys):
                seen.add("ascending")
            elif keys == sorted(keys, reverse=True):
                seen.add("descending")
            else:
                seen.add("shuffled")
        return compared(guess, assumed, ", ".join(sorted(seen))) if seen else None

    return check


def _month_digits(evidence: Evidence) -> Finding | None:
    month = evidence.walk.month
    for reply in evidence.replies("QueryMonthRecord"):
        days = monthrange(int(month[:4]), int(month[4:]))[1]
        if not set(reply["Data"]) <= set("01"):
            return Finding("days of a month are digits", "0 and 1", "others", False)
        most = min(days, _ASSUMED.month_at_most)
        return compared(
            "month_at_most (digits of a long month)", most, len(reply["Data"])
        )
    return None


def _month_zone(evidence: Evidence) -> Finding | None:
    """Look for files whose day depends on the zone, and whether the month knows it."""
    month = evidence.walk.month
    digits = next(evidence.replies("QueryMonthRecord"))["Data"] if month else ""
    seen: set[str] = set()
    for row in _files(evidence):
        began = begin_in_name(row["FileName"])
        if began is None:
            continue
        days = {"UTC": began, "UTC+8": began.astimezone(CLOUD_TIME_ZONE)}
        told = {
            zone
            for zone, day in days.items()
            if f"{day:%Y%m}" == month
            and day.day <= len(digits)
            and digits[day.day - 1] == "1"
        }
        if len(told) == 1 and all(f"{day:%Y%m}" == month for day in days.values()):
            seen |= told
    return (
        compared("days of QueryMonthRecord", "UTC+8", ", ".join(sorted(seen)))
        if seen
        else None
    )


def _clock(evidence: Evidence) -> Finding | None:
    exchanges = [each for calls in evidence.calls.values() for each in calls]
    last = exchanges[-1].headers
    if last is None:
        return None
    cloud = parsedate_to_datetime(last["Date"]).timestamp()
    # A minute is as exact as a walk's last reply can tell.
    minutes = round((cloud - time.time()) / 60)
    return Finding("minutes that the cloud's clock is ahead", "0", str(minutes), None)


TIME_CHECKS: tuple[Check, ...] = (
    _zone_of_status,
    _zone_of_details,
    _zone_of_files,
    _names_of_files,
    _names_of_alarms,
    _order("QueryRecord", "BeginTime", "record_order", _ASSUMED.record_order),
    _order(
        "QueryPictureFiles", "PicCreateTime", "picture_order", _ASSUMED.picture_order
    ),
    _order("QueryDeviceEvent", "EventTime", "event_order", _ASSUMED.event_order),
    _month_digits,
    _month_zone,
    _clock,
)
