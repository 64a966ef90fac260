"""script/bench comes up with its figures. How good they are is no matter of a test."""

import asyncio
from asyncio.subprocess import PIPE
import json
from pathlib import Path
import re
import sys
from typing import Any

import pytest

from tests.bench.figures import Figure, percentile, profiles, table
from tests.instance.processes import ROOT


def _take(path: Path) -> Any:
    written = json.loads(path.read_text())
    path.unlink()
    return written


@pytest.mark.timeout(180)
async def test_quick(socket_enabled: None) -> None:
    """Figures are printed and written down; both kinds of calls travel on one connection."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench", "--quick"),
        *("--only", "signing", "--only", "calls"),
        cwd=ROOT,
        stdout=PIPE,
    )
    output = (await process.communicate())[0].decode()
    assert process.returncode == 0
    found = re.search(r"Written to (\S+\.json)", output)
    assert found
    written = _take(Path(ROOT, ".dev", "bench", found[1]))
    assert written["quick"] is True
    figures = {
        (row["group"], row["scheme"], row["name"]): row for row in written["figures"]
    }
    assert {key[:2] for key in figures} == {
        ("signing", ""),
        ("calls", "http"),
        ("calls", "https"),
    }
    assert all(row["measured"] >= 0 for row in figures.values())
    for scheme in ("http", "https"):
        connections = figures["calls", scheme, "new connections per call"]
        assert connections["measured"] == 0
        assert connections["met"] is True
    for _, _, name in figures:
        assert name in output


def test_goals() -> None:
    """A figure is judged by its goal, from whichever side."""
    figures = [
        Figure("g", "http", "low", 1, "ms", goal=1),
        Figure("g", "http", "high", 2, "ms", goal=1),
        Figure("g", "http", "enough", 3, "x", goal=3, at_least=True),
        Figure("g", "http", "too little", 2, "x", goal=3, at_least=True),
        Figure("g", "http", "told", 2, "x"),
    ]
    assert [each.met for each in figures] == [True, False, True, False, None]
    rows = table(figures).splitlines()
    assert len(rows) == 6
    assert rows[2].split() == [
        "g",
        "http",
        "high",
        "2",
        "ms",
        "≤",
        "1",
        "ms",
        "NOT",
        "MET",
    ]
    assert rows[3].split()[-1] == "met"


def test_profiles() -> None:
    """Of each goal that is not met, a profile says why; of others, it is left out."""
    why = ("10 ms  manager.load", "5 ms  manager.save")
    figures = [
        Figure("g", "http", "met", 1, "ms", goal=1, profile=why),
        Figure("g", "http", "high", 2, "ms", goal=1, profile=why),
        Figure("g", "http", "higher", 3, "ms", goal=1, profile=why),
        Figure("g", "", "told", 3, "ms", profile=why),
    ]
    assert profiles(figures).splitlines() == [
        "Not met: g http high; g http higher",
        "  10 ms  manager.load",
        "  5 ms  manager.save",
    ]


def test_percentile() -> None:
    """The 99th of a hundred is the greatest but one or the greatest."""
    assert percentile(range(100), 0.5) == 50
    assert percentile([3, 1, 2], 0.99) == 3
