"""What was asked, what the cloud did, what was told; and whether these three agree."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Answers from which it follows that the cloud had accepted.
_ACCEPTED = {"triggered", "ready", "unloaded", "recording_timeout", "recording_deleted"}
# Answers that do not tell whether the camera records.
_UNKNOWN = {"outcome_unknown", "recording_rejected"}
# No answer of one camera: Home Assistant was killed or stopped, or the caller got one answer for several cameras.
KILLED, TOGETHER = "(killed)", "(one answer for several)"
# Answers of a gateway that has not let a call through: it may be sent again.
_HARMLESS = ("Throttling", "InvalidTimeStamp.Expired", "SignatureNonceUsed", "harmless")


type Key = tuple[str, int]


@dataclass(slots=True)
class Ask:
    """One camera of one action or press. No two asks for a camera have the same duration."""

    iot_id: str
    duration: int
    answer: str | None = None

    @property
    def key(self) -> Key:
        """What calls, events and stored recordings are known by."""
        return self.iot_id, self.duration

    @property
    def is_settled(self) -> bool:
        """Whether the caller knows how it stands."""
        return self.answer not in _UNKNOWN | {KILLED, TOGETHER, None}


@dataclass(frozen=True, slots=True)
class Heard:
    """An event on the bus, in any life of Home Assistant."""

    kind: str  # triggered, ready, failed
    data: dict[str, Any]

    @property
    def key(self) -> Key:
        """Of the ask it is about."""
        return self.data["iot_id"], self.data["record_duration"]


@dataclass(slots=True)
class Ledger:
    """The books of one scenario."""

    asks: list[Ask] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    # By IotId and duration: the file IDs of the recordings that the cloud began; how each attempt ended.
    ran: defaultdict[Key, list[str]] = field(default_factory=lambda: defaultdict(list))
    attempts: defaultdict[Key, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    # Recordings that a kill found written off and not yet told.
    untold: set[Key] = field(default_factory=set)
    hands: int = 0
    problems: list[str] = field(default_factory=list)

    def told(self, ask: Ask) -> list[Heard]:
        """Return the events about an ask."""
        return [heard for heard in self.heard if heard.key == ask.key]

    def ended(self, ask: Ask) -> bool:
        """Tell whether ready or failed was told."""
        return any(heard.kind != "triggered" for heard in self.told(ask))

    def open(self) -> list[Ask]:
        """Return what has yet to end."""
        return [
            ask
            for ask in self.asks
            if not self.ended(ask) and ask.key not in self.untold and self._runs(ask)
        ]

    def _runs(self, ask: Ask) -> bool:
        """Tell whether an end must come."""
        if ask.answer is None or ask.answer in _ACCEPTED | _UNKNOWN:
            return True
        return bool(self.ran[ask.key])

    def killed(self, stored: set[Key]) -> None:
        """Note that a life was killed, and what was on disk to be followed then."""
        self.stopped()
        for ask in self.asks:
            written_off = ask.key not in stored and not self.ended(ask)
            if written_off and self._runs(ask):
                self.untold.add(ask.key)

    def stopped(self) -> None:
        """Note that a life has ended: who still waits gets no answer."""
        for ask in self.asks:
            if ask.answer is None:
                ask.answer = KILLED

    def judge(self) -> None:
        """Write down every invariant that does not hold."""
        for ask in self.asks:
            for problem in self._problems(ask):
                self.problems.append(
                    f"{ask.iot_id[:6]} {ask.duration} s, answer {ask.answer}: {problem}"
                )
        self._judge_searches()
        names = Counter(
            file["file_name"]
            for heard in self.heard
            if heard.kind == "ready"
            for file in heard.data["files"]
        )
        self.problems += [
            f"file {name} is told of twice" for name in names if names[name] > 1
        ]

    def _judge_searches(self) -> None:
        """Compare, camera by camera, what was found without a file ID and what there was to be found.

        Which of two that were asked for within seconds was recorded, nobody can tell.
        """
        found, lost = Counter[str](), Counter[str]()
        for ask in self.asks:
            ready = [heard for heard in self.told(ask) if heard.kind == "ready"]
            found[ask.iot_id] += any(h.data["file_id"] is None for h in ready)
            named = any(h.data["file_id"] for h in ready)
            lost[ask.iot_id] += bool(self.ran[ask.key]) and not named
        self.problems += [
            f"{iot_id[:6]}: found {found[iot_id]} files of {lost[iot_id]}"
            for iot_id in found
            if found[iot_id] > lost[iot_id]
        ]

    def _problems(self, ask: Ask) -> Iterator[str]:
        ran, attempts = self.ran[ask.key], self.attempts[ask.key]
        told = self.told(ask)
        kinds = Counter(heard.kind for heard in told)
        if ask.answer is None:
            yield "no answer"
        if len(ran) > 1:
            yield f"recorded {len(ran)} times"
        if not all(code.startswith(_HARMLESS) for code in attempts[:-1]):
            yield f"sent again: {attempts}"
        if kinds["triggered"] > 1 or kinds["ready"] + kinds["failed"] > 1:
            yield f"told {dict(kinds)}"
        if not ran and any(h.kind == "ready" and h.data["file_id"] for h in told):
            yield "ready, but never recorded"
        yield from self._contradictions(ask, kinds, recorded=bool(ran))

    def _contradictions(
        self, ask: Ask, kinds: Counter[str], *, recorded: bool
    ) -> Iterator[str]:
        """Compare what the caller was told with what everybody was told."""
        if ask.answer in _ACCEPTED and not (kinds["triggered"] and recorded):
            yield f"accepted, but told {dict(kinds)}; recorded: {recorded}"
        if not self._runs(ask):
            if kinds and (ask.is_settled or kinds["triggered"]):
                yield f"refused, but told {dict(kinds)}"
        elif not self.ended(ask) and ask.key not in self.untold:
            yield f"never ended; recorded: {recorded}"
        elif recorded and ask.is_settled and ask.answer not in _ACCEPTED:
            yield "refused, but recorded"
