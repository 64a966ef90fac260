"""A scenario with a Home Assistant in a process of its own, which is killed by SIGKILL while recordings are under way."""

import asyncio
from asyncio.subprocess import Process
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
import tempfile
from typing import Any

import aiohttp

from tests.instance.client import Client, CommandError
from tests.instance.demo import set_up
from tests.instance.processes import (
    free_port,
    run_emulator,
    start_home_assistant,
    write_config,
)

from .faults import REPLY_FAULTS
from .house import stored
from .ledger import Ask, Heard, Ledger
from .result import Result, result_of

_EVENTS = ("triggered", "ready", "failed")
# Real seconds for the last recordings to end; those that were never begun are given up only after ten minutes.
_PATIENCE = 60.0


class RealHouse:
    """A Home Assistant that lives several lives, and its cloud."""

    def __init__(self, folder: Path, cloud: dict[str, Any], ledger: Ledger) -> None:
        self._folder = folder
        self._port = free_port()
        self.cloud = cloud
        self._ledger = ledger
        self._stack = AsyncExitStack()
        self._process: Process
        self._listeners: list[asyncio.Task[None]] = []
        self.client: Client
        self._started = False
        write_config(folder, self._port, "warning")

    async def start(self) -> None:
        """Start Home Assistant and listen to its events."""
        self._process = await start_home_assistant(self._folder)
        self.client = await self._stack.enter_async_context(
            Client.connect(
                f"http://127.0.0.1:{self._port}",
                self._process,
                restarted=self._started,
            )
        )
        self._started = True
        for kind in _EVENTS:
            queue = await self.client.events(f"linkvisual_record_{kind}")
            self._listeners.append(asyncio.create_task(self._listen(kind, queue)))

    async def _listen(self, kind: str, queue: asyncio.Queue[Any]) -> None:
        while True:
            event = await queue.get()
            self._ledger.heard.append(Heard(kind, event["data"]))

    async def kill(self) -> None:
        """Kill Home Assistant. What it had told before is heard; what was on disk decides."""
        self._process.kill()
        await self._process.wait()
        await asyncio.sleep(0.2)
        for listener in self._listeners:
            listener.cancel()
        self._listeners.clear()
        await self._stack.aclose()
        self._ledger.killed(stored(self._folder))

    async def account_is_stored(self) -> None:
        """Wait until Home Assistant has written the account itself: it takes a second, and is not ours to prove."""
        path = self._folder / ".storage" / "core.config_entries"
        async with asyncio.timeout(_PATIENCE):
            while not path.exists() or '"domain":"linkvisual"' not in "".join(
                path.read_text().split()
            ):
                await asyncio.sleep(0.1)

    async def control(self, method: str, path: str, **data: Any) -> Any:
        """Have a word with the emulator."""
        address = f"{self.cloud['endpoint']}/_emulator/{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, address, json=data or None) as response,
        ):
            return await response.json()

    async def cameras(self, iot_ids: set[str]) -> dict[str, str]:
        """Return the entities of some cameras, by IotId, as soon as all of them have a state."""
        found: dict[str, str] = {}
        async with asyncio.timeout(_PATIENCE):
            while found.keys() != iot_ids:
                await asyncio.sleep(0.1)
                states = await self.client.command("get_states")
                living = {state["entity_id"] for state in states}
                found = {
                    row["unique_id"].partition("_")[0]: row["entity_id"]
                    for row in await self.client.command("config/entity_registry/list")
                    if row["unique_id"].endswith("_camera")
                    and row["entity_id"] in living
                }
                found = {key: found[key] for key in found.keys() & iot_ids}
        return found

    async def ask(self, entity_id: str, ask: Ask) -> None:
        """Trigger a recording, and write down the answer."""
        try:
            reply = await self.client.action(
                "linkvisual.trigger_record",
                reply=True,
                entity_id=entity_id,
                record_duration=ask.duration,
            )
        except CommandError as err:
            ask.answer = str(err.args[0]["translation_key"])
        else:
            ask.answer = reply[entity_id]["status"]


async def play_real(seed: int) -> Result:
    """Play a scenario with one to three kills."""
    random, ledger = Random(seed), Ledger()
    kills = random.randint(1, 3)
    with tempfile.TemporaryDirectory() as folder:
        async with run_emulator("--speed", "20", "--cameras", "4") as cloud:
            house = RealHouse(Path(folder) / "house", cloud, ledger)
            await house.start()
            try:
                await set_up(house.client, cloud)
                await house.account_is_stored()
                for _ in range(kills):
                    await _one_life(house, random, ledger)
                await _end(house, ledger)
            finally:
                await house.kill()
    ledger.judge()
    return result_of(seed, "SIGKILL", ledger, kills + 1)


async def _one_life(house: RealHouse, random: Random, ledger: Ledger) -> None:
    """Trigger recordings, kill Home Assistant at any moment, start it again."""
    online = [row for row in house.cloud["cameras"] if row["status"] == "ONLINE"][:2]
    entities = await house.cameras({row["iot_id"] for row in online})
    if random.random() < 0.5:
        kind = random.choice([*REPLY_FAULTS])
        for fault in REPLY_FAULTS[kind](random):
            fault.times = min(fault.times or 2, 2)
            await house.control("POST", "faults", **_as_json(fault))
    tasks = []
    for _ in range(random.randint(1, 4)):
        camera = random.choice(online)
        duration = 10 + len(ledger.asks)
        ask = Ask(camera["iot_id"], duration)
        ledger.asks.append(ask)
        tasks.append(asyncio.create_task(house.ask(entities[camera["iot_id"]], ask)))
        await asyncio.sleep(random.choice((0, 0.02, 0.5)))
    # Mostly in the midst of things: of the request, or of the end.
    await asyncio.sleep(
        random.choice((random.uniform(0, 0.05), random.uniform(9, 14), 3.0))
    )
    await house.kill()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await house.control("DELETE", "faults")
    await house.start()


def _as_json(fault: Any) -> dict[str, Any]:
    return {name: getattr(fault, name) for name in fault.__slots__}


async def _end(house: RealHouse, ledger: Ledger) -> None:
    """Read what the cloud did, and wait for the ends of all that it has begun."""
    for call in await house.control("GET", "calls"):
        if call["action"] == "TriggerRecord":
            key = call["params"]["IotId"], int(call["params"]["RecordDuration"])
            ledger.attempts[key].append(call["code"])
    records = (await house.control("GET", "state"))["records"]
    for iot_id, rows in records.items():
        for row in rows:
            duration = round(row["end"] - row["begin"])
            ledger.ran[iot_id, duration].append(row["record_id"])
    # Of what was never begun the end comes after ten minutes: the other scenarios wait for such.
    ledger.asks = [ask for ask in ledger.asks if ledger.ran[ask.key] or ask.is_settled]
    async with asyncio.timeout(_PATIENCE):
        while ledger.open():
            await asyncio.sleep(0.5)
