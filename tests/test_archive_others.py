"""Archive jobs in trouble with some recordings: those of other cameras and jobs are saved all the same."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .archive import add_job, issue_of, saved, state_of, store
from .conftest import Clock

ALL = ["manual", "alarm", "continuous"]


@pytest.fixture(autouse=True)
def fast_cloud(cloud: Cloud) -> None:
    """Make conversions take no time."""
    cloud.speed = 200


@pytest.mark.parametrize(
    "fault",
    [
        Fault("patch", "QueryRecordDownloadUrl", patch={"Data": None}, times=None),
        Fault(
            "service",
            "QueryRecordDownloadUrl",
            code="iot.system.SystemException",
            times=None,
        ),
    ],
    ids=["unreadable", "internal"],
)
async def test_answers_about_one_camera(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    fault: Fault,
) -> None:
    """What the cloud fails to answer about one camera's recordings is an issue, and keeps no others from being saved."""
    job_id = await add_job(hass, loaded, videos, kinds=ALL)
    fault.iot_id = cameras["Front door"].iot_id
    cloud.faults.append(fault)
    stuck = store(cloud, cameras["Front door"], 2)
    names = store(cloud, cameras["Garage"], at=60)
    await clock.run(5400, step=150)
    assert list(saved(videos)) == names
    assert state_of(hass, job_id, "error") == "cloud"
    assert issue_of(hass, loaded, job_id)

    cloud.faults.clear()
    await clock.run(5400, step=150)
    assert sorted(saved(videos)) == sorted(names + stuck)
    assert state_of(hass, job_id, "error") == "none"
    assert issue_of(hass, loaded, job_id) is None
