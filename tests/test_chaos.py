"""Random faults under a stream of triggers, a few of them; and what must not grow. `script/chaos` plays hundreds."""

from collections import Counter
from collections.abc import Iterator
import gc
from pathlib import Path

import pytest

from tests.chaos.clock import PATIENT, Clock
from tests.chaos.house import Life
from tests.chaos.ledger import Ledger
from tests.chaos.leftovers import leftovers
from tests.chaos.network import Network
from tests.chaos.scenario import KINDS, play
from tests.emulator.cloud import Cloud

# One of each kind, but for the slowest.
SEEDS = [
    seed
    for seed, kind in enumerate(KINDS)
    if kind not in ("cut", "html after", "nonce", "dns", "wall clock")
]


@pytest.fixture
def time_machine() -> Iterator[Clock]:
    """Take all clocks in hand."""
    clock = Clock()
    with clock.installed():
        yield clock


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: KINDS[seed])
async def test_scenario(time_machine: Clock, socket_enabled: None, seed: int) -> None:
    """Whatever happens: each caller is answered, nothing is sent twice, each recording ends once."""
    scenario = await play(seed, time_machine)
    assert not scenario.ledger.problems
    assert scenario.ledger.heard


async def test_memory(
    time_machine: Clock, socket_enabled: None, tmp_path: Path
) -> None:
    """Nothing is kept of recordings that have ended, and nothing is left of an account that is unloaded."""
    cloud, ledger = Cloud(cameras=2), Ledger()
    cloud.clock = time_machine.true_time
    time_machine.patience = PATIENT
    cameras = [each.iot_id for each in cloud.world.devices.values()][:2]
    async with Network(cloud) as network:
        life = await Life.begin(
            tmp_path, time_machine, ledger, network.entry_data, {"poll_alarms": False}
        )

        async def record(times: int) -> Counter[str]:
            """Record so many times on both cameras; return what of the integration there is in memory then."""
            for _ in range(times):
                ledger.heard.clear()
                life.ask(cameras, 10, wait_for_file=True)
                await time_machine.run(life.hass, 60, 10)
                assert [heard.kind for heard in ledger.heard].count("ready") == 2
            ledger.heard.clear()
            ledger.asks.clear()
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
        for counts, name, most in ((after, "_Minute", 61), (after, "Camera", 4)):
            assert counts.pop(name) <= most
            before.pop(name)
        assert after == before
        assert await life.hass.config_entries.async_unload(life.entry.entry_id)
        assert not leftovers()
        await life.stop()
