"""What a bug report tells, and what it does not."""

import json
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props
from syrupy.matchers import path_type

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import call


async def test_diagnostics(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_client: ClientSessionGenerator,
) -> None:
    """Counts, intervals, failures; nothing that names anybody or opens anything."""
    await call(hass, "trigger_record", entity_id="camera.front_door")
    cloud.faults.append(
        Fault("gateway", "BatchGetDeviceState", status=503, code="ServiceUnavailable")
    )
    await clock.run(130, step=5)
    report: Any = await get_diagnostics_for_config_entry(hass, hass_client, loaded)
    assert report["cameras"]["by_status"] == {"ONLINE": 4, "OFFLINE": 1, "UNACTIVE": 1}
    assert report["polling"]["status_interval"] == 60
    assert 10 <= report["polling"]["intervals"]["alarms"] <= 40
    assert report["polling"]["intervals"]["settings"] is None
    assert report["calls"]["by_action"]["TriggerRecord"] == 1
    assert report["calls"]["failures"]["ServiceUnavailable"]["count"] == 1
    assert report["recordings"] == []
    text = json.dumps(report)
    for device in cameras.values():
        for name in (device.iot_id, device.device_name, device.nickname):
            assert name not in text
    for secret in (
        cloud.access_key_id,
        cloud.access_key_secret,
        cloud.iot_instance_id,
        "127.0.0.1",
    ):
        assert secret not in text


async def test_nothing_private(
    hass: HomeAssistant,
    clock: Clock,
    entry: MockConfigEntry,
    cloud: Cloud,
    hass_client: ClientSessionGenerator,
) -> None:
    """Neither product keys nor texts that the cloud sends as error codes are told, here and on the system health page."""
    lamp = list(cloud.world.products)[2]
    # Every other call succeeds: its error would be the last one at times.
    cloud.world.products[lamp].video = True
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options={"products": [lamp], "status_interval": 60, "secret": "s3cret"}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    for code, message in (
        ("https://oss.example.com/a?Signature=abc", ""),
        ("LTAIabcdef", "see http://oss.example.com/b"),
        ("MissingLTAIabcdef", ""),
        ("503", ""),
    ):
        cloud.faults[:] = [
            Fault("service", "BatchGetDeviceState", code=code, message=message)
        ]
        await clock.tick(61)
        health = await get_system_health_info(hass, "linkvisual")
        await health.pop("can_reach_cloud")
        known = "other|InvalidRequestError|503|460"
        assert re.search(rf"\((?:{known})\)\.", health["last_error"])
    report: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert report["options"] == {"number_of_products": 1, "status_interval": 60}
    assert {"other", "InvalidRequestError", "503"} <= report["calls"]["failures"].keys()
    text = json.dumps(report)
    for private in (lamp, "example.com", "LTAI", "s3cret"):
        assert private not in text


async def test_snapshot(
    hass: HomeAssistant,
    polled: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    snapshot: SnapshotAssertion,
) -> None:
    """The whole report of an account that was just set up, without the values of what goes on meanwhile."""
    report = await get_diagnostics_for_config_entry(hass, hass_client, polled)
    assert report == snapshot(
        exclude=props("intervals", "by_action"),
        matcher=path_type({r"calls\..*": (int, float)}, regex=True, strict=False),
    )


async def test_not_loaded(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cloud: Cloud,
    hass_client: ClientSessionGenerator,
) -> None:
    """An account that does not load can be reported: its settings, and why."""
    cloud.faults.append(
        Fault("gateway", times=None, status=503, code="ServiceUnavailable")
    )
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    report: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert report["state"] == "setup_retry"
    assert report["reason"] == "service_unavailable"
    assert report["has_own_endpoint"]
    assert entry.entry_id not in json.dumps(report)
    cloud.faults.clear()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert await hass.config_entries.async_unload(entry.entry_id)
    report = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert report["state"] == "not_loaded"
    assert report["reason"] is None


async def test_recordings_in_flight(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """What is being followed is told, without its ID."""
    reply = await call(hass, "trigger_record", entity_id="camera.front_door")
    await clock.tick(5)
    report: Any = await get_diagnostics_for_config_entry(hass, hass_client, loaded)
    (recording,) = report["recordings"]
    assert recording == {
        "state": "accepted",
        "age": recording["age"],
        "record_duration": 60,
        "has_file_id": True,
    }
    assert 5 <= recording["age"] <= 10
    assert reply["camera.front_door"]["file_id"] not in json.dumps(report)
