"""The blueprint `record_and_notify`, imported and run against the emulated cloud."""

from datetime import timedelta
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.linkvisual.media.urls import day_url
from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.world import Device

from .houses import MOTION, House


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Let Home Assistant have a configuration that may be written to."""
    return hass_tmp_config_dir


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant a media folder."""
    media = tmp_path / "media"
    hass.config.media_dirs = {"local": str(media)}
    hass.config.allowlist_external_dirs = {str(media)}
    return media / "linkvisual"


def texts(calls: list[Any]) -> list[str]:
    """Return what notifications said."""
    return [call.data["message"] for call in calls]


def names_in(folder: Path) -> list[str]:
    """Return the names of what was saved."""
    return [path.name for path in folder.glob("*")]


async def test_record_and_notify(
    hass: HomeAssistant,
    house: House,
    folder: Path,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The phone gets a picture at once, then the clip in its place."""
    await house.use(
        hass_ws_client,
        "record_and_notify",
        motion_sensors=[MOTION],
        cameras=["camera.front_door"],
        record_duration=30,
        notify_devices=[house.phone_id],
        notify_action="notify.family",
        notify_entities=["notify.screen"],
        folder=str(folder),
    )
    await house.motion()
    await house.until(lambda: house.phone)
    (record,) = house.front_door.records.values()
    assert round(record.end - record.begin) == 30
    first = house.phone[0].data
    assert first["title"] == "Front door"
    assert first["message"] == "Hall motion"
    player = await hass_client_no_auth()
    picture = await player.get(first["data"]["image"])
    assert picture.status == 200
    assert picture.content_type == "image/jpeg"

    await house.until(lambda: len(house.receivers) == 2, step=1)
    second = house.phone[1].data
    assert re.fullmatch(
        r"Hall motion\. Recorded 30 s at \d\d:\d\d\.", second["message"]
    )
    (clip,) = names_in(folder)
    assert second["data"]["video"] == f"/media/local/linkvisual/{clip}"
    assert second["data"]["tag"] == first["data"]["tag"]
    # The others learn the same.
    assert [call.data for call in house.family] == [first, second]
    assert texts(house.receivers) == texts(house.phone)
    assert house.receivers[0].data["entity_id"] == ["notify.screen"]


async def test_just_record(
    hass: HomeAssistant,
    house: House,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    folder: Path,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """With nobody to tell, several cameras record, and nothing else is asked of the cloud."""
    await house.use(
        hass_ws_client,
        "record_and_notify",
        more_triggers=[{"trigger": "event", "event_type": "alarm"}],
        cameras=["camera.front_door", "camera.garage", "camera.garden"],
    )
    hass.bus.async_fire("alarm")
    await house.settle()
    assert len(house.front_door.records) == len(cameras["Garage"].records) == 1
    assert not cloud.calls_of("TriggerCapturePicture")
    await clock.run(90, step=5)
    assert not names_in(folder)
    assert not house.phone


@pytest.mark.parametrize("what", ["time", "nameless", "by_hand"])
async def test_any_trigger(
    hass: HomeAssistant,
    house: House,
    clock: Clock,
    hass_ws_client: WebSocketGenerator,
    what: str,
) -> None:
    """A trigger without an entity records, too, and so does one whose entity has no name."""
    at = dt_util.now() + timedelta(seconds=30)
    triggers = {
        "time": {"trigger": "time", "at": at.strftime("%H:%M:%S")},
        "nameless": {"trigger": "state", "entity_id": "sun.nameless", "to": "up"},
        "by_hand": {"trigger": "event", "event_type": "never"},
    }
    hass.states.async_set("sun.nameless", "down")
    await house.use(
        hass_ws_client,
        "record_and_notify",
        more_triggers=[triggers[what]],
        cameras=["camera.front_door"],
        notify_devices=[house.phone_id],
    )
    if what == "by_hand":
        (automation,) = hass.states.async_entity_ids("automation")
        await hass.services.async_call(
            "automation", "trigger", {"entity_id": automation}
        )
    else:
        hass.states.async_set("sun.nameless", "up")
        clock.jump(31)
    await house.until(lambda: house.phone)
    assert len(house.front_door.records) == 1
    said = "sun.nameless" if what == "nameless" else "Something happened"
    assert house.phone[0].data["message"] == said


async def test_conditions(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    """Nothing happens while the conditions do not hold."""
    house.set("person.somebody", "home")
    await house.use(
        hass_ws_client,
        "record_and_notify",
        motion_sensors=[MOTION],
        cameras=["camera.front_door"],
        conditions=[
            {"condition": "state", "entity_id": "person.somebody", "state": "not_home"}
        ],
    )
    await house.motion()
    assert not house.front_door.records
    house.set("person.somebody", "not_home")
    await house.motion()
    assert len(house.front_door.records) == 1


async def test_quiet_time(
    hass: HomeAssistant, house: House, clock: Clock, hass_ws_client: WebSocketGenerator
) -> None:
    """During a recording and for a while after it, nothing starts another."""
    await house.use(
        hass_ws_client,
        "record_and_notify",
        motion_sensors=[MOTION],
        cameras=["camera.front_door"],
        record_duration=30,
        quiet_time=60,
        skip_if_recording=False,
    )
    await house.motion()
    await house.motion()
    await clock.tick(85)
    await house.motion()
    assert len(house.front_door.records) == 1
    await clock.tick(10)
    await house.motion()
    assert len(house.front_door.records) == 2


@pytest.mark.parametrize("button", ["Mute 30 min", "Stop"])
async def test_a_button_is_no_recording(
    house: House, clock: Clock, hass_ws_client: WebSocketGenerator, button: str
) -> None:
    """The quiet time counts from a recording: whoever presses a button long after it loses nothing that happens then."""
    await house.use(
        hass_ws_client,
        "record_and_notify",
        motion_sensors=[MOTION],
        cameras=["camera.front_door"],
        record_duration=30,
        quiet_time=60,
        notify_devices=[house.phone_id],
        folder="",
    )
    await house.motion()
    await house.until(lambda: house.phone)
    await clock.run(100, step=5)
    await house.press(button, 0)
    await clock.tick(10)
    await house.motion()
    assert len(house.front_door.records) == 2
    # The quiet time of that one is kept, whatever is pressed meanwhile.
    await house.press(button, 0)
    await clock.run(40, step=5)
    await house.motion()
    assert len(house.front_door.records) == 2


@pytest.mark.parametrize(("skip", "records"), [(True, 1), (False, 2)])
async def test_skip(
    hass: HomeAssistant,
    house: House,
    folder: Path,
    hass_ws_client: WebSocketGenerator,
    skip: bool,
    records: int,
) -> None:
    """A camera that records already is asked again only if that is wanted; the clip comes in either case."""
    await house.use(
        hass_ws_client,
        "record_and_notify",
        motion_sensors=[MOTION],
        cameras=["camera.front_door"],
        record_duration=30,
        quiet_time=0,
        skip_if_recording=skip,
        notify_devices=[house.phone_id],
        folder=str(folder),
    )
    await house.motion()
    await house.motion()
    assert len(house.front_door.records) == records
    await house.until(lambda: len(house.phone) == 4, step=1)
    assert all("video" in call.data["data"] for call in house.phone[2:])


async def test_without_a_clip(
    hass: HomeAssistant,
    house: House,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Where the clip may not be saved, the text comes all the same."""
    await house.use(
        hass_ws_client,
        "record_and_notify",
        motion_sensors=[MOTION],
        cameras=["camera.front_door"],
        notify_devices=[house.phone_id],
        folder="/nowhere",
    )
    await house.motion()
    await house.until(lambda: len(house.phone) == 2, step=2)
    assert house.phone[1].data["message"].endswith(", available in the media browser.")
    assert "video" not in house.phone[1].data["data"]


async def test_cameras_that_cannot(
    hass: HomeAssistant,
    house: House,
    clock: Clock,
    cloud: Cloud,
    folder: Path,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Of a camera that is offline the phone learns that, beside one that records and without."""
    await house.use(
        hass_ws_client,
        "record_and_notify",
        motion_sensors=[MOTION],
        cameras=["camera.front_door", "camera.garden"],
        record_duration=10,
        quiet_time=0,
        notify_devices=[house.phone_id],
        folder=str(folder),
    )
    await house.motion()
    await house.until(lambda: len(house.phone) == 4, step=2)
    told = {call.data["title"]: call.data for call in house.phone[2:]}
    assert "video" in told["Front door"]["data"]
    assert told["Garden"]["message"] == "Hall motion. Not recorded: Garden is offline"

    set_status(cloud, house.front_door, "OFFLINE")
    await clock.tick(61)
    house.phone.clear()
    await house.motion()
    await house.until(lambda: len(house.phone) == 4)
    assert texts(house.phone).count("Hall motion") == 2
    assert (
        texts(house.phone).count("Hall motion. Not recorded: the camera is offline.")
        == 2
    )


async def test_buttons(
    house: House, cloud: Cloud, folder: Path, hass_ws_client: WebSocketGenerator
) -> None:
    """A tap opens the camera's day. Buttons stop the recording, start another, and mute the camera."""
    await house.use(
        hass_ws_client,
        "record_and_notify",
        motion_sensors=[MOTION],
        cameras=["camera.front_door", "camera.garage"],
        quiet_time=0,
        notify_devices=[house.phone_id],
        folder="",
    )
    await house.motion()
    await house.until(lambda: len(house.phone) == 2)
    first = {call.data["title"]: call for call in house.phone}["Front door"]
    day = dt_util.now().date()
    assert first.data["data"]["url"] == day_url("camera.front_door", day)
    assert first.data["data"]["clickAction"] == first.data["data"]["url"]
    (record,) = house.front_door.records.values()
    await house.press("Stop", house.phone.index(first))
    await house.until(lambda: record.end - record.begin < 60)
    await house.until(lambda: len(house.phone) == 4, step=1)
    titles = [call.data["title"] for call in house.phone]
    await house.press("Record", titles.index("Front door", 2))
    await house.until(lambda: len(house.phone) == 5)
    assert house.phone[4].data["title"] == "Front door"
    assert house.phone[4].data["message"] == "Recording"
    assert len(house.front_door.records) == 2
    await house.press("Mute 30 min")
    await house.motion()
    await house.until(lambda: len(house.phone) == 6)
    await house.settle()
    assert [call.data["title"] for call in house.phone[5:]] == ["Garage"]
    await house.until(lambda: len(house.phone) == 7, step=1)
    assert house.phone[6].data["title"] == "Garage"


@pytest.mark.parametrize("trigger", ["alarm", "motion sensor"])
@pytest.mark.parametrize("records", [True, False])
async def test_own_alarm(
    house: House,
    cloud: Cloud,
    clock: Clock,
    hass_ws_client: WebSocketGenerator,
    cameras: dict[str, Device],
    trigger: str,
    records: bool,
) -> None:
    """A camera whose alarms the cloud records does not record its own alarm again; its clip is the alarm's."""
    raise_alarm(cloud, house.front_door, record=records)
    await clock.run(900 if not records else 120, step=10)
    motion = "binary_sensor.front_door_motion"
    by_alarm = {
        "trigger": "linkvisual.alarm_received",
        "target": {"entity_id": "camera.front_door"},
    }
    await house.use(
        hass_ws_client,
        "record_and_notify",
        motion_sensors=[motion] if trigger == "motion sensor" else [],
        more_triggers=[by_alarm] if trigger == "alarm" else [],
        cameras=["camera.front_door", "camera.garage"],
        record_duration=10,
        quiet_time=0,
        notify_devices=[house.phone_id],
        folder="",
    )
    raise_alarm(cloud, house.front_door, record=records)
    await house.until(lambda: len(house.phone) == 4, step=1)
    assert len(cameras["Garage"].records) == 1
    assert len(house.front_door.records) == (0 if records else 1)
    last = [call.data for call in house.phone if call.data["title"] == "Front door"][-1]
    assert last["message"].endswith("available in the media browser.")
    assert (" s at " in last["message"]) is not records
