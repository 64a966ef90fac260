"""How a scenario is told: what each operation does when all is well, once; every SDK plays it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

type Reply = dict[str, Any]
type Call = Callable[[str, dict[str, Any]], Awaitable[Reply]]
type Scenario = Callable[[Cloud, Call], Awaitable[None]]

SCENARIOS: dict[str, Scenario] = {}


def scenario(action: str) -> Callable[[Scenario], Scenario]:
    """Register what tells of an operation."""

    def register(function: Scenario) -> Scenario:
        SCENARIOS[action] = function
        return function

    return register


def cameras(cloud: Cloud) -> list[Device]:
    """Return what has video."""
    return [each for each in cloud.world.devices.values() if each.product.video]


def device(cloud: Cloud, number: int = 0) -> dict[str, Any]:
    """Return the parameters that name a camera."""
    return {
        "IotId": cameras(cloud)[number].iot_id,
        "IotInstanceId": cloud.iot_instance_id,
    }


def shanghai(when: float) -> str:
    """Return a time as LinkVisual's replies have it."""
    zone = timezone(timedelta(hours=8))
    return datetime.fromtimestamp(when, zone).strftime("%Y-%m-%d %H:%M:%S")
