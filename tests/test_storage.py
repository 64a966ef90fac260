"""What is on disk survives: odd files, newer files, a disk that is full."""

import json
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.util.file import WriteError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .media import call

FRONT_DOOR = "camera.front_door"


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set up the account."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


@pytest.mark.parametrize("name", ["recordings", "settings", "alarms", "exports"])
@pytest.mark.parametrize(
    "data", [[], "text", 7, {"active": 3, "last": {}, "x": None}, {"a": {"b": []}}]
)
async def test_odd_files(
    hass: HomeAssistant,
    clock: Clock,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    name: str,
    data: Any,
) -> None:
    """A file that nobody wrote does not stop the account."""
    hass_storage[f"linkvisual.{entry.entry_id}.{name}"] = {"version": 1, "data": data}
    await start(hass, entry)
    reply = await call(hass, "trigger_record", entity_id=FRONT_DOOR)
    assert reply[FRONT_DOOR]["status"] == "triggered"


async def test_downgrade(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A recording that a newer version has written down is followed by this one."""
    reply = await call(hass, "trigger_record", entity_id=FRONT_DOOR)
    file_id = reply[FRONT_DOOR]["file_id"]
    assert await hass.config_entries.async_unload(loaded.entry_id)
    stored = hass_storage[f"linkvisual.{loaded.entry_id}.recordings"]
    stored["version"] = 7
    stored["data"]["from_the_future"] = True
    for row in stored["data"]["active"]:
        row["from_the_future"] = True
    ready: list[Any] = []
    hass.bus.async_listen("linkvisual_record_ready", ready.append)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(90)
    assert [event.data["file_id"] for event in ready] == [file_id]
    assert "was written by version 7" in caplog.text


async def test_disk_is_full(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A disk that is full is told by Home Assistant; recordings go on all the same."""

    async def write(*_args: Any) -> None:
        raise WriteError("No space left on device")

    ready: list[Any] = []
    hass.bus.async_listen("linkvisual_record_ready", ready.append)
    with patch("homeassistant.helpers.storage.Store._async_write_data", write):
        reply = await call(hass, "trigger_record", entity_id=FRONT_DOOR)
        assert reply[FRONT_DOOR]["status"] == "triggered"
        await clock.run(90)
    assert len(ready) == 1
    assert "No space left on device" in caplog.text


async def test_camera_is_gone(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_storage: dict[str, Any],
) -> None:
    """Nothing stays on disk of a camera that left the account; of the others, all does."""
    for name in ("front_door", "garage"):
        await call(hass, "trigger_record", entity_id=f"camera.{name}")
        await hass.services.async_call(
            "number",
            "set_value",
            {"entity_id": f"number.{name}_record_duration", "value": 30},
            blocking=True,
        )
    await clock.run(90)
    raise_alarm(cloud, cameras["Front door"], 1)
    await clock.run(40)
    gone = cameras["Front door"].iot_id

    def stored_of(iot_id: str) -> set[str]:
        return {
            key.rpartition(".")[2]
            for key, stored in hass_storage.items()
            if key.startswith(f"linkvisual.{loaded.entry_id}.")
            and iot_id in json.dumps(stored["data"])
        }

    assert stored_of(gone) == {"recordings", "settings", "alarms"}
    del cloud.world.devices[gone]
    await clock.run(720, step=60)
    assert hass.states.get("camera.front_door") is None
    assert not stored_of(gone)
    assert stored_of(cameras["Garage"].iot_id) == {"recordings", "settings", "alarms"}
