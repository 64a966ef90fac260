"""The calls of an hour in which nothing happens, with many cameras and a simulated clock; prints JSON."""

import argparse
import asyncio
from collections import Counter
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
from tests.emulator.cloud import Cloud

CAMERAS = 50
HOUR = 3600.0
# Seconds until each camera was polled for the first time, and more than once.
_SETTLE = 2 * HOUR
# Seconds. The shorter, the less later than at its time a poll of the queue ends.
_STEP = 0.5


def _counts(cloud: Cloud) -> dict[str, Any]:
    calls = Counter(call.action for call in cloud.calls)
    polls = Counter(call.params["IotId"] for call in cloud.calls_of("QueryDeviceEvent"))
    queue_calls = Counter(
        call.params["QueueName"] for call in cloud.calls if "QueueName" in call.params
    )
    return {
        "queues": len(cloud.queues),
        "calls_per_queue": max(queue_calls.values(), default=0),
        "alarm_calls": polls.total(),
        "most_alarm_calls": max(polls.values(), default=0),
        "status_calls": calls["BatchGetDeviceState"],
        "all_calls": dict(calls),
    }


async def _idle_hour(push: bool) -> dict[str, Any]:
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
                cloud.calls.clear()
                await clock.run(HOUR, _STEP)
                return _counts(cloud)
            finally:
                await instance.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--push", action="store_true")
    arguments = parser.parse_args()
    prepare_process(verbose=False)
    print(json.dumps(asyncio.run(_idle_hour(arguments.push))))
