"""How set-up, polling, memory and the longest block of the event loop grow with the number of cameras.

Beside an empty integration that registers the same devices and entities: see `inventory`.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
import signal
from statistics import median
import time
from typing import Any

from custom_components.linkvisual.const import DOMAIN
from tests.instance.client import Client
from tests.instance.demo import set_up

from .figures import Figure, teller
from .house import SETTLE, arrived, asked, entity_ids
from .inventory import YARDSTICK, Inventory
from .processes import House, Served, resident, run_cloud
from .watched import Blocks, memory_profile, time_profile

# What people have, and what shall work, too.
USUAL, MANY = 50, 1000
QUICK = 10
ROUNDS = 3
# Other figures of these sizes are told, not judged.
GOALS = {
    USUAL: {"set-up at a restart": 1.5, "memory added": 15.0},
    MANY: {
        "set-up / yardstick": 1.3,
        "set-up, calls": 50.0,
        "set-up at a restart / yardstick": 1.3,
        "set-up at a restart, calls": 50.0,
        "status poll, calls": 20.0,
        "memory / yardstick": 1.3,
        "longest block / yardstick": 1.2,
        "longest block of own code": 20.0,
        "longest block by a status poll": 20.0,
    },
}

type SetUp = Callable[[Client], Awaitable[object]]
type Profile = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """A first set-up. `memory` is what it added, in bytes."""

    seconds: float
    memory: int
    blocks: Blocks
    profile: Profile


@dataclass(frozen=True, slots=True)
class Round:
    """The integration, then an empty one that registers the same; set-ups at a restart in seconds."""

    own: Observed
    own_again: float
    yardstick: Observed
    yardstick_again: float
    calls: list[str]
    calls_again: list[str]
    poll_calls: int
    poll_blocks: Blocks
    inventory: Inventory


async def measure(scheme: str, quick: bool) -> list[Figure]:
    """Set up, poll and restart with some cameras, and with many."""
    figures: list[Figure] = []
    for size in (QUICK,) if quick else (USUAL, MANY):
        async with run_cloud(scheme, size) as cloud:
            # Of https, only the calls would differ.
            repeated = 1 if quick or scheme == "https" else ROUNDS
            rounds = [await _round(cloud, size) for _ in range(repeated)]
            figures += await _tell(cloud, size, rounds)
    return figures


@asynccontextmanager
async def _first_run(
    house: House, set_up_fn: SetUp
) -> AsyncIterator[tuple[Client, Observed]]:
    """Start, set up, and go on running."""
    async with house.run(watched=True) as (client, process):
        await asyncio.sleep(SETTLE)
        memory = resident(process.pid)
        at, begun = time.time(), time.perf_counter()
        await set_up_fn(client)
        seconds = time.perf_counter() - begun
        await asyncio.sleep(SETTLE)
        yield (
            client,
            Observed(
                seconds,
                resident(process.pid) - memory,
                Blocks.since(house.watched_file, at),
                time_profile(house.watched_file, at),
            ),
        )


async def _set_up_again(house: House, domain: str) -> float:
    """Start again; return the seconds that the set-up took."""
    async with house.run(watched=True) as (client, _):
        rows: list[dict[str, Any]] = await client.command("integration/setup_info")
    return sum((float(row["seconds"]) for row in rows if row["domain"] == domain), 0.0)


async def _status_poll(cloud: Served, client: Client) -> int:
    """Ask for the status of all cameras, as a poll does; return the calls it took."""
    await cloud.take()
    camera = (await entity_ids(client, "camera"))[0]
    await client.action("homeassistant.update_entity", entity_id=camera)
    await asyncio.sleep(SETTLE)
    return len(arrived(await cloud.take(), "BatchGetDeviceState"))


async def _set_up_yardstick(client: Client) -> None:
    path = "/api/config/config_entries/flow"
    answer = await client.request("POST", path, json={"handler": YARDSTICK})
    if answer["type"] != "create_entry":
        raise RuntimeError(f"the yardstick could not be set up: {answer}")


async def _round(cloud: Served, size: int) -> Round:
    calls: list[str] = []

    async def set_up_own(client: Client) -> None:
        await cloud.take()
        await set_up(client, cloud.told)
        calls.extend(asked(await cloud.take()))

    house = House(f"scale-{cloud.scheme}-{size}", cloud.told["certificate"])
    async with _first_run(house, set_up_own) as (client, own):
        polled_at = time.time()
        poll_calls = await _status_poll(cloud, client)
        poll_blocks = Blocks.since(house.watched_file, polled_at)
    inventory = Inventory.read(house.folder)
    await cloud.take()
    own_again = await _set_up_again(house, DOMAIN)
    calls_again = asked(await cloud.take())
    other = House(f"{YARDSTICK}-{size}", "")
    inventory.install(other.folder)
    async with _first_run(other, _set_up_yardstick) as (_, yardstick):
        pass
    if Inventory.read(other.folder, YARDSTICK).signature() != inventory.signature():
        raise RuntimeError("the yardstick has not registered the same")
    yardstick_again = await _set_up_again(other, YARDSTICK)
    return Round(
        own,
        own_again,
        yardstick,
        yardstick_again,
        calls,
        calls_again,
        poll_calls,
        poll_blocks,
        inventory,
    )


async def _memory_per_disabled_entity(rounds: list[Round], size: int) -> float:
    """Return the bytes of a disabled entity: what the yardstick adds less without them, by their number."""
    inventory = rounds[0].inventory
    house = House(f"{YARDSTICK}-{size}-enabled", "")
    inventory.enabled_only().install(house.folder)
    async with _first_run(house, _set_up_yardstick) as (_, enabled_only):
        pass
    with_them = median(each.yardstick.memory for each in rounds)
    return (with_them - enabled_only.memory) / inventory.disabled


async def _trace_memory(cloud: Served, size: int) -> Profile:
    """Set up once more, slowly; return the own lines that hold the most memory."""
    house = House(f"traced-{cloud.scheme}-{size}", cloud.told["certificate"])
    async with house.run(watched=False, traced=True) as (client, process):
        await set_up(client, cloud.told)
        await asyncio.sleep(SETTLE)
        process.send_signal(signal.SIGUSR1)
        # Answered when the snapshot is taken and written.
        await client.command("get_config")
    return memory_profile(house.memory_file)


def _count(calls: list[str]) -> Profile:
    return tuple(f"{number:4}  {action}" for action, number in Counter(calls).items())


async def _tell(cloud: Served, size: int, rounds: list[Round]) -> list[Figure]:
    tell, goals = teller(f"{size} cameras", cloud.scheme), GOALS.get(size, {})
    figures: list[Figure] = []

    def add(
        name: str,
        value_fn: Callable[[Round], float],
        unit: str,
        profile: Profile = (),
    ) -> None:
        value = median(map(value_fn, rounds))
        figures.append(tell(name, value, unit, goal=goals.get(name), profile=profile))

    last = rounds[-1]
    own = last.own
    add("set-up", lambda r: r.own.seconds, "s")
    add(
        "set-up / yardstick",
        lambda r: r.own.seconds / r.yardstick.seconds,
        "x",
        own.profile,
    )
    add("set-up, calls", lambda r: len(r.calls), "", _count(last.calls))
    add("set-up at a restart", lambda r: r.own_again, "s", own.profile)
    add(
        "set-up at a restart / yardstick",
        lambda r: r.own_again / r.yardstick_again,
        "x",
        own.profile,
    )
    add(
        "set-up at a restart, calls",
        lambda r: len(r.calls_again),
        "",
        _count(last.calls_again),
    )
    add("status poll, calls", lambda r: r.poll_calls, "")
    add("entities", lambda r: len(r.inventory.entities), "")
    add("memory added", lambda r: r.own.memory / 2**20, "MB")
    add("memory / yardstick", lambda r: r.own.memory / r.yardstick.memory, "x")
    if any(each.met is False for each in figures[-2:]):
        traced = await _trace_memory(cloud, size)
        figures[-2:] = [replace(each, profile=traced) for each in figures[-2:]]
    add("longest block", lambda r: r.own.blocks.caused * 1e3, "ms")
    add(
        "longest block / yardstick",
        lambda r: r.own.blocks.caused / r.yardstick.blocks.caused,
        "x",
        own.blocks.caused_in,
    )
    add(
        "longest block of own code",
        lambda r: r.own.blocks.own * 1e3,
        "ms",
        own.blocks.own_in,
    )
    add(
        "longest block by a status poll",
        lambda r: r.poll_blocks.caused * 1e3,
        "ms",
        last.poll_blocks.caused_in,
    )
    if size == MANY:
        per_entity = await _memory_per_disabled_entity(rounds, size)
        figures.append(tell("memory per disabled entity", per_entity / 2**10, "kB"))
    return figures
