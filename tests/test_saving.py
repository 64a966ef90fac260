"""Recordings on Home Assistant's disk: whole, or not there."""

import asyncio
from collections.abc import Iterator
import gzip
from pathlib import Path
import re
from typing import Any

from aiohttp import ClientTimeout
import av
from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault
from tests.emulator.world import Device

from .media import asked, call, content_id


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Allow a folder that does not exist yet."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    return tmp_path / "videos"


def add(cloud: Cloud, camera: Device, loaded: MockConfigEntry) -> str:
    """Store a recording of ten seconds."""
    begin = cloud.now() - 3600
    return content_id(
        loaded, camera, cloud.world.add_file(camera, begin, begin + 10).file_name
    )


@pytest.fixture
def recording(
    cloud: Cloud, cameras: dict[str, Device], loaded: MockConfigEntry, folder: Path
) -> str:
    """Store a recording whose MP4 takes a tenth of a second."""
    cloud.speed = 20
    return add(cloud, cameras["Front door"], loaded)


def files_in(folder: Path) -> list[str]:
    """Return the names of all files, hidden ones included."""
    return sorted(path.name for path in folder.glob("**/*")) if folder.exists() else []


async def test_save(
    hass: HomeAssistant, recording: str, folder: Path, cloud: Cloud
) -> None:
    """The MP4 is made, fetched, and put where it was wanted; it plays."""
    reply = await call(
        hass, "save_recording", media_content_id=recording, folder=str(folder)
    )
    (row,) = reply["files"]
    path = folder / files_in(folder)[0]
    assert row == {
        "media_content_id": recording,
        "path": str(path),
        "size": path.stat().st_size,
        "url": None,
    }
    assert re.fullmatch(r"front_door_2\d{7}_\d{6}\.mp4", path.name)
    assert path.stat().st_mode & 0o777 == 0o644
    with av.open(str(path)) as video:
        assert video.duration is not None
        assert round(video.duration / av.time_base) == 10
    assert 1 < len(cloud.calls_of("QueryRecordDownloadUrl")) < 20
    # Once more costs no call.
    cloud.calls.clear()
    await call(
        hass,
        "save_recording",
        reply=False,
        media_content_id=recording,
        folder=str(folder),
        filename="again",
    )
    assert not asked(cloud)
    assert files_in(folder) == ["again.mp4", path.name]


async def test_save_to_media(hass: HomeAssistant, recording: str, folder: Path) -> None:
    """Of a file in a media folder the reply tells where companion apps find it."""
    hass.config.media_dirs = {"local": str(folder)}
    hass.config.allowlist_external_dirs = {str(folder)}
    reply = await call(
        hass,
        "save_recording",
        media_content_id=recording,
        folder=str(folder / "doors"),
        filename="latest.mp4",
    )
    assert reply["files"][0]["url"] == "/media/local/doors/latest.mp4"
    assert files_in(folder) == ["doors", "latest.mp4"]


@pytest.mark.parametrize("given", [{}, {"folder": "/media/linkvisual"}])
async def test_media_folder(
    hass: HomeAssistant, recording: str, folder: Path, given: dict[str, Any]
) -> None:
    """`/media` is Home Assistant's media folder, wherever that is; the folder in it is made."""
    hass.config.media_dirs = {"local": str(folder)}
    hass.config.allowlist_external_dirs = {str(folder)}
    # As the media selector of the user interface gives it.
    media = {
        "media_content_id": recording,
        "media_content_type": "video",
        "metadata": {"title": "12:00"},
    }
    reply = await call(
        hass, "save_recording", media_content_id=[media], filename="door", **given
    )
    assert reply["files"][0]["path"] == str(folder / "linkvisual" / "door.mp4")
    assert reply["files"][0]["url"] == "/media/local/linkvisual/door.mp4"
    assert files_in(folder) == ["door.mp4", "linkvisual"]


async def test_save_several(
    hass: HomeAssistant,
    recording: str,
    folder: Path,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """Several files have several names."""
    more = [recording, add(cloud, cameras["Front door"], loaded)]
    await call(
        hass,
        "save_recording",
        media_content_id=more,
        folder=str(folder),
        filename="door.mp4",
    )
    await call(hass, "save_recording", media_content_id=more, folder=str(folder))
    assert len(files_in(folder)) == 4
    assert files_in(folder)[:2] == ["door.mp4", "door_2.mp4"]


@pytest.mark.parametrize(
    "data",
    [
        {"folder": "/etc"},
        {"folder": "{folder}/../../elsewhere"},
        {"folder": "videos"},
        {"folder": "/media/../etc"},
        {"folder": "{folder}", "filename": "../x.mp4"},
        {"folder": "{folder}", "filename": "a/b.mp4"},
        {"folder": "{folder}", "filename": ".hidden"},
        {"folder": "{folder}", "filename": ""},
        {"folder": "{folder}", "filename": "a\0b"},
        {"folder": "{folder}\0", "filename": "a.mp4"},
    ],
)
async def test_path_outside(
    hass: HomeAssistant,
    recording: str,
    folder: Path,
    cloud: Cloud,
    data: dict[str, Any],
) -> None:
    """Nothing is written, and nothing asked for, outside what is allowed."""
    data = {key: value.format(folder=folder) for key, value in data.items()}
    cloud.calls.clear()
    with pytest.raises(ServiceValidationError, match="not allowed to write"):
        await call(hass, "save_recording", media_content_id=recording, **data)
    assert not asked(cloud)
    assert files_in(folder) == []


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
    recording: str,
    folder: Path,
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
            hass, "save_recording", media_content_id=recording, folder=str(folder)
        )
    assert files_in(folder) == []
    await call(hass, "save_recording", media_content_id=recording, folder=str(folder))
    assert len(files_in(folder)) == 1


async def test_old_file_survives(
    hass: HomeAssistant, recording: str, folder: Path, cloud: Cloud
) -> None:
    """A file of the same name is replaced by a whole one, or left as it is."""
    old = folder / "door.mp4"
    await hass.async_add_executor_job(folder.mkdir)
    await hass.async_add_executor_job(old.write_text, "old")
    cloud.media_faults.append(MediaFault("cut"))
    data: dict[str, Any] = {
        "media_content_id": recording,
        "folder": str(folder),
        "filename": "door.mp4",
    }
    with pytest.raises(HomeAssistantError):
        await call(hass, "save_recording", **data)
    assert old.read_text() == "old"
    await call(hass, "save_recording", **data)
    assert old.read_bytes()[4:8] == b"ftyp"


async def test_aborted(
    hass: HomeAssistant, recording: str, folder: Path, cloud: Cloud
) -> None:
    """An automation that is stopped leaves no half file."""
    cloud.media_faults.append(MediaFault("slow", bytes_per_second=10_000))
    task = asyncio.create_task(
        call(hass, "save_recording", media_content_id=recording, folder=str(folder))
    )
    async with asyncio.timeout(5):
        while not files_in(folder):
            await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files_in(folder) == []


@pytest.mark.parametrize("full", ["open", "write", "replace"])
async def test_disk_is_full(
    hass: HomeAssistant,
    recording: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    full: str,
) -> None:
    """A disk that takes no more is told, and holds no half file."""
    left = prepare_disk(full, folder)
    if full == "write":
        monkeypatch.setattr(
            "custom_components.linkvisual.media.download.tempfile", FullDisk
        )
    with pytest.raises(HomeAssistantError, match="cannot be written"):
        await call(
            hass,
            "save_recording",
            media_content_id=recording,
            folder=str(folder),
            filename="door.mp4",
        )
    assert files_in(folder) == left


def prepare_disk(full: str, folder: Path) -> list[str]:
    """Put something in the way; return the names of what is there."""
    match full:
        case "open":
            folder.write_text("a file in the place of the folder")
        case "replace":
            (folder / "door.mp4" / "taken").mkdir(parents=True)
    return files_in(folder)


class FullDisk:
    """A disk on which nothing fits."""

    @staticmethod
    def NamedTemporaryFile(**kwargs: Any) -> Any:
        """Open a file that takes nothing: the device that is always full, by another name."""
        import tempfile

        part = tempfile.NamedTemporaryFile(**kwargs)  # noqa: SIM115
        full = open("/dev/full", "wb", buffering=0)  # noqa: SIM115, PTH123
        part.write = full.write  # type: ignore[assignment]
        return part


async def test_mp4_fails(
    hass: HomeAssistant, recording: str, folder: Path, cloud: Cloud
) -> None:
    """An MP4 that the cloud cannot make is told."""
    cloud.downloads_fail = True
    with pytest.raises(HomeAssistantError, match="Front door"):
        await call(
            hass, "save_recording", media_content_id=recording, folder=str(folder)
        )
    assert files_in(folder) == []


async def test_mp4_takes_too_long(
    hass: HomeAssistant,
    recording: str,
    folder: Path,
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
            hass, "save_recording", media_content_id=recording, folder=str(folder)
        )
    assert files_in(folder) == []


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
    recording: str,
    folder: Path,
    cloud: Cloud,
    notifications: list[str],
) -> None:
    """Of what takes long a person sees how far it is, until it is done."""
    cloud.speed = 3
    await call(hass, "save_recording", media_content_id=recording, folder=str(folder))
    *percents, last = notifications
    assert last == "-"
    assert percents[0].startswith("Front door: ")
    assert percents == sorted(percents, key=lambda text: int(text.split()[2]))


async def test_quick_saving(
    hass: HomeAssistant,
    recording: str,
    folder: Path,
    cloud: Cloud,
    notifications: list[str],
) -> None:
    """What is done at once disturbs nobody."""
    cloud.speed = 1000
    await call(hass, "save_recording", media_content_id=recording, folder=str(folder))
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
    recording: str,
    folder: Path,
    cloud: Cloud,
    fault: MediaFault,
    reason: str,
) -> None:
    """What is no whole MP4 is not kept."""
    cloud.media_faults.append(fault)
    with pytest.raises(HomeAssistantError, match=f"was interrupted .*{reason}"):
        await call(
            hass, "save_recording", media_content_id=recording, folder=str(folder)
        )
    assert files_in(folder) == []


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
    recording: str,
    folder: Path,
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
            hass, "save_recording", media_content_id=recording, folder=str(folder)
        )
    assert files_in(folder) == []
