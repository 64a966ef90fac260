"""Ways to call the emulator."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .raw import Raw, utc

# A LinkVisual call about the first camera, by a client whose clock is the cloud's; returns the reply.
type Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def raw(cloud: Cloud, endpoint: str) -> AsyncIterator[Raw]:
    """Call by hand."""
    async with aiohttp.ClientSession() as session:
        yield Raw(session, cloud, endpoint)


@pytest.fixture
def camera(cloud: Cloud) -> Device:
    """Return the first camera, and stop the clock at a whole second."""
    now = float(int(cloud.now()))
    cloud.clock = lambda: now
    return next(iter(cloud.world.devices.values()))


@pytest.fixture
def ask(raw: Raw, cloud: Cloud, camera: Device) -> Ask:
    """Call about the camera."""

    async def ask(action: str, **params: Any) -> dict[str, Any]:
        params |= {"IotId": camera.iot_id, "IotInstanceId": cloud.iot_instance_id}
        answer = await raw.call("acs3", action, params, timestamp=utc(cloud.now()))
        reply: dict[str, Any] = answer.json
        return reply

    return ask
