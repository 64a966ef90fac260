"""Incidents in scenarios: which actions were one, and whether each was told once, with what became of its cameras."""

from collections.abc import Iterator
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ledger import Ledger, Request


@dataclass(slots=True)
class Incident:
    """An action that makes its recordings an incident. Its title is like no other's."""

    title: str
    requests: list[Request]
    # Whether recordings that were already running count as its own.
    joins: bool
    told: list[dict[str, Any]] = field(default_factory=list)
    # Whether Home Assistant ended before it was on disk, or after it was taken from there to be told.
    is_unreported: bool = False


def note_end(ledger: Ledger, folder: Path, *, was_killed: bool) -> None:
    """Note which incidents are not on disk when Home Assistant ends, and need not be told."""
    path = folder / ".storage" / "linkvisual.incidents"
    rows = json.loads(path.read_text())["data"]["incidents"] if path.exists() else []
    stored = {row["title"] for row in rows}
    for incident in ledger.incidents.values():
        if incident.title not in stored and not incident.told:
            # In an orderly stop only one that had asked no camera may be missing.
            incident.is_unreported |= was_killed or not _has_asked(ledger, incident)


def _has_asked(ledger: Ledger, incident: Incident) -> bool:
    return any(
        ledger.recorded[request.key] or ledger.events_of(request)
        for request in incident.requests
    )


def open_incidents(ledger: Ledger) -> list[Incident]:
    """Return the incidents that have yet to be told."""
    return [
        incident
        for incident in ledger.incidents.values()
        if not incident.told
        and not incident.is_unreported
        and _has_asked(ledger, incident)
    ]


def problems(ledger: Ledger) -> Iterator[str]:
    """Return every violated invariant: each incident is told once, with all of its cameras."""
    for incident in open_incidents(ledger):
        yield f"incident {incident.title} was never told"
    for incident in ledger.incidents.values():
        if len(incident.told) > 1:
            yield f"incident {incident.title} was told {len(incident.told)} times"
        for data in incident.told:
            for problem in _wrong(ledger, incident, data):
                yield f"incident {incident.title}: {problem}"


def _wrong(ledger: Ledger, incident: Incident, data: dict[str, Any]) -> Iterator[str]:
    told, cameras = len(data["recordings"]) + len(data["failed"]), incident.requests
    if told != len(cameras):
        yield f"tells of {told} of {len(cameras)} cameras"
    if all(map(_is_refused, cameras)):
        yield "told, though all cameras refused"
    found = {(row["iot_id"], row["record_duration"]) for row in data["recordings"]}
    own = {request.key for request in cameras}
    if not incident.joins and not found <= own:
        yield f"tells of {found - own}, which it never requested"
    for request in cameras:
        kinds = {event.kind for event in ledger.events_of(request)}
        if "ready" in kinds and request.key not in found:
            yield f"does not tell of {request.key}, which is ready"
        if "failed" in kinds and request.key in found:
            yield f"tells of {request.key}, which has failed"


def _is_refused(request: Request) -> bool:
    is_joined = request.answer == "already_recording"
    return request.is_settled and not request.is_accepted and not is_joined
