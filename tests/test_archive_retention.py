"""Archive jobs delete what is too old or too much, of what they wrote."""

from datetime import datetime, timedelta
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.emulator.cloud import Cloud

from .archive import add_job, state_of
from .conftest import Clock

SIZE = 1000


def write(folder: Path, job_id: str, begin: datetime) -> Path:
    """Write a recording as a job does; return its MP4."""
    local = dt_util.as_local(begin)
    path = folder / "door" / f"{local:%Y-%m-%d}" / f"{local:%H%M%S}_manual_1.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\0" * SIZE)
    row = {
        "job": job_id,
        "size": SIZE,
        "begin": begin.isoformat(),
        "file_name": path.name,
    }
    path.with_suffix(".json").write_text(json.dumps(row))
    return path


async def job_with(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    folder: Path,
    ages: list[float],
    **data: Any,
) -> tuple[str, list[Path], list[Path]]:
    """Add a job that wrote recordings so many days ago; return its ID, their paths, and those of others' files."""
    job_id = await add_job(hass, entry, folder, **data)
    now = dt_util.utcnow()
    own = [write(folder, job_id, now - timedelta(days=age)) for age in ages]
    others = [
        write(folder, "another", now - timedelta(days=age, minutes=1)) for age in ages
    ]
    replaced = write(folder, job_id, now - timedelta(days=ages[0], minutes=2))
    replaced.write_bytes(b"somebody's own")
    mine = own[0].with_name("holiday.mp4")
    mine.touch()
    return job_id, own, [*others, replaced, mine]


async def test_days(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, videos: Path
) -> None:
    """Nothing is kept for longer than wanted, to the minute; others' files stay."""
    job_id, own, others = await job_with(
        hass, loaded, videos, [900, 8, 7.05, 6.9, 1], keep_days=7
    )
    await clock.tick(601)
    assert [path.exists() for path in own] == [False, False, False, True, True]
    assert [path.with_suffix(".json").exists() for path in own] == [
        path.exists() for path in own
    ]
    assert all(path.exists() for path in others)
    assert state_of(hass, job_id, "files") == "2"
    await clock.tick(0.2 * 86400)
    assert [path.exists() for path in own] == [False, False, False, False, True]
    assert state_of(hass, job_id, "files") == "1"


async def test_size(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, videos: Path
) -> None:
    """The oldest recordings go, until the rest is small enough; others' files neither go nor count."""
    job_id, own, others = await job_with(
        hass, loaded, videos, [30, 20, 10, 1], max_size=2.5 * SIZE / 1e9
    )
    await clock.tick(601)
    assert [path.exists() for path in own] == [False, False, True, True]
    assert all(path.exists() for path in others)
    assert state_of(hass, job_id, "files") == "2"


async def test_deleted_by_hand(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, videos: Path
) -> None:
    """What somebody deleted counts no longer: nothing else is deleted in its place."""
    job_id, own, _ = await job_with(
        hass, loaded, videos, [30, 20, 10], max_size=3.5 * SIZE / 1e9
    )
    await clock.tick(601)
    assert state_of(hass, job_id, "files") == "3"
    own[2].unlink()
    own[2].with_suffix(".json").unlink()
    write(videos, job_id, dt_util.utcnow() - timedelta(days=2))
    await clock.tick(601)
    assert state_of(hass, job_id, "files") == "3"
    assert own[0].exists()


async def test_counted_again(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, videos: Path
) -> None:
    """What is there is known after a restart, and empty folders of deleted days go."""
    job_id = await add_job(hass, loaded, videos, keep_days=7)
    path = write(videos, job_id, dt_util.utcnow() - timedelta(days=3))
    await clock.tick(601)
    assert state_of(hass, job_id, "files") == "1"
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, job_id, "files") == "1"
    await clock.tick(5 * 86400)
    assert not path.parent.parent.exists()
    assert state_of(hass, job_id, "files") == "0"


async def test_links(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    videos: Path,
    tmp_path: Path,
) -> None:
    """Nothing outside of the folder is deleted, whatever leads there."""
    job_id = await add_job(hass, loaded, videos, keep_days=7)
    outside = tmp_path / "outside"
    path = write(outside, job_id, dt_util.utcnow() - timedelta(days=30))
    (videos / "door").symlink_to(outside / "door")
    (videos / "other").mkdir()
    (videos / "other" / path.parent.name).symlink_to(path.parent)
    await clock.tick(601)
    assert path.exists()


async def test_clock_of_this_machine_is_set(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    videos: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A clock that is a year ahead for a while deletes nothing: ages count by the cloud's time."""
    job_id, own, _ = await job_with(hass, loaded, videos, [8, 6, 1], keep_days=7)
    utcnow = dt_util.utcnow
    monkeypatch.setattr(dt_util, "utcnow", lambda: utcnow() + timedelta(days=365))
    await clock.tick(601)
    assert [path.exists() for path in own] == [False, True, True]
    assert state_of(hass, job_id, "files") == "2"


async def test_clock_of_the_cloud_is_wrong(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    videos: Path,
) -> None:
    """A cloud that tells a time that is a year ahead for a while deletes nothing, either."""
    job_id, own, _ = await job_with(hass, loaded, videos, [8, 6, 1], keep_days=7)
    cloud.clock_offset = 365 * 86400
    await clock.run(1400, step=70)
    assert [path.exists() for path in own] == [False, True, True]
    assert state_of(hass, job_id, "files") == "2"
