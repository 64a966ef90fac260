"""The emulated cloud and Home Assistant, each in a process of its own."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import signal
import sys
from typing import Any

from homeassistant.components.http import config

ROOT = Path(__file__).parents[2]
STOP_TIMEOUT = 30

CONFIGURATION = """\
homeassistant:
  name: LinkVisual demo
  country: SG
  currency: SGD
  language: en
  time_zone: {time_zone}
  latitude: 31.23
  longitude: 121.47
  internal_url: "http://127.0.0.1:{port}"
  external_url: "http://127.0.0.1:{port}"
  media_dirs:
    media: "{media}"
logger:
  default: warning
  logs:
    custom_components.linkvisual: {log_level}
recorder:
  commit_interval: 1
history:
logbook:
config:
media_source:
stream:
conversation:
webhook:
automation: !include automations.yaml
script:
"""

ONBOARDING_STORAGE = {
    "version": 4,
    "minor_version": 1,
    "key": "onboarding",
    "data": {"done": ["core_config", "analytics", "integration"]},
}


@asynccontextmanager
async def run_emulator(*arguments: str) -> AsyncIterator[dict[str, Any]]:
    """Run the emulator; yield what it says of itself, the endpoint included."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.emulator", *arguments), cwd=ROOT, stdout=PIPE
    )
    try:
        assert process.stdout is not None
        line = await process.stdout.readline()
        if not line:
            raise RuntimeError("the emulator did not start")
        yield json.loads(line)
    finally:
        await _stop(process)


def write_config(
    folder: Path, port: int, log_level: str = "info", time_zone: str = "Asia/Shanghai"
) -> None:
    """Write the configuration of a new Home Assistant that only lacks its first user."""
    storage = folder / ".storage"
    storage.mkdir(parents=True)
    media = folder / "media"
    media.mkdir()
    (folder / "configuration.yaml").write_text(
        CONFIGURATION.format(
            port=port, media=media, log_level=log_level, time_zone=time_zone
        )
    )
    (folder / "automations.yaml").write_text("[]\n")
    (storage / "http").write_text(json.dumps(_http_storage(port)))
    (storage / "onboarding").write_text(json.dumps(ONBOARDING_STORAGE))


def _http_storage(port: int) -> dict[str, Any]:
    """Return where to listen: `http:` in YAML would be a trial that is undone after five minutes."""
    server = {"server_host": ["127.0.0.1"], "server_port": port}
    return {
        "version": config.STORAGE_VERSION,
        "minor_version": config.STORAGE_MINOR_VERSION,
        "key": config.STORAGE_KEY,
        "data": {
            "stable": config.HTTP_STORAGE_SCHEMA(server),
            "pending": None,
            "yaml_migration_done": True,
        },
    }


@asynccontextmanager
async def run_home_assistant(folder: Path) -> AsyncIterator[Process]:
    """Run Home Assistant with a configuration folder. Its own log is `home-assistant.log` there."""
    process = await start_home_assistant(folder)
    try:
        yield process
    finally:
        await _stop(process)


async def start_home_assistant(folder: Path) -> Process:
    """Start Home Assistant; the integration is found because this repository is the working directory."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "homeassistant", "--config", str(folder), "--skip-pip"),
        cwd=ROOT,
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=STDOUT,
    )


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
    except TimeoutError:
        process.kill()
        await process.wait()
