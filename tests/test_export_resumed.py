"""Exports that are interrupted: they go on, and no job is created twice."""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual.media.download import PART_SUFFIX, part_prefix
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .export import Exporting, until
from .media import asked, files_in


@pytest.fixture
async def exporting(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
) -> Exporting:
    """Store something to export."""
    cloud.speed = 20
    somebody = Exporting(hass, cloud, videos)
    somebody.record(cameras["Front door"], 3)
    return somebody


@pytest.mark.parametrize("seed", range(4))
async def test_interrupted_anywhere(
    hass: HomeAssistant, loaded: MockConfigEntry, exporting: Exporting, seed: int
) -> None:
    """Wherever it is interrupted, each part has one job and one whole file."""
    random = Random(seed)
    await exporting.export()
    for _ in range(4):
        await asyncio.sleep(random.uniform(0, 0.1))
        assert await hass.config_entries.async_unload(loaded.entry_id)
        assert not exporting.notifications or "3 of 3" in exporting.message
        await hass.config_entries.async_setup(loaded.entry_id)
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 3
    assert set(Counter(exporting.spans()).values()) == {1}
    assert len(exporting.cloud.time_jobs) == 3


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut", "after": True},
        {"kind": "truncate"},
        {"kind": "patch", "patch": {"Data": None}},
    ],
)
async def test_lost_answer(exporting: Exporting, fault: dict[str, Any]) -> None:
    """A job whose ID was lost is found in the list, and not created again."""
    action = "CreateRecordDownloadByTimeJob"
    exporting.cloud.faults.append(Fault(**fault, action=action))
    await exporting.export(30)
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 1
    assert asked(exporting.cloud).count(action) == 1


async def test_lost_request(exporting: Exporting) -> None:
    """A job that the cloud never heard of is created after all."""
    action = "CreateRecordDownloadByTimeJob"
    exporting.cloud.faults.append(Fault("cut", action=action))
    await exporting.export(30)
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 1
    assert len(exporting.cloud.time_jobs) == 1


async def test_list_without_an_end(exporting: Exporting, front_door: Device) -> None:
    """A cloud that takes no notice of page numbers does not keep an export looking for ever."""
    create, listing = "CreateRecordDownloadByTimeJob", "QueryRecordDownloadJobList"
    others = [
        {
            "JobId": f"other{number}",
            "IotId": front_door.iot_id,
            "BeginTime": exporting.begin - 7200 + number,
            "EndTime": exporting.begin - 7000 + number,
            "Type": 2,
            "Status": 1,
        }
        for number in range(50)
    ]
    exporting.cloud.faults += [
        Fault("cut", action=create),
        Fault("patch", listing, None, patch={"Data": {"JobList": others}}),
    ]
    await exporting.export(30)
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 1
    assert asked(exporting.cloud).count(listing) < 10


async def test_expired_job(
    hass: HomeAssistant, loaded: MockConfigEntry, exporting: Exporting
) -> None:
    """A job that the cloud has forgotten meanwhile is created anew."""
    exporting.cloud.inferred.download_at_least = 1_000_000
    await exporting.export(30)
    await until(lambda: exporting.cloud.time_jobs)
    await until(lambda: asked(exporting.cloud).count("QueryRecordDownloadJobById") > 1)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    exporting.cloud.time_jobs.clear()
    exporting.cloud.inferred.download_at_least = 0.1
    await hass.config_entries.async_setup(loaded.entry_id)
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 1


async def test_left_by_a_kill(exporting: Exporting) -> None:
    """What a kill left beside the file is removed; what others have there is not."""
    await exporting.export(30)
    await exporting.finished()
    (name,) = files_in(exporting.folder)
    path = exporting.folder / name
    path.unlink()
    left = path.with_name(f"{part_prefix(path)}abc{PART_SUFFIX}")
    other = path.with_name(f".other-abc{PART_SUFFIX}")
    for each in (left, other):
        each.write_bytes(b"half")
    exporting.notifications.clear()
    await exporting.export(30)
    await exporting.finished()
    assert path.exists()
    assert not left.exists()
    assert other.exists()


async def test_network_is_down(exporting: Exporting) -> None:
    """What fails because of the network is repeated until it succeeds."""
    for action in ("QueryRecordDownloadJobById", "CreateRecordDownloadByTimeJob"):
        exporting.cloud.faults.append(
            Fault("gateway", action, times=7, status=503, code="ServiceUnavailable")
        )
    await exporting.export(30)
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 1
    assert len(exporting.cloud.time_jobs) == 1
