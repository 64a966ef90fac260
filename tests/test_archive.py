"""Archive jobs: recordings are saved as they become ready."""

import asyncio
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault
from tests.emulator.world import Device

from .archive import add_job, saved, settle, state_of
from .conftest import Clock
from .media import asked
from .recording import RecordingEvents, record


@pytest.fixture(autouse=True)
def fast_cloud(cloud: Cloud) -> None:
    """Make uploads and conversions take no time."""
    cloud.speed = 200


def stored_keys(hass_storage: dict[str, Any]) -> list[str]:
    """Return the stores of the jobs."""
    return [key for key in hass_storage if ".archive" in key]


async def test_triggered(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    videos: Path,
    record_events: RecordingEvents,
) -> None:
    """A triggered recording is saved with what is known about it; it is asked for sparingly."""
    job_id = await add_job(hass, loaded, videos)
    row = await record(hass, record_duration=10)
    while not record_events.ready:
        await clock.tick(5)
    await settle(hass, clock, job_id)
    (file,) = record_events.ready[0].data["files"]
    (kept,) = saved(videos).values()
    assert re.fullmatch(
        rf"front_door/\d{{4}}-\d\d-\d\d/\d{{6}}_manual_{row['file_id']}\.mp4",
        kept["path"],
    )
    for name in ("file_id", "request_id"):
        assert kept[name] == row[name]
    assert kept["file_name"] == file["file_name"]
    assert (kept["begin"], kept["end"]) == (file["begin"], file["end"])
    assert kept["camera"] == "Front door"
    assert state_of(hass, job_id, "files") == "1"
    assert float(state_of(hass, job_id, "size")) * 1e9 == pytest.approx(kept["size"])
    assert state_of(hass, job_id, "error") == "none"


async def test_kinds(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    tmp_path: Path,
    videos: Path,
) -> None:
    """Each job saves its kinds of its cameras, those that nothing told of included; what was before is left alone."""
    front, other = cameras["Front door"], list(cameras.values())[1]
    now = cloud.now()
    cloud.world.add_file(front, now - 900, now - 800)
    everything = await add_job(
        hass, loaded, videos, kinds=["manual", "alarm", "continuous"]
    )
    chosen = await add_job(
        hass, loaded, tmp_path / "chosen", kinds=["alarm"], cameras=[front.iot_id]
    )
    now = cloud.now()
    names = {
        (camera.iot_id, kind): cloud.world.add_file(
            camera, now + 10, now + 30, record_type=kind
        ).file_name
        for camera in (front, other)
        for kind in (0, 1, 2)
    }
    await clock.run(1800, step=60)
    for job_id in (everything, chosen):
        await settle(hass, clock, job_id)
    rows = saved(videos)
    assert sorted(rows) == sorted(names.values())
    assert {row["kind"] for row in rows.values()} == {"manual", "alarm", "continuous"}
    assert list(saved(tmp_path / "chosen")) == [names[front.iot_id, 1]]


async def test_alarm(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
) -> None:
    """The recording of an alarm is saved when the cloud has it."""
    job_id = await add_job(hass, loaded, videos)
    raise_alarm(cloud, cameras["Front door"], record=True)
    for _ in range(60):
        await clock.tick(10)
        if state_of(hass, job_id, "files") == "1":
            break
    (row,) = saved(videos).values()
    assert row["kind"] == "alarm"
    assert row["begin"] < row["end"]


async def test_two_at_once(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    tmp_path: Path,
    videos: Path,
) -> None:
    """No more than two files are downloaded at a time, whatever the number of jobs, and each is asked for sparingly."""
    folders = [videos, tmp_path / "other"]
    jobs = [await add_job(hass, loaded, each, kinds=["continuous"]) for each in folders]
    now = cloud.now()
    for number in range(6):
        begin = now + number * 20
        cloud.world.add_file(cameras["Front door"], begin, begin + 10)
    slow = MediaFault("slow", bytes_per_second=2_000_000, times=None)
    cloud.media_faults.append(slow)
    sent: list[list[int]] = []
    while len(sent) < 3000 and not all(
        state_of(hass, job_id, "files") == "6" for job_id in jobs
    ):
        clock.jump(2)
        await asyncio.sleep(0.02)
        sent.append([each.sent for each in cloud.media_requests])
    archived = [list(saved(folder).values()) for folder in folders]
    assert list(map(len, archived)) == [6, 6]
    size = archived[0][0]["size"]
    assert max(sum(each < size for each in moment) for moment in sent) == 2
    assert len(asked(cloud, "QueryRecordDownloadUrl")) <= 24


async def test_names(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
) -> None:
    """Whatever cameras are called, each has a folder of its own below the job's."""
    names = ["../../../etc", "CON", "x" * 300, "a/b.", "a/b.", "🚪"]
    registry = dr.async_get(hass)
    for camera, name in zip(cameras.values(), names, strict=True):
        device = registry.async_get_device_by_identifier(
            ("linkvisual", camera.iot_id), loaded.entry_id
        )
        assert device
        registry.async_update_device(device.id, name_by_user=name)
    job_id = await add_job(hass, loaded, videos, kinds=["continuous"])
    now = cloud.now()
    for camera in cameras.values():
        cloud.world.add_file(camera, now + 1, now + 11)
    await clock.run(1300, step=60)
    await settle(hass, clock, job_id)
    rows = saved(videos)
    stored = [each for each in cameras.values() if each.retention_days]
    folders = {row["path"].split("/")[0] for row in rows.values()}
    assert len(folders) == len(rows) >= len(stored) - 2
    for folder in folders:
        assert re.fullmatch(r"[a-z0-9_]{1,70}", folder)
        assert folder != "con"


async def test_device(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    videos: Path,
    hass_client: ClientSessionGenerator,
    hass_storage: dict[str, Any],
) -> None:
    """A job is a service of its own, which is no camera; when it is removed, its files stay."""
    job_id = await add_job(hass, loaded, videos)
    (videos / "mine.txt").write_text("x")
    await clock.run(700, step=100)
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier(
        ("linkvisual", job_id), loaded.entry_id
    )
    assert device and device.entry_type is dr.DeviceEntryType.SERVICE
    report: Any = await get_diagnostics_for_config_entry(hass, hass_client, loaded)
    (row,) = report["archive"]
    assert row["files"] == row["waiting"] == 0
    assert str(videos) not in str(report)
    hass.config_entries.async_remove_subentry(loaded, job_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert registry.async_get(device.id) is None
    assert not [
        each
        for each in er.async_get(hass).entities.values()
        if each.unique_id.startswith(job_id)
    ]
    assert (videos / "mine.txt").exists()
    assert stored_keys(hass_storage) == []


async def test_account_removed(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    hass_storage: dict[str, Any],
) -> None:
    """With the account, its work lists go; what was saved stays."""
    job_id = await add_job(hass, loaded, videos, kinds=["continuous"])
    now = cloud.now()
    cloud.world.add_file(cameras["Front door"], now, now + 10)
    await clock.run(1300, step=60)
    await settle(hass, clock, job_id)
    assert stored_keys(hass_storage)
    await hass.config_entries.async_remove(loaded.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert stored_keys(hass_storage) == []
    assert len(saved(videos)) == 1


async def test_renamed(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    tmp_path: Path,
    videos: Path,
) -> None:
    """Under a new name of the camera, or in a new folder of the job, nothing is saved again, and what is there is counted."""
    job_id = await add_job(hass, loaded, videos, kinds=["continuous"])
    front = cameras["Front door"]
    for name, folder in (("Front door", videos), ("Gate", videos), ("Gate", None)):
        registry = dr.async_get(hass)
        device = registry.async_get_device_by_identifier(
            ("linkvisual", front.iot_id), loaded.entry_id
        )
        assert device
        registry.async_update_device(device.id, name_by_user=name)
        if folder is None:
            (tmp_path / "new").mkdir()
            hass.config_entries.async_update_subentry(
                loaded,
                loaded.subentries[job_id],
                data={"folder": str(tmp_path / "new"), "kinds": ["continuous"]},
            )
            await hass.async_block_till_done(wait_background_tasks=True)
            assert state_of(hass, job_id, "files") == "0"
        now = cloud.now()
        cloud.world.add_file(front, now, now + 10)
        await clock.run(1300, step=60)
        await settle(hass, clock, job_id)
    camera_folders = [row["path"].split("/")[0] for row in saved(videos).values()]
    assert sorted(camera_folders) == ["front_door", "gate"]
    assert len(saved(tmp_path / "new")) == 1
    assert state_of(hass, job_id, "files") == "1"
