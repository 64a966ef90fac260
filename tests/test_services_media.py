"""The actions about what is stored in the cloud: lists, and deletion."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import asked, call, content_id

FRONT_DOOR = "camera.front_door"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def now(clock: Clock) -> Clock:
    """Make it noon in Greenwich."""
    clock.move_to(NOON)
    return clock


@pytest.fixture
def front_door(now: Clock, cameras: dict[str, Device]) -> Device:
    """Return a camera."""
    return cameras["Front door"]


def add(
    cloud: Cloud, camera: Device, ago: timedelta, seconds: float = 60, **more: Any
) -> str:
    """Store a file; return its name."""
    begin = (NOON - ago).timestamp()
    return cloud.world.add_file(camera, begin, begin + seconds, **more).file_name


async def test_get_recordings(
    hass: HomeAssistant, front_door: Device, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Without a range the last day, newest first, with all that is known."""
    alarm = add(cloud, front_door, timedelta(hours=1), 30, record_type=1, event_type=4)
    add(cloud, front_door, timedelta(hours=3), record_type=0, stream_type=1)
    add(cloud, front_door, timedelta(hours=25))
    reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR)
    rows = reply[FRONT_DOOR]["recordings"]
    assert [row["kind"] for row in rows] == ["alarm", "continuous"]
    assert rows[0] == {
        "file_name": alarm,
        "begin": "2026-11-23T11:00:00+00:00",
        "end": "2026-11-23T11:00:30+00:00",
        "kind": "alarm",
        "event_type": 4,
        "stream_type": "main",
        "media_content_id": content_id(loaded, front_door, alarm),
        "annotation": None,
    }
    assert rows[1]["stream_type"] == "sub"


async def test_ranges(
    hass: HomeAssistant, front_door: Device, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A range is given in any zone; without one it is Home Assistant's."""
    await hass.config.async_set_time_zone("Asia/Shanghai")
    for hours in range(1, 10):
        add(cloud, front_door, timedelta(hours=hours))
    for begin, end in (
        ("2026-11-23 15:00:00", "2026-11-23 17:00:00"),
        ("2026-11-23T07:00:00+00:00", "2026-11-23T09:00:00Z"),
    ):
        wanted: dict[str, Any] = {"from": begin, "to": end}
        reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR, **wanted)
        assert [row["begin"][11:13] for row in reply[FRONT_DOOR]["recordings"]] == [
            "08",
            "07",
        ]


@pytest.mark.parametrize("offset", [3000, -3000])
async def test_clocks_that_differ(
    hass: HomeAssistant,
    front_door: Device,
    now: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    offset: int,
) -> None:
    """Without a range, the last day is one by the cloud's clock."""
    cloud.clock_offset = offset
    await now.run(70, step=10)
    names = [
        cloud.world.add_file(front_door, begin, begin + 60).file_name
        for begin in (cloud.now() - 86300, cloud.now() - 61)
    ]
    reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR)
    rows = reply[FRONT_DOOR]["recordings"]
    assert [row["file_name"] for row in rows] == names[::-1]


async def test_kinds(
    hass: HomeAssistant, front_door: Device, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Only the kind that is wanted is asked for."""
    for number in range(300):
        add(cloud, front_door, timedelta(minutes=4 * number + 4), record_type=0)
    add(cloud, front_door, timedelta(hours=5), record_type=2)
    cloud.calls.clear()
    reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR, kind="manual")
    assert [row["kind"] for row in reply[FRONT_DOOR]["recordings"]] == ["manual"]
    of_a_day = [
        each
        for each in cloud.calls_of("QueryRecord")
        if each.params["EndTime"] - each.params["BeginTime"] == 86400
    ]
    assert len(of_a_day) == 2
    reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR)
    assert len(reply[FRONT_DOOR]["recordings"]) == 301


async def test_many_rows(
    hass: HomeAssistant, front_door: Device, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Of very many recordings the newest are told."""
    cloud.inferred.qps["QueryRecord"] = 10_000
    for number in range(2000):
        add(cloud, front_door, timedelta(seconds=40 * number + 40), 30)
    reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR)
    rows = reply[FRONT_DOOR]["recordings"]
    assert len(rows) == 1000
    assert rows[-1]["begin"] == (NOON - timedelta(seconds=40_000)).isoformat()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (
            {"from": "2026-11-23 12:00:00", "to": "2026-11-23 11:00:00"},
            ServiceValidationError,
        ),
        ({"from": "2027-01-01 00:00:00"}, ServiceValidationError),
        ({"from": "0001-01-01T00:00:00+14:00"}, ServiceValidationError),
        ({"to": "0001-01-01T00:00:00+00:00"}, ServiceValidationError),
        ({"to": "9999-12-31T23:59:59-12:00"}, ServiceValidationError),
        ({"kind": "funny"}, vol.Invalid),
        ({"from": "soon"}, vol.Invalid),
    ],
)
async def test_bad_input(
    hass: HomeAssistant,
    front_door: Device,
    loaded: MockConfigEntry,
    cloud: Cloud,
    data: dict[str, Any],
    error: type[Exception],
) -> None:
    """Nonsense is refused before anything is asked."""
    cloud.calls.clear()
    with pytest.raises(error):
        await call(hass, "get_recordings", entity_id=FRONT_DOOR, **data)
    assert not asked(cloud)


async def test_one_camera_fails(
    hass: HomeAssistant,
    front_door: Device,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """A camera whose list is refused does not hide the others'."""
    add(cloud, front_door, timedelta(hours=1))
    cloud.faults.append(
        Fault(
            "service",
            "QueryRecord",
            None,
            code="403",
            message="tenant auth error.",
            iot_id=cameras["Garage"].iot_id,
        )
    )
    reply = await call(hass, "get_recordings", entity_id=[FRONT_DOOR, "camera.garage"])
    assert len(reply[FRONT_DOOR]["recordings"]) == 1
    assert reply["camera.garage"]["error"] == "camera_not_found"


async def test_delete(
    hass: HomeAssistant,
    front_door: Device,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """Any number of recordings of any cameras is deleted; lists know at once."""
    names = [
        add(cloud, front_door, timedelta(minutes=number + 1), 30)
        for number in range(120)
    ]
    other = add(cloud, cameras["Garage"], timedelta(hours=1))
    await call(hass, "get_recordings", entity_id=FRONT_DOOR)
    reply = await call(
        hass,
        "delete_recordings",
        media_content_id=[
            *(content_id(loaded, front_door, name) for name in names[:-1]),
            content_id(loaded, cameras["Garage"], other),
        ],
    )
    assert reply == {"deleted": 120}
    assert len(cloud.calls_of("DeleteRecord")) == 4
    reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR)
    assert [row["file_name"] for row in reply[FRONT_DOOR]["recordings"]] == names[-1:]
    gone = content_id(loaded, front_door, names[0])
    assert await call(hass, "delete_recordings", media_content_id=gone) == {
        "deleted": 0
    }
    assert (
        await call(hass, "delete_recordings", reply=False, media_content_id=gone)
        is None
    )


@pytest.mark.parametrize("action", ["delete_recordings", "save_recording"])
@pytest.mark.parametrize(
    "bad",
    [
        "media-source://camera/camera.front_door",
        "media-source://linkvisual",
        "media-source://linkvisual/{entry}/{camera}",
        "media-source://linkvisual/{entry}/{camera}/picture/abc",
        "media-source://linkvisual/{entry}/unknown/recording/abc",
        "media-source://linkvisual/unknown/{camera}/recording/abc",
        "media-source://linkvisual/{entry}/{camera}/recording/a/b",
    ],
)
async def test_no_such_recording(
    hass: HomeAssistant,
    front_door: Device,
    loaded: MockConfigEntry,
    cloud: Cloud,
    tmp_path: Path,
    action: str,
    bad: str,
) -> None:
    """What is no recording is refused before anything is done to the others."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    good = content_id(loaded, front_door, add(cloud, front_door, timedelta(hours=1)))
    bad = bad.format(entry=loaded.entry_id, camera=front_door.iot_id)
    data: dict[str, Any] = (
        {"folder": str(tmp_path)} if action == "save_recording" else {}
    )
    cloud.calls.clear()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, action, media_content_id=[good, bad], **data)
    assert bad in str(caught.value)
    assert not asked(cloud)


async def test_delete_is_refused(
    hass: HomeAssistant, front_door: Device, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A missing permission is told by its name."""
    cloud.denied.add("DeleteRecord")
    name = add(cloud, front_door, timedelta(hours=1))
    with pytest.raises(HomeAssistantError, match="DeleteRecord"):
        await call(
            hass,
            "delete_recordings",
            media_content_id=content_id(loaded, front_door, name),
        )


async def test_who_may_delete(
    hass: HomeAssistant,
    front_door: Device,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_read_only_user: MockUser,
) -> None:
    """Who may not control the camera may not delete its recordings."""
    name = add(cloud, front_door, timedelta(hours=1))
    with pytest.raises(Unauthorized):
        await call(
            hass,
            "delete_recordings",
            Context(user_id=hass_read_only_user.id),
            media_content_id=content_id(loaded, front_door, name),
        )
    assert not cloud.calls_of("DeleteRecord")
