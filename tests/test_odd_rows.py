"""Odd values in one camera's rows: that camera suffers at most, the others go on."""

from collections import Counter
import logging
from typing import Any

from homeassistant.core import HomeAssistant
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
