"""What an archive of a year costs at a start: 20 cameras with 50 recordings a day."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import tempfile
import time
import tracemalloc
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntries
from homeassistant.core import HomeAssistant

from custom_components.linkvisual.archive.job import ArchiveJob, StoredJob
from custom_components.linkvisual.archive.models import Item, JobSettings
from custom_components.linkvisual.archive.paths import item_path
from custom_components.linkvisual.archive.store import ArchiveStore

from .figures import Figure, teller

_CAMERAS = 20
_DAYS = 365
_QUICK_DAYS = 3
_A_DAY = 50
# Recordings that wait after a day without network storage.
_WAITING = _CAMERAS * _A_DAY
_JOB_ID = "01KAQ6V0000000000000000BEN"
_ENTRY_ID = "01KAQ6V0000000000000000000"
_NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _item(camera: int, number: int) -> Item:
    begin = _NOW - timedelta(days=1) * (number + 1) / _A_DAY
    iot_id = f"bench{camera:023d}100"
    name = f"{int(begin.timestamp())}_{iot_id}_0/fc82774f-a749-485b-ad7d-719f96700000"
    return Item(
        iot_id=iot_id,
        file_name=name,
        kind="alarm",
        begin=begin,
        end=begin + timedelta(seconds=30),
        path=item_path(f"camera_{camera}", begin, "alarm", name),
    )


def _write_year(root: Path, days: int) -> None:
    """Write what a job has kept after a year; the videos are empty, since nobody reads them."""
    for camera in range(_CAMERAS):
        for number in range(days * _A_DAY):
            item = _item(camera, number)
            path = root / item.path
            path.parent.mkdir(parents=True, exist_ok=True)
            row = {**item.as_dict(), "size": 0, "sha256": "0" * 64, "job": _JOB_ID}
            path.with_suffix(".json").write_text(json.dumps(row))
            path.with_suffix(".mp4").touch()


class _Start:
    """A start of Home Assistant, as far as the archive takes part in it."""

    def __init__(self, hass: HomeAssistant, settings: JobSettings) -> None:
        self._hass = hass
        self._settings = settings
        self.jobs: dict[str, ArchiveJob] = {}
        self.store = ArchiveStore(hass, _ENTRY_ID, self.jobs)

    async def run(self) -> None:
        """Load the job, compare it with its folder, and delete what is too old."""
        stored, totals = await self.store.async_load(_NOW)
        self.jobs[_JOB_ID] = job = ArchiveJob(
            self._hass,
            _JOB_ID,
            "Archive",
            self._settings,
            stored.get(_JOB_ID) or StoredJob(_NOW),
            totals.get(_JOB_ID, {}),
            lambda: datetime.now(UTC),
        )
        await job.async_begin()
        await job.async_clean()

    async def save(self) -> None:
        """Store the job with a day's work waiting."""
        for number in range(_WAITING):
            self.jobs[_JOB_ID].add(_item(number % _CAMERAS, number // _CAMERAS))
        await self.store.async_save_totals()
        await self.store.async_commit()


async def _seconds(work: Callable[[], Coroutine[Any, Any, None]]) -> float:
    begun = time.perf_counter()
    await work()
    return time.perf_counter() - begun


async def measure(quick: bool) -> list[Figure]:
    """Count a year's archive, and start again with it."""
    with tempfile.TemporaryDirectory(prefix="archive-bench-") as folder:
        root = Path(folder, "archive")
        days = _QUICK_DAYS if quick else _DAYS
        await asyncio.to_thread(_write_year, root, days)
        hass = HomeAssistant(folder)
        hass.config_entries = ConfigEntries(hass, {})
        hass.config.allowlist_external_dirs = {folder}
        settings = JobSettings(
            folder=root,
            cameras=frozenset(),
            kinds=frozenset({"alarm"}),
            keep_days=None,
            max_bytes=None,
        )
        # Stores of entries that do not exist are removed.
        with patch.object(hass.config_entries, "async_get_entry"):
            first = _Start(hass, settings)
            counted = await _seconds(first.run)
            files = first.jobs[_JOB_ID].files
            await first.save()
            started = await _seconds(_Start(hass, settings).run)
            tracemalloc.start()
            again = _Start(hass, settings)
            await again.run()
            memory, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        await hass.async_stop(force=True)
    tell = teller(f"archive of {files:,} recordings", "")
    return [
        tell("start", started, "s", goal=None if quick else 1.0),
        tell("memory", memory / 2**20, "MB", goal=None if quick else 20.0),
        tell("memory at its highest", peak / 2**20, "MB"),
        tell("first count, in the background", counted, "s"),
    ]
