"""What the media browser says of folders that cannot be opened."""

from datetime import UTC, datetime

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device
from tests.media import ROOT, MediaBrowser, MediaError, asked

from .files import add


@pytest.mark.parametrize(
    "place",
    [
        "{entry}/unknown",
        "unknown",
        "{entry}/{camera}/week/47",
        "{entry}/{camera}/day/yesterday",
        "{entry}/{camera}/day/2026-11-23@soon",
        "{entry}/{camera}/month/2026-13",
        "{entry}/{camera}/month/2026",
        "{entry}/{camera}/day/2026-11-23/more",
        "{entry}/{camera}/day/9999-12-31",
        "{entry}/{camera}/day/0001-01-01",
        "{entry}/{camera}/day/2026-02-30@99999999999999",
        "{entry}/{camera}/day/2026-11-20@99999999999999",
        "{entry}/{camera}/day/2026-11-20@99999999999999999999999999",
        "{entry}/{camera}/day/2026-11-20@-1",
        "{entry}/{camera}/month/0-0",
        "{entry}/{camera}/month/1-1",
        "{entry}/{camera}/month/9999-12",
        "{entry}//day",
    ],
)
async def test_no_such_folder(
    loaded: MockConfigEntry,
    front_door: Device,
    browser: MediaBrowser,
    cloud: Cloud,
    place: str,
) -> None:
    """What is not there is told, and costs no call."""
    path = place.format(entry=loaded.entry_id, camera=front_door.iot_id)
    with pytest.raises(MediaError, match="There is nothing here"):
        await browser.open(f"{ROOT}/{path}")
    assert not asked(cloud)


@pytest.mark.parametrize(
    ("action", "titles"),
    [
        ("QueryMonthRecord", ()),
        ("QueryRecord", ("Thu 19 Nov",)),
        ("QueryPictureFiles", ("Pictures",)),
    ],
)
async def test_no_permission(
    cloud: Cloud,
    front_door: Device,
    browser: MediaBrowser,
    action: str,
    titles: tuple[str, ...],
) -> None:
    """Without one permission one folder says so, once; all others open."""
    add(cloud, front_door, datetime(2026, 11, 19, 12, tzinfo=UTC))
    if titles:
        await browser.walk("Front door")
    cloud.denied.add(action)
    cloud.calls.clear()
    with pytest.raises(MediaError, match=f"lacks a permission.*{action}"):
        await browser.walk("Front door", *titles)
    assert len(asked(cloud, action)) <= 2
    cloud.denied.clear()
    assert await browser.walk("Front door", *titles)


async def test_search_fails(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """A search that the cloud refuses says so."""
    cloud.denied.add("QueryRecord")
    with pytest.raises(MediaError, match="lacks a permission"):
        await browser.search(ROOT, "alarm")


async def test_cloud_is_down(
    cloud: Cloud, front_door: Device, browser: MediaBrowser
) -> None:
    """A cloud that cannot be reached is told; no storm of calls follows."""
    cloud.attempts.clear()
    cloud.faults.append(Fault("gateway", times=None, status=503, code="InternalError"))
    with pytest.raises(MediaError, match="Try again"):
        await browser.walk("Front door")
    assert len(cloud.attempts) < 20


async def test_not_loaded(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    front_door: Device,
    browser: MediaBrowser,
) -> None:
    """An account that is not set up is not in the tree, and its folders say so."""
    here = browser.content_id(front_door.iot_id)
    await hass.config_entries.async_unload(loaded.entry_id)
    assert (await browser.open(ROOT))["children"] == []
    with pytest.raises(MediaError, match="is not connected"):
        await browser.open(here)
