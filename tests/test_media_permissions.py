"""Media of cameras that a user may not see: neither shown, nor found, nor played."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.auth.permissions.const import CAT_ENTITIES
from homeassistant.components import media_source
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.linkvisual.media.urls import signed_picture_path
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .houses import House
from .media import ROOT, MediaBrowser, MediaError, asked, content_id, titles_of


@pytest.fixture
def clip_of_garage(
    cloud: Cloud, cameras: dict[str, Device], loaded: MockConfigEntry
) -> str:
    """Store a recording of another camera."""
    begin = cloud.now() - 3600
    camera = cameras["Garage"]
    file = cloud.world.add_file(camera, begin, begin + 60)
    return content_id(loaded, camera, file.file_name)


@pytest.fixture
async def guest(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
    hass_ws_client: WebSocketGenerator,
) -> MediaBrowser:
    """Open the media browser of a user who may see the garage, and nothing else."""
    hass_read_only_user.mock_policy(
        {CAT_ENTITIES: {"entity_ids": {"camera.garage": {"read": True}}}}
    )
    browser = await MediaBrowser.connect(hass, hass_ws_client, loaded.entry_id)
    browser.socket = await hass_ws_client(hass, hass_read_only_access_token)
    return browser


async def test_browse(
    guest: MediaBrowser, cameras: dict[str, Device], cloud: Cloud
) -> None:
    """A user sees the cameras that are theirs to see."""
    assert len((await guest.open(ROOT))["children"]) == 1
    account = await guest.walk()
    assert titles_of(account["children"]) == ["Garage"]
    assert await guest.walk("Garage")
    cloud.calls.clear()
    for place in ((), ("day", "2026-11-23"), ("month", "2026-10"), ("pictures",)):
        with pytest.raises(MediaError, match="There is nothing here"):
            await guest.open(guest.content_id(cameras["Front door"].iot_id, *place))
    assert not asked(cloud)


async def test_latest(guest: MediaBrowser, clip: str, clip_of_garage: str) -> None:
    """A user sees the latest recordings of the cameras that are theirs to see."""
    latest = await guest.open(guest.content_id("~latest"))
    rows = [row["media_content_id"] for row in latest["children"]]
    assert rows == [clip_of_garage]


async def test_by_entity(guest: MediaBrowser) -> None:
    """The entity ID of a camera opens it to the users who may see it."""
    assert await guest.open(f"{ROOT}/camera.garage")
    with pytest.raises(MediaError, match="There is nothing here"):
        await guest.open(f"{ROOT}/camera.front_door")


async def test_nothing_to_see(
    guest: MediaBrowser, hass_read_only_user: MockUser
) -> None:
    """A user without any camera does not see the account."""
    hass_read_only_user.mock_policy({})
    assert (await guest.open(ROOT))["children"] == []


async def test_search(
    guest: MediaBrowser, browser: MediaBrowser, clip: str, clip_of_garage: str
) -> None:
    """A user finds recordings of cameras that are theirs to see."""
    assert len(await browser.search(ROOT, "continuous")) == 2
    (title,) = await guest.search(ROOT, "continuous")
    assert "Garage" in title


async def test_resolve(
    guest: MediaBrowser, clip: str, clip_of_garage: str, cloud: Cloud
) -> None:
    """A user plays the cameras that are theirs to see."""
    assert await guest.resolve(clip_of_garage)
    cloud.calls.clear()
    with pytest.raises(MediaError, match="There is nothing here"):
        await guest.resolve(clip)
    assert not asked(cloud)


@pytest.mark.parametrize(
    "path",
    [
        "recording/{entry}/{camera}/{name}/index.m3u8",
        "recording/{entry}/{camera}/{name}/video.mp4",
        "recording/{entry}/{camera}/{name}/saved.mp4",
        "recording/{entry}/{camera}/{name}/thumbnail.jpg",
        "picture/{entry}/{camera}/{name}.jpg",
    ],
)
async def test_views(
    hass: HomeAssistant,
    guest: MediaBrowser,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    cloud: Cloud,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_read_only_access_token: str,
    path: str,
) -> None:
    """A path that a user knows, or has signed, opens no camera that is not theirs to see."""
    client = await hass_client(hass_read_only_access_token)
    token = hass.auth.async_validate_access_token(hass_read_only_access_token)
    assert token is not None
    cloud.calls.clear()
    url = f"/api/linkvisual/{path}".format(
        entry=loaded.entry_id, camera=cameras["Front door"].iot_id, name="YWJj"
    )
    response = await client.get(url)
    assert response.status == HTTPStatus.FORBIDDEN
    signed = async_sign_path(hass, url, timedelta(hours=1), refresh_token_id=token.id)
    response = await (await hass_client_no_auth()).get(signed)
    assert response.status == HTTPStatus.FORBIDDEN
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert not asked(cloud)


async def test_signed_by_home_assistant(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    player: TestClient[Any, Any],
) -> None:
    """A path that Home Assistant signs for a notification works for who gets it."""
    camera = cameras["Front door"]
    picture = cloud.world.add_picture(camera, cloud.now() - 60)
    path = signed_picture_path(hass, loaded.entry_id, camera.iot_id, picture.pic_id)
    assert (await player.get(path)).status == HTTPStatus.OK


async def test_automation_that_a_guest_starts(
    hass: HomeAssistant,
    house: House,
    guest: MediaBrowser,
    hass_read_only_user: MockUser,
    clip: str,
    player: TestClient[Any, Any],
) -> None:
    """What an automation does is not a user's deed: its pictures are for who gets them, its media for the house."""
    hass_read_only_user.mock_policy(
        {CAT_ENTITIES: {"entity_ids": {"input_boolean.bell": True}}}
    )
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"bell": {}}}
    )
    played: list[str] = []

    async def play(_call: ServiceCall) -> None:
        media = await media_source.async_resolve_media(hass, clip, None)
        played.append(media.url)

    hass.services.async_register("test", "play", play)
    pictured = async_capture_events(hass, "pictured")
    await house.automate(
        {
            "alias": "Bell",
            "triggers": {"trigger": "state", "entity_id": "input_boolean.bell"},
            "actions": [
                {
                    "action": "linkvisual.capture_picture",
                    "target": {"entity_id": "camera.front_door"},
                    "response_variable": "reply",
                },
                {
                    "event": "pictured",
                    "event_data": {"path": "{{ reply['camera.front_door'].path }}"},
                },
                {"action": "test.play"},
            ],
        }
    )
    await guest.socket.send_json_auto_id(
        {
            "type": "call_service",
            "domain": "input_boolean",
            "service": "turn_on",
            "target": {"entity_id": "input_boolean.bell"},
        }
    )
    assert (await guest.socket.receive_json())["success"]
    await house.until(lambda: pictured)
    response = await player.get(pictured[0].data["path"])
    assert response.status == HTTPStatus.OK
    await house.until(lambda: played)
    # The guest alone may not.
    with pytest.raises(MediaError):
        await guest.resolve(clip)
