"""The calls of hours in which nothing happens, with many cameras and a simulated clock; prints JSON, per hour."""

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
import json
from pathlib import Path
from random import Random
import tempfile
from typing import Any

# First: it prepares the process for a Home Assistant of its own.
from tests.chaos.player import prepare_process  # isort: skip

from tests.chaos.alarm_ledger import AlarmLedger
from tests.chaos.clock import Clock
from tests.chaos.instance import Instance
from tests.chaos.ledger import Ledger
from tests.chaos.network import Network
from tests.emulator.cloud import Call, Cloud

CAMERAS = 50
HOUR = 3600.0
# Seconds until each camera was polled for the first time, and more than once.
_SETTLE = 2 * HOUR
# Seconds. The shorter, the less later than at its time a poll of the queue ends.
_STEP = 0.5


@dataclass(slots=True)
class _Hours:
    """What was called in so many hours."""

    hours: int
    actions: Counter[str] = field(default_factory=Counter)
    by_queue: Counter[str] = field(default_factory=Counter)
    polls: Counter[str] = field(
        default_factory=Counter
    )  # by IotId, in one hour at most

    def count(self, calls: Iterable[Call]) -> None:
        """Count the calls of one hour."""
        polls: Counter[str] = Counter()
        for call in calls:
            self.actions[call.action] += 1
            if queue_name := call.params.get("QueueName"):
                self.by_queue[queue_name] += 1
            if call.action == "QueryDeviceEvent":
                polls[call.params["IotId"]] += 1
        self.polls |= polls

    def per_hour(self) -> dict[str, Any]:
        """Return what is printed."""
        return {
            "queues": len(self.by_queue),
            "calls_per_queue": max(self.by_queue.values(), default=0) / self.hours,
            "most_alarm_calls": max(self.polls.values(), default=0),
            "actions": {name: n / self.hours for name, n in self.actions.items()},
        }


async def _idle(push: bool, hours: int) -> dict[str, Any]:
    clock = Clock()
    with clock.installed(), tempfile.TemporaryDirectory() as folder:
        cloud = Cloud(cameras=CAMERAS)
        cloud.clock = clock.true_time
        for device in cloud.world.devices.values():
            device.status = "ONLINE"
        cloud.subscribe()
        alarms = AlarmLedger(cloud, Random(1), is_polled=True)
        async with Network.serve(cloud) as network:
            instance = await Instance.start(
                *(Path(folder), clock, Ledger(), alarms, network.entry_data),
                {"push": push},
            )
            try:
                await clock.run(_SETTLE, _STEP)
                counted = _Hours(hours)
                for _ in range(hours):
                    cloud.calls.clear()
                    await clock.run(HOUR, _STEP)
                    counted.count(cloud.calls)
                return counted.per_hour()
            finally:
                await instance.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--push", action="store_true")
    parser.add_argument("--hours", type=int, default=1)
    arguments = parser.parse_args()
    prepare_process(verbose=False)
    print(json.dumps(asyncio.run(_idle(arguments.push, arguments.hours))))
