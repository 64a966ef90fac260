"""The entities of each platform, pinned: identifiers, names, categories, classes, units and first states."""

from collections.abc import Iterator
from unittest.mock import patch

from freezegun import freeze_time
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    snapshot_platform,
)
from syrupy.assertion import SnapshotAssertion

from custom_components.linkvisual.const import PLATFORMS
from tests.emulator.cloud import Cloud


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Return the cloud of an indoor and an outdoor camera, from a fixed time on."""
    with freeze_time("2026-11-23 12:00:00+00:00", tick=True):
        yield Cloud(cameras=2)


@pytest.fixture
def one_platform(platform: Platform) -> Iterator[None]:
    """Set up one platform only, with all its entities, and with tokens that are always the same."""
    with (
        patch(
            "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True
        ),
        patch("custom_components.linkvisual.PLATFORMS", [platform]),
        patch("random.SystemRandom.getrandbits", return_value=1),
    ):
        yield


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.usefixtures("one_platform", "polled")
async def test_entities(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    entry: MockConfigEntry,
    snapshot: SnapshotAssertion,
) -> None:
    """Each entity is what it was."""
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)
