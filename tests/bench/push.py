"""From a message in the queue to an event entity of a real Home Assistant, and what waiting for messages costs."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
import json
from random import Random
import sys
import time
from typing import Any

from tests.instance.client import Client
from tests.instance.demo import set_up
from tests.instance.processes import ROOT

from .figures import Figure, percentile, teller
from .house import SETTLE
from .processes import House, Served, run_cloud

CAMERAS = 8
ALARMS = 500
QUICK_ALARMS = 50
# Seconds between two alarms, on average.
PACE = 0.1
# Alarms between two broken polls, and between two deletions that fail: those messages come again after 30 seconds.
CUT_EVERY, KEPT_EVERY = 40, 70
# Cameras upload an alarm late, and after newer ones, with this probability, by seconds at most.
LATE_SHARE, LATE_BY = 0.3, 5.0
# Seconds after the last alarm: until what was not deleted has come again, and until all alarms were polled, too.
QUICK_PATIENCE, PATIENCE = 40, 150
# Idle cameras are polled together, and less than twice in an hour: one hour alone tells little.
QUICK_HOURS, HOURS = 1, 10

type Key = tuple[str, int]  # entity, and the camera's time in milliseconds


@dataclass(slots=True)
class Told:
    """What event entities told of each alarm, in Unix seconds. `raised_at` is when its message was in the queue."""

    raised_at: dict[Key, float] = field(default_factory=dict)
    told_at: dict[Key, list[float]] = field(default_factory=dict)

    def note(self, entity_id: str, state: Mapping[str, Any]) -> None:
        """Note an alarm that was told."""
        happened = datetime.fromisoformat(state["attributes"]["event_time"])
        key = entity_id, round(happened.timestamp() * 1000)
        told_at = datetime.fromisoformat(state["last_updated"]).timestamp()
        self.told_at.setdefault(key, []).append(told_at)

    @property
    def delays(self) -> list[float]:
        """Seconds from the queue to the entity, of the alarms that were told."""
        return [
            self.told_at[key][0] - at
            for key, at in self.raised_at.items()
            if key in self.told_at
        ]

    def figures(self, scheme: str) -> list[Figure]:
        """Judge."""
        tell = teller("push", scheme)
        delays = self.delays
        repeated = sum(len(times) > 1 for times in self.told_at.values())
        figures = [
            tell("alarms", len(self.raised_at), ""),
            tell("told exactly once", len(delays) - repeated, ""),
            tell("told more than once", repeated, "", goal=0),
            tell("never told", len(self.raised_at) - len(delays), "", goal=0),
            tell("never raised", len(self.told_at.keys() - self.raised_at), "", goal=0),
        ]
        if delays:
            figures += [
                tell("message to entity, p50", percentile(delays, 0.5), "s", goal=0.3),
                tell("message to entity, p99", percentile(delays, 0.99), "s", goal=1),
                tell("message to entity, longest", max(delays), "s"),
            ]
        return figures


async def switch_push_on(cloud: Served, client: Client) -> list[str]:
    """Set the option through its dialog; wait until the queues are polled, and return their names."""
    (entry,) = await client.command("config_entries/get", domain="linkvisual")
    path = "/api/config/config_entries/options/flow"
    flow = await client.request("POST", path, json={"handler": entry["entry_id"]})
    options = {
        field["name"]: field["default"]
        for field in flow["data_schema"]
        if "default" in field
    }
    answer = await client.request(
        "POST", f"{path}/{flow['flow_id']}", json=options | {"push": True}
    )
    if answer["type"] != "create_entry":
        raise RuntimeError(f"push could not be switched on: {answer.get('errors')}")
    async with asyncio.timeout(60):
        while True:
            subscribed = await cloud.control("GET", "/_emulator/subscriptions")
            if all(each["waiting"] for each in subscribed.values()):
                return [each["queue_name"] for each in subscribed.values()]
            await asyncio.sleep(0.2)


async def _listen(states: asyncio.Queue[Any], entities: set[str], noted: Told) -> None:
    """Note what event entities tell. What becomes known of an alarm later changes neither its state nor its time."""
    while True:
        event = (await states.get())["data"]
        new, old = event["new_state"], event["old_state"]
        if event["entity_id"] not in entities or new is None or old is None:
            continue
        if "event_time" not in new["attributes"] or new["state"] == "unavailable":
            continue
        if old["state"] == new["state"] and (
            old["attributes"].get("event_time") == new["attributes"]["event_time"]
        ):
            continue
        noted.note(event["entity_id"], new)


async def _raise(
    cloud: Served, entities: Mapping[str, str], queues: list[str], alarms: int
) -> dict[Key, float]:
    """Raise alarms at random moments, and let their messages go astray; return when each was in the queue."""
    random, raised_at = Random(1), {}
    at = time.monotonic()
    for number in range(alarms):
        if number % CUT_EVERY == CUT_EVERY - 1:
            for name in queues:
                await cloud.control("POST", f"/_emulator/queues/{name}", {"cut": True})
        if number % KEPT_EVERY == KEPT_EVERY - 1:
            fault = {"kind": "cut", "action": "BatchDeleteMessage", "times": 1}
            await cloud.control("POST", "/_emulator/faults", fault)
        iot_id = random.choice([*entities])
        age = random.uniform(0, LATE_BY) if random.random() < LATE_SHARE else 0.0
        raised = await cloud.control(
            "POST", f"/_emulator/cameras/{iot_id}/alarms", {"age": age}
        )
        happened = int(raised["event_id"].rpartition("_")[2])
        raised_at[entities[iot_id], happened] = happened / 1000 + age
        at += random.expovariate(1 / PACE)
        await asyncio.sleep(max(0.0, at - time.monotonic()))
    return raised_at


async def _alarm_entities(cloud: Served, client: Client) -> dict[str, str]:
    """Return the event entity of each camera."""
    rows = await client.command("config/entity_registry/list")
    by_id = {row["unique_id"]: row["entity_id"] for row in rows}
    return {
        camera["iot_id"]: by_id[f"{camera['iot_id']}_alarm"]
        for camera in cloud.told["cameras"]
    }


async def _measure_delays(scheme: str, alarms: int, patience: int) -> Told:
    """Run a Home Assistant with cameras that are all online, and let them raise alarms."""
    noted = Told()
    async with run_cloud(scheme, CAMERAS) as cloud:
        for camera in cloud.told["cameras"]:
            path = f"/_emulator/cameras/{camera['iot_id']}"
            await cloud.control("PATCH", path, {"status": "ONLINE"})
        await cloud.control("POST", "/_emulator/subscriptions", {})
        await cloud.control("POST", "/_emulator/delivery", {"copies": 2})
        async with House(f"push-{scheme}", cloud.told["certificate"]).run(
            watched=False
        ) as (client, _):
            await set_up(client, cloud.told)
            queues = await switch_push_on(cloud, client)
            for number, name in enumerate(queues):
                path = f"/_emulator/queues/{name}"
                await cloud.control("POST", path, {"order_seed": number})
            await asyncio.sleep(SETTLE)
            entities = await _alarm_entities(cloud, client)
            states = await client.events("state_changed")
            listener = asyncio.create_task(
                _listen(states, set(entities.values()), noted)
            )
            noted.raised_at = await _raise(cloud, entities, queues, alarms)
            await asyncio.sleep(patience)
            if listener.done():
                await listener
            listener.cancel()
    return noted


async def _count_idle(*arguments: str) -> dict[str, Any]:
    """Let hours pass in a process of its own, whose clock is simulated."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.idle", *arguments), cwd=ROOT, stdout=PIPE
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("the idle hours could not be simulated")
    counts = json.loads(output)
    assert isinstance(counts, dict)
    return counts


async def _measure_idle(scheme: str, hours: int) -> list[Figure]:
    pushed = await _count_idle("--push", f"--hours={hours}")
    polled = await _count_idle(f"--hours={hours}")
    alarm_calls, polled_calls = (
        counts["actions"]["QueryDeviceEvent"] for counts in (pushed, polled)
    )
    tell = teller("push", scheme)
    return [
        tell("idle hour, queues", pushed["queues"], ""),
        tell("idle hour, calls per queue", pushed["calls_per_queue"], "", goal=200),
        tell("idle hour, alarm calls", alarm_calls, ""),
        tell("idle hour, alarm calls without push", polled_calls, ""),
        tell("alarm calls / without push", alarm_calls / polled_calls, "x", goal=0.1),
        tell("safety polls of a camera", pushed["most_alarm_calls"], "", goal=12),
    ]


async def measure(scheme: str, quick: bool) -> list[Figure]:
    """Measure delays; and once, since it is the same over https, what idle hours cost."""
    alarms, patience = (QUICK_ALARMS, QUICK_PATIENCE) if quick else (ALARMS, PATIENCE)
    noted = await _measure_delays(scheme, alarms, patience)
    figures = noted.figures(scheme)
    if scheme == "http":
        figures += await _measure_idle(scheme, QUICK_HOURS if quick else HOURS)
    return figures
