"""MP4s that take long, break off, or are none: nothing half-done stays on the disk."""

import asyncio
from collections.abc import Iterator
import gzip
from pathlib import Path
import re
from typing import Any

from aiohttp import ClientTimeout
from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault

from .media import call, files_in


@pytest.mark.parametrize(
    "fault",
    [
        MediaFault("cut"),
        MediaFault("cut", share=0),
        MediaFault("status", status=403),
        MediaFault("stall", seconds=1),
    ],
)
async def test_transfer_breaks_off(
    hass: HomeAssistant,
    short_clip: str,
    videos: Path,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    fault: MediaFault,
) -> None:
    """A transfer that breaks off leaves nothing, and can be tried again."""
    monkeypatch.setattr(
        "custom_components.linkvisual.media.download._TIMEOUT",
        ClientTimeout(sock_read=0.2),
    )
    cloud.media_faults.append(fault)
    with pytest.raises(HomeAssistantError, match="was interrupted"):
        await call(
            hass, "save_recording", media_content_id=short_clip, folder=str(videos)
        )
    assert files_in(videos) == []
    await call(hass, "save_recording", media_content_id=short_clip, folder=str(videos))
    assert len(files_in(videos)) == 1


async def test_aborted(
    hass: HomeAssistant, short_clip: str, videos: Path, cloud: Cloud
) -> None:
    """An automation that is stopped leaves no half file."""
    cloud.media_faults.append(MediaFault("slow", bytes_per_second=10_000))
    task = asyncio.create_task(
        call(hass, "save_recording", media_content_id=short_clip, folder=str(videos))
    )
    async with asyncio.timeout(5):
        while not files_in(videos):
            await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files_in(videos) == []


async def test_mp4_fails(
    hass: HomeAssistant, short_clip: str, videos: Path, cloud: Cloud
) -> None:
    """An MP4 that the cloud cannot make is told."""
    cloud.downloads_fail = True
    with pytest.raises(HomeAssistantError, match="Front door"):
        await call(
            hass, "save_recording", media_content_id=short_clip, folder=str(videos)
        )
    assert files_in(videos) == []


async def test_mp4_takes_too_long(
    hass: HomeAssistant,
    short_clip: str,
    videos: Path,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The cloud is not asked without end."""
    monkeypatch.setattr(
        "custom_components.linkvisual.media.playback._MP4_PATIENCE", 0.3
    )
    cloud.speed = 0.001
    with pytest.raises(HomeAssistantError, match="did not create"):
        await call(
            hass, "save_recording", media_content_id=short_clip, folder=str(videos)
        )
    assert files_in(videos) == []


@pytest.fixture
def notifications(hass: HomeAssistant) -> Iterator[list[str]]:
    """Write down what a person is told, and `-` where it is taken back."""
    told: list[str] = []

    @callback
    def write(
        kind: persistent_notification.UpdateType,
        changed: dict[str, persistent_notification.Notification],
    ) -> None:
        for notification in changed.values():
            removed = kind is persistent_notification.UpdateType.REMOVED
            told.append("-" if removed else notification["message"])

    unsubscribe = persistent_notification.async_register_callback(hass, write)
    yield told
    unsubscribe()


async def test_progress(
    hass: HomeAssistant,
    short_clip: str,
    videos: Path,
    cloud: Cloud,
    notifications: list[str],
) -> None:
    """Of what takes long a person sees how far it is, until it is done."""
    cloud.speed = 3
    await call(hass, "save_recording", media_content_id=short_clip, folder=str(videos))
    *percents, last = notifications
    assert last == "-"
    assert percents[0].startswith("Front door: ")
    assert percents == sorted(percents, key=lambda text: int(text.split()[2]))


async def test_progress_of_a_hostile_name(
    hass: HomeAssistant,
    short_clip: str,
    videos: Path,
    cloud: Cloud,
    loaded: MockConfigEntry,
    notifications: list[str],
) -> None:
    """Notifications are Markdown: a name makes no links or pictures in them."""
    cloud.speed = 3
    devices = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, loaded.entry_id):
        devices.async_update_device(
            device.id, name_by_user="![x](http://evil.example/x.png)"
        )
    await call(hass, "save_recording", media_content_id=short_clip, folder=str(videos))
    assert notifications
    assert "evil.example" in notifications[0]
    assert not any(re.search(r"(?<!\\)\]|http:", text) for text in notifications)


async def test_quick_saving(
    hass: HomeAssistant,
    short_clip: str,
    videos: Path,
    cloud: Cloud,
    notifications: list[str],
) -> None:
    """What is done at once disturbs nobody."""
    cloud.speed = 1000
    await call(hass, "save_recording", media_content_id=short_clip, folder=str(videos))
    assert notifications == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (MediaFault("status", status=200, text="<html></html>"), "not an MP4"),
        (MediaFault("status", status=200, text="short"), "IncompleteReadError"),
        (
            MediaFault(
                "status",
                status=200,
                headers={"Content-Encoding": "gzip"},
                body=gzip.compress(b"\0\0\0\x18ftypmp42"),
            ),
            "compressed",
        ),
        (
            MediaFault(
                "status",
                status=206,
                headers={"Content-Range": "bytes 0-11/99"},
                body=b"\0\0\0\x18ftypmp42",
            ),
            "HTTP 206",
        ),
    ],
)
async def test_no_mp4(
    hass: HomeAssistant,
    short_clip: str,
    videos: Path,
    cloud: Cloud,
    fault: MediaFault,
    reason: str,
) -> None:
    """What is no whole MP4 is not kept."""
    cloud.media_faults.append(fault)
    with pytest.raises(HomeAssistantError, match=f"was interrupted .*{reason}"):
        await call(
            hass, "save_recording", media_content_id=short_clip, folder=str(videos)
        )
    assert files_in(videos) == []


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ("_MAX_SIZE", 1000, "too large"),
        ("_MIN_FREE", 2**60, "cannot be written .*No space left"),
        ("_TIMEOUT", ClientTimeout(total=0.3), "Timeout"),
    ],
)
async def test_endless_mp4(
    hass: HomeAssistant,
    short_clip: str,
    videos: Path,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: Any,
    reason: str,
) -> None:
    """No video fills the disk, nor takes for ever."""
    monkeypatch.setattr(f"custom_components.linkvisual.media.download.{limit}", value)
    cloud.media_faults.append(MediaFault("slow", bytes_per_second=100_000))
    with pytest.raises(HomeAssistantError, match=reason):
        await call(
            hass, "save_recording", media_content_id=short_clip, folder=str(videos)
        )
    assert files_in(videos) == []
