"""What the live cloud does otherwise than the emulator."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.emulator.operations import OPERATIONS

from .confidential import Confidential
from .recorder import Exchange
from .shapes import Shape, published, shape_of

# Words that must be the same; others depend on what there is.
_SAME_WORDS = ("Success", "Code")
_HEADERS = ("date", "x-acs-request-id")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise. `call` is `Operation (step)`."""

    call: str
    what: str
    field: str
    live: str
    emulator: str


type Calls = dict[tuple[str, str], list[Exchange]]


def by_call(exchanges: Iterable[Exchange]) -> Calls:
    """Sort exchanges by what was asked for."""
    calls: Calls = {}
    for exchange in exchanges:
        calls.setdefault((exchange.action, exchange.step), []).append(exchange)
    return calls


def accepted(exchange: Exchange) -> bool:
    """Return whether the cloud said yes."""
    return (
        exchange.reply is not None
        and exchange.status < 300
        and str(exchange.reply.get("Success", True)).lower() == "true"
    )


def outcome(exchange: Exchange, confidential: Confidential) -> str:
    """Return how a call ended: `yes`, or the cloud's refusal, or why there was none."""
    if accepted(exchange):
        return "yes"
    if exchange.failure:
        return exchange.failure
    if exchange.reply is None:
        return f"HTTP {exchange.status}, no JSON object"
    code = confidential.code(str(exchange.reply.get("Code", "")))
    message = exchange.reply.get("ErrorMessage") or exchange.reply.get("Message") or ""
    text = confidential.message(str(message))
    return f"HTTP {exchange.status}, {code or 'no code'}: {text}"


def differences(
    live: Calls, emulator: Calls, confidential: Confidential
) -> list[Difference]:
    """Compare call by call, in the order of the emulator's."""
    found: list[Difference] = []
    for key, theirs in emulator.items():
        call = f"{key[0]} ({key[1]})"
        if key not in live:
            found.append(Difference(call, "not compared", "", "not called", "called"))
            continue
        ours = live[key]
        outcomes = [
            sorted({outcome(each, confidential) for each in side})
            for side in (ours, theirs)
        ]
        if outcomes[0] != outcomes[1]:
            texts = [" / ".join(side) for side in outcomes]
            found.append(Difference(call, "another outcome", "", *texts))
        replies = [
            [each.reply for each in side if accepted(each) and each.reply]
            for side in (ours, theirs)
        ]
        if all(replies):
            found += _fields(call, key[0], *map(shape_of, replies))
        found += _headers(call, ours)
    return found


def _fields(call: str, action: str, live: Shape, emulator: Shape) -> list[Difference]:
    """Compare the fields of replies that said yes."""
    # The calls of a queue are none of the API's.
    operation = OPERATIONS.get(action)
    known = set(published(operation.reply)) if operation else set()
    found: list[Difference] = []
    for path in live | emulator:
        ours, theirs = live.get(path), emulator.get(path)
        # Inside of a list without rows, or of an object that is not there, there is nothing to compare.
        parent = path.rpartition(".")[0]
        if parent and not (
            _has_objects(live, parent) and _has_objects(emulator, parent)
        ):
            continue
        if ours is None:
            assert theirs is not None
            if theirs.always and not path.endswith("[]"):
                types = _text(theirs.types)
                found.append(Difference(call, "missing field", path, "absent", types))
        elif theirs is None:
            what = "field of the documentation" if path in known else "unknown field"
            found.append(Difference(call, what, path, _text(ours.types), "absent"))
        elif ours.types != theirs.types:
            texts = (_text(ours.types), _text(theirs.types))
            found.append(Difference(call, "another type", path, *texts))
        elif path in _SAME_WORDS and ours.words != theirs.words:
            texts = (_text(ours.words), _text(theirs.words))
            found.append(Difference(call, "another word", path, *texts))
        elif theirs.always and not ours.always:
            found.append(
                Difference(call, "sometimes missing", path, "in some rows", "in all")
            )
    return found


def _has_objects(shape: Shape, path: str) -> bool:
    """Return whether there was an object (or a row) at a path."""
    return any(each.rpartition(".")[0] == path for each in shape)


def _headers(call: str, live: list[Exchange]) -> list[Difference]:
    """Name the headers that the client needs, and that were not there."""
    # What is no JSON was not sent by the cloud's gateway.
    answered = [each.headers for each in live if each.headers and each.reply]
    return [
        Difference(call, "missing header", name, "absent", "present")
        for name in _HEADERS
        if any(name not in {each.lower() for each in headers} for headers in answered)
    ]


def _text(words: set[str]) -> str:
    return ", ".join(word or '""' for word in sorted(words)) or "(nothing to tell)"


def latencies(calls: Calls) -> dict[str, dict[str, Any]]:
    """Return how long replies took, in milliseconds."""
    seconds: dict[str, list[float]] = {}
    for (action, _), exchanges in calls.items():
        seconds.setdefault(action, []).extend(each.seconds for each in exchanges)
    return {
        action: {
            "calls": len(each),
            "median_ms": round(median(each) * 1000),
            "longest_ms": round(max(each) * 1000),
        }
        for action, each in sorted(seconds.items())
    }


def words_seen(calls: Calls) -> dict[str, dict[str, list[str]]]:
    """Return the cloud's own words: by call, by field."""
    seen: dict[str, dict[str, list[str]]] = {}
    for (action, step), exchanges in calls.items():
        shape = shape_of(each.reply for each in exchanges if each.reply is not None)
        words = {
            path: sorted(field.words) for path, field in shape.items() if field.words
        }
        if words:
            seen[f"{action} ({step})"] = words
    return seen
