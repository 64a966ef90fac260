"""How set-up, polling, memory and the longest block of the event loop grow with the number of cameras."""

import asyncio
from dataclasses import dataclass
import json
import time
from typing import Any, Self

from tests.instance.client import Client
from tests.instance.demo import set_up

from .figures import Figure, teller
from .house import SETTLE, arrived, asked, entity_ids
from .processes import House, Served, resident, run_cloud

SIZES = (10, 100, 1000)
QUICK_SIZES = (10,)
# The goals are those of this size.
JUDGED = 1000


@dataclass(frozen=True, slots=True)
class Blocks:
    """The longest blocks of a time, in seconds, for any of these reasons. See hass.Watch."""

    caused: float = 0.0
    caused_cpu: float = 0.0
    own: float = 0.0
    seconds: float = 0.0
    where: tuple[str, ...] = ()

    @classmethod
    def since(cls, house: House, at: float) -> Self:
        """Read what the watch has noted."""
        if not house.blocks_file.exists():
            return cls()
        lines = house.blocks_file.read_text().splitlines()
        rows = [row for row in map(json.loads, lines) if row["at"] >= at]
        if not rows:
            return cls()
        longest = {
            name: max(row[name] for row in rows)
            for name in ("caused", "caused_cpu", "own", "seconds")
        }
        where = next(row["where"] for row in rows if row["caused"] == longest["caused"])
        return cls(**longest, where=tuple(where))


async def _status_poll(cloud: Served, client: Client) -> int:
    """Ask for the status of all cameras, as a poll does; return the calls it took."""
    await cloud.take()
    camera = (await entity_ids(client, "camera"))[0]
    await client.action("homeassistant.update_entity", entity_id=camera)
    await asyncio.sleep(SETTLE)
    return len(arrived(await cloud.take(), "BatchGetDeviceState"))


async def _set_up_again(client: Client) -> float:
    """Return how long the set-up took at the last start."""
    rows: list[dict[str, Any]] = await client.command("integration/setup_info")
    return sum(
        (float(row["seconds"]) for row in rows if row["domain"] == "linkvisual"), 0.0
    )


async def _measure_size(scheme: str, size: int) -> list[Figure]:
    async with run_cloud(scheme, size) as cloud:
        house = House(f"scale-{scheme}-{size}", cloud)
        async with house.run(watched=True) as (client, pid):
            await asyncio.sleep(SETTLE)
            memory = resident(pid)
            begun_at, begun = time.time(), time.perf_counter()
            await set_up(client, cloud.told)
            first = time.perf_counter() - begun
            calls = len(asked(await cloud.take()))
            await asyncio.sleep(SETTLE)
            memory = resident(pid) - memory
            blocks = Blocks.since(house, begun_at)
            polled_at = time.time()
            poll_calls = await _status_poll(cloud, client)
            poll_blocks = Blocks.since(house, polled_at)
        await cloud.take()
        async with house.run(watched=True) as (client, _):
            again = await _set_up_again(client)
            again_calls = len(asked(await cloud.take()))
    goals = size == JUDGED
    tell = teller(f"{size} cameras", scheme)
    figures = [
        ("set-up", first, "s", 5.0),
        ("set-up, calls", calls, "", 50.0),
        ("set-up at a restart", again, "s", 5.0),
        ("set-up at a restart, calls", again_calls, "", 50.0),
        ("status poll, calls", poll_calls, "", 20.0),
        ("memory added", memory / 2**20, "MB", 30.0),
        ("longest block caused", blocks.caused * 1e3, "ms", 20.0),
        ("the same on the CPU", blocks.caused_cpu * 1e3, "ms", None),
        ("of own code alone", blocks.own * 1e3, "ms", 20.0),
        ("longest block by a status poll", poll_blocks.caused * 1e3, "ms", 20.0),
        ("longest block by anybody", blocks.seconds * 1e3, "ms", None),
    ]
    print(f"{size} cameras, {scheme}: longest block in", *blocks.where, flush=True)
    return [
        tell(name, measured, unit, goal=goal if goals else None)
        for name, measured, unit, goal in figures
    ]


async def measure(scheme: str, quick: bool) -> list[Figure]:
    """Set up, poll and restart with ever more cameras."""
    figures: list[Figure] = []
    for size in QUICK_SIZES if quick else SIZES:
        figures += await _measure_size(scheme, size)
    return figures
