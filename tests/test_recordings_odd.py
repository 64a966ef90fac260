"""Odd replies about recordings: neither a file nor a recording is lost, told twice, or followed for ever."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.operations import Params
from tests.emulator.services import SERVICES, Fields, Origin

from .recording import RecordingEvents, record


@pytest.fixture
def twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the cloud list each file of a recording twice."""
    original = SERVICES["QueryRecordByRecordId"]

    def doubled(cloud: Cloud, params: Params, origin: Origin) -> Fields:
        rows: list[Any] = original(cloud, params, origin)["Data"]
        return {"Data": rows + rows}

    monkeypatch.setitem(SERVICES, "QueryRecordByRecordId", doubled)


@pytest.mark.parametrize(("record_duration", "files"), [(10, 1), (3605, 3)])
async def test_files_that_are_listed_twice(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
    twice: None,
    record_duration: int,
    files: int,
) -> None:
    """Each is told once, and does not stand for the last part, which is uploaded later."""
    cloud.inferred.split_files_appear_early = True
    await record(hass, record_duration=record_duration)
    for _ in range(30):
        await clock.tick((record_duration - 5) / 30)
    cloud.inferred.upload_delay = 90
    await clock.run(240, step=10)
    (ready,) = record_events.ready
    names = [file["file_name"] for file in ready.data["files"]]
    assert len(names) == len(set(names)) == files


@pytest.mark.parametrize("lost", [False, True])
async def test_refusal_until_the_cloud_has_purged_everything(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    record_events: RecordingEvents,
    lost: bool,
) -> None:
    """A permission that is missing for good does not make what is followed grow without end."""
    for action in ("QueryRecordByRecordId", "QueryRecord"):
        cloud.faults.append(
            Fault("gateway", action, None, status=403, code="NoPermission")
        )
    if lost:
        cloud.faults.append(Fault("cut", "TriggerRecord", after=True))
        with pytest.raises(HomeAssistantError):
            await record(hass)
    else:
        await record(hass)
    await clock.run(7 * 86400, step=43200)
    assert not record_events.ends
    await clock.run(2 * 86400, step=21600)
    (failed,) = record_events.failed
    assert failed.data["reason"] == ("rejected" if lost else "timeout")
