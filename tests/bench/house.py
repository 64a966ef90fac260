"""From a person's hand to the cloud, in a real Home Assistant: pressing, triggering many, browsing."""

import asyncio
from datetime import datetime, timedelta, timezone
import time
from typing import Any

from tests.instance.client import Client
from tests.instance.demo import set_up

from .figures import Figure, percentile, teller
from .processes import House, Served, run_cloud

CAMERAS = 50
# Seconds. So long each of the cloud's answers takes where many cameras are triggered: one after another would show.
SLOW_ANSWER = 0.3
FILES = 500
# Seconds until what a set-up begins has come to rest.
SETTLE = 8
# As write_config has it.
TIME_ZONE = timezone(timedelta(hours=8))
# Background polling has a budget of its own.
BACKGROUND = {
    "QueryDeviceEvent",
    "QueryDeviceEventRecord",
    "QueryDevicePropertyStatus",
}


async def entity_ids(client: Client, key: str) -> list[str]:
    """Return the integration's entities of one kind."""
    rows = await client.command("config/entity_registry/list")
    return [
        row["entity_id"]
        for row in rows
        if row["platform"] == "linkvisual" and row["unique_id"].partition("_")[2] == key
    ]


def arrived(noted: dict[str, Any], action: str) -> list[float]:
    """Return when calls of an operation arrived."""
    return sorted(at for at, what in noted["requests"] if what == action)


def asked(noted: dict[str, Any]) -> list[str]:
    """Return the operations that were called, what happens in the background left out."""
    return [what for _, what in noted["requests"] if what not in BACKGROUND]


async def _press(
    cloud: Served, client: Client, times: int
) -> tuple[list[float], list[float]]:
    """Return the seconds from each press to its request, and those that an idle command takes there and back."""
    buttons = await entity_ids(client, "record")
    delays: list[float] = []
    idle: list[float] = []
    for number in range(times):
        await cloud.take()
        begun = time.perf_counter()
        await client.command("get_config")
        idle.append(time.perf_counter() - begun)
        pressed = time.time()
        await client.action("button.press", entity_id=buttons[number % len(buttons)])
        (at,) = arrived(await cloud.take(), "TriggerRecord")
        delays.append(at - pressed)
        await asyncio.sleep(0.05)
    warm = times // 10
    return delays[warm:], idle[warm:]


async def _trigger_all(cloud: Served, client: Client) -> tuple[float, int, int]:
    """Trigger all cameras by one action; return the seconds to the last request, how many there were, and at once."""
    cameras = await entity_ids(client, "camera")
    fault = {"kind": "delay", "action": "TriggerRecord", "times": None}
    await cloud.control("POST", "/_emulator/faults", {**fault, "seconds": SLOW_ANSWER})
    await cloud.take()
    begun = time.time()
    reply = await client.action(
        "linkvisual.trigger_record", reply=True, entity_id=cameras
    )
    noted = await cloud.take()
    await cloud.control("DELETE", "/_emulator/faults")
    if any(row["status"] != "triggered" for row in reply.values()):
        raise RuntimeError("a camera was not triggered")
    requests = arrived(noted, "TriggerRecord")
    return requests[-1] - begun, len(requests), noted["most_at_once"]


async def _browse(
    cloud: Served, client: Client, files: int
) -> tuple[float, list[str], int]:
    """Open a day with many recordings; return the seconds, the calls, and the rows of the first page."""
    camera = cloud.told["cameras"][0]["iot_id"]
    yesterday = datetime.now(TIME_ZONE).replace(
        hour=0, minute=0, second=0, microsecond=0
    ) - timedelta(days=1)
    begin, step = yesterday.timestamp(), 86400 / files
    stored = [
        {"begin": begin + n * step, "end": begin + n * step + step / 2}
        for n in range(files)
    ]
    await cloud.control("POST", f"/_emulator/cameras/{camera}/files", stored)
    (entry,) = await client.command("config_entries/get", domain="linkvisual")
    place = f"media-source://linkvisual/{entry['entry_id']}/{camera}/day"
    await cloud.take()
    begun = time.perf_counter()
    page = await client.command(
        "media_source/browse_media",
        media_content_id=f"{place}/{yesterday:%Y-%m-%d}",
    )
    took = time.perf_counter() - begun
    return took, asked(await cloud.take()), len(page["children"])


async def measure(scheme: str, quick: bool) -> list[Figure]:
    """Run a Home Assistant with cameras that all can record, and use it."""
    async with run_cloud(scheme, CAMERAS) as cloud:
        for camera in cloud.told["cameras"]:
            await cloud.control(
                "PATCH",
                f"/_emulator/cameras/{camera['iot_id']}",
                {"status": "ONLINE", "retention_days": 7},
            )
        house = House(f"house-{scheme}", cloud.told["certificate"])
        async with house.run(watched=False) as (client, _):
            await set_up(client, cloud.told)
            await asyncio.sleep(SETTLE)
            delays, idle = await _press(cloud, client, 20 if quick else 300)
            last, triggered, at_once = await _trigger_all(cloud, client)
            took, calls, rows = await _browse(cloud, client, FILES)
    tell = teller("house", scheme)
    return [
        tell("press to request, p50", percentile(delays, 0.5) * 1e3, "ms", goal=5),
        tell("press to request, p99", percentile(delays, 0.99) * 1e3, "ms", goal=20),
        tell("idle command, p50", percentile(idle, 0.5) * 1e3, "ms"),
        tell("idle command, p99", percentile(idle, 0.99) * 1e3, "ms"),
        tell("50 cameras, requests", triggered, "", goal=CAMERAS, at_least=True),
        tell("50 cameras, last request", last, "s", goal=1),
        tell("50 cameras, requests at once", at_once, ""),
        tell("day of 500, first page", took, "s", goal=1),
        tell("day of 500, calls", len(calls), "", goal=10),
        tell("day of 500, rows of the first page", rows, ""),
    ]
