"""Serve a LinkVisual cloud: python -m tests.emulator."""

import argparse
import asyncio
import json
from random import Random
import signal

from aiohttp import web

from .alarms import raise_any
from .app import create_app
from .cloud import (
    DEFAULT_ACCESS_KEY_ID,
    DEFAULT_ACCESS_KEY_SECRET,
    DEFAULT_INSTANCE,
    Cloud,
)
from .control import describe


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/emulator", description="A LinkVisual cloud on this machine."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--access-key-id", default=DEFAULT_ACCESS_KEY_ID)
    parser.add_argument("--access-key-secret", default=DEFAULT_ACCESS_KEY_SECRET)
    parser.add_argument(
        "--iot-instance-id", default=DEFAULT_INSTANCE, help='"": the public instance'
    )
    parser.add_argument("--region", default="cn-shanghai")
    parser.add_argument("--cameras", type=int, default=6)
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="uploads and the making of MP4s run this many times faster; recordings and signatures keep real time",
    )
    parser.add_argument("--seed", type=int, default=1, help="of all identifiers")
    parser.add_argument(
        "--alarms",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="let each camera raise an alarm that often, on average; 0: never",
    )
    parser.add_argument(
        "--push",
        action="store_true",
        help="put the cameras' messages into message queues, as after a subscription in the console",
    )
    return parser.parse_args()


async def _raise_alarms(cloud: Cloud, seconds: float) -> None:
    """Let cameras raise alarms, at random, until cancelled."""
    random = Random(cloud.seed)
    while True:
        cameras = sum(each.product.video for each in cloud.world.devices.values())
        mean = seconds / cloud.speed / max(cameras, 1)
        await asyncio.sleep(random.expovariate(1 / mean))
        raise_any(cloud, random)


async def _serve(arguments: argparse.Namespace) -> None:
    settings = vars(arguments).copy()
    host, port, alarms, push = (
        settings.pop(name) for name in ("host", "port", "alarms", "push")
    )
    cloud = Cloud(**settings)
    if push:
        cloud.subscribe()
    runner = web.AppRunner(
        create_app(cloud), access_log=None, keepalive_timeout=25, handle_signals=False
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=1024)
    await site.start()
    port = runner.addresses[0][1]
    print(
        json.dumps({"endpoint": f"http://{host}:{port}", **describe(cloud)}), flush=True
    )
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    raising = asyncio.create_task(_raise_alarms(cloud, alarms)) if alarms > 0 else None
    await stopped.wait()
    if raising is not None:
        raising.cancel()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
