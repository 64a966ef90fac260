"""Guesses about record plans and time templates."""

from typing import Any

from tests.emulator.inferred import Inferred

from .compare import accepted
from .evidence import Check, Evidence, Finding, compared

_ASSUMED = Inferred()
_BY_STREAM = ("QueryRecordPlanDeviceByDevice", "QueryEventRecordPlanDeviceByDevice")


def _templates(evidence: Evidence) -> list[dict[str, Any]]:
    return evidence.rows("QueryTimeTemplate", "Data", "List")


def _default_template(evidence: Evidence) -> Finding | None:
    if not any(evidence.replies("QueryTimeTemplate")):
        return None
    seen = any(str(row.get("Default")) == "1" for row in _templates(evidence))
    return compared("default_template", _ASSUMED.default_template, seen)


def _all_day_sections(evidence: Evidence) -> Finding | None:
    seen = {
        "absent"
        if row.get("TimeSectionList") is None
        else "week"
        if row["TimeSectionList"]
        else "empty"
        for row in _templates(evidence)
        if str(row.get("AllDay")) == "1"
    }
    if not seen:
        return None
    told = ", ".join(sorted(seen))
    return compared("all_day_sections", _ASSUMED.all_day_sections, told)


def _no_plan(evidence: Evidence) -> Finding | None:
    """Return how a stream without a plan is answered."""
    exchanges = [
        each
        for (action, _), exchanges in evidence.calls.items()
        if action in _BY_STREAM
        for each in exchanges
        if each.reply is not None and not each.reply.get("Data")
    ]
    if not exchanges:
        return None
    seen = {
        "refused"
        if not accepted(each)
        else "empty"
        if each.reply is not None and "Data" in each.reply
        else "absent"
        for each in exchanges
    }
    return compared("no_plan", _ASSUMED.no_plan, ", ".join(sorted(seen)))


PLAN_CHECKS: tuple[Check, ...] = (_default_template, _all_day_sections, _no_plan)
