"""A few scenarios of random faults, of which `script/chaos` plays thousands; memory; whatever keeps a scenario from starting."""

import asyncio
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
import gc
from pathlib import Path
from random import Random
import re
import socket
import sys
from unittest.mock import AsyncMock

from homeassistant.const import SERVER_PORT
import pytest

from custom_components import linkvisual
from tests.chaos.alarm_ledger import AlarmLedger
from tests.chaos.clock import Clock
from tests.chaos.instance import Instance
from tests.chaos.ledger import Ledger
from tests.chaos.leftovers import leftovers
from tests.chaos.network import Network
from tests.chaos.player import play_one
from tests.chaos.report import print_report
from tests.chaos.scenario import KINDS, play
from tests.emulator.cloud import Cloud
from tests.instance.processes import ROOT

# One of each kind, but for the slowest.
SEEDS = [
    seed
    for seed, kind in enumerate(KINDS)
    if kind not in ("cut", "html after", "nonce", "dns", "wall clock")
]


@pytest.fixture
async def simulated_time() -> AsyncIterator[Clock]:
    """Replace all clocks."""
    clock = Clock()
    with clock.installed():
        yield clock


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: KINDS[seed])
async def test_scenario(simulated_time: Clock, socket_enabled: None, seed: int) -> None:
    """Under any fault each caller gets an answer, nothing is sent twice, and each recording ends once."""
    scenario = await play(seed, simulated_time)
    assert not scenario.ledger.problems
    assert scenario.ledger.events


async def test_beside_another_home_assistant(socket_enabled: None) -> None:
    """A scenario is played on a machine where Home Assistant's port is taken, as by script/demo."""
    with socket.socket() as other:
        # Somebody else may hold it already: the more the port is taken.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            other.bind(("127.0.0.1", SERVER_PORT))
            other.listen()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.chaos", "--only", "7", "--real", "0"),
            cwd=ROOT,
            stdout=PIPE,
        )
        output = (await process.communicate())[0].decode()
    assert "1 scenarios, 0 failed, 0 could not start" in output
    assert process.returncode == 0


def test_not_started(
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A scenario that could not start is counted apart, and its reason is printed."""
    monkeypatch.setattr(
        linkvisual, "async_setup", AsyncMock(side_effect=OSError("No space left"))
    )
    assert not print_report([play_one(7, real=False)])
    output = capsys.readouterr().out
    assert re.search(r"seed 7 \(wrong types\) could not start: .*No space left", output)
    assert "0 scenarios, 0 failed, 1 could not start" in output


async def test_memory(
    simulated_time: Clock, socket_enabled: None, tmp_path: Path
) -> None:
    """Nothing is kept of recordings that have ended, nor of an account that is unloaded."""
    cloud, ledger = Cloud(cameras=2), Ledger()
    cloud.clock = simulated_time.true_time
    cameras = [each.iot_id for each in cloud.world.devices.values()][:2]
    async with Network.serve(cloud) as network:
        instance = await Instance.start(
            tmp_path,
            simulated_time,
            ledger,
            AlarmLedger(cloud, Random(), is_polled=False),
            network.entry_data,
            {"poll_alarms": False},
        )

        async def record(times: int) -> Counter[str]:
            """Record some times on both cameras; count the integration's objects in memory then."""
            for _ in range(times):
                ledger.events.clear()
                instance.request(cameras, 10, wait_for_file=True)
                await simulated_time.run(60, 10)
                assert [event.kind for event in ledger.events].count("ready") == 2
            ledger.events.clear()
            ledger.requests.clear()
            gc.collect()
            return Counter(
                type(each).__qualname__
                for each in gc.get_objects()
                if type(each).__module__.startswith("custom_components.linkvisual")
            )

        before = await record(5)
        after = await record(40)
        assert before["Recording"]
        # The meter counts calls by the minute, for an hour; entities may still know what cameras were before.
        # Tests before this one may have left some, too.
        for name, more in (("_Minute", 61), ("Camera", 4)):
            assert after.pop(name) <= before.pop(name) + more
        assert after == before
        await instance.unload()
        assert not leftovers()
        await instance.stop()
