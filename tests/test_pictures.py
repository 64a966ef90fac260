"""Still pictures: few captures, one at a time, and what shows where there is none."""

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault, MediaFault
from tests.emulator.world import Device

CAMERA = "camera.front_door"
IMAGE = "image.front_door_last_picture"
SNAPSHOT = "button.front_door_snapshot"
OFFLINE = {"kind": "service", "code": "466", "message": "device status is offline."}


@pytest.fixture(autouse=True)
def quick_camera(cloud: Cloud) -> None:
    """Upload pictures at once, and take any number of them."""
    cloud.inferred.picture_delay = 0
    cloud.inferred.capture_spacing = 0


async def press(hass: HomeAssistant) -> None:
    """Press the button."""
    await hass.services.async_call(
        "button", "press", {"entity_id": SNAPSHOT}, blocking=True
    )


def captures(cloud: Cloud) -> int:
    """Return how many pictures were asked for."""
    return len(cloud.calls_of("TriggerCapturePicture"))


async def capture_picture(
    hass: HomeAssistant, entity_id: str | list[str] = CAMERA
) -> dict[str, Any]:
    """Call the action with a reply."""
    reply = await hass.services.async_call(
        "linkvisual",
        "capture_picture",
        {"entity_id": entity_id},
        blocking=True,
        return_response=True,
    )
    assert reply is not None
    return reply


async def test_nothing_is_captured_before_somebody_looks(
    hass: HomeAssistant, loaded: MockConfigEntry, clock: Clock, cloud: Cloud
) -> None:
    """Neither starting up nor time costs the camera's battery."""
    await clock.tick(3600)
    assert captures(cloud) == 0
    assert hass.states.is_state(IMAGE, "unknown")


async def test_still(
    hass: HomeAssistant, loaded: MockConfigEntry, clock: Clock, cloud: Cloud
) -> None:
    """A picture is taken for the first look, and stands for the camera for five minutes."""
    image = await async_get_image(hass, CAMERA)
    assert image.content.startswith(b"\xff\xd8\xff")
    for _ in range(9):
        clock.jump(30)
        await async_get_image(hass, CAMERA)
    assert captures(cloud) == 1
    clock.jump(31)
    await async_get_image(hass, CAMERA)
    assert captures(cloud) == 2


async def test_one_at_a_time(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """However many look at once, the camera takes one picture for all of them."""
    cloud.faults.append(Fault("delay", "TriggerCapturePicture", seconds=0.1))
    images = await asyncio.gather(
        *(async_get_image(hass, CAMERA) for _ in range(20)),
        async_get_image(hass, "camera.garage"),
    )
    assert len({image.content for image in images[:20]}) == 1
    assert captures(cloud) == 2


async def test_impatient_looker(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Who gives up leaves the picture to who comes next."""
    cloud.faults.append(Fault("delay", "TriggerCapturePicture", seconds=0.2))
    with pytest.raises(HomeAssistantError):
        await async_get_image(hass, CAMERA, timeout=0.1)  # type: ignore[arg-type]
    await async_get_image(hass, CAMERA)
    assert captures(cloud) == 1


async def test_no_still(
    hass: HomeAssistant, loaded: MockConfigEntry, clock: Clock, cloud: Cloud
) -> None:
    """Who looks is told why there is nothing to see; looking on does not wear the camera out."""
    cloud.faults.append(Fault(**OFFLINE, action="TriggerCapturePicture", times=None))  # type: ignore[arg-type]
    for _ in range(5):
        with pytest.raises(HomeAssistantError, match="Front door is offline"):
            await async_get_image(hass, CAMERA)
    assert captures(cloud) == 1
    assert hass.states.is_state(CAMERA, "idle")
    cloud.faults.clear()
    clock.jump(31)
    assert await async_get_image(hass, CAMERA)


async def test_old_still(
    hass: HomeAssistant, loaded: MockConfigEntry, clock: Clock, cloud: Cloud
) -> None:
    """An old picture is better than none, and a camera that failed is left alone for a while."""
    first = await async_get_image(hass, CAMERA)
    clock.jump(400)
    cloud.faults.append(Fault(**OFFLINE, action="TriggerCapturePicture", times=None))  # type: ignore[arg-type]
    for _ in range(5):
        assert (await async_get_image(hass, CAMERA)).content == first.content
    assert captures(cloud) == 2


async def test_snapshot(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_client: ClientSessionGenerator,
) -> None:
    """The button takes a picture now, and the image shows it."""
    await async_get_image(hass, CAMERA)
    await press(hass)
    assert captures(cloud) == 2
    *_, newest = cameras["Front door"].pictures.values()
    state = hass.states.get(IMAGE)
    assert state is not None
    taken = datetime.fromisoformat(state.state)
    assert abs(taken.timestamp() - newest.created) < 0.01
    client = await hass_client()
    response = await client.get(state.attributes["entity_picture"])
    assert response.status == HTTPStatus.OK
    shown = await response.read()
    assert shown == (await async_get_image(hass, CAMERA)).content
    assert captures(cloud) == 2


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (OFFLINE, "Front door is offline"),
        (
            {"kind": "gateway", "status": 403, "code": "NoPermission"},
            "lacks a permission",
        ),
        ({"kind": "cut", "after": True}, "did not answer"),
        ({"kind": "patch", "patch": {"Data": None}}, "did not answer"),
    ],
)
async def test_refused(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    fault: dict[str, Any],
    text: str,
) -> None:
    """What the cloud refuses is told, and asked for once."""
    cloud.faults.append(Fault(**fault, action="TriggerCapturePicture", times=None))
    with pytest.raises(HomeAssistantError, match=text):
        await press(hass)
    assert captures(cloud) == 1
    assert hass.states.is_state(IMAGE, "unknown")


async def test_never_uploaded(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A picture that does not come is not waited for without end."""
    cloud.inferred.picture_delay = 3600
    with pytest.raises(HomeAssistantError, match="Front door has not sent a picture"):
        await press(hass)
    assert len(cloud.calls_of("QueryDevicePictureFile")) == 12
    assert captures(cloud) == 2


async def test_dropped_by_the_camera(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A camera that was too busy for a picture is asked for it once more."""
    cloud.inferred.capture_spacing = 0.05
    # Another client has just asked.
    for camera in cloud.world.devices.values():
        camera.last_capture = cloud.now()
    await press(hass)
    assert captures(cloud) == 2
    assert not hass.states.is_state(IMAGE, "unknown")


async def test_caller_goes_away(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who no longer waits for a picture that fails leaves no error behind."""
    cloud.inferred.picture_delay = 3600
    with pytest.raises(HomeAssistantError):
        await async_get_image(hass, CAMERA, timeout=0)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert captures(cloud) == 2
    assert not [row for row in caplog.records if row.levelname == "ERROR"]


async def test_slow_upload(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A picture is asked for until it is there, and fetched again where that failed."""
    cloud.inferred.picture_delay = 0.05
    cloud.media_faults.append(MediaFault("cut"))
    await press(hass)
    assert not hass.states.is_state(IMAGE, "unknown")


async def test_too_long(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is far too long for a picture is none."""
    monkeypatch.setattr(
        "custom_components.linkvisual.media.client._MAX_PICTURE_BYTES", 1000
    )
    with pytest.raises(HomeAssistantError, match="Front door has not sent a picture"):
        await press(hass)


async def test_capture_picture(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The reply has the picture's ID, its time, and a signed path under which anybody sees it for a day."""
    reply = await capture_picture(hass, [CAMERA, "camera.garden", "camera.garage"])
    picture = next(iter(cameras["Front door"].pictures.values()))
    row = reply[CAMERA]
    assert row.keys() == {"status", "picture_id", "taken_at", "path"}
    assert row["status"] == "captured"
    assert row["picture_id"] == picture.pic_id
    taken = datetime.fromisoformat(row["taken_at"])
    assert abs(taken.timestamp() - picture.created) < 1
    assert taken.utcoffset() == timedelta()
    assert reply["camera.garden"]["error"] == "camera_offline"

    client = await hass_client_no_auth()
    for entity_id in (CAMERA, "camera.garage"):
        response = await client.get(reply[entity_id]["path"])
        assert response.status == HTTPStatus.OK
        assert response.content_type == "image/jpeg"
        assert (await response.read()).startswith(b"\xff\xd8\xff")
    unsigned = row["path"].partition("?")[0]
    assert (await client.get(unsigned)).status == HTTPStatus.UNAUTHORIZED


async def test_earlier_picture(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The path of a picture goes on to lead to it, not to a newer one."""
    client = await hass_client_no_auth()
    first = (await capture_picture(hass))[CAMERA]["path"]
    image = await (await client.get(first)).read()
    second = (await capture_picture(hass))[CAMERA]["path"]
    assert await (await client.get(first)).read() == image
    assert await (await client.get(second)).read() != image

    cloud.media_faults.append(MediaFault("status", status=404))
    assert (await client.get(first)).status == HTTPStatus.NOT_FOUND
    cameras["Front door"].pictures.clear()
    response = await client.get(first)
    assert response.status == HTTPStatus.BAD_GATEWAY
    assert "no longer in the cloud" in await response.text()


async def test_reload(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_client: ClientSessionGenerator,
) -> None:
    """The last picture is shown after a reload, and fetched when somebody looks at it."""
    await press(hass)
    before = hass.states.get(IMAGE)
    assert before is not None
    cloud.calls.clear()
    for _ in range(2):
        assert await hass.config_entries.async_reload(loaded.entry_id)
        await hass.async_block_till_done()
        assert hass.states.is_state(IMAGE, before.state)
    state = hass.states.get(IMAGE)
    assert state is not None
    camera = cameras["Front door"].iot_id
    searches = cloud.calls_of("QueryPictureFiles")
    assert camera not in {call.params["IotId"] for call in searches}
    cloud.calls.clear()
    client = await hass_client()
    for _ in range(2):
        response = await client.get(state.attributes["entity_picture"])
        assert (await response.read()).startswith(b"\xff\xd8\xff")
    assert len(cloud.calls_of("QueryDevicePictureFile")) == 1
    assert captures(cloud) == 0
    await press(hass)
    state = hass.states.get(IMAGE)
    assert state is not None
    taken = datetime.fromisoformat(state.state)
    assert abs(taken - dt_util.utcnow()) < timedelta(seconds=2)
