"""Deleting recordings while something else goes wrong: what is shown as the last recording exists."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault

from .media import call
from .recording import RecordingEvents, record

LAST = "sensor.front_door_last_recording"


@pytest.fixture
async def media_content_id(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    record_events: RecordingEvents,
) -> str:
    """Make a recording; return its content ID."""
    await record(hass, record_duration=10)
    await clock.run(20)
    (ready,) = record_events.ready
    assert not hass.states.is_state(LAST, "unknown")
    return str(ready.data["files"][0]["media_content_id"])


async def test_reload_during_a_deletion(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_storage: dict[str, Any],
    record_events: RecordingEvents,
    media_content_id: str,
) -> None:
    """A deletion that is answered after a reload counts, and does not undo what was stored since."""
    cloud.faults.append(Fault("delay", action="DeleteRecord", seconds=1))
    deleting = asyncio.create_task(
        call(hass, "delete_recordings", media_content_id=media_content_id)
    )
    await asyncio.sleep(0.1)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    row = await record(hass, record_duration=600)
    assert not deleting.done()
    await deleting
    await hass.async_block_till_done()
    assert hass.states.is_state(LAST, "unknown")
    stored = hass_storage[f"linkvisual.{loaded.entry_id}.recordings"]["data"]
    assert [each["file_id"] for each in stored["active"]] == [row["file_id"]]
    assert not stored["last"]


@pytest.mark.parametrize("after", [True, False])
async def test_deletion_whose_answer_is_lost(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    media_content_id: str,
    after: bool,
) -> None:
    """Where it is not known whether a file was deleted, it is looked up."""
    state = hass.states.get(LAST)
    cloud.faults.append(Fault("cut", "DeleteRecord", None, after=after))
    with pytest.raises(HomeAssistantError):
        await call(hass, "delete_recordings", media_content_id=media_content_id)
    cloud.faults.clear()
    await clock.run(150, step=10)
    now = hass.states.get(LAST)
    assert state is not None
    assert now is not None
    if after:
        assert now.state == "unknown"
    else:
        assert (now.state, now.attributes) == (state.state, state.attributes)


async def test_deletion_that_is_refused_in_between(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    media_content_id: str,
) -> None:
    """Of a long list some files were deleted before the cloud refused."""
    others = [f"{media_content_id[:-3]}{number:03}" for number in range(60)]
    cloud.faults.append(Fault("service", "DeleteRecord", code="500", skip=1))
    with pytest.raises(HomeAssistantError):
        await call(
            hass, "delete_recordings", media_content_id=[media_content_id, *others]
        )
    await clock.run(150, step=10)
    assert hass.states.is_state(LAST, "unknown")
