"""How recordings read in the logbook, from the recorder's database."""

from datetime import timedelta
from typing import Any

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .media import call
from .test_readme import EXAMPLES

FRONT_DOOR = "camera.front_door"


@pytest.fixture(autouse=True)
def recorded(recorder_mock: Recorder) -> None:
    """Let Home Assistant remember what happens."""


async def read(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, **what: Any
) -> list[dict[str, Any]]:
    """Return the lines, oldest first."""
    await hass.async_block_till_done(wait_background_tasks=True)
    await get_instance(hass).async_block_till_done()
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id(
        {
            "type": "logbook/get_events",
            "start_time": (dt_util.utcnow() - timedelta(hours=1)).isoformat(),
            **what,
        }
    )
    answer = await socket.receive_json()
    assert answer["success"]
    rows: list[dict[str, Any]] = answer["result"]
    return rows


def in_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of our events."""
    return [row for row in rows if row.get("domain") == "linkvisual"]


async def test_a_recording(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It has one line in words, with who asked for it; the pages of the camera and of its device have it, too."""
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()
    user = await hass.auth.async_create_user("Somebody", group_ids=["system-admin"])
    await call(
        hass,
        "trigger_record",
        context=Context(user_id=user.id),
        entity_id=FRONT_DOOR,
        record_duration=10,
    )
    await clock.run(30, step=5)
    camera = er.async_get(hass).async_get(FRONT_DOOR)
    assert camera is not None
    for what in (
        {},
        {"entity_ids": [FRONT_DOOR]},
        {"device_ids": [camera.device_id]},
    ):
        (row,) = in_words(await read(hass, hass_ws_client, **what))
        assert row["name"] == "Front door"
        assert row["message"] == "recorded 10 s"
        assert row["entity_id"] == FRONT_DOOR
        assert row["context_user_id"] == user.id
        assert row["context_service"] == "trigger_record"


async def test_a_quiet_page(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """With the README's configuration a recording is one line among all that happened in the house."""
    (config,) = [example for example in EXAMPLES if "logbook" in example]
    assert await async_setup_component(hass, "logbook", config)
    await hass.async_block_till_done()
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.front_door_record"}, blocking=True
    )
    await clock.run(90, step=5)
    rows = await read(hass, hass_ws_client)
    (line,) = in_words(rows)
    assert line["message"] == "recorded 60 s"
    others = {row["entity_id"] for row in rows if row != line}
    # Whoever excludes the camera loses the line, too.
    assert others <= {FRONT_DOOR}


async def test_a_recording_that_fails(
    hass: HomeAssistant,
    clock: Clock,
    entry: MockConfigEntry,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The line says why; in the language of the house."""
    hass.config.language = "zh-Hans"
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()
    cloud.inferred.upload_delay = 1e9
    await call(hass, "trigger_record", entity_id=FRONT_DOOR, record_duration=10)
    await clock.run(700, step=60)
    rows = in_words(await read(hass, hass_ws_client))
    assert rows[-1]["message"] == "没有录像：文件未按时生成"


async def test_a_camera_that_goes(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Of a camera that was removed the logbook knows the name that the cloud had for it."""
    assert await async_setup_component(hass, "logbook", {})
    await call(hass, "trigger_record", entity_id=FRONT_DOOR, record_duration=7200)
    del cloud.world.devices[cameras["Front door"].iot_id]
    await clock.run(960, step=60)
    rows = in_words(await read(hass, hass_ws_client))
    assert rows[-1]["name"] == "ipc_0000"
    assert rows[-1]["message"] == "was removed before its recording was uploaded"


async def test_an_incident(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """An incident has a line of its own, with its title and how many cameras recorded."""
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()
    await hass.services.async_call(
        "linkvisual",
        "trigger_record",
        {
            "entity_id": [FRONT_DOOR, "camera.garden"],
            "record_duration": 10,
            "incident": "Fence",
        },
        blocking=True,
        return_response=True,
    )
    await clock.run(30, step=5)
    rows = in_words(await read(hass, hass_ws_client))
    assert [
        (row["name"], row["message"]) for row in rows if "entity_id" not in row
    ] == [("Fence", "recorded: 1 of 2 cameras")]
