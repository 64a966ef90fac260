"""Faults of the whole system: network, clocks, cameras, restarts. Each function begins one and returns how to end it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from homeassistant.helpers.aiohttp_client import async_get_clientsession

from tests.emulator.cloud import Cloud
from tests.emulator.things import set_status

if TYPE_CHECKING:
    from .scenario import Scenario

type End = Callable[[], Awaitable[None] | None] | None


async def _refused(scenario: Scenario) -> End:
    await scenario.network.down()
    return scenario.network.up


async def _dns(scenario: Scenario) -> End:
    network = scenario.network
    network.knows_name = False
    network.break_connections()
    connector = async_get_clientsession(scenario.instance.hass).connector
    getattr(connector, "clear_dns_cache", lambda: None)()

    def end() -> None:
        network.knows_name = True

    return end


async def _key(scenario: Scenario) -> End:
    key = scenario.cloud.keys[scenario.cloud.access_key_id]
    key.active = False

    def end() -> None:
        key.active = True

    return end


def _set_cloud_clock(cloud: Cloud, offset: float) -> None:
    cloud.clock_offset = offset
    # Set back, the emulator would count calls as of the last second for hours, which no gateway does.
    cloud.recent.clear()


async def _cloud_clock(scenario: Scenario) -> End:
    _set_cloud_clock(scenario.cloud, scenario.random.choice((-7200, -600, 600, 7200)))
    return lambda: _set_cloud_clock(scenario.cloud, 0)


async def _wall_clock(scenario: Scenario) -> End:
    seconds = scenario.random.choice((-3000, -300, -20, 20, 300, 3000))
    scenario.clock.set_wall_error(seconds)
    return lambda: scenario.clock.set_wall_error(0)


async def _offline(scenario: Scenario) -> End:
    cloud = scenario.cloud
    camera = cloud.world.devices[scenario.random.choice(scenario.cameras)]
    before = camera.status
    set_status(cloud, camera, "OFFLINE")
    return lambda: set_status(cloud, camera, before)


async def _removed(scenario: Scenario) -> End:
    devices = scenario.cloud.world.devices
    camera = devices.pop(scenario.random.choice(scenario.cameras[1:]))
    await scenario.run(scenario.random.choice((5.0, 400.0, 800.0)), 10)

    def end() -> None:
        devices[camera.iot_id] = camera

    return end


async def _kill(scenario: Scenario) -> End:
    await scenario.kill()
    return None


async def _restart(scenario: Scenario) -> End:
    await scenario.restart()
    return None


async def _reload(scenario: Scenario) -> End:
    await scenario.instance.reload()
    return None


SYSTEM_FAULTS: dict[str, Callable[[Scenario], Awaitable[End]]] = {
    "refused": _refused,
    "dns": _dns,
    "key disabled": _key,
    "clock of the cloud": _cloud_clock,
    "wall clock": _wall_clock,
    "camera offline": _offline,
    "camera removed": _removed,
    "kill": _kill,
    "restart": _restart,
    "reload": _reload,
}
