"""The dialog of an alarm: its picture, and a link to where its recording is."""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import unquote

from homeassistant.core import HomeAssistant, State
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

ALARM = "event.front_door_alarm"


async def raise_and_look(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, camera: Device, *, record: bool
) -> State:
    """Return the state after an alarm, and after the looks for its recording."""
    await clock.run(10)
    raise_alarm(cloud, camera, record=record)
    await clock.run(120, step=5)
    return alarm(hass)


def alarm(hass: HomeAssistant) -> State:
    """Return the state of the entity."""
    state = hass.states.get(ALARM)
    assert state is not None
    return state


async def test_picture_stays(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The picture is shown for as long as the alarm is: its path is signed anew before it expires."""
    before = await raise_and_look(
        hass, clock, cloud, cameras["Front door"], record=False
    )
    browser = await hass_client_no_auth()
    for _ in range(4):
        state = alarm(hass)
        assert state.state == before.state
        shown = state.attributes["entity_picture"]
        assert shown == state.attributes["picture"]
        response = await browser.get(shown)
        assert (await response.read()).startswith(b"\xff\xd8\xff")
        await clock.run(timedelta(hours=13).total_seconds(), step=3600)
    expired = await browser.get(before.attributes["entity_picture"])
    assert expired.status == HTTPStatus.UNAUTHORIZED


async def test_no_picture(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """An alarm without a picture shows the entity's icon, and not the picture of an earlier one."""
    await raise_and_look(hass, clock, cloud, cameras["Front door"], record=False)
    raise_alarm(cloud, cameras["Front door"], picture=False)
    await clock.run(40, step=5)
    assert not {"entity_picture", "picture"} & alarm(hass).attributes.keys()


async def test_link(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """The link opens the day of the recording, under the address by which people reach Home Assistant."""
    hass.config.external_url = "https://home.example"
    state = await raise_and_look(hass, clock, cloud, cameras["Front door"], record=True)
    url = state.attributes["recording_url"]
    assert url.startswith("https://home.example/media-browser/browser/")
    today = dt_util.now().date().isoformat()
    assert unquote(url).endswith(
        f"video,media-source://linkvisual/camera.front_door/day/{today}"
    )


async def test_link_without_an_address(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """Where Home Assistant has a certificate, but was not told its name, the path has to do."""
    assert await async_setup_component(hass, "http", {})
    assert hass.config.api is not None
    hass.config.api.use_ssl = True
    state = await raise_and_look(hass, clock, cloud, cameras["Front door"], record=True)
    assert state.attributes["recording_url"].startswith("/media-browser/browser/")


async def test_no_recording(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """Where nothing was recorded no link leads."""
    state = await raise_and_look(
        hass, clock, cloud, cameras["Front door"], record=False
    )
    assert "recording_url" not in state.attributes
