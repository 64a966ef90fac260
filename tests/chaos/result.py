"""What is left of a scenario when it is over: figures for the table, and what did not hold."""

from collections import Counter
from dataclasses import dataclass, field

from .ledger import Ledger


@dataclass(slots=True)
class Result:
    """The outcome of one scenario; it travels from process to process."""

    seed: int
    kind: str
    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)


def result_of(seed: int, kind: str, ledger: Ledger, lives: int) -> Result:
    """Count what is in the books."""
    counts = Counter(
        asks=len(ledger.asks),
        recorded=sum(map(len, ledger.ran.values())),
        untold=len(ledger.untold),
        hands=ledger.hands,
        lives=lives,
    )
    counts.update(heard.kind for heard in ledger.heard)
    for ask in ledger.asks:
        failed = any(heard.kind == "failed" for heard in ledger.told(ask))
        counts["not found"] += failed and bool(ledger.ran[ask.iot_id, ask.duration])
    answers = Counter(str(ask.answer) for ask in ledger.asks)
    return Result(seed, kind, ledger.problems, counts, answers)
