"""Stored files in which one value is odd: the others are read, and the account works."""

from copy import deepcopy
import logging
from pathlib import Path
from random import Random
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.json_paths import paths, replaced
from tests.emulator.world import Device

from .archive import add_job
from .media import call

VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**60,
    1e300,
    "",
    "x",
    [],
    [[]],
    {},
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
)
# How many odd values are tried of each file.
TRIALS = 12


@pytest.fixture
async def stored(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    hass_storage: dict[str, Any],
) -> dict[str, Any]:
    """Use the account, and unload it; return what it has stored."""
    await add_job(hass, loaded, videos)
    front_door = ["camera.front_door"]
    await call(
        hass,
        "trigger_record",
        entity_id=[*front_door, "camera.garage"],
        record_duration=10,
    )
    raise_alarm(cloud, cameras["Front door"], record=True)
    await clock.run(60, step=5)
    (recording,) = (
        await call(hass, "get_recordings", entity_id=front_door, kind="manual")
    )[front_door[0]]["recordings"]
    media_content_id = recording["media_content_id"]
    await call(
        hass,
        "annotate_recording",
        reply=False,
        media_content_id=media_content_id,
        text="x",
    )
    await call(hass, "trigger_record", entity_id=[*front_door, "camera.garage"])
    assert await hass.config_entries.async_unload(loaded.entry_id)
    return deepcopy(hass_storage)


@pytest.mark.parametrize(
    "name",
    ["recordings", "settings", "alarms", "annotations", "archive", "archive_totals"],
)
async def test_odd_values(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_storage: dict[str, Any],
    stored: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    """No odd value of a file does more harm than to its own row."""
    key = f"linkvisual.{loaded.entry_id}.{name}"
    random = Random(1)
    places = [
        (path, value)
        for path in paths(stored[key])
        for value in VALUES
        if path not in ((), ("version",))
    ]
    for path, value in random.sample(places, min(TRIALS, len(places))):
        hass_storage.clear()
        hass_storage.update(deepcopy(stored))
        hass_storage[key] = replaced(stored[key], path, value)
        caplog.clear()
        assert await hass.config_entries.async_setup(loaded.entry_id), (path, value)
        await clock.run(30, step=10)
        reply = await call(hass, "trigger_record", entity_id="camera.hall")
        assert reply["camera.hall"]["status"] == "triggered"
        await clock.tick(5)
        assert await hass.config_entries.async_unload(loaded.entry_id), (path, value)
        assert loaded.state is ConfigEntryState.NOT_LOADED
        errors = [
            each.getMessage()
            for each in caplog.records
            if each.levelno >= logging.ERROR
        ]
        assert not errors, (path, value)
