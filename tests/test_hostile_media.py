"""Media that lead elsewhere, and playlists that are none: nothing is fetched there, nothing of it is passed on."""

import logging
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from yarl import URL

from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault

from .media import MediaBrowser, MediaError, call

SECRET = "verySecretTokenOfTheCloud"
HEAD = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
GOOD = f"{HEAD}#EXTINF:2,\n0.ts\n"


def answer(cloud: Cloud, text: str) -> None:
    """Let the next playlists be this text."""
    cloud.media_faults.append(
        MediaFault("status", "/media/vod", times=2, status=200, text=text)
    )


async def test_redirect(
    browser: MediaBrowser, clip: str, player: TestClient[Any, Any], cloud: Cloud
) -> None:
    """A cloud may send its media from place to place."""
    await browser.resolve(clip)
    (token,) = cloud.vod
    cloud.vod[token].live_until = None
    cloud.media_faults.append(
        MediaFault(
            "status",
            "/media/vod",
            status=302,
            headers={"Location": f"/media/vod/{token}.m3u8"},
        )
    )
    path = (await browser.resolve(clip))["url"]
    assert "#EXTINF" in await (await player.get(path)).text()


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/media/vod/x.m3u8",
        "http://router/",
        "http://192.168.1.1/",
        "http://[::1]:{port}/",
        "http://169.254.169.254/latest",
        "http://nas.local/",
        "file:///etc/passwd",
        "http://[",
    ],
)
async def test_redirect_inside(
    browser: MediaBrowser,
    clip: str,
    cloud: Cloud,
    endpoint: str,
    location: str,
) -> None:
    """Home Assistant fetches nothing for the cloud that the cloud could not reach itself."""
    headers = {"Location": location.format(port=URL(endpoint).port)}
    cloud.media_faults.append(
        MediaFault("status", times=None, status=302, headers=headers)
    )
    with pytest.raises(MediaError, match="where no media of the cloud are"):
        await browser.resolve(clip)
    # Two addresses, each opened once.
    assert len(cloud.media_requests) == 2


async def test_redirect_of_a_part(
    browser: MediaBrowser, clip: str, player: TestClient[Any, Any], cloud: Cloud
) -> None:
    """Parts are as contained as playlists."""
    path = (await browser.resolve(clip))["url"]
    text = await (await player.get(path)).text()
    part = next(line for line in text.splitlines() if line.startswith("/api"))
    cloud.media_faults.append(
        MediaFault("status", status=302, headers={"Location": "http://router/"})
    )
    assert (await player.get(part)).status == 404


async def test_redirect_of_a_video(
    hass: HomeAssistant,
    clip: str,
    cloud: Cloud,
    tmp_path: Any,
) -> None:
    """So are videos that are saved."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    cloud.speed = 50
    cloud.media_faults.append(
        MediaFault("status", status=302, headers={"Location": "http://router/"})
    )
    with pytest.raises(Exception, match="where no media of the cloud are"):
        await call(hass, "save_recording", media_content_id=clip, folder=str(tmp_path))
    assert not await hass.async_add_executor_job(lambda: list(tmp_path.iterdir()))


async def test_redirect_in_circles(
    browser: MediaBrowser, clip: str, cloud: Cloud
) -> None:
    """A cloud that sends its media round in circles is told as such, after a few steps."""
    cloud.media_faults.append(
        MediaFault("status", times=None, status=302, headers={"Location": "x.m3u8"})
    )
    with pytest.raises(MediaError, match="round in circles"):
        await browser.resolve(clip)
    assert len(cloud.media_requests) <= 12


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html></html>",
        HEAD,
        f"{HEAD}#EXTINF:{SECRET},\n0.ts\n",
        f"{HEAD}#EXTINF:2,\nhttp://[{SECRET}\n",
        f"{HEAD}#EXTINF:2,\nfile:///{SECRET}\n",
        f"{HEAD}#EXTINF:2,\nhttp://127.0.0.1.{SECRET}.local/\n",
        f"{HEAD}#EXTINF:2,\nhttp://10.0.0.1/{SECRET}\n",
        f"{HEAD}#EXT-X-KEY:METHOD=AES-128,URI=\"http://10.0.0.1/{SECRET}\"\n#EXTINF:2,\n0.ts\n",
        f"{HEAD}#EXT-X-KEY:METHOD={SECRET},URI=\"0.key\"\n#EXTINF:2,\n0.ts\n",
        f"{HEAD}#EXT-X-MAP:URI=\"http://10.0.0.1/{SECRET}\"\n#EXTINF:2,\n0.ts\n",
        f"#EXTM3U\n#EXT-X-STREAM-INF\nhttp://10.0.0.1/{SECRET}\n",
        f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://10.0.0.1/{SECRET}\n",
        f"{HEAD}#EXT-X-MEDIA-SEQUENCE:{SECRET}\n#EXTINF:2,\n0.ts\n",
    ],
)  # fmt: skip
async def test_no_playlist(
    browser: MediaBrowser,
    clip: str,
    cloud: Cloud,
    caplog: pytest.LogCaptureFixture,
    text: str,
) -> None:
    """What is no playlist, or leads into this network, is told in one sentence, which does not quote it."""
    caplog.set_level(logging.DEBUG)
    answer(cloud, text)
    with pytest.raises(MediaError, match="the cloud no longer has it") as caught:
        await browser.resolve(clip)
    assert SECRET not in str(caught.value)
    assert SECRET not in caplog.text
    assert "Traceback" not in caplog.text
    assert len(cloud.media_requests) == 2


@pytest.mark.parametrize(
    "tag",
    [
        f"#EXTINF:2,https://{SECRET}/",
        f"#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:00Z\n#EXT-X-DATERANGE:ID=\"x\",START-DATE=\"2026-11-22T10:00:00Z\",X-URL=\"https://{SECRET}/\"",
        f"#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"https://{SECRET}/x.mp4\"",
        f"#EXT-X-PART:DURATION=1,URI=\"https://{SECRET}/x.mp4\"",
        f"#EXT-X-RENDITION-REPORT:URI=\"https://{SECRET}/x.m3u8\",LAST-MSN=1",
        f"#EXT-X-SESSION-DATA:DATA-ID=\"x\",URI=\"https://{SECRET}/\"",
        f"#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"https://{SECRET}/\"",
        f"#EXT-X-CONTENT-STEERING:SERVER-URI=\"https://{SECRET}/\"",
        f"#EXT-X-ASSET:CAID=https://{SECRET}/",
        f"#EXT-X-PLAYLIST-TYPE:https://{SECRET}/",
        f"#EXT-X-BYTERANGE:https://{SECRET}/",
        f"#EXT-X-KEY:METHOD=AES-128,URI=\"https://example.com/{SECRET}\",IV={SECRET}",
        f"#EXT-X-MAP:URI=\"https://example.com/{SECRET}\",BYTERANGE=\"{SECRET}\"",
        f"# {SECRET}",
    ],
)  # fmt: skip
async def test_addresses_in_playlists(
    browser: MediaBrowser,
    clip: str,
    player: TestClient[Any, Any],
    cloud: Cloud,
    tag: str,
) -> None:
    """Wherever a playlist may hold an address, the player does not see it, and still gets what it plays."""
    answer(cloud, GOOD + tag + "\n#EXTINF:2,\n1.ts\n#EXT-X-ENDLIST\n")
    response = await player.get((await browser.resolve(clip))["url"])
    text = await response.text()
    assert SECRET.lower() not in text.lower()
    assert "http" not in text
    assert text.count("#EXTINF:2") == 2
    assert text.count("/api/linkvisual/play/") >= 2


async def test_encrypted(
    browser: MediaBrowser, clip: str, player: TestClient[Any, Any], cloud: Cloud
) -> None:
    """Keys, initial sections and ranges are passed on, under names."""
    answer(
        cloud,
        f"{HEAD}#EXT-X-PLAYLIST-TYPE:VOD\n"
        '#EXT-X-KEY:METHOD=AES-128,URI="a.key",IV=0x12ab\n'
        '#EXT-X-MAP:URI="init.mp4",BYTERANGE="20@0"\n'
        "#EXTINF:2,\n#EXT-X-BYTERANGE:100@20\n0.m4s\n"
        "#EXT-X-DISCONTINUITY\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:2,\n1.m4s\n",
    )
    response = await player.get((await browser.resolve(clip))["url"])
    lines = (await response.text()).splitlines()
    key = next(line for line in lines if "METHOD=AES-128" in line)
    assert '.key"' in key
    assert "IV=0x12ab" in key
    assert "#EXT-X-KEY:METHOD=NONE" in lines
    assert "#EXT-X-BYTERANGE:100@20" in lines
    assert "#EXT-X-DISCONTINUITY" in lines
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in lines
    assert any('BYTERANGE="20@0"' in line for line in lines)
    assert sum(line.endswith(".m4s") for line in lines) == 2
