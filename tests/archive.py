"""Archive jobs, for tests."""

import asyncio
import hashlib
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device


async def add_job(
    hass: HomeAssistant, entry: MockConfigEntry, folder: Path, **data: Any
) -> str:
    """Add a job to an account that is set up, as its dialog does; return its ID."""
    await hass.async_add_executor_job(lambda: folder.mkdir(exist_ok=True))
    subentry = ConfigSubentry(
        data=MappingProxyType(
            {"folder": str(folder), "kinds": ["manual", "alarm"], **data}
        ),
        subentry_type="archive",
        title=str(folder),
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await hass.async_block_till_done(wait_background_tasks=True)
    return subentry.subentry_id


def store(cloud: Cloud, camera: Device, number: int = 1, at: float = 0) -> list[str]:
    """Store recordings of ten seconds, from so many seconds from now on; return their names."""
    now = cloud.now() + at
    return [
        cloud.world.add_file(camera, now + 12 * each, now + 12 * each + 10).file_name
        for each in range(number)
    ]


def issue_of(
    hass: HomeAssistant, entry: MockConfigEntry, job_id: str
) -> ir.IssueEntry | None:
    """Return the issue of a job."""
    return ir.async_get(hass).async_get_issue(
        "linkvisual", f"archive_failed_{entry.entry_id}_{job_id}"
    )


def state_of(hass: HomeAssistant, job_id: str, name: str) -> str:
    """Return the state of a job's sensor."""
    entity_id = er.async_get(hass).async_get_entity_id(
        "sensor", "linkvisual", f"{job_id}_archive_{name}"
    )
    assert entity_id
    state = hass.states.get(entity_id)
    assert state
    return state.state


async def settle(
    hass: HomeAssistant, clock: Clock, job_id: str, limit: float = 7200
) -> None:
    """Let time pass until nothing waits to be saved."""
    passed, step = 0.0, 2.0
    while state_of(hass, job_id, "waiting") != "0":
        assert passed < limit, state_of(hass, job_id, "error")
        await clock.tick(step)
        await asyncio.sleep(0.02)
        passed += step
        step = min(60.0, step * 1.2)


def saved(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the sidecars in a folder by FileName, after comparing the MP4s with them; nothing else may be there."""
    rows: dict[str, dict[str, Any]] = {}
    videos = {path for path in folder.glob("**/*") if path.is_file()}
    for path in sorted(folder.glob("*/*/*.json")):
        row = json.loads(path.read_text())
        video = path.with_suffix(".mp4")
        content = video.read_bytes()
        assert content[4:8] == b"ftyp"
        assert row["size"] == len(content)
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert row["path"] == video.relative_to(folder).as_posix()
        assert row["file_name"] not in rows
        rows[row["file_name"]] = row
        videos -= {path, video}
    assert not videos
    return rows
