"""Exports of a time range: its files in order, in Home Assistant's language, whole or not there."""

import asyncio
from dataclasses import replace
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault, MediaFault
from tests.emulator.world import Device

from .conftest import Clock
from .export import FRONT_DOOR, HALF_HOUR, Exporting, until
from .media import asked, files_in
from .test_saving import FullDisk, prepare_disk

PARTS = [(0, HALF_HOUR), (HALF_HOUR, 2 * HALF_HOUR), (2 * HALF_HOUR, 4200)]


@pytest.fixture
async def exporting(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
) -> Exporting:
    """Store something to export, in a fast cloud."""
    cloud.speed = 200
    somebody = Exporting(hass, cloud, videos)
    somebody.record(cameras["Front door"], 3)
    return somebody


async def test_export(exporting: Exporting) -> None:
    """Seventy minutes are three files, which play; the notification names them in order."""
    reply = await exporting.export(70)
    row = reply[FRONT_DOOR]
    assert row["status"] == "accepted"
    names = [Path(part["path"]).name for part in row["parts"]]
    stem = re.fullmatch(r"(front_door_2\d{7}_\d{6})_part1of3\.mp4", names[0])
    assert stem is not None
    assert names == [f"{stem[1]}_part{number}of3.mp4" for number in (1, 2, 3)]
    assert row["parts"][2]["start"] == exporting.time(2 * HALF_HOUR)
    assert row["parts"][2]["end"] == exporting.time(4200)
    message = await exporting.finished()
    assert "3 of 3 files saved" in message
    assert re.findall(r"- `(.*)`: saved", message) == names
    assert files_in(exporting.folder) == names
    for path in exporting.folder.iterdir():
        assert path.read_bytes()[4:8] == b"ftyp"
    assert sorted(exporting.spans()) == PARTS


async def test_one_part(exporting: Exporting) -> None:
    """Half an hour is one file. The same time again is another one."""
    for _ in range(2):
        await exporting.export(30, wait_for_file=True)
    first, second = files_in(exporting.folder)
    assert re.fullmatch(r"front_door_\d{8}_\d{6}\.mp4", first)
    assert second == first.replace(".mp4", "_2.mp4")


async def test_queue(exporting: Exporting, cameras: dict[str, Device]) -> None:
    """Ten jobs run at once; the eleventh waits for one to end."""
    exporting.record(cameras["Front door"], 11)
    cloud = exporting.cloud
    cloud.inferred.download_at_least = 1_000_000
    await exporting.export(330)
    await until(lambda: len(cloud.time_jobs) == 10)
    await asyncio.sleep(0.2)
    assert asked(cloud).count("CreateRecordDownloadByTimeJob") == 10
    assert exporting.message.count("waiting") == 1
    first = next(iter(cloud.time_jobs.values()))
    cloud.time_jobs[first.job_id] = replace(first, ends_at=cloud.now())
    await until(lambda: len(cloud.time_jobs) == 11)
    for job in list(cloud.time_jobs.values()):
        cloud.time_jobs[job.job_id] = replace(job, ends_at=cloud.now())
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 11
    assert asked(cloud).count("CreateRecordDownloadByTimeJob") == 11


@pytest.mark.parametrize("by_http", [False, True])
async def test_jobs_of_others(exporting: Exporting, by_http: bool) -> None:
    """Where others' jobs run, ours wait."""
    exporting.cloud.inferred.newer_errors_by_http = by_http
    exporting.cloud.inferred.download_jobs_at_once = 1
    await exporting.export()
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 3
    assert len(exporting.cloud.time_jobs) == 3


@pytest.mark.parametrize("by_http", [False, True])
async def test_nothing_recorded(
    exporting: Exporting, cameras: dict[str, Device], by_http: bool
) -> None:
    """A part without recordings is named; the others are there."""
    exporting.cloud.inferred.newer_errors_by_http = by_http
    reply = await exporting.export(120)
    names = [Path(part["path"]).name for part in reply[FRONT_DOOR]["parts"]]
    message = await exporting.finished()
    assert "3 of 4 files saved" in message
    assert f"- `{names[3]}`: Front door: nothing is recorded in this part." in message
    assert files_in(exporting.folder) == names[:3]


async def test_sub_stream(exporting: Exporting, cameras: dict[str, Device]) -> None:
    """A camera that records its sub stream is exported, too."""
    exporting.begin -= 86400
    exporting.record(cameras["Front door"], 1, stream_type=1)
    await exporting.export(20)
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 1


async def test_refused(exporting: Exporting) -> None:
    """A job that the cloud refuses is named with its reason; who waits is told."""
    exporting.cloud.faults.append(
        Fault(
            "service",
            "CreateRecordDownloadByTimeJob",
            code="400",
            message="Download job error.",
        )
    )
    with pytest.raises(
        HomeAssistantError, match=r"_part.of3\.mp4: .*Download job error"
    ):
        await exporting.export(wait_for_file=True)
    assert "2 of 3 files saved" in exporting.message
    assert "Download job error." in exporting.message
    assert len(files_in(exporting.folder)) == 2


@pytest.mark.parametrize("code", [9441, 9442])
async def test_failed_job(exporting: Exporting, code: Any) -> None:
    """A job that fails is created anew a few times, then named."""
    cloud = exporting.cloud
    cloud.downloads_fail, cloud.inferred.job_error_code = True, code
    await exporting.export(30)
    message = await exporting.finished()
    assert f"the cloud could not create the video ({code})" in message
    assert files_in(exporting.folder) == []
    assert len(cloud.time_jobs) == 3


async def test_job_fails_once(exporting: Exporting) -> None:
    """What fails once succeeds the next time."""
    exporting.cloud.downloads_fail = True
    await exporting.export(30)
    await until(lambda: exporting.cloud.time_jobs)
    exporting.cloud.downloads_fail = False
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 1


async def test_job_never_ends(clock: Clock, exporting: Exporting) -> None:
    """A job that never ends has its time, is created anew a few times, then named, and is no longer asked about."""
    cloud = exporting.cloud
    cloud.inferred.download_at_least = 1e9

    async def asked_about() -> None:
        cloud.calls.clear()
        await until(lambda: asked(cloud).count("QueryRecordDownloadJobById") > 2)

    await exporting.export(30)
    for jobs in (1, 2, 3):
        await until(lambda: len(cloud.time_jobs) == jobs)  # noqa: B023
        await asked_about()
        clock.jump(5 * 3600)
        await asked_about()
        assert len(cloud.time_jobs) == jobs
        clock.jump(2 * 3600)
    message = await exporting.finished()
    assert "the cloud did not create the video within six hours" in message
    assert files_in(exporting.folder) == []


@pytest.mark.parametrize(
    "fault",
    [
        MediaFault("cut"),
        MediaFault("status", status=403),
        MediaFault("status", status=200, text="<html>Sign in to the network"),
    ],
)
async def test_cut_transfer(exporting: Exporting, fault: MediaFault) -> None:
    """A transfer that breaks off, or whose URL has expired, is repeated with a new URL, not with a new job."""
    exporting.cloud.media_faults.append(replace(fault))
    await exporting.export()
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 3
    assert sorted(exporting.spans()) == PARTS


async def test_transfer_never_ends(exporting: Exporting) -> None:
    """What always breaks off is given up and named, and leaves nothing."""
    exporting.cloud.media_faults.append(MediaFault("cut", times=None))
    await exporting.export()
    message = await exporting.finished()
    assert message.count("the video transfer was interrupted") == 3
    assert files_in(exporting.folder) == []


@pytest.mark.parametrize("full", ["open", "write"])
async def test_disk_is_full(
    exporting: Exporting, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    """A disk that takes no more is told, and holds no half file."""
    await exporting.hass.async_add_executor_job(prepare_disk, full, exporting.folder)
    if full == "write":
        monkeypatch.setattr(
            "custom_components.linkvisual.media.download.tempfile", FullDisk
        )
    await exporting.export()
    message = await exporting.finished()
    assert message.count("cannot be written") == 3
    assert files_in(exporting.folder) == []


@pytest.mark.parametrize(
    "folder",
    ["/etc", "videos", "{folder}/../../elsewhere", "/media/../etc", "{folder}\0"],
)
async def test_folder_outside(exporting: Exporting, folder: str) -> None:
    """Nothing is asked for where Home Assistant may not write."""
    exporting.cloud.calls.clear()
    with pytest.raises(ServiceValidationError, match="not allowed to write"):
        await exporting.export(folder=folder.format(folder=exporting.folder))
    assert not asked(exporting.cloud)
    assert not exporting.notifications


@pytest.mark.parametrize(
    ("start", "end", "key"),
    [
        (0, 0, "invalid_time_range"),
        (60, 0, "invalid_time_range"),
        (86400, 90000, "invalid_time_range"),
        (-7 * 86400, 60, "export_too_long"),
    ],
)
async def test_bad_range(exporting: Exporting, start: int, end: int, key: str) -> None:
    """A time range ends after its begin, begins before now, and spans a week at most."""
    with pytest.raises(ServiceValidationError) as caught:
        await exporting.export(start=exporting.time(start), end=exporting.time(end))
    assert caught.value.translation_key == key


@pytest.mark.parametrize(
    "start", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
)
async def test_absurd_range(exporting: Exporting, start: str) -> None:
    """The first and last days that there are do no harm."""
    with pytest.raises(ServiceValidationError) as caught:
        await exporting.export(start=start)
    assert caught.value.translation_key == "invalid_time_range"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\0b\n`c`", "前门", "{camera} %s", ".", "x" * 1000]
)
async def test_hostile_name(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    exporting: Exporting,
    cameras: dict[str, Device],
    name: str,
) -> None:
    """Whatever a camera is called, its files are in the folder."""
    devices = dr.async_get(hass)
    (device,) = [
        each
        for each in dr.async_entries_for_config_entry(devices, loaded.entry_id)
        if ("linkvisual", cameras["Front door"].iot_id) in each.identifiers
    ]
    devices.async_update_device(device.id, name_by_user=name)
    await exporting.export(30)
    await exporting.finished()
    (file,) = exporting.folder.iterdir()
    assert re.fullmatch(r"[a-z0-9_]+_\d{8}_\d{6}\.mp4", file.name)


async def test_name_in_the_notification(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    exporting: Exporting,
    cloud: Cloud,
) -> None:
    """Notifications are Markdown: neither a name nor what the cloud says makes links or pictures in them."""
    devices = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, loaded.entry_id):
        devices.async_update_device(device.id, name_by_user="![n](//evil.example)")
    cloud.faults.append(
        Fault(
            "service",
            "CreateRecordDownloadByTimeJob",
            None,
            code="x",
            message="![m](//evil.example)",
        )
    )
    await exporting.export(30)
    message = await exporting.finished()
    assert message.count("evil.example") == 2
    assert not re.search(r"(?<!\\)\]", message)


async def test_same_names(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    exporting: Exporting,
    cameras: dict[str, Device],
) -> None:
    """Cameras with the same name do not write to each other's files."""
    exporting.record(cameras["Garage"], 1)
    devices = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, loaded.entry_id):
        devices.async_update_device(device.id, name_by_user="Door")
    await exporting.export(30, entity_id=[FRONT_DOOR, "camera.garage"])
    await until(lambda: len(exporting.notifications) == 2)
    await until(
        lambda: all("1 of 1" in text for text in exporting.notifications.values())
    )
    assert len(files_in(exporting.folder)) == 2


async def test_language(hass: HomeAssistant, exporting: Exporting) -> None:
    """The notification is in Home Assistant's language."""
    hass.config.language = "de"
    await exporting.export(120)
    await until(lambda: "Dateien in" in exporting.message)
    assert exporting.message.count("gespeichert") == 4
    assert "In diesem Teil ist nichts aufgezeichnet." in exporting.message


@pytest.mark.parametrize("offset", [-8 * 3600, 8 * 3600])
async def test_wrong_clock(
    hass: HomeAssistant,
    cloud: Cloud,
    front_door: Device,
    entry: MockConfigEntry,
    videos: Path,
    offset: float,
) -> None:
    """A wrong clock of this machine changes no time range: it ends now by the cloud's clock."""
    cloud.clock_offset, cloud.speed = offset, 20
    exporting = Exporting(hass, cloud, videos)
    exporting.record(front_door, 3)
    cloud.world.add_file(front_door, cloud.now() - 300, cloud.now() - 290)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await exporting.export(7 * 60)
    await exporting.finished()
    assert len(files_in(exporting.folder)) == 4
    end = exporting.begin + max(end for _, end in exporting.spans())
    assert end == pytest.approx(cloud.now(), abs=60)
