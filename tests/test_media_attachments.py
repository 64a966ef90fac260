"""Pictures and recordings that other integrations attach by their media ID: as images, or as files on the disk."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.components import media_source
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.media_source import PlayMedia, Unresolvable
from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault
from tests.emulator.world import Device

from .media import ROOT, MediaBrowser, MediaError, asked, call, content_id
from .test_media_content import assert_inert

CAMERA = f"{ROOT}/camera.front_door"
HAS_IMAGES = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 11)

pytestmark = pytest.mark.usefixtures("browser")


async def image_of(hass: HomeAssistant, media_content_id: str) -> Any:
    """Return the image that ai_task, ntfy and smtp attach. Home Assistant 2026.10 attaches files only."""
    get_image = getattr(media_source, "async_get_media_image", None)
    assert (get_image is not None) == HAS_IMAGES
    return await get_image(hass, media_content_id) if get_image else None


def assert_picture(image: Any) -> None:
    """Check that an image is a picture, where Home Assistant has images."""
    if HAS_IMAGES:
        assert image.content.startswith(b"\xff\xd8\xff")
        assert image.mime_type == "image/jpeg"


async def test_picture(
    hass: HomeAssistant, cloud: Cloud, cameras: dict[str, Device]
) -> None:
    """A stored picture is attached as it is, by the ID that an automation can write, too."""
    picture = cloud.world.add_picture(cameras["Front door"], cloud.now() - 60)
    assert_picture(await image_of(hass, f"{CAMERA}/picture/{picture.pic_id}"))


async def test_picture_of_an_alarm(
    hass: HomeAssistant, cloud: Cloud, cameras: dict[str, Device], clock: Clock
) -> None:
    """The picture of an alarm is attached by the ID that the alarm tells."""
    await clock.run(10)
    raise_alarm(cloud, cameras["Front door"], age=4)
    await clock.run(35)
    alarm = hass.states.get("event.front_door_alarm")
    assert alarm is not None
    media_content_id = alarm.attributes["picture_media_content_id"]
    assert_picture(await image_of(hass, media_content_id))
    assert (await play(hass, media_content_id)).mime_type == "image/jpeg"


async def test_last_picture(hass: HomeAssistant, cloud: Cloud) -> None:
    """The picture that was just taken costs no more calls."""
    cloud.speed = 100
    reply = await call(hass, "capture_picture", entity_id="camera.front_door")
    cloud.calls.clear()
    picture_id = reply["camera.front_door"]["picture_id"]
    assert_picture(await image_of(hass, f"{CAMERA}/picture/{picture_id}"))
    assert not asked(cloud)


@pytest.mark.parametrize("stream_type", [0, 1])
async def test_recording(
    hass: HomeAssistant,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    stream_type: int,
) -> None:
    """Of a recording its thumbnail is attached, also if nobody has listed it since the start."""
    camera, begin = cameras["Front door"], cloud.now() - 3600
    file = cloud.world.add_file(camera, begin, begin + 60, stream_type=stream_type)
    cloud.calls.clear()
    assert_picture(await image_of(hass, content_id(loaded, camera, file.file_name)))
    assert len(asked(cloud)) == (1 + stream_type if HAS_IMAGES else 0)


@pytest.mark.parametrize("place", ["", "/day/today", "/recording/unknown"])
async def test_no_image(hass: HomeAssistant, cloud: Cloud, place: str) -> None:
    """A folder has no image, nor has a recording that cannot be found."""
    cloud.calls.clear()
    assert await image_of(hass, f"{CAMERA}{place}") is None
    assert not asked(cloud)


async def test_recording_is_gone(hass: HomeAssistant, cloud: Cloud) -> None:
    """A recording that the cloud does not list has no image."""
    name = f"{int(cloud.now()) - 60}_x_0%2Fy"
    assert await image_of(hass, f"{CAMERA}/recording/{name}") is None


@pytest.mark.parametrize("status", [403, 200])
async def test_picture_cannot_be_fetched(
    hass: HomeAssistant, cloud: Cloud, cameras: dict[str, Device], status: int
) -> None:
    """A picture that the cloud's storage refuses, or that is none, is not attached."""
    picture = cloud.world.add_picture(cameras["Front door"], cloud.now() - 60)
    cloud.media_faults.append(MediaFault("status", status=status, text="<html>"))
    if HAS_IMAGES:
        with pytest.raises(Unresolvable, match="There is nothing here"):
            await image_of(hass, f"{CAMERA}/picture/{picture.pic_id}")


async def test_image_is_refused(hass: HomeAssistant, cloud: Cloud) -> None:
    """A picture that the cloud does not know is told."""
    if HAS_IMAGES:
        with pytest.raises(Unresolvable, match="no longer in the cloud"):
            await image_of(hass, f"{CAMERA}/picture/unknown")


@pytest.fixture
async def saved(
    hass: HomeAssistant, clip: str, cloud: Cloud, tmp_path: Path, clock: Clock
) -> Path:
    """Save the recording; later the cloud's address of its MP4 is not valid any more."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    cloud.speed = 100
    reply = await call(
        hass, "save_recording", media_content_id=clip, folder=str(tmp_path)
    )
    resolved = await play(hass, clip)
    (row,) = reply["files"]
    assert resolved.path == Path(row["path"])
    assert resolved.url.endswith("/video.mp4")
    clock.jump(3100)
    return resolved.path


async def play(hass: HomeAssistant, media_content_id: str) -> PlayMedia:
    """Return where something is played, and where it is on the disk."""
    return await media_source.async_resolve_media(hass, media_content_id, None)


async def test_saved(
    hass: HomeAssistant,
    clip: str,
    saved: Path,
    cloud: Cloud,
    loaded: MockConfigEntry,
    player: TestClient[Any, Any],
) -> None:
    """A saved recording resolves to its file, and is played from there, without the cloud; also after a restart."""
    assert await hass.config_entries.async_reload(loaded.entry_id)
    cloud.denied.update(("QueryRecordUrl", "QueryRecordDownloadUrl"))
    cloud.calls.clear()
    resolved = await play(hass, clip)
    assert resolved.path == saved
    assert resolved.mime_type == "video/mp4"
    path = async_sign_path(hass, resolved.url, timedelta(hours=1))
    response = await player.get(path, headers={"Range": "bytes=4-7"})
    assert response.status == HTTPStatus.PARTIAL_CONTENT
    assert response.content_type == "video/mp4"
    assert await response.read() == b"ftyp"
    assert_inert(response)
    assert not asked(cloud)


async def test_saved_file_is_removed(
    hass: HomeAssistant, clip: str, saved: Path, player: TestClient[Any, Any]
) -> None:
    """A file that was removed from the disk is played from the cloud again."""
    url = (await play(hass, clip)).url
    await hass.async_add_executor_job(saved.unlink)
    response = await player.get(async_sign_path(hass, url, timedelta(hours=1)))
    assert response.status == HTTPStatus.NOT_FOUND
    resolved = await play(hass, clip)
    assert resolved.path is None
    assert resolved.mime_type == "application/x-mpegURL"


async def test_folder_is_not_allowed_any_more(
    hass: HomeAssistant, clip: str, saved: Path, tmp_path: Path
) -> None:
    """What Home Assistant may not read any more is not read, whoever leads there."""
    hass.config.allowlist_external_dirs = {str(tmp_path / "other")}
    assert (await play(hass, clip)).path is None
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    assert (await play(hass, clip)).path == saved
    # The folder stays; what is in it leads elsewhere.
    target = tmp_path.with_name(f"{tmp_path.name}_outside")
    await hass.async_add_executor_job(saved.rename, target)
    await hass.async_add_executor_job(saved.symlink_to, target)
    assert (await play(hass, clip)).path is None


async def test_stored_paths(
    hass: HomeAssistant,
    clip: str,
    saved: Path,
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """A malformed file of paths does no harm; with the account it goes."""
    key = f"linkvisual.{loaded.entry_id}.saved_clips"
    assert str(saved) in str(hass_storage[key])
    hass_storage[key]["data"]["clips"] = [["only one"]]
    assert await hass.config_entries.async_reload(loaded.entry_id)
    assert (await play(hass, clip)).path is None
    await hass.config_entries.async_remove(loaded.entry_id)
    assert key not in hass_storage


async def test_saved_of_another_camera(
    browser: MediaBrowser, clip: str, saved: Path
) -> None:
    """A path belongs to the recording of one camera."""
    with pytest.raises(MediaError):
        await browser.resolve(clip.replace(clip.split("/")[4], "other"))
    with pytest.raises(MediaError):
        await browser.resolve(
            f"{ROOT}/camera.garage/recording/{clip.rpartition('/')[2]}"
        )


@pytest.mark.parametrize("by", ["action", "others"])
async def test_saved_file_is_replaced(
    hass: HomeAssistant,
    clip: str,
    saved: Path,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    player: TestClient[Any, Any],
    by: str,
) -> None:
    """A file in which another recording has been saved since is not the first one: that is played from the cloud."""
    url = (await play(hass, clip)).url
    if by == "action":
        begin = cloud.now() - 1800
        file = cloud.world.add_file(cameras["Garage"], begin, begin + 60)
        other = content_id(loaded, cameras["Garage"], file.file_name)
        await call(
            hass,
            "save_recording",
            media_content_id=other,
            folder=str(saved.parent),
            filename=saved.name,
        )
        assert (await play(hass, other)).path == saved
    else:
        await hass.async_add_executor_job(saved.write_bytes, b"another video")
    response = await player.get(async_sign_path(hass, url, timedelta(hours=1)))
    assert response.status == HTTPStatus.NOT_FOUND
    resolved = await play(hass, clip)
    assert resolved.path is None
    assert resolved.mime_type == "application/x-mpegURL"
    assert await hass.config_entries.async_reload(loaded.entry_id)
    assert (await play(hass, clip)).path is None


async def test_paths_of_an_older_version(
    hass: HomeAssistant,
    clip: str,
    saved: Path,
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """Of what an older version saved only the path is known: it counts, also after another reload."""
    rows = hass_storage[f"linkvisual.{loaded.entry_id}.saved_clips"]["data"]["clips"]
    rows[:] = [row[:3] for row in rows]
    assert await hass.config_entries.async_reload(loaded.entry_id)
    assert (await play(hass, clip)).path == saved
    rows[:] = [[*row[:3], None, 0.0] for row in rows]
    assert await hass.config_entries.async_reload(loaded.entry_id)
    assert (await play(hass, clip)).path == saved
