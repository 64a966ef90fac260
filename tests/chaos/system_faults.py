"""Faults of the whole system: network, clocks, cameras, restarts. Each function begins one and returns how to end it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from homeassistant.helpers.aiohttp_client import async_get_clientsession

from tests.emulator.faults import Fault
from tests.emulator.messages import tell_life_cycle
from tests.emulator.things import remove_device, set_status

if TYPE_CHECKING:
    from .scenario import Scenario

_REFUSALS = (
    (403, "NoPermission"),
    (403, "Forbidden.RiskControl"),
    (400, "iot.system.BillIsOverDue"),
    (400, "iot.system.UidNotFound"),
    (400, "iot.system.SystemException"),
    (503, "ServiceUnavailable"),
)
_FOLLOW_UPS = (
    *("QueryRecordByRecordId", "QueryRecord", "QueryDeviceEvent"),
    *("QueryDeviceEventRecord", "BatchGetDeviceState"),
)
# Seconds by which a wall clock is wrong.
_WALL_ERRORS = (-7200, -3000, -300, -20, 20, 300, 3000, 7200)

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


async def _refused_for_long(scenario: Scenario) -> End:
    """Refuse everything but the triggers, for reasons that say nothing about a recording or an alarm."""
    random, cloud = scenario.random, scenario.cloud
    status, code = random.choice(_REFUSALS)
    cloud.faults += [
        Fault("gateway", action=action, times=None, status=status, code=code)
        for action in _FOLLOW_UPS
    ]
    await scenario.run(random.choice((5.0, 300.0, 1500.0)), 10)
    return cloud.faults.clear


async def _slow_parts(scenario: Scenario) -> End:
    """Let a long recording have its parts one by one, each long after its end."""
    guesses, random = scenario.cloud.inferred, scenario.random
    guesses.split_files_appear_early = random.random() < 0.8
    guesses.upload_delay = random.choice((60.0, 120.0, 200.0, 300.0))
    scenario.request(random.randint(1801, 4000))
    await scenario.pause(5, 1700, 1900, 2000, step=20)
    return None


async def _wall_clock(scenario: Scenario) -> End:
    scenario.clock.set_wall_error(scenario.random.choice(_WALL_ERRORS))
    return lambda: scenario.clock.set_wall_error(0)


async def _wrong_at_start(scenario: Scenario) -> End:
    """Start a machine whose clock has no battery: it is wrong until the network sets it."""
    scenario.clock.set_wall_error(scenario.random.choice(_WALL_ERRORS))
    await scenario.restart()
    return lambda: scenario.clock.set_wall_error(0)


async def _offline(scenario: Scenario) -> End:
    cloud = scenario.cloud
    camera = cloud.world.devices[scenario.random.choice(scenario.cameras)]
    before = camera.status
    set_status(cloud, camera, "OFFLINE")
    return lambda: set_status(cloud, camera, before)


async def _removed(scenario: Scenario) -> End:
    cloud = scenario.cloud
    camera = cloud.world.devices[scenario.random.choice(scenario.cameras[1:])]
    remove_device(cloud, camera)
    scenario.alarms.removed.add(camera.iot_id)
    await scenario.run(scenario.random.choice((5.0, 400.0, 800.0)), 10)

    def end() -> None:
        cloud.world.devices[camera.iot_id] = camera
        tell_life_cycle(cloud, camera, "create")

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
    "refused for long": _refused_for_long,
    "slow parts": _slow_parts,
    "wall clock": _wall_clock,
    "wrong at start": _wrong_at_start,
    "camera offline": _offline,
    "camera removed": _removed,
    "kill": _kill,
    "restart": _restart,
    "reload": _reload,
}
