"""Recordings at given times, and the days that the media browser shows."""

from datetime import UTC, datetime
from typing import Any

from tests.emulator.cloud import Cloud
from tests.emulator.world import Device
from tests.media import MediaBrowser

# A Monday.
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def add(
    cloud: Cloud, camera: Device, begin: datetime, seconds: float = 60, **more: Any
) -> str:
    """Store a file; return its name."""
    start = begin.timestamp()
    return cloud.world.add_file(camera, start, start + seconds, **more).file_name


async def days(browser: MediaBrowser) -> list[str]:
    """Return the days of the front door, by their dates."""
    rows = (await browser.walk("Front door"))["children"]
    places = [row["media_content_id"].split("/") for row in rows]
    return [place[-1] for place in places if place[-2] == "day"]
