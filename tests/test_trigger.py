"""The triggers: automations that run when something happens to a recording, or a camera sends an alarm."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components import linkvisual
from custom_components.linkvisual.alarm_types import ALARM_TYPES
from custom_components.linkvisual.const import DOMAIN
from tests.assist import device_of
from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

ALARM = "event.front_door_alarm"
RECORDING = "event.front_door_recording_progress"
FOLDER = Path(linkvisual.__file__).parent


async def automate(
    hass: HomeAssistant,
    triggers: str | tuple[str, ...],
    target: dict[str, Any],
    options: dict[str, Any] | None = None,
) -> list[Event[Mapping[str, Any]]]:
    """Add an automation that says what its trigger told; return what it says."""
    said: list[Event[Mapping[str, Any]]] = []
    hass.bus.async_listen("automation_said", said.append)
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": [
                    {
                        "trigger": f"linkvisual.{trigger}",
                        "target": target,
                        "options": options or {},
                    }
                    for trigger in (
                        (triggers,) if isinstance(triggers, str) else triggers
                    )
                ],
                "actions": {
                    "event": "automation_said",
                    "event_data": {
                        "entity_id": "{{ trigger.entity_id }}",
                        "recording": "{{ trigger.get('recording') }}",
                        "alarm": "{{ trigger.get('alarm') }}",
                    },
                },
            }
        },
    )
    await hass.async_block_till_done()
    return said


def day_of(url: str) -> str:
    """Return the day of the front door that a URL opens in the media browser."""
    *_, camera, day = unquote(url).split("video,media-source://linkvisual/")
    assert camera == "camera.front_door/"
    return day.removeprefix("camera.front_door/day/")


def local_day(moment: str) -> str:
    """Return the day of a moment in Home Assistant's time zone."""
    return dt_util.as_local(datetime.fromisoformat(moment)).date().isoformat()


async def record(hass: HomeAssistant, camera: str, **data: Any) -> None:
    """Make a camera record."""
    await hass.services.async_call(
        DOMAIN, "trigger_record", {"entity_id": camera, **data}, blocking=True
    )
    await hass.async_block_till_done()


async def test_tells_of_a_recording_from_the_beginning_to_the_file(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """What a trigger tells is what the events on the bus tell, and where the first file is."""
    target = {"entity_id": RECORDING}
    began = async_capture_events(hass, "linkvisual_record_triggered")
    ready = async_capture_events(hass, "linkvisual_record_ready")
    said = await automate(hass, "recording_triggered", target)
    await record(hass, "camera.front_door", record_duration=20)
    (event,) = said
    assert event.data["entity_id"] == RECORDING
    assert event.data["alarm"] is None
    recording = event.data["recording"]
    day = local_day(began[0].data["triggered_at"])
    assert day_of(recording.pop("day_url")) == day
    assert recording == {
        "entity_id": "camera.front_door",
        "device_id": device_of(hass, loaded, cameras["Front door"]),
        "kind": "manual",
        "files": [],
        "media_content_id": None,
        **{
            name: began[0].data[name]
            for name in (
                "file_id",
                "record_duration",
                "pre_record_duration",
                "stream_type",
                "triggered_at",
                "request_id",
            )
        },
    }
    await clock.run(40, step=5)
    assert len(ready) == 1
    assert len(said) == 1


async def test_ready(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry
) -> None:
    """A recording that can be watched comes with its files."""
    ready = async_capture_events(hass, "linkvisual_record_ready")
    said = await automate(hass, "recording_ready", {"entity_id": RECORDING})
    await record(hass, "camera.front_door", record_duration=20)
    assert not said
    await clock.run(40, step=5)
    (event,) = said
    files = ready[0].data["files"]
    assert event.data["recording"]["files"] == files
    assert event.data["recording"]["media_content_id"] == files[0]["media_content_id"]
    assert event.data["recording"]["record_duration"] == 20
    assert event.context.parent_id == ready[0].context.id


async def test_failed(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """A recording that never comes up is told of with the reason."""
    said = await automate(hass, "recording_failed", {"entity_id": RECORDING})
    await record(hass, "camera.front_door", record_duration=20)
    cameras["Front door"].records.clear()
    await clock.run(900, step=30)
    (event,) = said
    assert event.data["recording"]["reason"] == "timeout"
    assert event.data["recording"]["media_content_id"] is None


@pytest.mark.parametrize("by", ["device", "area", "floor", "label"])
async def test_targets(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    by: str,
) -> None:
    """A target finds the recording event of its cameras, and of no others."""
    device_id = device_of(hass, loaded, cameras["Front door"])
    floor = fr.async_get(hass).async_create("Ground").floor_id
    area = ar.async_get(hass).async_create("Hall", floor_id=floor).id
    label = lr.async_get(hass).async_create("Watched").label_id
    dr.async_get(hass).async_update_device(device_id, area_id=area, labels={label})
    target = {"device": device_id, "area": area, "floor": floor, "label": label}
    said = await automate(hass, "recording_triggered", {f"{by}_id": target[by]})
    await record(hass, "camera.garage")
    assert not said
    await record(hass, "camera.front_door")
    assert [event.data["entity_id"] for event in said] == [RECORDING]


@pytest.mark.parametrize(
    "target",
    [
        {"entity_id": "camera.front_door"},
        {"entity_id": "number.front_door_record_duration"},
        {"label_id": "watched"},
        {"area_id": "hall"},
        {"floor_id": "ground"},
    ],
)
async def test_any_entity_stands_for_its_camera(
    hass: HomeAssistant, loaded: MockConfigEntry, target: dict[str, Any]
) -> None:
    """A target finds the same cameras as that of an action, by any of their entities."""
    floor = fr.async_get(hass).async_create("Ground").floor_id
    area = ar.async_get(hass).async_create("Hall", floor_id=floor).id
    label = lr.async_get(hass).async_create("Watched").label_id
    registry = er.async_get(hass)
    registry.async_update_entity("camera.front_door", labels={label})
    registry.async_update_entity("button.front_door_record", area_id=area)
    said = await automate(
        hass, ("recording_triggered", "recording_ready", "alarm_received"), target
    )
    await record(hass, "camera.front_door")
    assert [event.data["entity_id"] for event in said] == [RECORDING]


async def test_a_target_changes(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """A label that a camera entity gets or loses counts from then on."""
    label = lr.async_get(hass).async_create("Watched").label_id
    said = await automate(hass, "recording_triggered", {"label_id": label})
    registry = er.async_get(hass)
    for labels, number in ((set[str](), 0), ({label}, 1), (set[str](), 1)):
        registry.async_update_entity("camera.front_door", labels=labels)
        await hass.async_block_till_done()
        await record(hass, "camera.front_door")
        assert len(said) == number


async def test_a_target_excludes(
    hass: HomeAssistant, loaded: MockConfigEntry, cameras: dict[str, Device]
) -> None:
    """A camera whose camera entity is left out is left out; a Home Assistant that cannot do so says that."""
    area = ar.async_get(hass).async_create("Hall").id
    for name in ("Front door", "Garage"):
        device_id = device_of(hass, loaded, cameras[name])
        dr.async_get(hass).async_update_device(device_id, area_id=area)
    target = {"area_id": area, "exclude": {"entity_id": "camera.garage"}}
    said = await automate(hass, "recording_triggered", target)
    is_refused = (MAJOR_VERSION, MINOR_VERSION) < (2026, 11)
    assert hass.states.is_state("automation.automation_0", "unavailable") == is_refused
    await record(hass, "camera.garage")
    assert not said
    await record(hass, "camera.front_door")
    assert len(said) == (0 if is_refused else 1)


async def test_a_strange_event_entity_is_none_of_it(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """What another integration's event entity tells is not taken for a recording."""
    said = await automate(hass, "recording_triggered", {"entity_id": "event.doorbell"})
    hass.states.async_set("event.doorbell", "unknown")
    hass.states.async_set(
        "event.doorbell", "2026-11-22T10:00:00.000+00:00", {"event_type": "triggered"}
    )
    await hass.async_block_till_done()
    assert not said


async def test_a_restored_event_is_no_new_one(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry
) -> None:
    """Reloading the account brings the last event back; nothing happened."""
    await record(hass, "camera.front_door")
    said = await automate(hass, "recording_triggered", {"entity_id": RECORDING})
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(RECORDING).attributes["event_type"] == "triggered"  # type: ignore[union-attr]
    assert not said


@pytest.mark.parametrize(
    ("trigger", "options"),
    [
        ("recording_ready", {"kind": ["continuous"]}),
        ("recording_ready", {"kind": []}),
        ("alarm_received", {"alarm_type": []}),
        ("alarm_received", {"alarm_type": ["earthquake"]}),
    ],
)
async def test_wrong_options_are_told(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    trigger: str,
    options: dict[str, Any],
) -> None:
    """An automation that would never run is refused."""
    await automate(hass, trigger, {"entity_id": RECORDING}, options)
    assert hass.states.is_state("automation.automation_0", "unavailable")
    assert "failed to setup triggers" in caplog.text


async def test_alarm(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """An alarm is told once, with its type; later its recording is told, once, to who waits for that."""
    await clock.run(10)
    device_id = device_of(hass, loaded, cameras["Front door"])
    target = {"device_id": device_id}
    said = await automate(hass, ("alarm_received", "recording_ready"), target)
    event_id = raise_alarm(cloud, cameras["Front door"], 3, record=True)
    await clock.run(40)
    (event,) = said
    alarm = event.data["alarm"]
    assert event.data["entity_id"] == ALARM
    assert alarm["entity_id"] == "camera.front_door"
    assert alarm["device_id"] == device_id
    assert alarm["event_id"] == event_id
    assert alarm["type"] == "human"
    assert alarm["alarm_type"] == 3
    assert alarm["picture"].startswith("/api/linkvisual/")
    assert day_of(alarm["day_url"]) == local_day(alarm["event_time"])
    await clock.run(240, step=5)
    assert len(said) == 1


async def test_recording_of_an_alarm(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """An automation that wants recordings of alarms gets them, and those it triggered only where it says so."""
    await clock.run(10)
    target = {"device_id": device_of(hass, loaded, cameras["Front door"])}
    said = await automate(hass, "recording_ready", target, {"kind": "alarm"})
    raise_alarm(cloud, cameras["Front door"], record=True)
    await record(hass, "camera.front_door", record_duration=10)
    await clock.run(240, step=5)
    (event,) = said
    recording = event.data["recording"]
    assert recording["kind"] == "alarm"
    assert recording["entity_id"] == "camera.front_door"
    (file,) = recording["files"]
    assert file["media_content_id"] == recording["media_content_id"]
    assert file["media_content_id"].startswith("media-source://linkvisual/")
    assert event.data["alarm"]["type"] == "motion"


async def test_only_some_alarms(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """Alarms of other types are left out; none is lost that comes together with another."""
    await clock.run(10)
    wanted = {"alarm_type": ["human", "pet"]}
    said = await automate(hass, "alarm_received", {"entity_id": ALARM}, wanted)
    for event_type in (1, 3, 4, 3):
        raise_alarm(cloud, cameras["Front door"], event_type)
    await clock.run(40)
    types = [event.data["alarm"]["type"] for event in said]
    assert sorted(types) == ["human", "human", "pet"]


def test_all_alarm_types_can_be_chosen() -> None:
    """What the user interface offers is what there is."""
    fields = load_yaml_dict(str(FOLDER / "triggers.yaml"))["alarm_received"]["fields"]
    assert fields["alarm_type"]["selector"]["select"]["options"] == ALARM_TYPES


@pytest.mark.parametrize(
    ("options", "count"), [({}, 1), ({"title": "Fence"}, 1), ({"title": "Door"}, 0)]
)
async def test_incident(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    options: dict[str, Any],
    count: int,
) -> None:
    """An incident is told with the data of its event: all, or those with a title."""
    said: list[Event[Mapping[str, Any]]] = []
    hass.bus.async_listen("automation_said", said.append)
    ready = async_capture_events(hass, "linkvisual_incident_ready")
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {
                    "trigger": "linkvisual.incident_ready",
                    "options": options,
                },
                "actions": {
                    "event": "automation_said",
                    "event_data": {"incident": "{{ trigger.incident }}"},
                },
            }
        },
    )
    await record(hass, "camera.front_door", record_duration=10, incident="Fence")
    await clock.run(30, step=5)
    assert [each.data["incident"] for each in said] == [ready[0].data] * count
