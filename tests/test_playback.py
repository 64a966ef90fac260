"""Playing recordings: one fresh address of the cloud per viewing, and nothing of it outside Home Assistant."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator import mpegts
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault, MediaFault
from tests.emulator.world import Device

from .media import MediaBrowser, MediaError, asked, call, content_id
from .playback import address, names, parts, playlist


async def test_watching_a_clip(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
) -> None:
    """A whole viewing is one call of the cloud and one fetch per part; every byte arrives."""
    cloud.calls.clear()
    resolved = await browser.resolve(clip)
    assert resolved["mime_type"] == "application/x-mpegURL"
    opened = await playlist(player, resolved["url"])
    assert opened.is_endlist
    assert round(sum(segment.duration or 0 for segment in opened.segments)) == 60
    for number, segment in enumerate(opened.segments):
        response = await player.get(str(segment.uri))
        assert response.status == HTTPStatus.OK
        expected = mpegts.segment("main", number % mpegts.SEGMENTS)
        assert len(await response.read()) == len(expected)
    assert asked(cloud) == ["QueryRecordUrl"]
    assert len(cloud.media_requests) == 1 + len(opened.segments)


@pytest.mark.parametrize("variant", [True, False])
@pytest.mark.parametrize("absolute", [True, False])
async def test_names_of_parts(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    absolute: bool,
    variant: bool,
) -> None:
    """However the cloud names the parts, the player sees other names."""
    cloud.inferred.absolute_segment_urls = absolute
    cloud.inferred.vod_variant_playlist = variant
    opened = await playlist(player, await address(browser, clip))
    (token,) = cloud.vod
    assert token not in opened.dumps()
    assert "media/vod" not in opened.dumps()
    assert (await player.get(str(opened.segments[0].uri))).status == HTTPStatus.OK


async def test_watching_again(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    clock: Clock,
    cloud: Cloud,
) -> None:
    """An address of the cloud can be opened once: what it led to is shared, and asked for anew after minutes."""
    path = await address(browser, clip)
    first = await parts(player, path)
    assert await parts(player, path) == first
    assert len(cloud.calls_of("QueryRecordUrl")) == 1
    clock.jump(400)
    assert await parts(player, path) == first
    assert len(cloud.calls_of("QueryRecordUrl")) == 2
    assert (await player.get(first[0])).status == HTTPStatus.OK


async def test_address_dies_while_watched(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    clock: Clock,
    cloud: Cloud,
) -> None:
    """Who pauses longer than the cloud's addresses live goes on nevertheless, as do all others."""
    first, second, *_, last = await parts(player, await address(browser, clip))
    assert (await player.get(first)).status == HTTPStatus.OK
    clock.jump(100)
    cloud.vod.clear()
    responses = await asyncio.gather(player.get(second), player.get(last))
    assert [response.status for response in responses] == [HTTPStatus.OK] * 2
    assert len(cloud.calls_of("QueryRecordUrl")) == 2
    cloud.denied.add("QueryRecordUrl")
    cloud.vod.clear()
    # Not again within a minute.
    assert (await player.get(last)).status == HTTPStatus.NOT_FOUND
    clock.jump(100)
    assert (await player.get(last)).status == HTTPStatus.BAD_GATEWAY


async def test_recording_changes_while_watched(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    clock: Clock,
    cloud: Cloud,
) -> None:
    """If the cloud serves another playlist than before, its parts are not mixed up with the old ones."""
    path = await address(browser, clip)
    first = await parts(player, path)
    clock.jump(400)
    cloud.media_faults.append(
        MediaFault(
            "status",
            "/media/vod",
            status=200,
            text="#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\nother/0.ts\n",
        )
    )
    (other,) = await parts(player, path)
    assert other not in first
    assert (await player.get(first[0])).status == HTTPStatus.OK
    clock.jump(100)
    await player.get(other)  # is gone: asked for anew
    calls = cloud.calls_of("QueryRecordUrl")
    assert len(calls) == 3
    assert all(call.params == calls[0].params for call in calls)


async def test_late_player(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    clock: Clock,
    cloud: Cloud,
) -> None:
    """A player that comes hours later gets an address that lives."""
    path = await address(browser, clip)
    clock.jump(7200)
    opened = await parts(player, path)
    assert (await player.get(opened[0])).status == HTTPStatus.OK


async def test_pausing(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    clock: Clock,
) -> None:
    """Parts are there for who goes on after half an hour, and gone after hours."""
    opened = await parts(player, await address(browser, clip))
    clock.jump(1800)
    assert (await player.get(opened[1])).status == HTTPStatus.OK
    clock.jump(7200)
    assert (await player.get(opened[2])).status == HTTPStatus.NOT_FOUND


async def test_address_dies_on_its_way(
    browser: MediaBrowser, clip: str, cloud: Cloud, clock: Clock
) -> None:
    """An address that is refused is asked for once more, not for ever."""
    cloud.media_faults.append(MediaFault("status", "/media/vod", status=403))
    assert await browser.resolve(clip)
    assert len(cloud.calls_of("QueryRecordUrl")) == 2
    clock.jump(400)
    cloud.media_faults.append(
        MediaFault("status", "/media/vod", times=None, status=403)
    )
    with pytest.raises(
        MediaError, match="the requested item is no longer in the cloud"
    ):
        await browser.resolve(clip)
    assert len(cloud.calls_of("QueryRecordUrl")) == 4


async def test_no_playlist(
    browser: MediaBrowser, clip: str, cloud: Cloud, endpoint: str
) -> None:
    """What is no playlist is not played."""
    patch = {"Data": f"{endpoint}/_emulator/state"}
    cloud.faults.append(Fault("patch", "QueryRecordUrl", None, patch=patch))
    with pytest.raises(
        MediaError, match="the requested item is no longer in the cloud"
    ):
        await browser.resolve(clip)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda cloud, camera: camera.deleted_files.update(names(camera)), "no longer"),
        (lambda cloud, camera: cloud.denied.add("QueryRecordUrl"), "QueryRecordUrl"),
        (
            lambda cloud, camera: cloud.faults.append(
                Fault("gateway", times=None, status=503, code="ServiceUnavailable")
            ),
            "Try again later",
        ),
    ],
)
async def test_refused(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    cameras: dict[str, Device],
    clock: Clock,
    change: Callable[[Cloud, Device], None],
    text: str,
) -> None:
    """Why a recording does not play is told in the dialog; and to a player that comes a second time."""
    path = await address(browser, clip)
    await playlist(player, path)
    clock.jump(400)
    change(cloud, cameras["Front door"])
    with pytest.raises(MediaError, match=text):
        await browser.resolve(clip)
    response = await player.get(path)
    assert response.status == HTTPStatus.BAD_GATEWAY
    assert text in await response.text()


async def test_parts_of_strangers(
    loaded: MockConfigEntry,
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
) -> None:
    """Parts have names that nobody guesses; another one is nothing."""
    uri, *_ = await parts(player, await address(browser, clip))
    start, _, name = uri.rpartition("/")
    for wrong in (f"{start}x/{name}", f"{start}/x{name}"):
        assert (await player.get(wrong)).status == HTTPStatus.NOT_FOUND


async def test_many_viewings(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """Who opens one recording very often takes nothing away from others, and costs one call."""
    begin = cloud.now() - 7200
    file = cloud.world.add_file(cameras["Garage"], begin, begin + 60)
    other = content_id(loaded, cameras["Garage"], file.file_name)
    first, *_ = await parts(player, await address(browser, other))
    path = await address(browser, clip)
    cloud.calls.clear()
    await asyncio.gather(*(player.get(path) for _ in range(210)))
    assert not asked(cloud)
    assert (await player.get(first)).status == HTTPStatus.OK


async def test_deleted_recording(
    hass: HomeAssistant,
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """What somebody deletes is no longer played from memory; what else was opened still is."""
    begin = cloud.now() - 7200
    file = cloud.world.add_file(cameras["Garage"], begin, begin + 60)
    other = content_id(loaded, cameras["Garage"], file.file_name)
    paths = [await address(browser, each) for each in (clip, other)]
    await call(hass, "delete_recordings", media_content_id=clip)
    cloud.calls.clear()
    assert (await player.get(paths[1])).status == HTTPStatus.OK
    assert not asked(cloud)
    assert (await player.get(paths[0])).status == HTTPStatus.BAD_GATEWAY


@pytest.mark.parametrize(
    "place", ["{camera}", "{camera}/day/2026-11-23", "x/recording/y"]
)
async def test_not_playable(
    browser: MediaBrowser, cameras: dict[str, Device], place: str
) -> None:
    """Folders, and cameras that are none, do not play."""
    path = place.format(camera=cameras["Front door"].iot_id)
    with pytest.raises(MediaError, match="There is nothing here"):
        await browser.resolve(browser.content_id(path))


async def test_picture_is_gone(
    browser: MediaBrowser, cloud: Cloud, cameras: dict[str, Device]
) -> None:
    """A picture that was deleted says so."""
    camera = cameras["Front door"]
    picture = cloud.world.add_picture(camera, cloud.now() - 60)
    folder = await browser.walk("Front door", "Pictures")
    camera.pictures.pop(picture.pic_id)
    with pytest.raises(MediaError, match="no longer in the cloud"):
        await browser.resolve(folder["children"][0]["media_content_id"])
