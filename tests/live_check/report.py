"""What can be attached to a bug report: shapes, codes, words of the cloud, durations. Nothing of the account."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
import json
from pathlib import Path
import platform
from typing import Any

import aiohttp

from .compare import Difference, by_call, differences, latencies, outcome, words_seen
from .confidential import Confidential
from .evidence import Finding
from .guesses import findings
from .recorder import Account
from .walk import Walk

_MANIFEST = Path("custom_components", "linkvisual", "manifest.json")


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found."""

    versions: dict[str, str]
    region: str
    recorded: bool
    differences: list[Difference]
    findings: list[Finding]
    unreadable: dict[str, str]
    outcomes: dict[str, list[str]]
    latencies: dict[str, dict[str, Any]]
    words: dict[str, dict[str, list[str]]]

    def as_json(self) -> str:
        """Return it for programs."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    def as_markdown(self) -> str:
        """Return it for people."""
        odd = [each for each in self.findings if each.agrees is False]
        return "\n".join(
            (
                "# LinkVisual: the live cloud beside the emulator",
                "",
                f"Region {self.region}; "
                + ", ".join(f"{name} {text}" for name, text in self.versions.items()),
                "",
                f"{len(self.differences)} differences, {len(odd)} guesses that do not hold. "
                + ("With a recording." if self.recorded else "Nothing was recorded."),
                *_section(
                    "Differences",
                    ("call", "what", "field", "live", "emulator"),
                    (
                        (each.call, each.what, each.field, each.live, each.emulator)
                        for each in self.differences
                    ),
                ),
                *_section(
                    "Guesses",
                    ("guess", "assumed", "seen", "holds"),
                    (
                        (each.guess, each.assumed, each.seen, _yes(each.agrees))
                        for each in self.findings
                    ),
                ),
                *_section(
                    "What the integration got an error from",
                    ("step", "error"),
                    self.unreadable.items(),
                ),
                *_section(
                    "Outcomes",
                    ("call", "outcome"),
                    ((call, " / ".join(each)) for call, each in self.outcomes.items()),
                ),
                *_section(
                    "Latencies",
                    ("operation", "calls", "median, ms", "longest, ms"),
                    (
                        (action, *map(str, each.values()))
                        for action, each in self.latencies.items()
                    ),
                ),
                *_section(
                    "Words of the cloud",
                    ("call", "field", "words"),
                    (
                        (call, path, ", ".join(word or '""' for word in words))
                        for call, fields in self.words.items()
                        for path, words in fields.items()
                    ),
                ),
                "",
            )
        )


def _yes(agrees: bool | None) -> str:
    return {True: "yes", False: "NO", None: ""}[agrees]


def _section(
    title: str, names: tuple[str, ...], rows: Iterable[tuple[str, ...]]
) -> list[str]:
    """Return a table, or the word that there is nothing to tell."""
    lines = [
        "| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows
    ]
    if not lines:
        return ["", f"## {title}", "", "None."]
    rule = "| " + " | ".join("---" for _ in names) + " |"
    return ["", f"## {title}", "", "| " + " | ".join(names) + " |", rule, *lines]


def make_report(account: Account, live: Walk, emulated: Walk) -> Report:
    """Compare two walks, and forget what they hold in confidence."""
    confidential = Confidential(
        account.access_key_id, account.access_key_secret, account.iot_instance_id
    )
    for exchange in live.exchanges:
        confidential.add(exchange.reply)
    calls = by_call(live.exchanges)
    return Report(
        versions={
            "integration": str(json.loads(_MANIFEST.read_text())["version"]),
            "Python": platform.python_version(),
            "aiohttp": aiohttp.__version__,
        },
        region=account.region,
        recorded=live.recorded is not None,
        differences=differences(calls, by_call(emulated.exchanges), confidential),
        findings=findings(live),
        unreadable=live.unreadable,
        outcomes={
            f"{action} ({step})": sorted(
                {outcome(each, confidential) for each in exchanges}
            )
            for (action, step), exchanges in calls.items()
        },
        latencies=latencies(calls),
        words=words_seen(calls),
    )
