"""The emulator's guesses (tests/emulator/inferred.py) and the integration's, held against what a cloud has said."""

from datetime import timedelta

from tests.emulator.inferred import Inferred

from .compare import accepted, by_call
from .evidence import Check, Evidence, Finding, compared
from .guesses_plans import PLAN_CHECKS
from .guesses_queue import QUEUE_CHECKS
from .guesses_time import TIME_CHECKS
from .walk import PRE_RECORD_DURATION, RECORD_DURATION, Walk

_ASSUMED = Inferred()
# Actions of the product Iot, whose envelope is a guess.
_IOT = ("QueryProductList", "QueryDevice", "BatchGetDeviceState")


def findings(walk: Walk) -> list[Finding]:
    """Return what can be told of the guesses."""
    evidence = Evidence(walk, by_call(walk.exchanges))
    return [found for check in CHECKS if (found := _safely(check, evidence))]


def _safely(check: Check, evidence: Evidence) -> Finding | None:
    """Check, unless a reply has an odd shape: that is told among the differences, and proves nothing here."""
    try:
        return check(evidence)
    except ValueError, TypeError, KeyError, AttributeError, OverflowError:
        return None


def _empty_code(evidence: Evidence) -> Finding | None:
    replies = [reply for action in _IOT for reply in evidence.replies(action)]
    if not replies:
        return None
    seen = {reply["Code"] == "" if "Code" in reply else None for reply in replies}
    texts = {True: "True", None: "False", False: "another Code"}
    told = ", ".join(sorted(texts[each] for each in seen))
    return compared("empty_code_on_success", _ASSUMED.empty_code_on_success, told)


def _unknown_record(evidence: Evidence) -> Finding | None:
    if ("QueryRecordByRecordId", "unknown recording") not in evidence.calls:
        return None
    empty = any(evidence.replies("QueryRecordByRecordId", "unknown recording"))
    if not empty and not evidence.refusal("QueryRecordByRecordId", "unknown recording"):
        return None
    return compared("unknown_record_is_empty", _ASSUMED.unknown_record_is_empty, empty)


def _newer_errors(evidence: Evidence) -> Finding | None:
    exchange = evidence.refusal("QueryRecordUrl", "unknown file")
    if exchange is None:
        return None
    return compared(
        "newer_errors_by_http", _ASSUMED.newer_errors_by_http, exchange.status >= 400
    )


def _mp4(evidence: Evidence) -> Finding | None:
    for reply in evidence.replies("QueryRecordDownloadUrl"):
        data = reply["Data"]
        if data["Status"] == 0 and data["Progress"] == 100:
            continue  # it had been made before
        url = {None: "absent", "": "empty"}.get(data.get("Url"), "early")
        assumed = (
            f"Url {_ASSUMED.unfinished_download_url}, "
            f"Status {_ASSUMED.unfinished_download_status}"
        )
        return compared(
            "unfinished MP4", assumed, f"Url {url}, Status {data['Status']:d}"
        )
    return None


def _no_event_picture(evidence: Evidence) -> Finding | None:
    rows = evidence.rows("QueryDeviceEvent", "Data", "List")
    without = {
        "empty" if "EventPicId" in row else "absent"
        for row in rows
        if not row.get("EventPicId")
    }
    if not without:
        return None
    seen = ", ".join(sorted(without))
    return compared("no_event_picture", _ASSUMED.no_event_picture, seen)


def _unreported_property(evidence: Evidence) -> Finding | None:
    rows = evidence.rows(
        "QueryDevicePropertyStatus", "Data", "List", "PropertyStatusInfo"
    )
    seen = {
        "empty" if "Value" in row else "without_value"
        for row in rows
        if not row.get("Value")
    }
    if not seen:
        return None
    told = ", ".join(sorted(seen))
    return compared("unreported_property", _ASSUMED.unreported_property, told)


def _recorded_length(evidence: Evidence) -> Finding | None:
    recorded = evidence.walk.recorded
    if recorded is None or not recorded.files:
        return None
    seconds = sum(
        (file.end - file.begin for file in recorded.files), timedelta()
    ).total_seconds()
    longer = RECORD_DURATION + PRE_RECORD_DURATION
    # Cameras cut at key frames: whichever is nearer.
    included = abs(seconds - RECORD_DURATION) < abs(seconds - longer)
    assumed = _ASSUMED.pre_record_included
    return Finding(
        f"pre_record_included ({RECORD_DURATION} s, {PRE_RECORD_DURATION} s of them before)",
        str(assumed),
        f"{included} ({seconds:.0f} s in {len(recorded.files)} file)",
        included == assumed,
    )


def _upload_delay(evidence: Evidence) -> Finding | None:
    recorded = evidence.walk.recorded
    if recorded is None:
        return None
    if recorded.seen_at is None:
        return Finding("upload_delay", f"{_ASSUMED.upload_delay} s", "no file", False)
    ended = max(file.end for file in recorded.files).timestamp()
    seen = f"{recorded.seen_at - ended:.0f} s"
    return Finding("upload_delay", f"{_ASSUMED.upload_delay:.0f} s", seen, None)


def _pending_record(evidence: Evidence) -> Finding | None:
    """Return how a recording without a file is answered."""
    exchanges = evidence.calls.get(("QueryRecordByRecordId", "follow"))
    if not exchanges or exchanges[0].reply is None:
        return None
    return compared("a running recording is no error", True, accepted(exchanges[0]))


CHECKS: tuple[Check, ...] = (
    *TIME_CHECKS,
    *PLAN_CHECKS,
    *QUEUE_CHECKS,
    _empty_code,
    _unknown_record,
    _newer_errors,
    _mp4,
    _no_event_picture,
    _unreported_property,
    _recorded_length,
    _upload_delay,
    _pending_record,
)
