"""The demo: an emulated cloud, a Home Assistant, the integration, a dashboard. See script/demo."""

import argparse
import asyncio
import json
from pathlib import Path
import shutil
import signal
import sys
from typing import Any

from homeassistant.const import SERVER_PORT

from tests.emulator.cloud import DEFAULT_ACCESS_KEY_SECRET

from .client import USER, Client
from .dashboard import make_dashboard, make_timelines
from .ports import free_port
from .processes import ROOT, run_emulator, run_home_assistant, write_config

FOLDER = ROOT / ".dev" / "demo"
# Seconds from the trigger to the file, more than enough.
READY_TIMEOUT = 120


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/demo",
        description="A Home Assistant with LinkVisual cameras that exist on this machine only.",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="trigger one recording, print the reply and both events as JSON lines, and end",
    )
    parser.add_argument("--cameras", type=int, default=6)
    parser.add_argument(
        "--port",
        type=int,
        default=SERVER_PORT,
        help="of Home Assistant; another one if it is taken (default: %(default)s)",
    )
    return parser.parse_args()


async def main(arguments: argparse.Namespace, port: int, folder: Path) -> int:
    """Run everything; return the exit status."""
    write_config(folder, port)
    async with (
        run_emulator(
            "--cameras", str(arguments.cameras), "--speed", "4", "--push"
        ) as cloud,
        run_home_assistant(folder) as home_assistant,
        Client.connect(f"http://127.0.0.1:{port}", home_assistant) as client,
    ):
        entry_id = await set_up(client, cloud)
        await switch_push_on(client, entry_id)
        address = await make_dashboard(
            client, [camera["iot_id"] for camera in cloud["cameras"]]
        )
        timelines = await make_timelines(client)
        if arguments.once:
            return await record_once(client, cloud)
        print(f"Home Assistant:  {address}")
        print(f"Timelines:       {timelines}")
        print(f"Login:           {USER['username']} / {USER['password']}")
        print(f"Emulated cloud:  {cloud['endpoint']}")
        print("Ctrl-C ends it.", flush=True)
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        ended = asyncio.create_task(home_assistant.wait())
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        return 0 if stopping.done() else 1


def choose_port(wanted: int) -> int:
    """Return the wanted port; if it is taken, print and return another one."""
    port = free_port(wanted)
    if port != wanted:
        print(f"Port {wanted} is taken; using {port}.", file=sys.stderr)
    return port


async def set_up(client: Client, cloud: dict[str, Any]) -> str:
    """Set up the integration through its dialog, and wait until it is loaded; return the config entry's ID."""
    answer = await client.set_up(
        {
            "access_key_id": cloud["access_key_id"],
            "access_key_secret": DEFAULT_ACCESS_KEY_SECRET,
            "region": "cn-shanghai",
            "iot_instance_id": cloud["iot_instance_id"],
            "advanced": {"endpoint": cloud["endpoint"]},
        }
    )
    if answer["type"] != "create_entry":
        raise RuntimeError(f"the integration could not be set up: {answer['errors']}")
    entry_id: str = answer["result"]["entry_id"]
    await _until_loaded(client, entry_id)
    return entry_id


async def switch_push_on(client: Client, entry_id: str) -> None:
    """Let message queues bring alarms and states; the integration is loaded anew."""
    answer = await client.change_options(entry_id, {"push": True})
    if answer["type"] != "create_entry":
        raise RuntimeError(f"push could not be switched on: {answer['errors']}")
    await _until_loaded(client, entry_id)


async def _until_loaded(client: Client, entry_id: str) -> None:
    async with asyncio.timeout(30):
        while True:
            entry = await client.command("config_entries/get_single", entry_id=entry_id)
            if entry["config_entry"]["state"] == "loaded":
                return
            await asyncio.sleep(0.1)


async def record_once(client: Client, cloud: dict[str, Any]) -> int:
    """Record on the first camera that is online; print what Home Assistant tells of it."""
    camera = next(row for row in cloud["cameras"] if row["status"] == "ONLINE")
    rows = await client.command("config/entity_registry/list")
    entity_id = next(
        row["entity_id"]
        for row in rows
        if row["unique_id"] == f"{camera['iot_id']}_camera"
    )
    triggered = await client.events("linkvisual_record_triggered")
    ready = await client.events("linkvisual_record_ready")
    failed = await client.events("linkvisual_record_failed")
    reply = await client.action(
        "linkvisual.trigger_record",
        reply=True,
        entity_id=entity_id,
        record_duration=10,
    )
    print(json.dumps(reply), flush=True)
    print(json.dumps(await triggered.get()), flush=True)
    ends = [asyncio.create_task(queue.get()) for queue in (ready, failed)]
    done, waiting = await asyncio.wait(
        ends, timeout=READY_TIMEOUT, return_when=asyncio.FIRST_COMPLETED
    )
    for task in waiting:
        task.cancel()
    if not done:
        print("No file came up in time.", file=sys.stderr)
        return 1
    event = done.pop().result()
    print(json.dumps(event), flush=True)
    file_id = reply[entity_id]["file_id"]
    was_ready = event["event_type"] == "linkvisual_record_ready"
    return 0 if was_ready and event["data"]["file_id"] == file_id else 1


def tell_log(folder: Path) -> None:
    """Print the end of Home Assistant's log, for whoever has to find out why it did not start."""
    log = folder / "home-assistant.log"
    if log.exists():
        print("".join(log.read_text().splitlines(keepends=True)[-40:]), file=sys.stderr)


if __name__ == "__main__":
    options = _arguments()
    port = choose_port(options.port)
    # Another demo may be running, on another port.
    folder = FOLDER / str(port)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        sys.exit(asyncio.run(main(options, port, folder)))
    except (RuntimeError, TimeoutError) as err:
        tell_log(folder)
        sys.exit(f"The demo failed: {err or type(err).__name__}")
