"""The emulator to compare with: a cloud that has some of everything."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp.test_utils import TestServer

from tests.emulator import alarms
from tests.emulator.app import create_app
from tests.emulator.cloud import Cloud

from .recorder import Account
from .walk import Pace

_HOUR = 3600


def furnish(cloud: Cloud) -> None:
    """Put recordings, pictures and alarms of the last days into all cameras that are online, alarms into queues.

    One of them has plans, too.
    """
    cloud.subscribe()
    camera = next(each for each in cloud.world.devices.values() if each.product.video)
    cloud.plans.add_foreign_record_plan(camera)
    cloud.plans.add_foreign_event_plan(camera)
    for camera in cloud.world.devices.values():
        if not camera.product.video or camera.status != "ONLINE":
            continue
        for hours in (60, 40, 20, 5):
            begin = cloud.now() - hours * _HOUR
            cloud.world.add_file(camera, begin, begin + 60, record_type=hours % 3)
            alarms.raise_alarm(
                cloud, camera, delay=0, age=hours * _HOUR - 600, record=True
            )
        alarms.raise_alarm(cloud, camera, delay=0, age=_HOUR, picture=False)


@asynccontextmanager
async def serve(cloud: Cloud) -> AsyncIterator[Account]:
    """Serve a cloud in this process; yield how to reach it."""
    async with TestServer(create_app(cloud), host="127.0.0.1") as server:
        yield Account(
            cloud.access_key_id,
            cloud.access_key_secret,
            cloud.region,
            cloud.iot_instance_id,
            str(server.make_url("")).rstrip("/"),
        )


def hurried(cloud: Cloud) -> Pace:
    """Return a pace at which an emulated cloud's time jumps where a live one's has to be waited for."""

    async def sleep(seconds: float) -> None:
        cloud.clock_offset += seconds
        await asyncio.sleep(0)

    return Pace(cloud.now, sleep)
