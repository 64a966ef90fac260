"""The media browser at noon in Greenwich, before a camera that keeps its recordings for long."""

from collections import Counter
from collections.abc import Iterator

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device
from tests.media import MediaBrowser, asked

from .files import NOW


@pytest.fixture
def now(clock: Clock) -> Clock:
    """Make it noon in Greenwich."""
    clock.move_to(NOW)
    return clock


@pytest.fixture
async def in_london(hass: HomeAssistant, now: Clock) -> None:
    """Put Home Assistant where noon is noon."""
    await hass.config.async_set_time_zone("Europe/London")


@pytest.fixture
async def browser(
    hass: HomeAssistant,
    in_london: None,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    cloud: Cloud,
) -> MediaBrowser:
    """Open the media browser; what was asked of the cloud before does not count."""
    browser = await MediaBrowser.connect(hass, hass_ws_client, loaded.entry_id)
    cloud.calls.clear()
    return browser


@pytest.fixture
def front_door(now: Clock, cameras: dict[str, Device]) -> Device:
    """Return a camera that keeps its recordings for a long time."""
    camera = cameras["Front door"]
    camera.retention_days = 100
    return camera


@pytest.fixture(autouse=True)
def calls_by_operation(cloud: Cloud) -> Iterator[None]:
    """Show what was asked of the cloud, in the output of a test that fails."""
    yield
    print(Counter(asked(cloud)))  # noqa: T201
