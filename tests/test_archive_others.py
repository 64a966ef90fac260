"""Archive jobs in trouble with some recordings: those of other cameras and jobs are saved all the same."""

import errno
import os
from pathlib import Path
import shutil
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .archive import add_job, issue_of, saved, state_of, store
from .conftest import Clock
from .recording import record

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


async def test_folder_of_one_camera(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    tmp_path: Path,
) -> None:
    """A camera's folder that cannot be written to is an issue, and keeps no other camera's recordings from being saved."""
    job_id = await add_job(hass, loaded, videos, kinds=ALL)
    link = videos / "front_door"
    (tmp_path / "outside").mkdir()
    link.symlink_to(tmp_path / "outside")
    stuck = store(cloud, cameras["Front door"], 2)
    names = store(cloud, cameras["Garage"], at=60)
    await clock.run(5400, step=150)
    assert list(saved(videos)) == names
    assert state_of(hass, job_id, "error") == "cannot_write"
    assert issue_of(hass, loaded, job_id)

    link.unlink()
    await clock.run(5400, step=150)
    assert sorted(saved(videos)) == sorted(names + stuck)
    assert state_of(hass, job_id, "error") == "none"
    assert issue_of(hass, loaded, job_id) is None


async def test_folder_of_one_job(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    tmp_path: Path,
) -> None:
    """An archive whose folder went in the middle of its work keeps no other archive from its own."""
    front, garage = cameras["Front door"], cameras["Garage"]
    cloud.inferred.download_at_least = 1_000_000
    first = await add_job(hass, loaded, videos, kinds=ALL, cameras=[front.iot_id])
    other = tmp_path / "other"
    await add_job(hass, loaded, other, kinds=ALL, cameras=[garage.iot_id])
    store(cloud, front, 6)
    while len(cloud.downloads) < 4:
        await clock.tick(20)
    shutil.rmtree(videos)
    cloud.inferred.download_at_least = 1
    cloud.downloads.clear()
    names = store(cloud, garage)
    await clock.run(2400, step=100)
    assert state_of(hass, first, "error") == "folder_missing"
    assert list(saved(other)) == names


@pytest.mark.parametrize("folder", ["lost+found", "garden/2026-01-01"])
async def test_folder_of_somebody_else(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
) -> None:
    """A folder that may not be read, as on the root of a drive, does not keep the archive from its work."""
    (videos / folder).mkdir(parents=True)
    scandir = os.scandir

    def scan(path: Any = ".") -> Any:
        # Tests may run as root, who may read everything.
        if str(path) == str(videos / folder):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scan)
    job_id = await add_job(hass, loaded, videos, kinds=ALL)
    names = store(cloud, cameras["Front door"])
    await clock.run(1500, step=100)
    assert list(saved(videos)) == names
    assert state_of(hass, job_id, "error") == "none"


async def test_camera_that_is_triggered_all_the_time(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
) -> None:
    """A triggered recording that goes on keeps its camera's continuous ones from being saved for no longer than usual."""
    await add_job(hass, loaded, videos, kinds=ALL)
    names, file_ids = [], []
    for _ in range(3):
        row = await record(hass, record_duration=3600)
        file_ids.append(row["file_id"])
        names += store(cloud, cameras["Front door"])
        await clock.run(3000, step=60)
    assert set(names) <= set(saved(videos))
    await clock.run(3600, step=60)
    # What was triggered is saved with what its event tells.
    rows = [each for each in saved(videos).values() if each["kind"] == "manual"]
    assert {each["file_id"] for each in rows} == set(file_ids)


async def test_listing_after_a_wrong_time_of_the_cloud(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
) -> None:
    """A cloud whose clock was ahead for a while keeps nothing from being listed afterwards."""
    await add_job(hass, loaded, videos, kinds=ALL)
    await clock.run(700, step=100)
    cloud.clock_offset = 40 * 86400
    await clock.run(900, step=10)
    cloud.clock_offset = 0
    await clock.run(900, step=100)
    names = store(cloud, cameras["Front door"])
    await clock.run(1500, step=100)
    assert list(saved(videos)) == names
