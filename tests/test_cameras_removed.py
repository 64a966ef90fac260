"""Cameras that were deleted from the instance go, whatever else in it cannot be read."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.assist import device_of
from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .plans import access_token


async def test_another_product_does_not_tell_what_it_is(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """A product whose only device has never been online says nothing about the cameras of others."""
    product = cloud.world.add_product("Thing", None, video=True)
    cloud.world.add_device(product, nickname="Thing", status="UNACTIVE")
    cloud.faults.append(
        Fault(
            "service",
            "QueryDeviceRecordLifeCycle",
            None,
            code="403",
            message="device status is initial",
        )
    )
    # Its own cameras stay, since they may be among what was not listed.
    del cloud.world.devices[cameras["Front door"].iot_id]
    await clock.run(1200, step=60)
    assert er.async_get(hass).async_get("camera.front_door") is None
    assert hass.states.get("camera.garage") is not None


async def test_removed_by_hand(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A camera that the cloud no longer lists may be deleted by who knows; one that it lists may not."""
    # One row of each list cannot be read: what is missing may be there.
    patch: dict[Any, Any] = {"Data": {"DeviceInfo": {0: {"IotId": None}}}}
    cloud.faults.append(Fault("patch", "QueryDevice", None, patch=patch))
    del cloud.world.devices[cameras["Garage"].iot_id]
    await clock.run(1200, step=60)
    assert er.async_get(hass).async_get("camera.garage") is not None
    devices = {
        name: device_of(hass, loaded, cameras[name]) for name in ("Garage", "Garden")
    }
    assert await async_setup_component(hass, "config", {})
    # Tokens do not outlive a jump of the clock.
    client = await hass_ws_client(hass, await access_token(hass))
    assert (await client.remove_device(devices["Garage"]))["success"]
    assert not (await client.remove_device(devices["Garden"]))["success"]
    await clock.run(600, step=60)
    assert er.async_get(hass).async_get("camera.garage") is None
    assert hass.states.get("camera.garden") is not None


@pytest.mark.parametrize(
    "fault",
    [
        # The video service is suspended, and known cameras are of products of both kinds.
        Fault(
            "service",
            "QueryDeviceRecordLifeCycle",
            None,
            code="460",
            message="product is not active.",
        ),
        Fault("patch", "QueryProduct", 4, patch={"Data": {"CategoryKey": "Lamp"}}),
    ],
    ids=["video", "category"],
)
async def test_product_seems_to_be_no_camera(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    fault: Fault,
) -> None:
    """After a restart, cameras that the cloud still lists stay, whatever it says of their product; soon they work."""
    registry = er.async_get(hass)
    before = set(registry.entities)
    await hass.config_entries.async_unload(loaded.entry_id)
    cloud.faults.append(fault)
    await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(1200, step=60)
    assert before <= set(registry.entities)
    cloud.faults.clear()
    await clock.run(360, step=60)
    assert before <= set(registry.entities)
    working = {
        state.name for state in hass.states.async_all("camera") if state.state == "idle"
    }
    assert working >= {name for name, row in cameras.items() if row.status == "ONLINE"}
