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
from tests.bench.inventory import Inventory
from tests.bench.watched import Blocks, time_profile
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
        *("--only", "signing", "--only", "archive", "--only", "calls"),
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
        ("archive of 3,000 recordings", ""),
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


def test_yardstick(tmp_path: Path) -> None:
    """The empty integration is told the same devices and entities, those without a device left out."""
    storage = tmp_path / "own" / ".storage"
    storage.mkdir(parents=True)
    device = dict.fromkeys(
        ("manufacturer", "model", "model_id", "serial_number", "sw_version")
    )
    device |= {"id": "d", "name": "Door", "identifiers": [["linkvisual", "iot1"]]}
    entity = {
        "entity_id": "number.door_length",
        "unique_id": "iot1_record_duration",
        "platform": "linkvisual",
        "device_id": "d",
        "original_name": "Length",
        "original_device_class": "duration",
        "translation_key": "record_duration",
        "entity_category": "config",
        "disabled_by": "integration",
        "capabilities": {"min": 10, "max": 7200, "step": 1},
        "unit_of_measurement": "s",
    }
    others = [entity | {"device_id": None}, entity | {"platform": "other"}]
    for name, data in (
        ("core.device_registry", {"devices": [device, device | {"id": "unused"}]}),
        ("core.entity_registry", {"entities": [entity, *others]}),
    ):
        (storage / name).write_text(json.dumps({"data": data}))
    inventory = Inventory.read(tmp_path / "own")
    assert inventory.disabled == 1
    assert inventory.enabled_only().entities == []
    inventory.install(tmp_path / "other")
    component = tmp_path / "other" / "custom_components" / "yardstick"
    assert (component / "number.py").exists()
    told = json.loads((component / "inventory.json").read_text())
    assert told["entities"] == {"number": {"iot1": ["record_duration"]}}
    assert told["devices"]["iot1"]["name"] == "Door"
    assert told["kinds"]["number"]["record_duration"] == {
        "key": "record_duration",
        "entity_registry_enabled_default": False,
        "translation_key": "record_duration",
        "device_class": "duration",
        "entity_category": "config",
        "native_min_value": 10,
        "native_max_value": 7200,
        "native_step": 1,
        "native_unit_of_measurement": "s",
    }


def test_watched(tmp_path: Path) -> None:
    """What was noted before a moment does not count; a profile names the greatest first."""
    file = tmp_path / "watched.jsonl"
    block = {"seconds": 0.5, "caused_cpu": 0.1, "collected": 0.0}
    rows = [
        block | {"at": 1, "caused": 0.5, "own": 0.5, "where": ["before"]},
        block | {"at": 2, "caused": 0.4, "own": 0.0, "where": ["core"]},
        block | {"at": 3, "caused": 0.1, "own": 0.1, "where": ["own"]},
        {"at": 3, "own_microseconds": {"a.f": 1000, "b.g": 2000}},
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    blocks = Blocks.since(file, 2)
    assert (blocks.caused, blocks.caused_in) == (0.4, ("core",))
    assert (blocks.own, blocks.own_in) == (0.1, ("own",))
    assert time_profile(file, 2) == (
        "own code took 0.00 s of the event loop",
        "     2 ms  b.g",
        "     1 ms  a.f",
    )
    assert Blocks.since(tmp_path / "none", 0) == Blocks()


def test_percentile() -> None:
    """The 99th of a hundred is the greatest but one or the greatest."""
    assert percentile(range(100), 0.5) == 50
    assert percentile([3, 1, 2], 0.99) == 3
