"""What the user is asked to mend: comes with its cause, goes with it."""

from http import HTTPStatus
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

STORAGE = "component.linkvisual.issues.no_cloud_storage"


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return what is wrong, by kind."""
    return {
        str(issue.translation_key): issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == "linkvisual"
    }


class Mender:
    """The page where issues are mended."""

    def __init__(self, hass: HomeAssistant, client: Any) -> None:
        self._hass = hass
        self._client = client

    async def open(self, kind: str) -> Any:
        """Click on an issue."""
        issue = issues(self._hass)[kind]
        response = await self._client.post(
            "/api/repairs/issues/fix",
            json={"handler": issue.domain, "issue_id": issue.issue_id},
        )
        assert response.status == HTTPStatus.OK
        return await response.json()

    async def submit(self, flow: Any, **data: Any) -> Any:
        """Press the button."""
        response = await self._client.post(
            f"/api/repairs/issues/fix/{flow['flow_id']}", json=data
        )
        assert response.status == HTTPStatus.OK
        await self._hass.async_block_till_done()
        return await response.json()


@pytest.fixture
async def mender(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Mender:
    """Open the page."""
    assert await async_setup_component(hass, "repairs", {})
    return Mender(hass, await hass_client())


async def test_cloud_storage(
    hass: HomeAssistant,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    mender: Mender,
) -> None:
    """A camera without cloud storage gets some by a click, and the issue goes at once."""
    (camera,) = [c for c in cameras.values() if c.retention_days == 0]
    flow = await mender.open("no_cloud_storage")
    assert flow["description_placeholders"]["camera"] == camera.nickname
    prices = flow["description_placeholders"]["prices_url"]
    assert URL(prices).host == "www.alibabacloud.com"
    texts = await async_get_translations(hass, "en", "issues", ["linkvisual"])
    assert "({prices_url})" in texts[f"{STORAGE}.fix_flow.step.days.description"]
    cloud.denied.add("SetDeviceRecordLifeCycle")
    flow = await mender.submit(flow, days=30)
    assert flow["errors"] == {"base": "refused"}
    assert "permission" in flow["description_placeholders"]["reason"]
    assert camera.retention_days == 0
    cloud.denied.clear()
    result = await mender.submit(flow, days=30)
    assert result["type"] == "create_entry"
    assert camera.retention_days == 30
    assert "no_cloud_storage" not in issues(hass)
    (call,) = cloud.calls_of("SetDeviceRecordLifeCycle")[-1:]
    assert call.params["Day"] == 30


async def test_cloud_storage_of_an_account_that_went(
    hass: HomeAssistant,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    mender: Mender,
) -> None:
    """Whoever filled the form is told why nothing can be done, and it goes on once the account is there again."""
    (camera,) = [c for c in cameras.values() if c.retention_days == 0]
    flow = await mender.open("no_cloud_storage")
    await hass.config_entries.async_unload(loaded.entry_id)
    flow = await mender.submit(flow, days=30)
    assert flow["errors"] == {"base": "refused"}
    assert "is not connected" in flow["description_placeholders"]["reason"]
    await hass.config_entries.async_setup(loaded.entry_id)
    gone = cloud.world.devices.pop(camera.iot_id)
    flow = await mender.submit(flow, days=30)
    assert flow["errors"] == {"base": "refused"}
    assert camera.nickname in flow["description_placeholders"]["reason"]
    cloud.world.devices[gone.iot_id] = gone
    another = await mender.open("no_cloud_storage")
    assert (await mender.submit(flow, days=30))["type"] == "create_entry"
    assert camera.retention_days == 30
    await hass.config_entries.async_remove(loaded.entry_id)
    result = await mender.submit(another, days=30)
    assert result["type"] == "abort"
    assert result["reason"] == "entry_removed"


async def test_cloud_storage_elsewhere(
    hass: HomeAssistant,
    clock: Clock,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """What is mended in the console is noticed."""
    assert "no_cloud_storage" in issues(hass)
    for camera in cameras.values():
        camera.retention_days = 7
    await clock.run(420, step=30)
    assert "no_cloud_storage" not in issues(hass)


@pytest.mark.parametrize(
    "name",
    [
        "[x](http://evil.example)",
        "`code`\n# Heading",
        "http://evil.example www.evil.example",
        '<a href="http://evil.example">',
        "![](//evil.example)",
    ],
)
async def test_names_are_no_markdown(
    hass: HomeAssistant,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    name: str,
) -> None:
    """A name is shown as it is: it makes no links, and nothing else."""
    (camera,) = [c for c in cameras.values() if c.retention_days == 0]
    camera.nickname = name
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, title=name)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert await async_setup_component(hass, "repairs", {})
    mender = Mender(hass, await hass_client())
    placeholders = issues(hass)["no_cloud_storage"].translation_placeholders
    assert placeholders is not None
    flow = await mender.open("no_cloud_storage")
    cloud.denied.add("SetDeviceRecordLifeCycle")
    flow = await mender.submit(flow, days=30)
    shown = flow["description_placeholders"]
    shown.pop("prices_url")
    for text in (placeholders["account"], placeholders["camera"], *shown.values()):
        assert not re.search(r"(?<!\\)[\[\]`<>#]|(?<!\\)://|www\.|\n", text)
    plain = re.sub(r"\\(.)", r"\1", shown["camera"])
    assert plain == name.replace("\n", " ")


@pytest.mark.parametrize("cloud", [99], indirect=True)
async def test_many_without_cloud_storage(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """A hundred such cameras do not make a hundred issues."""
    for device in cloud.world.devices.values():
        device.retention_days = 0
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert len(ir.async_get(hass).issues) == 20


async def test_permission(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, loaded: MockConfigEntry
) -> None:
    """A missing permission is named, until it is given."""
    cloud.denied.add("BatchGetDeviceState")
    await clock.run(130, step=61)
    issue = issues(hass)["permission_denied"]
    assert not issue.is_fixable
    assert issue.translation_placeholders is not None
    assert "BatchGetDeviceState" in issue.translation_placeholders["ram_action"]
    cloud.denied.clear()
    await clock.run(240, step=61)
    assert "permission_denied" not in issues(hass)


async def test_not_activated(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, loaded: MockConfigEntry
) -> None:
    """LinkVisual must be activated."""
    cloud.activated = False
    await clock.run(420, step=30)
    assert "not_activated" in issues(hass)
    cloud.activated = True
    await clock.run(2400, step=60)
    assert "not_activated" not in issues(hass)


async def test_clock(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, loaded: MockConfigEntry
) -> None:
    """A clock that is wrong is told, although calls go on; a clock that is right again, too."""
    cloud.clock_offset = 3600
    await clock.run(130, step=61)
    assert hass.states.is_state("binary_sensor.front_door_connectivity", "on")
    assert "clock_wrong" in issues(hass)
    cloud.clock_offset = 0
    await clock.run(130, step=61)
    assert "clock_wrong" not in issues(hass)


async def test_too_many_calls(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    mender: Mender,
) -> None:
    """An account at its limit is asked half as often, by a click."""
    cloud.faults.append(
        Fault("gateway", "BatchGetDeviceState", None, code="Throttling.User")
    )
    await clock.run(130, step=61)
    flow = await mender.open("too_many_calls")
    cloud.faults.clear()
    result = await mender.submit(flow)
    assert result["type"] == "create_entry"
    assert loaded.options["calls_per_hour"] == 600
    assert "too_many_calls" not in issues(hass)


async def test_too_many_calls_at_the_minimum(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    mender: Mender,
) -> None:
    """Where no fewer calls can be made, the repair says so."""
    hass.config_entries.async_update_entry(
        loaded, options={**loaded.options, "calls_per_hour": 100}
    )
    await hass.async_block_till_done()
    cloud.faults.append(
        Fault("gateway", "BatchGetDeviceState", None, code="Throttling.User")
    )
    await clock.run(130, step=61)
    result = await mender.open("too_many_calls")
    assert (result["type"], result["reason"]) == ("abort", "fewest_calls")


@pytest.mark.parametrize("change", ["async_unload", "async_remove"])
async def test_too_many_calls_of_an_account_that_went(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    mender: Mender,
    change: str,
) -> None:
    """An account that is not loaded gets the option, and of one that was removed that is told."""
    cloud.faults.append(
        Fault("gateway", "BatchGetDeviceState", None, code="Throttling.User")
    )
    await clock.run(130, step=61)
    flow = await mender.open("too_many_calls")
    cloud.faults.clear()
    await getattr(hass.config_entries, change)(loaded.entry_id)
    result = await mender.submit(flow)
    if change == "async_unload":
        assert result["type"] == "create_entry"
        assert loaded.options["calls_per_hour"] == 600
    else:
        assert (result["type"], result["reason"]) == ("abort", "entry_removed")


async def test_unloaded(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """An account that is switched off has no issues."""
    assert issues(hass)
    await hass.config_entries.async_unload(loaded.entry_id)
    assert not issues(hass)
