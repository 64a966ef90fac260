"""The outcome of a scenario: figures for the table, and what was violated."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .ledger import Ledger

# The kind of fault of all scenarios with a Home Assistant in a process of its own.
SIGKILL = "SIGKILL"


class NotStarted(Exception):
    """A scenario could not start: nothing was tried, and no invariant was checked."""


@contextmanager
def starting() -> Iterator[None]:
    """Turn whatever goes wrong within into NotStarted."""
    try:
        yield
    except NotStarted:
        raise
    except Exception as err:
        raise NotStarted(str(err) or repr(err)) from err


@dataclass(slots=True)
class Result:
    """The outcome of one scenario; it is sent from process to process."""

    seed: int
    kind: str
    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    not_started: str | None = None  # why


def result_of(seed: int, kind: str, ledger: Ledger) -> Result:
    """Return the figures and problems of a ledger."""
    counts = Counter(
        requests=len(ledger.requests),
        recorded=sum(map(len, ledger.recorded.values())),
        unreported=len(ledger.unreported),
        reauthentications=ledger.reauthentications,
    )
    counts.update(event.kind for event in ledger.events)
    for request in ledger.requests:
        failed = any(event.kind == "failed" for event in ledger.events_of(request))
        counts["not found"] += failed and bool(ledger.recorded[request.key])
    answers = Counter(str(request.answer) for request in ledger.requests)
    return Result(seed, kind, ledger.problems, counts, answers)
