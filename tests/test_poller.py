"""Background polling: what it goes on through, whom it polls, and what is always left for it. Time is simulated."""

from collections import Counter
import logging

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual.api.client import LinkVisualClient
from tests.assist import device_of
from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .alarms import AlarmEvents
from .test_alarms import ALARM
from .test_budget import HOUR, set_up


def polled(cloud: Cloud) -> Counter[str]:
    """Return how often the alarms of each camera were listed."""
    return Counter(call.params["IotId"] for call in cloud.calls_of("QueryDeviceEvent"))


@pytest.mark.parametrize(
    "operation", ["query_device_event", "query_device_property_status"]
)
@pytest.mark.parametrize("error", [OverflowError("date"), RuntimeError("a bug")])
async def test_unexpected_exception(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    operation: str,
    error: Exception,
) -> None:
    """A bug with one camera is logged once, and neither ends polling nor holds up the other cameras."""
    garage = cameras["Garage"].iot_id
    original = getattr(LinkVisualClient, operation)

    async def break_for_one(
        self: LinkVisualClient, iot_id: str, *args: object
    ) -> object:
        if iot_id == garage:
            raise error
        return await original(self, iot_id, *args)

    with monkeypatch.context() as patched:
        patched.setattr(LinkVisualClient, operation, break_for_one)
        await set_up(hass, clock, entry)
        alarm_events = AlarmEvents(hass)
        expected = raise_alarm(cloud, cameras["Front door"])
        await clock.run(300, step=5)
        assert alarm_events.event_ids == [expected]
        assert polled(cloud)[cameras["Front door"].iot_id] >= 8
        records = [
            record
            for record in caplog.records
            if record.name == "custom_components.linkvisual.poller"
            and record.levelno >= logging.WARNING
        ]
        assert len(records) == 1
        assert records[0].exc_info
    expected = raise_alarm(cloud, cameras["Garage"])
    await clock.run(HOUR, step=10)
    assert alarm_events.event_ids[1:] == [expected]


async def test_broken_replies_of_one_camera(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A camera for which the cloud never answers does not slow down the others."""
    hass.loop.set_debug(False)
    garage = cameras["Garage"].iot_id
    original = LinkVisualClient.query_device_event
    fault = Fault("cut", "QueryDeviceEvent", None)

    async def cut_for_one(self: LinkVisualClient, iot_id: str, *args: object) -> object:
        if iot_id == garage:
            cloud.faults.append(fault)
        try:
            return await original(self, iot_id, *args)  # type: ignore[arg-type]
        finally:
            if iot_id == garage:
                cloud.faults.remove(fault)

    monkeypatch.setattr(LinkVisualClient, "query_device_event", cut_for_one)
    await clock.run(60, step=5)
    cloud.calls.clear()
    await clock.run(600, step=5)
    assert polled(cloud)[cameras["Front door"].iot_id] >= 15


@pytest.mark.parametrize("what", ["entity", "device"])
async def test_disabled(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    what: str,
) -> None:
    """A camera whose alarms nobody gets is not polled for them, until somebody does again."""
    hass.loop.set_debug(False)
    registry, devices = er.async_get(hass), dr.async_get(hass)
    device_id = device_of(hass, loaded, front_door)

    async def disable(is_disabled: bool) -> None:
        if what == "entity":
            by_user = er.RegistryEntryDisabler.USER if is_disabled else None
            for entity_id in (ALARM, "binary_sensor.front_door_motion"):
                registry.async_update_entity(entity_id, disabled_by=by_user)
        else:
            disabled_by = dr.DeviceEntryDisabler.USER if is_disabled else None
            devices.async_update_device(device_id, disabled_by=disabled_by)
        await clock.run(60, step=5)

    await disable(True)
    cloud.calls.clear()
    await clock.run(600, step=5)
    counts = polled(cloud)
    assert front_door.iot_id not in counts
    assert counts
    await disable(False)
    alarm_events = AlarmEvents(hass)
    expected = raise_alarm(cloud, front_door)
    await clock.run(60, step=5)
    assert alarm_events.event_ids == [expected]


@pytest.mark.parametrize("cloud", [8], indirect=True)
@pytest.mark.parametrize("spent", [400, pytest.param(2000, marks=pytest.mark.thorough)])
async def test_alarms_after_a_search(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    entry: MockConfigEntry,
    spent: int,
) -> None:
    """However many calls users make, alarms are found within minutes, and soon as fast as ever."""
    await set_up(hass, clock, entry)
    await clock.run(600, step=5)
    camera = next(
        device
        for device in cloud.world.devices.values()
        if device.product.video and device.status == "ONLINE"
    )
    (entity_id,) = (
        entity.entity_id
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if entity.unique_id == f"{camera.iot_id}_camera"
    )
    before = len(cloud.calls)
    number = 0
    while len(cloud.calls) < before + spent:
        number += 1
        # Each time another range: the listing is kept for a while.
        begin = f"2026-01-01 {number // 60:02}:{number % 60:02}:00"
        await hass.services.async_call(
            "linkvisual",
            "get_recordings",
            {"entity_id": entity_id, "from": begin},
            blocking=True,
            return_response=True,
        )
    alarm_events = AlarmEvents(hass)
    delays = []
    for _ in range(12):
        raised_at = cloud.now()
        event_id = raise_alarm(cloud, camera, picture=False)
        await clock.run(300, step=5)
        (state,) = [
            each
            for each in alarm_events.states
            if each.attributes["event_id"] == event_id
        ]
        delays.append(state.last_changed.timestamp() - raised_at)
    assert delays[0] <= 180
    assert max(delays[1:]) <= 60


@pytest.mark.parametrize("why", ["deleted", "460"])
async def test_one_camera_is_refused(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    why: str,
) -> None:
    """A camera that was deleted in the cloud, or that it takes no parameters for, does not silence the others."""
    hass.loop.set_debug(False)
    await clock.run(10, step=5)
    alarm_events = AlarmEvents(hass)
    garage = cameras["Garage"].iot_id
    if why == "deleted":
        del cloud.world.devices[garage]
    else:
        cloud.faults.append(
            Fault(
                "service",
                "QueryDeviceEvent",
                times=None,
                code=why,
                message="InvalidParameter",
                iot_id=garage,
            )
        )
    expected = []
    for _ in range(12):
        expected.append(raise_alarm(cloud, cameras["Front door"], picture=False))
        await clock.run(60, step=5)
        assert alarm_events.event_ids == expected
