"""Repair issues that a person ignores stay ignored until their cause has gone."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .test_repairs import issues


def ignore(hass: HomeAssistant, kind: str) -> None:
    """Click on *Ignore*."""
    ir.async_ignore_issue(hass, "linkvisual", issues(hass)[kind].issue_id, True)


def is_shown(hass: HomeAssistant, kind: str) -> bool:
    """Return whether an issue is on the page."""
    issue = issues(hass).get(kind)
    return issue is not None and issue.dismissed_version is None


@pytest.mark.parametrize("times", [1, 2])
async def test_reload(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    times: int,
) -> None:
    """A change of the options is no reason to ask again; a camera that had cloud storage meanwhile is one."""
    ignore(hass, "no_cloud_storage")
    for _ in range(times):
        assert await hass.config_entries.async_reload(loaded.entry_id)
        await hass.async_block_till_done()
    assert "no_cloud_storage" in issues(hass)
    assert not is_shown(hass, "no_cloud_storage")
    (camera,) = [c for c in cameras.values() if c.retention_days == 0]
    camera.retention_days = 7
    await clock.run(420, step=30)
    assert "no_cloud_storage" not in issues(hass)
    camera.retention_days = 0
    await clock.run(420, step=30)
    assert is_shown(hass, "no_cloud_storage")


async def test_permission_that_was_left_out(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """The issue says to ignore it if that is on purpose, and then it is, until the permission is given."""
    cloud.denied.add("BatchQueryDeviceDetail")
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(70, step=10)
    ignore(hass, "permission_denied")
    for _ in range(40):
        await clock.tick(301)
        assert not is_shown(hass, "permission_denied")
    cloud.denied.clear()
    await clock.run(4200, step=301)
    assert "permission_denied" not in issues(hass)
