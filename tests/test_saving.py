"""Recordings on Home Assistant's disk: whole, or not there."""

from pathlib import Path
import re
from typing import Any

import av
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.assist import device_of
from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault
from tests.emulator.world import Device

from .media import asked, call, content_id, files_in


async def test_save(
    hass: HomeAssistant, short_clip: str, videos: Path, cloud: Cloud
) -> None:
    """The MP4 is made, fetched, and put where it was wanted; it plays."""
    reply = await call(
        hass, "save_recording", media_content_id=short_clip, folder=str(videos)
    )
    (row,) = reply["files"]
    path = videos / files_in(videos)[0]
    assert row == {
        "media_content_id": short_clip,
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
        media_content_id=short_clip,
        folder=str(videos),
        filename="again",
    )
    assert not asked(cloud)
    assert files_in(videos) == ["again.mp4", path.name]


async def test_save_to_media(
    hass: HomeAssistant, short_clip: str, videos: Path
) -> None:
    """Of a file in a media folder the reply tells where companion apps find it."""
    hass.config.media_dirs = {"local": str(videos)}
    hass.config.allowlist_external_dirs = {str(videos)}
    reply = await call(
        hass,
        "save_recording",
        media_content_id=short_clip,
        folder=str(videos / "doors"),
        filename="latest.mp4",
    )
    assert reply["files"][0]["url"] == "/media/local/doors/latest.mp4"
    assert files_in(videos) == ["doors", "latest.mp4"]


async def test_long_name(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    short_clip: str,
    videos: Path,
) -> None:
    """File systems take short names only, people give long ones."""
    device_id = device_of(hass, loaded, cameras["Front door"])
    dr.async_get(hass).async_update_device(device_id, name_by_user="前门摄像机" * 20)
    await call(hass, "save_recording", media_content_id=short_clip, folder=str(videos))
    (name,) = files_in(videos)
    assert re.fullmatch(r"[a-z_]{50,}_2\d{7}_\d{6}\.mp4", name)


@pytest.mark.parametrize("given", [{}, {"folder": "/media/linkvisual"}])
async def test_media_folder(
    hass: HomeAssistant, short_clip: str, videos: Path, given: dict[str, Any]
) -> None:
    """`/media` is Home Assistant's media folder, wherever that is; the folder in it is made."""
    hass.config.media_dirs = {"local": str(videos)}
    hass.config.allowlist_external_dirs = {str(videos)}
    # As the media selector of the user interface gives it.
    media = {
        "media_content_id": short_clip,
        "media_content_type": "video",
        "metadata": {"title": "12:00"},
    }
    reply = await call(
        hass, "save_recording", media_content_id=[media], filename="door", **given
    )
    assert reply["files"][0]["path"] == str(videos / "linkvisual" / "door.mp4")
    assert reply["files"][0]["url"] == "/media/local/linkvisual/door.mp4"
    assert files_in(videos) == ["door.mp4", "linkvisual"]


async def test_save_several(
    hass: HomeAssistant,
    short_clip: str,
    videos: Path,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """Several files have several names."""
    camera, begin = cameras["Front door"], cloud.now() - 3600
    another = cloud.world.add_file(camera, begin, begin + 10).file_name
    more = [short_clip, content_id(loaded, camera, another)]
    await call(
        hass,
        "save_recording",
        media_content_id=more,
        folder=str(videos),
        filename="door.mp4",
    )
    await call(hass, "save_recording", media_content_id=more, folder=str(videos))
    assert len(files_in(videos)) == 4
    assert files_in(videos)[:2] == ["door.mp4", "door_2.mp4"]


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
    short_clip: str,
    videos: Path,
    cloud: Cloud,
    data: dict[str, Any],
) -> None:
    """Nothing is written, and nothing asked for, outside what is allowed."""
    data = {key: value.format(folder=videos) for key, value in data.items()}
    cloud.calls.clear()
    with pytest.raises(ServiceValidationError, match="not allowed to write"):
        await call(hass, "save_recording", media_content_id=short_clip, **data)
    assert not asked(cloud)
    assert files_in(videos) == []


async def test_old_file_survives(
    hass: HomeAssistant, short_clip: str, videos: Path, cloud: Cloud
) -> None:
    """A file of the same name is replaced by a whole one, or left as it is."""
    old = videos / "door.mp4"
    await hass.async_add_executor_job(videos.mkdir)
    await hass.async_add_executor_job(old.write_text, "old")
    cloud.media_faults.append(MediaFault("cut"))
    data: dict[str, Any] = {
        "media_content_id": short_clip,
        "folder": str(videos),
        "filename": "door.mp4",
    }
    with pytest.raises(HomeAssistantError):
        await call(hass, "save_recording", **data)
    assert old.read_text() == "old"
    await call(hass, "save_recording", **data)
    assert old.read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize("full", ["open", "write", "replace"])
async def test_disk_is_full(
    hass: HomeAssistant,
    short_clip: str,
    videos: Path,
    monkeypatch: pytest.MonkeyPatch,
    full: str,
) -> None:
    """A disk that takes no more is told, and holds no half file."""
    left = prepare_disk(full, videos)
    if full == "write":
        monkeypatch.setattr(
            "custom_components.linkvisual.media.download.tempfile", FullDisk
        )
    with pytest.raises(HomeAssistantError, match="cannot be written"):
        await call(
            hass,
            "save_recording",
            media_content_id=short_clip,
            folder=str(videos),
            filename="door.mp4",
        )
    assert files_in(videos) == left


def prepare_disk(full: str, videos: Path) -> list[str]:
    """Put something in the way; return the names of what is there."""
    match full:
        case "open":
            videos.write_text("a file in the place of the folder")
        case "replace":
            (videos / "door.mp4" / "taken").mkdir(parents=True)
    return files_in(videos)


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
