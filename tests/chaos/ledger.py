"""What was requested, what the cloud recorded, which events were fired; and whether these three agree."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .incidents import Incident

# Answers that imply that the cloud had accepted the request.
_ACCEPTED = {
    *("triggered", "ready", "unloaded"),
    *("recording_timeout", "recording_deleted", "recording_unknown"),
}
# Answers that leave open whether the camera records.
_UNKNOWN = {"outcome_unknown", "recording_rejected"}
# No answer about this camera: Home Assistant was killed or stopped; the caller got one answer for several cameras.
KILLED, COMBINED = "(killed)", "(one answer for several)"
# Answers of a gateway that did not let a call through: it may be sent again.
_HARMLESS = ("Throttling", "InvalidTimeStamp.Expired", "SignatureNonceUsed", "harmless")


type Key = tuple[str, int]  # IotId, duration in seconds


@dataclass(slots=True)
class Request:
    """One camera of one action. No two requests for a camera have the same duration."""

    iot_id: str
    duration: int
    answer: str | None = None

    @property
    def key(self) -> Key:
        """What identifies it in calls, events and stored recordings."""
        return self.iot_id, self.duration

    @property
    def is_settled(self) -> bool:
        """Whether the answer says if the camera records."""
        return self.answer not in _UNKNOWN | {KILLED, COMBINED, None}

    @property
    def is_accepted(self) -> bool:
        """Whether the answer says that the cloud had accepted the request."""
        return self.answer in _ACCEPTED


@dataclass(frozen=True, slots=True)
class Fired:
    """An event of the integration, in any run of Home Assistant."""

    kind: str  # triggered, ready, failed
    data: dict[str, Any]

    @property
    def key(self) -> Key:
        """The request that it is about."""
        return self.data["iot_id"], self.data["record_duration"]


@dataclass(slots=True)
class Ledger:
    """The records of one scenario."""

    requests: list[Request] = field(default_factory=list)
    events: list[Fired] = field(default_factory=list)
    # The file IDs of the recordings that the cloud began; how each of its calls ended.
    recorded: defaultdict[Key, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    attempts: defaultdict[Key, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    # The names of the files that the cloud has in the end, by file ID.
    files: dict[str, list[str]] = field(default_factory=dict)
    # Recordings whose last event a kill prevented: no longer on disk, not yet fired.
    unreported: set[Key] = field(default_factory=set)
    # Recordings whose files were taken for those of other requests: given up after ten minutes.
    mistaken: set[Key] = field(default_factory=set)
    # Whether an odd value may have been taken for the name of a file.
    takes_odd_names: bool = False
    incidents: dict[str, Incident] = field(default_factory=dict)  # by title
    reauthentications: int = 0
    problems: list[str] = field(default_factory=list)

    def events_of(self, request: Request) -> list[Fired]:
        """Return the events about a request."""
        return [event for event in self.events if event.key == request.key]

    def has_ended(self, request: Request) -> bool:
        """Return whether ready or failed was fired."""
        return any(event.kind != "triggered" for event in self.events_of(request))

    def open_requests(self) -> list[Request]:
        """Return the requests that must still end by an event."""
        return [
            request
            for request in self.requests
            if not self.has_ended(request)
            and request.key not in self.unreported | self.mistaken
            and self._must_end(request)
        ]

    def note_mistaken(self) -> None:
        """Note the searched recordings that can have no file any more: as many were found as were lost."""
        found, lost = self._searches()
        self.mistaken |= {
            request.key
            for request in self.open_requests()
            if found[request.iot_id] >= lost[request.iot_id]
            and not any(event.data["file_id"] for event in self.events_of(request))
        }

    def _must_end(self, request: Request) -> bool:
        if request.answer is None or request.answer in _ACCEPTED | _UNKNOWN:
            return True
        return bool(self.recorded[request.key])

    def note_kill(self, stored: set[Key]) -> None:
        """Note that Home Assistant was killed, and which recordings were on disk to be followed."""
        self.note_stop()
        for request in self.requests:
            dropped = request.key not in stored and not self.has_ended(request)
            if dropped and self._must_end(request):
                self.unreported.add(request.key)

    def note_stop(self) -> None:
        """Note that Home Assistant has stopped: callers that still wait get no answer."""
        for request in self.requests:
            # A request that the stop caught before it was written down and sent is answered as unknown, too.
            is_unsent = (
                request.answer == "outcome_unknown"
                and not self.recorded[request.key]
                and not self.events_of(request)
            )
            if request.answer is None or is_unsent:
                request.answer = KILLED

    def check(self) -> None:
        """Add every violated invariant to the problems."""
        for request in self.requests:
            for problem in self._problems(request):
                self.problems.append(
                    f"{request.iot_id[:6]} {request.duration} s, answer {request.answer}: {problem}"
                )
        self._check_searches()
        names = Counter(
            file["file_name"]
            for event in self.events
            if event.kind == "ready"
            for file in event.data["files"]
        )
        self.problems += [
            f"file {name} was reported twice" for name in names if names[name] > 1
        ]

    def _check_searches(self) -> None:
        found, lost = self._searches()
        with_files = Counter(
            request.iot_id
            for request in self._lost()
            if request.key not in self.unreported
            and any(self.files.get(file_id) for file_id in self.recorded[request.key])
            and not any(
                e.data.get("reason") == "deleted" for e in self.events_of(request)
            )
        )
        for iot_id in found | lost:
            if not with_files[iot_id] <= found[iot_id] <= lost[iot_id]:
                self.problems.append(
                    f"{iot_id[:6]}: {lost[iot_id]} recordings to search for, {with_files[iot_id]} of them with files, "
                    f"and found {found[iot_id]}"
                )

    def _searches(self) -> tuple[Counter[str], Counter[str]]:
        """Return, by camera, how many requests got files by a search, and how many were recorded but never named.

        Which of two requests within seconds was the one recorded cannot be known.
        """
        found = {
            event.key
            for event in self.events
            if event.kind == "ready" and event.data["file_id"] is None
        }
        return (
            Counter(iot_id for iot_id, _ in found),
            Counter(request.iot_id for request in self._lost()),
        )

    def _lost(self) -> list[Request]:
        """Return the recorded requests whose file ID Home Assistant never told with files."""
        named = {
            event.key
            for event in self.events
            if event.kind == "ready" and event.data["file_id"]
        }
        return [
            request
            for request in self.requests
            if self.recorded[request.key] and request.key not in named
        ]

    def _problems(self, request: Request) -> Iterator[str]:
        recorded = self.recorded[request.key]
        attempts = self.attempts[request.key]
        events = self.events_of(request)
        kinds = Counter(event.kind for event in events)
        if request.answer is None:
            yield "no answer"
        if len(recorded) > 1:
            yield f"recorded {len(recorded)} times"
        if not all(code.startswith(_HARMLESS) for code in attempts[:-1]):
            yield f"sent again: {attempts}"
        if kinds["triggered"] > 1 or kinds["ready"] + kinds["failed"] > 1:
            yield f"fired {dict(kinds)}"
        if not recorded and any(
            e.kind == "ready" and e.data["file_id"] for e in events
        ):
            yield "ready, but never recorded"
        for event in events:
            yield from self._wrong_files(event)
        yield from self._contradictions(request, kinds, recorded=bool(recorded))

    def _wrong_files(self, event: Fired) -> Iterator[str]:
        """Compare the files of an event with what the cloud has in the end."""
        files = self.files.get(event.data["file_id"])
        if files is None:
            return
        if event.kind == "failed" and files and event.data["reason"] != "deleted":
            yield f"failed as {event.data['reason']}, though the cloud has {files}"
        if event.kind == "ready":
            reported = [file["file_name"] for file in event.data["files"]]
            known = {name for names in self.files.values() for name in names}
            is_odd = self.takes_odd_names and not known.issuperset(reported)
            if reported != files and not is_odd:
                yield f"ready with {reported}, but the cloud has {files}"

    def _contradictions(
        self, request: Request, kinds: Counter[str], *, recorded: bool
    ) -> Iterator[str]:
        """Compare the caller's answer with the events."""
        if request.answer in _ACCEPTED and not (kinds["triggered"] and recorded):
            yield f"accepted, but fired {dict(kinds)}; recorded: {recorded}"
        if not self._must_end(request):
            if kinds and (request.is_settled or kinds["triggered"]):
                yield f"refused, but fired {dict(kinds)}"
        elif (
            not self.has_ended(request)
            and request.key not in self.unreported | self.mistaken
        ):
            yield f"never ended; recorded: {recorded}"
        elif recorded and request.is_settled and request.answer not in _ACCEPTED:
            yield "refused, but recorded"
