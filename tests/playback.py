"""Playlists and their parts, for tests that play."""

from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
import m3u8

from tests.emulator.world import Device

from .media import MediaBrowser


async def address(browser: MediaBrowser, clip: str) -> str:
    """Return where to play something: a path that is signed, whatever name Home Assistant is reached by."""
    url = (await browser.resolve(clip))["url"]
    assert isinstance(url, str)
    assert url.startswith("/api/linkvisual/")
    return url


async def parts(player: TestClient[Any, Any], path: str) -> list[str]:
    """Open a playlist; return where its parts are."""
    opened = await playlist(player, path)
    return [str(segment.uri) for segment in opened.segments]


async def playlist(player: TestClient[Any, Any], path: str) -> m3u8.M3U8:
    """Open a playlist."""
    response = await player.get(path)
    assert response.status == HTTPStatus.OK
    assert response.headers["Cache-Control"] == "no-store"
    return m3u8.loads(await response.text())


def names(camera: Device) -> set[str]:
    """Return the names of all files of a camera."""
    return {file.file_name for file in camera.stored.overlapping(0, 2**40)}
