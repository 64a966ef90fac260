"""The tools that language models get."""

from dataclasses import replace
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.llm import async_get_tools
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar, device_registry as dr, llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
import voluptuous as vol

from custom_components.linkvisual.llm import MAX_RECORDINGS
from tests.assist import device_of
from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device
from tests.satellites import Satellite

FRONT = "camera.front_door"
GARAGE = "camera.garage"
RECORD = "linkvisual__trigger_record"
INCIDENT = "linkvisual__record_incident"
STOP = "linkvisual__stop_record"
PICTURE = "linkvisual__capture_picture"
LIST = "linkvisual__list_recordings"

TOLD = "Fence: 2 of 2 cameras have recorded."

CONTEXT = llm.LLMContext(
    platform="test",
    context=Context(),
    language="en",
    assistant="conversation",
    device_id=None,
)


@pytest.fixture
async def exposed(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Let language models use one camera."""
    for component in ("homeassistant", "intent", "conversation", "llm"):
        assert await async_setup_component(hass, component, {})
    async_expose_entity(hass, "conversation", FRONT, True)


async def tools(hass: HomeAssistant) -> dict[str, llm.Tool]:
    """Return this integration's tools by name."""
    instance = await llm.async_get_api(hass, llm.LLM_API_ASSIST, CONTEXT)
    return {
        tool.name: tool for tool in instance.tools if tool.integration == "linkvisual"
    }


async def call(hass: HomeAssistant, tool: str, /, **args: Any) -> dict[str, Any]:
    """Call a tool as a model does; return what it is told of each camera."""
    instance = await llm.async_get_api(hass, llm.LLM_API_ASSIST, CONTEXT)
    result = await instance.async_call_tool(llm.ToolInput(tool, args))
    assert not result.error
    cameras = result.data["cameras"]
    assert isinstance(cameras, dict)
    return cameras


async def test_tools_are_there_where_a_camera_is_exposed(
    hass: HomeAssistant, loaded: MockConfigEntry, exposed: None
) -> None:
    """A model sees what it may do, and how much harm is in it; nothing where there is nothing to do it with."""
    there = await tools(hass)
    assert there.keys() == {RECORD, INCIDENT, STOP, PICTURE, LIST}
    assert there[LIST].annotations.read_only
    assert not there[RECORD].annotations.read_only
    assert not there[RECORD].annotations.idempotent
    assert not any(tool.annotations.destructive for tool in there.values())

    async_expose_entity(hass, "conversation", FRONT, False)
    assert not await tools(hass)
    async_expose_entity(hass, "conversation", "button.garage_record", True)
    assert await tools(hass)
    await hass.config_entries.async_unload(loaded.entry_id)
    assert not await tools(hass)


async def test_record_and_stop(hass: HomeAssistant, exposed: None) -> None:
    """A model makes a camera record for so long, and learns the file ID; then it stops it."""
    triggered = async_capture_events(hass, "linkvisual_record_triggered")
    said = await call(hass, RECORD, name="front door", area=" ", record_duration=30)
    (event,) = triggered
    assert event.data["record_duration"] == 30
    assert CONTEXT.context
    assert event.context.id == CONTEXT.context.id
    assert said["Front door"]["status"] == "triggered"
    assert said["Front door"]["file_id"] == event.data["file_id"]

    said = await call(hass, STOP)
    assert said["Front door"]["status"] == "stopped"
    assert said["Front door"]["file_ids"] == [event.data["file_id"]]


async def test_picture(
    hass: HomeAssistant, cloud: Cloud, cameras: dict[str, Device], exposed: None
) -> None:
    """A model has a picture taken, and learns which one, but no path that shows it to whoever has it."""
    cloud.speed = 200
    said = await call(hass, PICTURE, name="front door")
    (taken,) = cloud.calls_of("TriggerCapturePicture")
    assert taken.params["IotId"] == cameras["Front door"].iot_id
    assert said["Front door"].keys() == {"status", "picture_id", "taken_at"}
    assert said["Front door"]["status"] == "captured"


async def test_list(
    hass: HomeAssistant, cloud: Cloud, cameras: dict[str, Device], exposed: None
) -> None:
    """The newest recordings are told in local time, with what plays them, and no address of the cloud."""
    await hass.config.async_set_time_zone("Asia/Shanghai")
    begin = cloud.now() - 3600
    for number in range(MAX_RECORDINGS + 3):
        at = begin - 120 * number
        cloud.world.add_file(cameras["Front door"], at, at + 60)
    said = await call(hass, LIST, hours=5)
    recordings = said["Front door"]["recordings"]
    assert len(recordings) == MAX_RECORDINGS
    assert said["Front door"]["left_out"] == 3
    assert recordings[0]["begin"] > recordings[1]["begin"]
    assert recordings[0]["begin"].endswith("+08:00")
    assert recordings[0]["media_content_id"].startswith("media-source://linkvisual/")
    assert "http" not in str(said)
    assert not (await call(hass, LIST, kind="alarm"))["Front door"]["recordings"]


async def test_one_camera_that_fails_is_told(
    hass: HomeAssistant, cloud: Cloud, cameras: dict[str, Device], exposed: None
) -> None:
    """What the others have is not lost for it."""
    async_expose_entity(hass, "conversation", GARAGE, True)
    begin = cloud.now() - 3600
    cloud.world.add_file(cameras["Front door"], begin, begin + 60)
    del cloud.world.devices[cameras["Garage"].iot_id]
    said = await call(hass, LIST)
    assert len(said["Front door"]["recordings"]) == 1
    assert said["Garage"]["status"] == "failed"


async def test_cameras_of_one_name(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    exposed: None,
) -> None:
    """Two cameras of one name are both told, in a way in which one of them can be asked for."""
    async_expose_entity(hass, "conversation", GARAGE, True)
    async_expose_entity(hass, "conversation", "camera.attic", True)
    area = ar.async_get(hass).async_create("Yard")
    for name in ("Front door", "Garage"):
        dr.async_get(hass).async_update_device(
            device_of(hass, loaded, cameras[name]),
            area_id=area.id,
            name_by_user="Gate",
        )
    both = {f"Gate ({FRONT})", f"Gate ({GARAGE})"}
    assert (await call(hass, LIST)).keys() == both | {"Attic"}
    said = await call(hass, RECORD, area="Yard")
    assert {name: row["status"] for name, row in said.items()} == dict.fromkeys(
        both, "triggered"
    )
    assert (await call(hass, STOP, name=GARAGE)).keys() == {"Gate"}
    (name,) = (
        key for key in (await tools(hass))[STOP].parameters.schema if key == "name"
    )
    assert "entity ID" in name.description


async def test_what_cannot_be_is_refused(
    hass: HomeAssistant, cameras: dict[str, Device], exposed: None
) -> None:
    """Cameras that are not exposed, odd lengths, and cameras that cannot."""
    with pytest.raises(HomeAssistantError):
        await call(hass, RECORD, name="garage")
    with pytest.raises(vol.Invalid):
        await call(hass, RECORD, record_duration=5)
    cameras["Front door"].status = "OFFLINE"
    with pytest.raises(HomeAssistantError, match="Front door is offline"):
        await call(hass, RECORD)
    assert not cameras["Front door"].records
    assert not cameras["Garage"].records


async def test_other_apis_get_none(hass: HomeAssistant, exposed: None) -> None:
    """The tools are for using a home, not for managing it."""
    own = await async_get_tools(hass, CONTEXT, llm.LLM_API_ASSIST)
    assert any(tool.name == RECORD for tool in own.tools)
    other = await async_get_tools(hass, CONTEXT, "home_assistant")
    assert not any(tool.integration == "linkvisual" for tool in other.tools)


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Fence", "Fence"), ("![x](//evil.example)", r"\!\[x\](//evil.example)")],
)
async def test_incident(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    exposed: None,
    title: str,
    shown: str,
) -> None:
    """All exposed cameras record, and a notification tells of the end where there is no satellite."""
    async_expose_entity(hass, "conversation", GARAGE, True)
    said = await call(hass, INCIDENT, title=title, record_duration=10)
    assert {row["status"] for row in said.values()} == {"triggered"}
    assert said.keys() == {"Front door", "Garage"}
    notified = async_capture_events(hass, "linkvisual_incident_ready")
    await clock.run(40, step=5)
    assert len(notified) == 1
    (notification,) = hass.data["persistent_notification"].values()
    assert notification["message"] == f"{shown}: 2 of 2 cameras have recorded."


@pytest.mark.parametrize("is_broken", [False, True])
async def test_incident_by_satellite(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    exposed: None,
    is_broken: bool,
) -> None:
    """The satellite that was asked tells of the end; if it cannot, a notification does."""
    async_expose_entity(hass, "conversation", GARAGE, True)
    satellite = await Satellite.place(hass)
    context = replace(CONTEXT, device_id=satellite.make_device())
    instance = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)
    arguments = {"title": "Fence", "record_duration": 10}
    result = await instance.async_call_tool(llm.ToolInput(INCIDENT, arguments))
    assert not result.error
    satellite.is_broken = is_broken
    await clock.run(40, step=5)
    assert satellite.spoken == ([] if is_broken else [TOLD])
    assert len(hass.data.get("persistent_notification", {})) == is_broken


async def test_incident_whose_answers_are_lost(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    exposed: None,
) -> None:
    """The end is told of what goes on, also where no camera's answer came; not of what was refused."""
    front_door = cameras["Front door"]
    set_status(cloud, front_door, "OFFLINE")
    with pytest.raises(HomeAssistantError, match="Front door is offline"):
        await call(hass, INCIDENT, title="Gate", record_duration=10)
    set_status(cloud, front_door, "ONLINE")
    cloud.faults.append(Fault("cut", action="TriggerRecord", after=True))
    with pytest.raises(HomeAssistantError):
        await call(hass, INCIDENT, title="Fence", record_duration=10)
    await clock.run(60, step=5)
    (notification,) = hass.data["persistent_notification"].values()
    assert notification["message"] == "Fence: 1 of 1 cameras have recorded."
