"""Parts that fail, or come slowly, while a recording is played; and players that go away."""

import asyncio
from http import HTTPStatus
from typing import Any

from aiohttp import (
    ClientConnectionResetError,
    ClientPayloadError,
    ClientTimeout,
    ServerDisconnectedError,
    web,
)
from aiohttp.test_utils import TestClient
import pytest

from tests.emulator import mpegts
from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault

from .media import MediaBrowser
from .playback import address, parts


async def test_dead_part(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
) -> None:
    """A part that is gone, or that breaks off, is told to the player; the others play."""
    first, second, third, *_ = await parts(player, await address(browser, clip))
    cloud.media_faults.append(MediaFault("status", status=404))
    assert (await player.get(first)).status == HTTPStatus.NOT_FOUND
    cloud.media_faults.append(MediaFault("cut"))
    with pytest.raises(ClientPayloadError):
        await (await player.get(second)).read()
    assert (await player.get(third)).status == HTTPStatus.OK
    assert (await player.get(first)).status == HTTPStatus.OK
    assert len(cloud.calls_of("QueryRecordUrl")) == 1


async def test_silent_part(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A part that does not come at all is not waited for without end."""
    monkeypatch.setattr(
        "custom_components.linkvisual.media.proxy._LARGE_TIMEOUT",
        ClientTimeout(sock_read=0.1),
    )
    opened = await parts(player, await address(browser, clip))
    cloud.media_faults.append(MediaFault("stall", seconds=5))
    response = await player.get(opened[0])
    assert response.status == HTTPStatus.BAD_GATEWAY


async def test_slow_cdn(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
) -> None:
    """What trickles in is passed on as it comes."""
    opened = await parts(player, await address(browser, clip))
    cloud.media_faults.append(MediaFault("slow", bytes_per_second=20_000))
    response = await player.get(opened[0])
    async with asyncio.timeout(2):
        assert await response.content.readany()
    response.close()


async def test_closing_the_player(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
) -> None:
    """When the player goes away, nothing more is fetched."""
    opened = await parts(player, await address(browser, clip))
    cloud.media_faults.append(MediaFault("slow", bytes_per_second=100_000))
    response = await player.get(opened[0])
    await response.content.readany()
    response.close()
    await asyncio.sleep(0.5)
    log = cloud.media_requests[-1]
    sent = log.sent
    assert sent < len(mpegts.segment("main", 0))
    await asyncio.sleep(0.5)
    assert log.sent == sent


async def test_player_goes_away_before_the_answer(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A player that leaves while its part is fetched is no error."""
    opened = await parts(player, await address(browser, clip))

    served = web.StreamResponse.prepare

    async def prepare(response: web.StreamResponse, request: web.BaseRequest) -> Any:
        if request.path.startswith("/api/linkvisual"):
            raise ClientConnectionResetError("Cannot write to closing transport")
        return await served(response, request)

    with monkeypatch.context() as patch:
        patch.setattr(web.StreamResponse, "prepare", prepare)
        with pytest.raises(ServerDisconnectedError):
            await player.get(opened[0])
    assert not [row for row in caplog.records if row.levelname == "ERROR"]
