"""The last picture: found in the cloud where it is not known; and ages, which no clock but one's own tells."""

from datetime import datetime
from http import HTTPStatus

from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.inferred import Order
from tests.emulator.world import Device

from .test_pictures import CAMERA, IMAGE, captures, press


@pytest.fixture(autouse=True)
def quick_camera(cloud: Cloud) -> None:
    """Upload pictures at once, and take any number of them."""
    cloud.inferred.picture_delay = 0
    cloud.inferred.capture_spacing = 0


def store(cloud: Cloud, camera: Device, age: float, source: int = 2) -> float:
    """Put a picture into the cloud; return its time."""
    created = cloud.now() - age
    cloud.world.add_picture(camera, created, source, cloud.now())
    return created


async def set_up(hass: HomeAssistant, clock: Clock, entry: MockConfigEntry) -> None:
    """Set up the account, and let it poll what it polls."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(60, step=5)


def taken_at(hass: HomeAssistant) -> float:
    """Return the time of the picture that is shown."""
    state = hass.states.get(IMAGE)
    assert state is not None
    return datetime.fromisoformat(state.state).timestamp()


@pytest.mark.parametrize("order", ["ascending", "descending", "shuffled"])
@pytest.mark.parametrize("age", [100, 20 * 86400])
async def test_found_in_the_cloud(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    order: Order,
    age: float,
) -> None:
    """The newest captured picture is shown, whatever the cloud's order, and no picture of an alarm."""
    camera = cameras["Front door"]
    cloud.inferred.picture_order = order
    for number in range(120, 0, -1):
        store(cloud, camera, age + number * 60)
    newest = store(cloud, camera, age)
    store(cloud, camera, 10, source=1)
    await set_up(hass, clock, entry)
    assert abs(taken_at(hass) - newest) < 0.01
    assert not cloud.calls_of("QueryDevicePictureFile")
    client = await hass_client()
    state = hass.states.get(IMAGE)
    assert state is not None
    response = await client.get(state.attributes["entity_picture"])
    assert response.status == HTTPStatus.OK
    assert (await response.read()).startswith(b"\xff\xd8\xff")
    assert captures(cloud) == 0
    calls = len(cloud.calls_of("QueryPictureFiles"))
    await clock.run(900, step=30)
    assert len(cloud.calls_of("QueryPictureFiles")) == calls


async def test_refused_for_a_while(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
) -> None:
    """A search that fails is repeated; a picture that is captured meanwhile stays the last one."""
    older = store(cloud, cameras["Front door"], 3600)
    fault = Fault("service", "QueryPictureFiles", None, code="500", message="busy")
    cloud.faults.append(fault)
    await set_up(hass, clock, entry)
    assert hass.states.is_state(IMAGE, "unknown")
    cloud.faults.clear()
    await clock.run(400, step=10)
    assert abs(taken_at(hass) - older) < 0.01
    await press(hass)
    newest = taken_at(hass)
    assert newest > older
    await clock.run(400, step=10)
    assert taken_at(hass) == newest


async def test_disabled_images_cost_nothing(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """Pictures of cameras whose image is disabled are not searched."""
    await set_up(hass, clock, entry)
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.domain == "image":
            registry.async_update_entity(
                entity.entity_id, disabled_by=er.RegistryEntryDisabler.USER
            )
    await clock.run(60, step=5)
    assert cloud.calls_of("QueryPictureFiles")
    cloud.calls.clear()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await clock.run(60, step=5)
    assert not cloud.calls_of("QueryPictureFiles")


async def test_deleted(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """A picture that was deleted in the cloud is not shown, and a new one is."""
    store(cloud, cameras["Front door"], 3600)
    await set_up(hass, clock, entry)
    cameras["Front door"].pictures.clear()
    client = await hass_client()
    state = hass.states.get(IMAGE)
    assert state is not None
    url = state.attributes["entity_picture"]
    assert (await client.get(url)).status >= HTTPStatus.BAD_REQUEST
    await press(hass)
    state = hass.states.get(IMAGE)
    assert state is not None
    response = await client.get(state.attributes["entity_picture"])
    assert response.status == HTTPStatus.OK


@pytest.mark.parametrize("offset", [-800, -400, 400, 800])
async def test_clocks_apart(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
    offset: float,
) -> None:
    """A picture is reused for five minutes, however far the cloud's clock is from ours; its time is the cloud's."""
    cloud.clock_offset = offset
    await set_up(hass, clock, entry)
    for _ in range(10):
        await async_get_image(hass, CAMERA)
        clock.jump(25)
    assert captures(cloud) == 1
    (picture,) = cameras["Front door"].pictures.values()
    assert abs(taken_at(hass) - picture.created) < 0.01
    clock.jump(60)
    await async_get_image(hass, CAMERA)
    assert captures(cloud) == 2
