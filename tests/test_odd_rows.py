"""Odd values in one camera's rows: that camera suffers at most, the others go on."""

from collections import Counter
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual.api.client import LinkVisualClient
from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.things import report
from tests.emulator.world import Device

from .alarms import AlarmEvents
from .recording import RecordingEvents, record

ODD = [
    "0001-01-01 00:00:00",
    10**400,
    float("nan"),
    "\ud800",
    [[]],
    {"a": 1},
    "x" * 9000,
]


def first_row(action: str, value: object) -> dict[str, Any]:
    """Return a patch that replaces all fields of the first row of a reply."""
    fields, place = {
        "QueryDevice": (
            "IotId ProductKey DeviceName Nickname DeviceStatus",
            ("Data", "DeviceInfo"),
        ),
        "BatchGetDeviceState": ("IotId Status", ("DeviceStatusList", "DeviceStatus")),
        "QueryDeviceRecordLifeCycle": ("IotId Day", ("Data",)),
        "QueryDeviceEvent": (
            "EventId EventTime EventType EventPicId",
            ("Data", "List"),
        ),
        "QueryDevicePropertyStatus": (
            "Identifier Value",
            ("Data", "List", "PropertyStatusInfo"),
        ),
        "BatchQueryDeviceDetail": ("IotId FirmwareVersion", ("Data", "Data")),
    }[action]
    patch: dict[Any, Any] = {0: dict.fromkeys(fields.split(), value)}
    for name in reversed(place):
        patch = {name: patch}
    return patch


@pytest.mark.parametrize(
    "action",
    [
        "QueryDevice",
        "BatchGetDeviceState",
        "QueryDeviceRecordLifeCycle",
        "QueryDeviceEvent",
        "QueryDevicePropertyStatus",
        "BatchQueryDeviceDetail",
    ],
)
async def test_first_row(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    caplog: pytest.LogCaptureFixture,
    action: str,
) -> None:
    """Through several lists and polls the cameras of the other rows work, and no camera is removed."""
    caplog.clear()
    set_status(cloud, cameras["Garden"], "ONLINE")
    for number, value in enumerate(ODD):
        cloud.faults[:] = [Fault("patch", action, None, patch=first_row(action, value))]
        for age in (1, 2):
            raise_alarm(cloud, cameras["Garage"], number + 1, age=age, delay=0)
        await clock.run(150, step=10)
    assert hass.states.is_state("binary_sensor.garage_connectivity", "on")
    assert hass.states.is_state("binary_sensor.garden_connectivity", "on")
    assert hass.states.is_state("camera.garage", "idle")
    registry = dr.async_get(hass)
    assert len(dr.async_entries_for_config_entry(registry, loaded.entry_id)) == 6
    alarms = hass.states.get("event.garage_alarm")
    assert alarms is not None
    assert alarms.state != "unknown"
    logged = Counter(
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.name != "asyncio"
    )
    assert logged.total() <= 1, logged


async def fail(*_args: object) -> None:
    """Do what nobody expects."""
    raise RuntimeError("a bug")


def own_records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return what the integration logged as a problem."""
    return [
        record
        for record in caplog.records
        if record.name.startswith("custom_components.linkvisual")
        and record.levelno >= logging.WARNING
    ]


async def test_bug(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An error that nobody expects is logged once, with where it is, and polling comes back when it is gone."""
    with monkeypatch.context() as bug:
        bug.setattr(LinkVisualClient, "batch_get_device_state", fail)
        bug.setattr(LinkVisualClient, "query_device", fail)
        await clock.run(610, step=61)
        assert hass.states.is_state("binary_sensor.garage_connectivity", "unavailable")
    await clock.run(130, step=61)
    assert hass.states.is_state("binary_sensor.garage_connectivity", "on")
    (record,) = own_records(caplog)
    assert record.exc_info


async def test_bug_in_settings(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same where the cameras' settings are read."""
    with monkeypatch.context() as bug:
        bug.setattr(LinkVisualClient, "query_device_property_status", fail)
        await clock.run(2000, step=20)
    cameras["Front door"].properties.clear()
    report(cloud, cameras["Front door"], {"MicSwitch": "0"})
    await clock.run(2000, step=20)
    assert hass.states.is_state("switch.front_door_microphone", "off")
    (record,) = own_records(caplog)
    assert record.exc_info


@pytest.mark.parametrize("is_known", [True, False])
async def test_file_that_cannot_be_read(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
    is_known: bool,
) -> None:
    """A file that cannot be read at the last look is there all the same: it is looked for again."""
    if is_known:
        await record(hass, record_duration=10)
        action = "QueryRecordByRecordId"
        patch: dict[str, Any] = {"Data": {0: {"FileName": None}}}
    else:
        cloud.faults.append(Fault("cut", action="TriggerRecord", after=True))
        with pytest.raises(HomeAssistantError):
            await record(hass, record_duration=10)
        action, patch = "QueryRecord", {"Data": {"List": {0: {"FileName": None}}}}
    cloud.faults[:] = [Fault("patch", action=action, patch=patch, times=20)]
    await clock.tick(700)
    await clock.run(900, step=10)
    cloud.faults.clear()
    await clock.run(2000, step=20)
    assert len(record_events.ready) == 1
    assert not record_events.failed


async def test_clip_that_cannot_be_read(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """The recording of an alarm that cannot be read is there all the same."""
    await clock.run(10)
    patch: dict[str, Any] = {"Data": {0: {"FileName": None}}}
    cloud.faults.append(
        Fault("patch", action="QueryDeviceEventRecord", patch=patch, times=3)
    )
    raise_alarm(cloud, cameras["Front door"], record=True)
    await clock.run(1500, step=5)
    state = hass.states.get("event.front_door_alarm")
    assert state is not None
    assert "file_name" in state.attributes


@pytest.mark.parametrize(
    "odd", ["1970-01-01 08:00:01", "2020-01-01 00:00:00", "2150-01-01 00:00:00"]
)
@pytest.mark.parametrize("before", [0, 1])
async def test_alarm_at_an_odd_time(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    front_door: Device,
    odd: str,
    before: int,
) -> None:
    """An alarm that is listed with a time out of the range that was asked for is told once at most."""
    await clock.run(10, step=5)
    events = AlarmEvents(hass)
    for _ in range(before):
        raise_alarm(cloud, front_door)
        await clock.run(60, step=5)
    raise_alarm(cloud, front_door, delay=0)
    patch = {"Data": {"List": {0: {"EventTime": odd, "EventId": "odd"}}}}
    cloud.faults.append(
        Fault(
            "patch",
            "QueryDeviceEvent",
            times=None,
            patch=patch,
            iot_id=front_door.iot_id,
        )
    )
    await clock.run(400, step=5)
    assert events.event_ids.count("odd") <= 1
