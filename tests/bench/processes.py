"""The programs that measurements need, each in a process of its own."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import shutil
import ssl
import sys
from typing import Any

import aiohttp

from tests.instance.client import START_TIMEOUT, Client
from tests.instance.ports import free_port
from tests.instance.processes import ROOT, write_config

FOLDER = ROOT / ".dev" / "bench"
STOP_TIMEOUT = 60


@asynccontextmanager
async def _run(*arguments: str, **settings: Any) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, cwd=ROOT, stdin=DEVNULL, **settings
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT)


@dataclass(frozen=True, slots=True)
class Served:
    """An emulated cloud, or a server with a fixed reply, that runs."""

    told: dict[str, Any]  # what it says of itself: endpoint, key, cameras
    session: aiohttp.ClientSession  # that trusts its certificate

    @property
    def scheme(self) -> str:
        """Http or https."""
        return str(self.told["endpoint"]).partition(":")[0]

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """Give the emulator an order."""
        url = self.told["endpoint"] + path
        async with self.session.request(
            method, url, json=body, raise_for_status=True
        ) as response:
            return await response.json()

    async def take(self) -> dict[str, Any]:
        """Return what arrived since it was taken last."""
        answer = await self.control("POST", "/_bench/take")
        assert isinstance(answer, dict)
        return answer


@asynccontextmanager
async def run_server(program: str, scheme: str, *options: str) -> AsyncIterator[Served]:
    """Run a server that says what it is in one line."""
    tls = ["--tls"] if scheme == "https" else []
    # An emulated cloud tells all of its cameras.
    async with _run(program, *options, *tls, stdout=PIPE, limit=2**24) as process:
        assert process.stdout is not None
        told = json.loads(await process.stdout.readline())
        context: ssl.SSLContext | bool = True
        if told["certificate"]:
            context = ssl.create_default_context(cafile=told["certificate"])
        connector = aiohttp.TCPConnector(ssl=context)
        async with aiohttp.ClientSession(connector=connector) as session:
            yield Served(told, session)


@asynccontextmanager
async def run_cloud(scheme: str, cameras: int = 6) -> AsyncIterator[Served]:
    """Run an emulated cloud."""
    async with run_server(
        "tests.bench.server", scheme, "--cameras", str(cameras)
    ) as cloud:
        yield cloud


class House:
    """A Home Assistant that can be started more than once."""

    def __init__(self, name: str, certificate: str) -> None:
        """`certificate` is the file of the cloud's, if it has one."""
        self.folder = FOLDER / name
        self._certificate = certificate
        self._port = free_port()
        self._tokens: dict[str, Any] = {}
        self.watched_file = self.folder / "watched.jsonl"
        self.memory_file = self.folder / "memory.json"
        shutil.rmtree(self.folder, ignore_errors=True)
        write_config(self.folder, self._port, log_level="warning")

    @asynccontextmanager
    async def run(
        self, watched: bool, traced: bool = False
    ) -> AsyncIterator[tuple[Client, Process]]:
        """Run it; yield a user and the process. `watched`: its loop is; `traced`: its memory is. See `hass`."""
        environment = dict(os.environ)
        if traced:
            environment["LINKVISUAL_BENCH_MEMORY"] = "1"
        file = self.memory_file if traced else self.watched_file
        environment["LINKVISUAL_BENCH_FILE"] = str(file)
        if self._certificate:
            environment["REQUESTS_CA_BUNDLE"] = self._certificate
        program = "tests.bench.hass" if watched or traced else "homeassistant"
        command = (program, "--config", str(self.folder), "--skip-pip")
        async with (
            _run(*command, env=environment, stdout=DEVNULL, stderr=DEVNULL) as process,
            self._user(f"http://127.0.0.1:{self._port}", process) as client,
        ):
            while (await client.command("get_config"))["state"] != "RUNNING":
                await asyncio.sleep(0.1)
            yield client, process

    @asynccontextmanager
    async def _user(self, base_url: str, process: Process) -> AsyncIterator[Client]:
        """Make the first user; at later starts, let the same one come back."""
        if not self._tokens:
            async with Client.connect(base_url, process) as client:
                self._tokens = client.tokens
                yield client
            return
        async with aiohttp.ClientSession() as session:
            await _until_reachable(session, f"{base_url}/api/websocket")
            async with Client.open(session, base_url, self._tokens) as client:
                yield client


async def _until_reachable(session: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(START_TIMEOUT):
        while True:
            try:
                async with session.ws_connect(url):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


def resident(pid: int) -> int:
    """Return the bytes of memory that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024
