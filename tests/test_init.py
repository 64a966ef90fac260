"""Setting up, unloading and removing an account."""

import asyncio
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import asked


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        (
            {"kind": "gateway", "code": "InvalidAccessKeyId.Inactive"},
            ConfigEntryState.SETUP_ERROR,
            "invalid_auth",
        ),
        (
            {"kind": "gateway", "status": 403, "code": "NoPermission"},
            ConfigEntryState.SETUP_RETRY,
            "permission_denied",
        ),
        (
            {"kind": "service", "code": "iot.system.InstanceNotFound"},
            ConfigEntryState.SETUP_RETRY,
            "instance_not_accessible",
        ),
        (
            {"kind": "gateway", "code": "Throttling.User"},
            ConfigEntryState.SETUP_RETRY,
            "throttled",
        ),
        (
            {"kind": "body", "status": 200},
            ConfigEntryState.SETUP_RETRY,
            "unreadable_reply",
        ),
        ({"kind": "cut"}, ConfigEntryState.SETUP_RETRY, "no_reply"),
    ],
)
async def test_set_up_fails(
    hass: HomeAssistant,
    cloud: Cloud,
    entry: MockConfigEntry,
    fault: dict[str, Any],
    state: ConfigEntryState,
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Why is shown on the entry, in words; a wrong key asks for another, all else is tried again."""
    entry.add_to_hass(hass)
    cloud.faults.append(Fault(**fault, times=None))
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is state
    assert entry.error_reason_translation_key == reason
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == (
        ["reauth"] if reason == "invalid_auth" else []
    )
    told = [
        record
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and record.name.startswith(
            ("homeassistant.config_entries", "custom_components")
        )
    ]
    assert len(told) <= 1
    assert not [record for record in told if record.exc_info]

    cloud.faults.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_unload_leaves_nothing(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_storage: dict[str, Any],
) -> None:
    """No task, timer or request is left, though a recording runs and a setting was just changed."""
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.front_door_record_duration", "value": 30},
        blocking=True,
    )
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.front_door_record"}, blocking=True
    )
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert loaded.state is ConfigEntryState.NOT_LOADED
    cloud.calls.clear()
    await clock.run(600, step=60)
    assert not asked(cloud)
    settings = hass_storage[f"linkvisual.{loaded.entry_id}.settings"]["data"]
    assert settings.keys() == {camera.iot_id for camera in cameras.values()}
    assert settings[cameras["Front door"].iot_id]["record_duration"] == 30

    assert await hass.config_entries.async_setup(loaded.entry_id)
    assert hass.states.is_state("number.front_door_record_duration", "30")


async def test_unload_waits_for_triggers(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """A trigger under way is finished, and not forgotten."""
    cloud.faults.append(Fault("delay", "TriggerRecord", seconds=0.2))
    press = hass.async_create_task(
        hass.services.async_call(
            "button", "press", {"entity_id": "button.front_door_record"}, blocking=True
        )
    )
    await asyncio.sleep(0.05)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await press
    assert await hass.config_entries.async_setup(loaded.entry_id)
    assert hass.states.is_state("binary_sensor.front_door_recording", "on")


async def test_remove(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """A removed account leaves no file behind."""
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.front_door_record"}, blocking=True
    )
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.front_door_record_duration", "value": 30},
        blocking=True,
    )
    await hass.config_entries.async_remove(loaded.entry_id)
    assert not [key for key in hass_storage if key.startswith("linkvisual.")]


async def test_odd_settings(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cameras: dict[str, Device],
    hass_storage: dict[str, Any],
) -> None:
    """Stored settings that are no longer valid give way to the defaults; the others stay."""
    entry.add_to_hass(hass)
    hass_storage[f"linkvisual.{entry.entry_id}.settings"] = {
        "version": 1,
        "data": {
            cameras["Front door"].iot_id: {"record_duration": 1},
            cameras["Garage"].iot_id: {"record_duration": 90},
            cameras["Hall"].iot_id: {"unknown": 90},
        },
    }
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert [
        hass.states.get(f"number.{name}_record_duration").state  # type: ignore[union-attr]
        for name in ("front_door", "garage", "hall")
    ] == ["60", "90", "60"]


async def test_two_accounts(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, endpoint: str
) -> None:
    """Two instances live side by side, and one action reaches both."""
    second_cloud = Cloud(seed=2, cameras=1, iot_instance_id="iot-second")
    from aiohttp.test_utils import TestServer

    from tests.emulator.app import create_app

    async with TestServer(create_app(second_cloud), host="127.0.0.1") as server:
        second = MockConfigEntry(
            domain="linkvisual",
            unique_id="second",
            data={
                **loaded.data,
                "iot_instance_id": "iot-second",
                "endpoint": str(server.make_url("")).rstrip("/"),
            },
        )
        second.add_to_hass(hass)
        assert await hass.config_entries.async_setup(second.entry_id)
        await hass.async_block_till_done()
        await hass.services.async_call(
            "linkvisual",
            "trigger_record",
            {"entity_id": ["camera.front_door", "camera.front_door_2"]},
            blocking=True,
        )
        assert len(cloud.calls_of("TriggerRecord")) == 1
        assert len(second_cloud.calls_of("TriggerRecord")) == 1
        assert await hass.config_entries.async_unload(second.entry_id)
