"""Archives through kills, full disks and cut networks: what is on the disk is whole, and in the end complete."""

import asyncio
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
import shutil
from typing import Any, NamedTuple
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual.media import download
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault, MediaFault
from tests.emulator.services import SERVICES
from tests.emulator.world import Device

from .archive import add_job, saved, settle, state_of
from .conftest import Clock
from .media import files_in

KINDS = ["manual", "alarm", "continuous"]
DAY = 86400


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


class Disk:
    """The disk of the archive, which is full for a share of the looks at it."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.full = 0.0

    def usage(self, path: object) -> _Usage:
        """Return the usage, as `shutil.disk_usage` does."""
        free = 0 if self._random.random() < self.full else 10**12
        return _Usage(10**12, 10**12 - free, free)


class Killer:
    """Kills Home Assistant: what was on the disk at a moment is all that is left."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: MockConfigEntry,
        stored: dict[str, Any],
        folder: Path,
        copy: Path,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._stored = stored
        self._folder = folder
        self._copy = copy

    async def kill(self) -> None:
        """Die now, and start again."""
        stored = deepcopy(self._stored)
        self._copy_files()
        # What happens after this moment is undone.
        while self._entry.state is ConfigEntryState.SETUP_IN_PROGRESS:
            await asyncio.sleep(0.01)
        await self._hass.config_entries.async_unload(self._entry.entry_id)
        shutil.rmtree(self._folder)
        self._copy.rename(self._folder)
        self._stored.clear()
        self._stored.update(stored)
        # It may fail, and is repeated then.
        await self._hass.config_entries.async_setup(self._entry.entry_id)

    def _copy_files(self) -> None:
        while True:
            try:
                shutil.copytree(self._folder, self._copy)
            except shutil.Error:
                # A file got its name while it was copied.
                shutil.rmtree(self._copy)
            else:
                return


@pytest.fixture
def killer(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
    videos: Path,
    tmp_path: Path,
) -> Killer:
    """Return what kills Home Assistant."""
    return Killer(hass, loaded, hass_storage, videos, tmp_path / "copy")


@pytest.fixture(autouse=True)
def fast_cloud(cloud: Cloud) -> None:
    """Make conversions take no time."""
    cloud.speed = 200


def record_some(cloud: Cloud, cameras: list[Device], random: Random) -> list[str]:
    """Store up to four recordings that begin now; return their names."""
    now = cloud.now()
    return [
        cloud.world.add_file(
            camera, now, now + random.randrange(10, 20), record_type=random.randrange(3)
        ).file_name
        for camera in random.sample(cameras, random.randint(1, len(cameras)))
    ]


async def live_through(
    clock: Clock, cloud: Cloud, random: Random, disk: Disk, killer: Killer
) -> None:
    """Let something happen, at a moment when anything may be under way."""
    disk.full = random.choice([0, 0, 0.1, 1])
    cloud.faults.clear()
    cloud.media_faults.clear()
    match random.randrange(5):
        case 0:
            cloud.faults.append(Fault("cut", times=random.randrange(8)))
        case 1:
            share = random.random()
            cloud.media_faults.append(MediaFault("cut", share=share, times=None))
        case 2 | 3:
            rate = random.choice([200_000, 1_000_000])
            slow = MediaFault("slow", bytes_per_second=rate, times=None)
            cloud.media_faults.append(slow)
    clock.jump(random.uniform(30, 400))
    await asyncio.sleep(random.choice([0, random.uniform(0, 0.3)]))
    if random.random() < 0.4:
        await killer.kill()


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("seed", "clips"), [(1, 24), pytest.param(2, 200, marks=pytest.mark.thorough)]
)
async def test_anything(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    killer: Killer,
    seed: int,
    clips: int,
) -> None:
    """All recordings of the time that is kept are there, once, whole and counted, and nothing else."""
    random = Random(seed)
    disk = Disk(random)
    recorded: list[str] = []
    recording = [camera for camera in cameras.values() if camera.retention_days][:4]
    job_id = await add_job(hass, loaded, videos, kinds=KINDS, keep_days=2)
    with patch("shutil.disk_usage", disk.usage):
        while len(recorded) < clips:
            recorded += record_some(cloud, recording, random)
            await live_through(clock, cloud, random, disk, killer)
        disk.full = 0
        cloud.faults.clear()
        cloud.media_faults.clear()
        await clock.run(4200, step=100)
        await settle(hass, clock, job_id, limit=40_000)
    assert sorted(saved(videos)) == sorted(recorded)
    await clock.run(700, step=350)
    assert state_of(hass, job_id, "files") == str(len(recorded))
    assert state_of(hass, job_id, "error") == "none"

    await clock.tick(2 * DAY)
    late = record_some(cloud, recording, random)
    await clock.run(4200, step=100)
    await settle(hass, clock, job_id)
    assert sorted(saved(videos)) == sorted(late)
    await clock.run(700, step=350)
    assert state_of(hass, job_id, "files") == str(len(late))


@pytest.mark.parametrize("moment", ["sidecar", "mp4"])
async def test_between_the_names(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    killer: Killer,
    moment: str,
) -> None:
    """Killed when the MP4 has no name yet, or the work list does not know that it has one: it is there once."""
    job_id = await add_job(hass, loaded, videos, kinds=KINDS)
    finish = download.PartialFile.finish
    killed = asyncio.Event()
    halt = asyncio.Event()

    def stop(part: download.PartialFile) -> None:
        is_video = part._path.suffix == ".mp4"
        if is_video and moment == "mp4":
            finish(part)
        if is_video:
            hass.loop.call_soon_threadsafe(killed.set)
            asyncio.run_coroutine_threadsafe(halt.wait(), hass.loop).result()
        if not is_video:
            finish(part)

    now = cloud.now()
    file = cloud.world.add_file(cameras["Front door"], now, now + 10)
    with patch.object(download.PartialFile, "finish", stop):
        while not killed.is_set():
            clock.jump(60)
            await asyncio.sleep(0.05)
        suffixes = {Path(name).suffix for name in files_in(videos)}
        assert suffixes >= {".json", ".mp4" if moment == "mp4" else ".part"}
        await killer.kill()
        halt.set()
    await clock.run(120, step=20)
    await settle(hass, clock, job_id)
    assert list(saved(videos)) == [file.file_name]
    await clock.run(700, step=350)
    assert state_of(hass, job_id, "files") == "1"


async def test_stored_before_it_is_begun(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    hass_storage: dict[str, Any],
) -> None:
    """Nothing is asked for that is not on the work list on the disk."""
    job_id = await add_job(hass, loaded, videos, kinds=KINDS)
    answer = SERVICES["QueryRecordDownloadUrl"]
    unknown: list[str] = []

    def check(cloud: Cloud, params: Any, origin: Any) -> Any:
        rows = hass_storage[f"linkvisual.{loaded.entry_id}.archive"]["data"]["waiting"]
        if params["FileName"] not in {row["file_name"] for row in rows}:
            unknown.append(params["FileName"])
        return answer(cloud, params, origin)

    write = Store._async_handle_write_data

    async def write_late(self: Store[Any], *args: Any) -> None:
        await asyncio.sleep(0.3)
        await write(self, *args)  # type: ignore[no-untyped-call]

    # The first ones are being looked at while the others come to the list.
    cloud.inferred.download_at_least = 200_000
    now = cloud.now()
    for begin in (0, 20, 700, 720):
        cloud.world.add_file(cameras["Front door"], now + begin, now + begin + 10)
    with (
        patch.dict(SERVICES, {"QueryRecordDownloadUrl": check}),
        patch.object(Store, "_async_handle_write_data", write_late),
    ):
        for _ in range(60):
            clock.jump(30)
            await asyncio.sleep(0.05)
        cloud.inferred.download_at_least = 0
        cloud.downloads.clear()
        # On a busy machine, not all have come to the list yet.
        await clock.run(1200, step=60)
        await settle(hass, clock, job_id)
    assert len(saved(videos)) == 4
    assert not unknown


@pytest.fixture
def mounts(videos: Path) -> Iterator[set[str]]:
    """Return the mount points of drives, beside those that are there."""
    mounted = {"/", str(videos)}
    with patch("os.path.ismount", lambda path: str(path) in mounted):
        yield mounted


async def test_not_mounted(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    videos: Path,
    mounts: set[str],
) -> None:
    """While the drive is not mounted, nothing is written to the folder that is in its place, also after a restart."""
    job_id = await add_job(hass, loaded, videos, kinds=KINDS)
    mounts.discard(str(videos))
    now = cloud.now()
    file = cloud.world.add_file(cameras["Front door"], now, now + 10)
    await clock.run(1300, step=100)
    await hass.config_entries.async_reload(loaded.entry_id)
    await clock.run(300, step=100)
    assert state_of(hass, job_id, "error") == "folder_missing"
    assert state_of(hass, job_id, "waiting") == "1"
    assert not files_in(videos)
    mounts.add(str(videos))
    await settle(hass, clock, job_id)
    assert list(saved(videos)) == [file.file_name]
    assert state_of(hass, job_id, "error") == "none"

    # In another folder, another drive counts.
    other = videos.with_name("other")
    other.mkdir()
    hass.config_entries.async_update_subentry(
        loaded, loaded.subentries[job_id], data={"folder": str(other), "kinds": KINDS}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    now = cloud.now()
    file = cloud.world.add_file(cameras["Front door"], now, now + 10)
    await clock.run(1300, step=100)
    await settle(hass, clock, job_id)
    assert list(saved(other)) == [file.file_name]
