"""What a device's thing model has: read, set, called."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.errors import (
    CommandOutcomeUnknownError,
    ControlFailedError,
    DeviceUnavailableError,
    InvalidRequestError,
    ThrottledError,
)
from custom_components.linkvisual.api.thing_models import PropertyStatus
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.things import set_status
from tests.emulator.world import Device

type Order = Callable[[LinkVisualClient, str], Awaitable[None]]


async def _set(client: LinkVisualClient, iot_id: str) -> None:
    await client.set_device_property(iot_id, {"MicSwitch": 0})


async def _invoke(client: LinkVisualClient, iot_id: str) -> None:
    await client.invoke_thing_service(iot_id, "Reboot", {})


ORDERS: dict[Order, str] = {_set: "SetDeviceProperty", _invoke: "InvokeThingService"}


@pytest.fixture
def camera(cloud: Cloud) -> Device:
    """Return the first camera: online."""
    return next(iter(cloud.world.devices.values()))


async def test_read(camera: Device, client: LinkVisualClient) -> None:
    """Values are texts; a property that was never reported has none."""
    del camera.properties["MicSwitch"]
    rows = await client.query_device_property_status(camera.iot_id)
    assert len(rows) == 16
    assert PropertyStatus("StorageRemainCapacity", "12040.12") in rows
    assert PropertyStatus("MicSwitch", "") in rows


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, []),
        ({"List": None}, []),
        ({"List": {"PropertyStatusInfo": []}}, []),
        (
            {
                "List": {
                    "PropertyStatusInfo": [
                        None,
                        {"Value": "1"},
                        {"Identifier": "A", "Value": 1},
                        {"Identifier": "B", "Value": "2", "New": True},
                    ]
                }
            },
            [PropertyStatus("A", ""), PropertyStatus("B", "2")],
        ),
    ],
)
async def test_odd_rows(
    cloud: Cloud,
    camera: Device,
    client: LinkVisualClient,
    data: Any,
    expected: list[PropertyStatus],
) -> None:
    """An odd row hides no other."""
    cloud.faults.append(Fault("patch", patch={"Data": data}))
    assert await client.query_device_property_status(camera.iot_id) == expected


async def test_orders(cloud: Cloud, camera: Device, client: LinkVisualClient) -> None:
    """Values and arguments go out as JSON."""
    await _set(client, camera.iot_id)
    args = {"ActionType": 1, "Step": 2}
    await client.invoke_thing_service(camera.iot_id, "PTZActionControl", args)
    first, second = (call.params for call in cloud.calls)
    assert first["IotId"] == second["IotId"] == camera.iot_id
    assert first["Items"] == '{"MicSwitch": 0}'
    assert second["Identifier"] == "PTZActionControl"
    assert second["Args"] == '{"ActionType": 1, "Step": 2}'
    assert camera.invoked[0].arguments == args


async def test_refused(cloud: Cloud, camera: Device, client: LinkVisualClient) -> None:
    """What a device cannot do, or not now, is told apart."""
    with pytest.raises(ControlFailedError):
        await client.set_device_property(camera.iot_id, {"Funny": 1})
    with pytest.raises(ControlFailedError):
        await client.invoke_thing_service(camera.iot_id, "Funny", {})
    with pytest.raises(InvalidRequestError):
        await client.set_device_property(camera.iot_id, {"MicSwitch": 7})
    set_status(cloud, camera, "OFFLINE")
    for order in ORDERS:
        with pytest.raises(DeviceUnavailableError):
            await order(client, camera.iot_id)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("after", [True, False])
async def test_lost(
    cloud: Cloud, camera: Device, client: LinkVisualClient, order: Order, after: bool
) -> None:
    """An order that may have arrived is not sent again."""
    cloud.faults.append(Fault("cut", ORDERS[order], times=None, after=after))
    with pytest.raises(CommandOutcomeUnknownError):
        await order(client, camera.iot_id)
    assert len(cloud.attempts) == 1


@pytest.mark.parametrize("order", ORDERS)
async def test_throttled(
    cloud: Cloud, camera: Device, client: LinkVisualClient, order: Order
) -> None:
    """An order that was refused for being one too many did not arrive: it is sent again, and the end is told."""
    fault = Fault("gateway", ORDERS[order], code="Throttling.User")
    cloud.faults.append(fault)
    await order(client, camera.iot_id)
    fault.times = None
    with pytest.raises(ThrottledError):
        await order(client, camera.iot_id)
