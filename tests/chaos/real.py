"""A scenario with Home Assistant in a process of its own, killed by SIGKILL while recordings are in progress."""

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
from tests.instance.ports import reserved_port
from tests.instance.processes import run_emulator, start_home_assistant, write_config

from .faults import REPLY_FAULTS
from .instance import stored_recordings
from .ledger import Fired, Ledger, Request
from .result import starting

_EVENTS = ("triggered", "ready", "failed")
# Real seconds for the last recordings to end; those that were never begun are given up only after ten minutes.
_PATIENCE = 120.0


class RealInstance:
    """A Home Assistant that is killed and started again, and its cloud."""

    def __init__(
        self, folder: Path, port: int, cloud: dict[str, Any], ledger: Ledger
    ) -> None:
        self._folder = folder
        self._port = port
        self.cloud = cloud
        self._ledger = ledger
        self._stack = AsyncExitStack()
        self._process: Process | None = None
        self._listeners: list[asyncio.Task[None]] = []
        self.client: Client
        self._onboarded = False
        write_config(folder, port, "warning")

    async def start(self) -> None:
        """Start Home Assistant and listen to its events. Raises RuntimeError."""
        self._process = await start_home_assistant(self._folder)
        try:
            self.client = await self._stack.enter_async_context(
                Client.connect(
                    f"http://127.0.0.1:{self._port}",
                    self._process,
                    restarted=self._onboarded,
                )
            )
        except (RuntimeError, TimeoutError) as err:
            raise RuntimeError(
                f"{str(err) or 'Home Assistant does not answer'}: {self._first_error()}"
            ) from err
        self._onboarded = True
        for kind in _EVENTS:
            queue = await self.client.events(f"linkvisual_record_{kind}")
            self._listeners.append(asyncio.create_task(self._listen(kind, queue)))

    def _first_error(self) -> str:
        log = self._folder / "home-assistant.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return next(
            (line for line in lines if " ERROR " in line), "no error in its log"
        )

    async def _listen(self, kind: str, queue: asyncio.Queue[Any]) -> None:
        while True:
            event = await queue.get()
            self._ledger.events.append(Fired(kind, event["data"]))

    async def kill(self) -> None:
        """Kill Home Assistant. Events that it sent before count; so do the recordings on disk."""
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await asyncio.sleep(0.2)
        for listener in self._listeners:
            listener.cancel()
        self._listeners.clear()
        await self._stack.aclose()
        self._ledger.note_kill(stored_recordings(self._folder))

    async def account_is_stored(self) -> None:
        """Wait until Home Assistant has written the account to disk, which is its own responsibility."""
        path = self._folder / ".storage" / "core.config_entries"
        async with asyncio.timeout(_PATIENCE):
            while not path.exists() or '"domain":"linkvisual"' not in "".join(
                path.read_text().split()
            ):
                await asyncio.sleep(0.1)

    async def control(self, method: str, path: str, **data: Any) -> Any:
        """Send a request to the control interface of the emulator."""
        address = f"{self.cloud['endpoint']}/_emulator/{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, address, json=data or None) as response,
        ):
            return await response.json()

    async def cameras(self, iot_ids: set[str]) -> dict[str, str]:
        """Return the entities of some cameras by IotId, as soon as all of them have a state."""
        found: dict[str, str] = {}
        async with asyncio.timeout(_PATIENCE):
            while found.keys() != iot_ids:
                await asyncio.sleep(0.1)
                states = await self.client.command("get_states")
                present = {state["entity_id"] for state in states}
                found = {
                    row["unique_id"].partition("_")[0]: row["entity_id"]
                    for row in await self.client.command("config/entity_registry/list")
                    if row["unique_id"].endswith("_camera")
                    and row["entity_id"] in present
                }
                found = {key: found[key] for key in found.keys() & iot_ids}
        return found

    async def request(self, entity_id: str, request: Request) -> None:
        """Request a recording; note the answer."""
        try:
            reply = await self.client.action(
                "linkvisual.trigger_record",
                reply=True,
                entity_id=entity_id,
                record_duration=request.duration,
            )
        except CommandError as err:
            request.answer = str(err.args[0]["translation_key"])
        else:
            request.answer = reply[entity_id]["status"]


async def play_real(seed: int) -> Ledger:
    """Play a scenario with one to three kills; its ledger has the invariants that were violated. Raises NotStarted."""
    random, ledger = Random(seed), Ledger()
    async with AsyncExitStack() as stack:
        with starting():
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            port = stack.enter_context(reserved_port())
            cloud = await stack.enter_async_context(
                run_emulator("--speed", "20", "--cameras", "4")
            )
            instance = RealInstance(Path(folder, "config"), port, cloud, ledger)
            stack.push_async_callback(instance.kill)
            await instance.start()
            await set_up(instance.client, cloud)
            await instance.account_is_stored()
        for _ in range(random.randint(1, 3)):
            await _until_killed(instance, random, ledger)
        await _let_end(instance, ledger)
    ledger.check()
    return ledger


async def _until_killed(instance: RealInstance, random: Random, ledger: Ledger) -> None:
    """Request recordings, kill Home Assistant at a random moment, start it again."""
    online = [row for row in instance.cloud["cameras"] if row["status"] == "ONLINE"][:2]
    entities = await instance.cameras({row["iot_id"] for row in online})
    if random.random() < 0.5:
        kind = random.choice([*REPLY_FAULTS])
        for fault in REPLY_FAULTS[kind](random):
            fault.times = min(fault.times or 2, 2)
            await instance.control("POST", "faults", **_as_json(fault))
    tasks = []
    for _ in range(random.randint(1, 4)):
        camera = random.choice(online)
        duration = 10 + len(ledger.requests)
        request = Request(camera["iot_id"], duration)
        ledger.requests.append(request)
        tasks.append(
            asyncio.create_task(instance.request(entities[camera["iot_id"]], request))
        )
        await asyncio.sleep(random.choice((0, 0.02, 0.5)))
    # Mostly in the middle of the call, or near the end of the recording.
    await asyncio.sleep(
        random.choice((random.uniform(0, 0.05), random.uniform(9, 14), 3.0))
    )
    await instance.kill()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await instance.control("DELETE", "faults")
    await instance.start()


def _as_json(fault: Any) -> dict[str, Any]:
    return {name: getattr(fault, name) for name in fault.__slots__}


async def _let_end(instance: RealInstance, ledger: Ledger) -> None:
    """Note what the cloud did, and wait until every recording that it began has ended."""
    for call in await instance.control("GET", "calls"):
        if call["action"] == "TriggerRecord":
            key = call["params"]["IotId"], int(call["params"]["RecordDuration"])
            ledger.attempts[key].append(call["code"])
    records = (await instance.control("GET", "state"))["records"]
    for iot_id, rows in records.items():
        for row in rows:
            duration = round(row["end"] - row["begin"])
            ledger.recorded[iot_id, duration].append(row["record_id"])
    # A recording that was never begun is given up after ten minutes: the scenarios with simulated time cover that.
    ledger.requests = [
        each for each in ledger.requests if ledger.recorded[each.key] or each.is_settled
    ]
    try:
        async with asyncio.timeout(_PATIENCE):
            while ledger.open_requests():
                await asyncio.sleep(0.5)
                ledger.note_mistaken()
    except TimeoutError:
        ledger.problems += [
            f"{each} has not ended after {_PATIENCE:.0f} s; attempts {ledger.attempts[each.key]}"
            for each in ledger.open_requests()
        ]
