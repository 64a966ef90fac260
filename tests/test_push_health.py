"""Whether push works, as issues, a sensor, diagnostics and system health tell."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device

MOTION = "binary_sensor.front_door_motion"
CONNECTIVITY = "binary_sensor.front_door_connectivity"
SENSOR = "sensor.iot_emulator01_push"


class Pushed:
    """An account whose alarms are pushed. Its polls of queues never end, so that nothing waits for them."""

    def __init__(self, hass: HomeAssistant, clock: Clock, cloud: Cloud) -> None:
        self._hass = hass
        self._clock = clock
        self._cloud = cloud

    async def until(self, is_so: Callable[[], Any], step: float = 0.0) -> None:
        """Wait until something is so, letting time pass in steps."""
        for _ in range(400):
            if is_so():
                return
            if step:
                self._clock.jump(step)
            await asyncio.sleep(0.02)
        raise AssertionError("it did not happen")

    async def run(self, seconds: int) -> None:
        """Let time pass."""
        for _ in range(seconds // 10):
            self._clock.jump(10)
            await asyncio.sleep(0.02)

    async def until_polled(self) -> None:
        """Wait until a queue is polled."""
        await self.until(
            lambda: any(queue.waiting for queue in self._cloud.queues.values())
        )

    def issue(self, key: str) -> ir.IssueEntry | None:
        """Return the issue with a translation key."""
        return next(
            (
                issue
                for issue in ir.async_get(self._hass).issues.values()
                if issue.translation_key == key
            ),
            None,
        )


@pytest.fixture
async def pushed(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> Pushed:
    """Set up the account with push, and with its sensor."""
    cloud.speed = 100
    cloud.subscribe()
    er.async_get(hass).async_get_or_create(
        "sensor",
        "linkvisual",
        f"{entry.entry_id}_push",
        suggested_object_id="iot_emulator01_push",
        disabled_by=None,
    )
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"push": True})
    assert await hass.config_entries.async_setup(entry.entry_id)
    pushed = Pushed(hass, clock, cloud)
    await pushed.until_polled()
    return pushed


async def system_health(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the system health page tells at once."""
    assert await async_setup_component(hass, "system_health", {})
    told = await get_system_health_info(hass, "linkvisual")
    told.pop("can_reach_cloud").close()
    return told


async def test_works(
    hass: HomeAssistant,
    cloud: Cloud,
    front_door: Device,
    entry: MockConfigEntry,
    pushed: Pushed,
    hass_client: ClientSessionGenerator,
) -> None:
    """Push tells how it works. Motion is on at once."""
    raise_alarm(cloud, front_door)
    await pushed.until(lambda: hass.states.is_state(MOTION, "on"))
    await pushed.until(lambda: hass.states.is_state(SENSOR, "connected"), step=5)
    sensor = hass.states.get(SENSOR)
    assert sensor is not None
    assert sensor.attributes["messages"] == 1
    assert 0 <= sensor.attributes["median_delay"] < 60
    report: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert report["options"]["push"] is True
    assert report["push"]["state"] == "connected"
    assert report["push"]["errors"] == []
    assert sum(queue["messages"] for queue in report["push"]["queues"]) == 1
    assert report["calls"]["queue_calls"] > 0
    for name in (*cloud.queues, *cloud.world.products):
        assert name not in json.dumps(report)
    assert (await system_health(hass))["push"] == "Connected"
    assert pushed.issue("push_failed") is None
    assert pushed.issue("push_misses_alarms") is None


async def test_no_queue(
    hass: HomeAssistant, cloud: Cloud, front_door: Device, pushed: Pushed
) -> None:
    """A subscription that somebody deletes is an issue, until there is one again. Polling takes over."""
    for (product_key, kind), subscription in list(cloud.subscriptions.items()):
        del cloud.subscriptions[product_key, kind]
        cloud.delete_queue(subscription.queue_name)
    await pushed.until(lambda: pushed.issue("push_failed"), step=10)
    issue = pushed.issue("push_failed")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert "QueueNotExist" in issue.translation_placeholders["reason"]
    assert issue.learn_more_url is not None
    assert issue.learn_more_url.endswith("#push")
    await pushed.until(lambda: hass.states.is_state(SENSOR, "disconnected"), step=10)
    raise_alarm(cloud, front_door)
    await pushed.until(lambda: hass.states.is_state(MOTION, "on"), step=2)
    # It is an issue also once the queues were looked for again.
    await pushed.run(700)
    assert pushed.issue("push_failed")
    cloud.subscribe()
    await pushed.until(lambda: not pushed.issue("push_failed"), step=10)
    await pushed.until(lambda: hass.states.is_state(SENSOR, "connected"), step=10)


async def test_one_queue_is_gone(
    hass: HomeAssistant, cloud: Cloud, front_door: Device, pushed: Pushed
) -> None:
    """That one of several products has lost its queue is an issue, too, also once the queues were looked for again."""
    await pushed.run(30)
    product = front_door.product
    del cloud.subscriptions[product.product_key, "MNS"]
    cloud.delete_queue(f"aliyun-iot-{product.product_key}")
    await pushed.run(1300)
    assert pushed.issue("push_failed")
    cloud.subscribe(product)
    await pushed.until(lambda: not pushed.issue("push_failed"), step=10)


async def test_no_permission(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry, pushed: Pushed
) -> None:
    """A missing permission is one issue, not two, and names the permission."""
    cloud.denied.add("BatchReceiveMessage")
    await hass.config_entries.async_reload(entry.entry_id)

    def is_named() -> bool:
        issue = pushed.issue("push_failed")
        placeholders = issue.translation_placeholders if issue else None
        return "mns:BatchReceiveMessage" in (placeholders or {}).get("reason", "")

    # On a busy machine, the answer to the first call may come too late.
    await pushed.until(is_named, step=10)
    assert pushed.issue("permission_denied") is None


async def test_throttled(hass: HomeAssistant, cloud: Cloud, pushed: Pushed) -> None:
    """A queue that is polled too often is no reason to make fewer other calls."""
    cloud.faults.append(
        Fault(
            "gateway",
            "BatchReceiveMessage",
            status=429,
            code="TooManyRequests",
            times=None,
        )
    )
    await pushed.until(lambda: pushed.issue("push_failed"), step=10)
    assert pushed.issue("too_many_calls") is None


async def test_misses_alarms(
    hass: HomeAssistant, cloud: Cloud, front_door: Device, pushed: Pushed
) -> None:
    """Alarms that only polling finds are an issue, until the queue has brought some."""
    # A poll since the queue is connected, and another one that finds what the queue did not bring.
    await pushed.run(400)
    cloud.delivery = replace(cloud.delivery, lost=1.0)
    raise_alarm(cloud, front_door)
    await pushed.until(lambda: pushed.issue("push_misses_alarms"), step=10)
    issue = pushed.issue("push_misses_alarms")
    assert issue is not None
    assert issue.translation_placeholders is not None
    product = front_door.product.name
    assert issue.translation_placeholders["products"] == product
    await pushed.until(lambda: hass.states.is_state(SENSOR, "incomplete"), step=10)
    cloud.delivery = replace(cloud.delivery, lost=0.0)
    for event_type in (1, 2, 3):
        raise_alarm(cloud, front_door, event_type)
    await pushed.until(lambda: not pushed.issue("push_misses_alarms"), step=10)


async def test_misses_states(
    hass: HomeAssistant, cloud: Cloud, front_door: Device, pushed: Pushed
) -> None:
    """Who takes alarms away from the queue takes states away, too: these are polled as without push."""
    await pushed.run(400)
    cloud.delivery = replace(cloud.delivery, lost=1.0)
    raise_alarm(cloud, front_door)
    await pushed.until(lambda: hass.states.is_state(SENSOR, "incomplete"), step=10)
    # As often as without push from now on, instead of every ten minutes.
    await pushed.run(60)
    set_status(cloud, front_door, "OFFLINE")
    await pushed.run(150)
    assert hass.states.is_state(CONNECTIVITY, "off")
    # Once the queue brings alarms, it is relied on again.
    cloud.delivery = replace(cloud.delivery, lost=0.0)
    set_status(cloud, front_door, "ONLINE")
    for event_type in (1, 2, 3):
        raise_alarm(cloud, front_door, event_type)
    await pushed.until(lambda: hass.states.is_state(SENSOR, "connected"), step=10)
    cloud.calls.clear()
    await pushed.run(900)
    assert len(cloud.calls_of("BatchGetDeviceState")) <= 3


async def test_switched_off(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Without push, nothing tells of it."""
    registry = er.async_get(hass)
    unique_id = f"{loaded.entry_id}_push"
    assert registry.async_get_entity_id("sensor", "linkvisual", unique_id) is None
    assert "push" not in await system_health(hass)


async def test_one_subscription_is_odd(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    entry: MockConfigEntry,
) -> None:
    """A product whose subscription cannot be read is an issue; the alarms of the others are pushed all the same."""
    cloud.speed = 100
    cloud.subscribe()
    products = [each for each in cloud.world.products.values() if each.video]
    (other,) = (each for each in products if each is not front_door.product)
    subscription = cloud.subscriptions[other.product_key, "MNS"]
    configuration, subscription.configuration = subscription.configuration, "{}"
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"push": True})
    assert await hass.config_entries.async_setup(entry.entry_id)
    pushed = Pushed(hass, clock, cloud)
    await pushed.until_polled()
    raise_alarm(cloud, front_door, listed=False)
    await pushed.until(lambda: hass.states.is_state(MOTION, "on"))
    await pushed.until(lambda: pushed.issue("push_failed"), step=10)
    subscription.configuration = configuration
    await pushed.until(lambda: not pushed.issue("push_failed"), step=10)
    # A queue that was found is relied on, though its subscription cannot be read again.
    subscription.configuration = "{}"
    await pushed.run(700)
    assert not pushed.issue("push_failed")
