"""Archive jobs in trouble: nothing is half, and nothing is forgotten."""

import errno
import os
from pathlib import Path
from random import Random
import shutil

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual.media import download
from tests.emulator.archive import RecordedFile
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault, MediaFault
from tests.emulator.world import Device

from .archive import add_job, issue_of, saved, settle, state_of, store
from .conftest import Clock
from .media import call, content_id
from .recording import record


@pytest.fixture(autouse=True)
def fast_cloud(cloud: Cloud) -> None:
    """Make conversions take no time."""
    cloud.speed = 200


@pytest.fixture
async def job_id(hass: HomeAssistant, loaded: MockConfigEntry, videos: Path) -> str:
    """Add a job that saves everything."""
    return await add_job(hass, loaded, videos, kinds=["manual", "alarm", "continuous"])


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        ("full", "disk_full"),
        ("folder", "folder_missing"),
        ("refused", "cloud"),
        ("no_mp4", "no_video"),
        ("cut", "interrupted"),
    ],
)
async def test_trouble(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    job_id: str,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
    state: str,
) -> None:
    """What keeps a job from its work is an issue until it works again, by itself."""
    names = store(cloud, cameras["Front door"])
    write = download.PartialFile.write
    match trouble:
        case "full":

            def fail(*args: object) -> None:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

            monkeypatch.setattr(download.PartialFile, "write", fail)
        case "folder":
            shutil.rmtree(videos)
        case "refused":
            cloud.faults.append(
                Fault("service", "QueryRecordDownloadUrl", code="Forbidden", times=None)
            )
        case "no_mp4":
            cloud.downloads_fail = True
        case "cut":
            cloud.media_faults.append(MediaFault("cut", times=None))
    await clock.run(2400, step=60)
    assert state_of(hass, job_id, "error") == state
    issue = issue_of(hass, loaded, job_id)
    assert issue and issue.translation_placeholders
    assert issue.translation_placeholders["reason"]
    assert not saved(videos)

    monkeypatch.setattr(download.PartialFile, "write", write)
    await hass.async_add_executor_job(lambda: videos.mkdir(exist_ok=True))
    cloud.faults.clear()
    cloud.media_faults.clear()
    cloud.downloads_fail = False
    cloud.downloads.clear()
    await settle(hass, clock, job_id, limit=20_000)
    assert list(saved(videos)) == names
    assert state_of(hass, job_id, "error") == "none"
    assert issue_of(hass, loaded, job_id) is None


async def test_kills(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    job_id: str,
) -> None:
    """However often the account is unloaded in the middle, all recordings are saved, once, and counted."""
    random = Random(1)
    names = store(cloud, cameras["Front door"], 8)
    cloud.media_faults.append(MediaFault("slow", bytes_per_second=400_000, times=None))
    for _ in range(6):
        clock.jump(random.uniform(100, 400))
        for _ in range(random.randrange(40)):
            await hass.async_block_till_done()
        await hass.config_entries.async_reload(loaded.entry_id)
    cloud.media_faults.clear()
    await clock.run(700, step=100)
    await settle(hass, clock, job_id)
    assert sorted(saved(videos)) == sorted(names)
    assert state_of(hass, job_id, "files") == str(len(names))


async def test_leftovers(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    job_id: str,
) -> None:
    """What a kill left half is removed; what others put there is not."""
    store(cloud, cameras["Front door"])
    cloud.media_faults.append(MediaFault("cut", times=None))
    await clock.run(1300, step=60)
    (waiting,) = loaded.runtime_data.archive.jobs[job_id].stored.waiting.values()
    base = videos / waiting.path
    left = [base.with_name(f".{base.name}{end}") for end in ("-x1.part", "_2-x1.part")]
    foreign = [base.with_name(name) for name in ("a.part", f".{base.name}more-x1.part")]
    for path in left + foreign:
        path.touch()
    cloud.media_faults.clear()
    await hass.config_entries.async_reload(loaded.entry_id)
    await settle(hass, clock, job_id)
    assert not [path for path in left if path.exists()]
    for path in foreign:
        path.unlink()
    assert len(saved(videos)) == 1


async def test_lost(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    job_id: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A recording that the cloud deleted is told as lost, once."""
    (name,) = store(cloud, cameras["Front door"])
    cloud.media_faults.append(MediaFault("cut", times=None))
    await clock.run(1300, step=60)
    assert state_of(hass, job_id, "waiting") == "1"
    cloud.media_faults.clear()
    await call(
        hass,
        "delete_recordings",
        media_content_id=content_id(loaded, cameras["Front door"], name),
    )
    await settle(hass, clock, job_id)
    assert caplog.text.count("A recording is lost") == 1
    assert not saved(videos)
    assert state_of(hass, job_id, "error") == "none"


async def test_link_to_elsewhere(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    tmp_path: Path,
    job_id: str,
) -> None:
    """Nothing is written outside of the folder, whatever leads there."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (videos / "front_door").symlink_to(outside)
    store(cloud, cameras["Front door"])
    await clock.run(1300, step=60)
    assert state_of(hass, job_id, "error") == "cannot_write"
    assert not list(outside.iterdir())


async def test_slow_conversions(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    job_id: str,
) -> None:
    """Only some recordings are converted at once: the first are fetched before the cloud forgets them."""
    cloud.inferred.download_at_least = 1_000_000
    store(cloud, cameras["Front door"], 10)
    await clock.run(1300, step=20)
    assert state_of(hass, job_id, "waiting") == "10"
    assert len(cloud.downloads) <= 5


async def test_not_known_yet(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    job_id: str,
) -> None:
    """A recording that not all of the cloud knows yet is not taken for lost, as long as it is listed."""
    names = store(cloud, cameras["Front door"])
    cloud.faults.append(
        Fault(
            "service",
            "QueryRecordDownloadUrl",
            code="Record not exist",
            message="Record not exist",
            times=5,
        )
    )
    await clock.run(1300, step=60)
    assert state_of(hass, job_id, "waiting") == "1"
    await settle(hass, clock, job_id)
    assert list(saved(videos)) == names


async def test_follow_up_that_is_refused(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    job_id: str,
) -> None:
    """A triggered recording that the cloud does not speak of holds up no other recordings of its camera, nor itself."""
    cloud.faults.append(
        Fault("gateway", "QueryRecordByRecordId", None, status=403, code="NoPermission")
    )
    await record(hass, record_duration=10)
    store(cloud, cameras["Front door"])
    await clock.run(3 * 3600, step=60)
    assert sorted(row["kind"] for row in saved(videos).values()) == [
        "continuous",
        "manual",
    ]


async def test_names_that_end_alike(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    job_id: str,
) -> None:
    """Recordings of the same second whose names make the same path are all saved, also if at the same time."""
    now = cloud.now()
    names = [f"{int(now)}_../{letter}/../{'x' * 60}" for letter in "abcd"]
    for name in names:
        cameras["Front door"].stored.add(
            RecordedFile(name, now, now + 10, now, stream_type=0, record_type=0)
        )
    cloud.media_faults.append(MediaFault("slow", bytes_per_second=400_000, times=None))
    await clock.run(1300, step=60)
    await settle(hass, clock, job_id)
    assert sorted(saved(videos)) == names
