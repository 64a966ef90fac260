"""Media that lead elsewhere, and playlists that are none: nothing is fetched there, nothing of it is passed on."""

from collections.abc import Iterator
import logging
import socket
from typing import Any

from aiohttp import AsyncResolver
from aiohttp.abc import ResolveResult
from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from yarl import URL

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault, MediaFault
from tests.emulator.world import Device

from .media import MediaBrowser, MediaError, call, content_id
from .test_home_network import networks

SECRET = "verySecretTokenOfTheCloud"
HEAD = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
GOOD = f"{HEAD}#EXTINF:2,\n0.ts\n"


def answer(cloud: Cloud, text: str) -> None:
    """Let the next playlists be this text."""
    cloud.media_faults.append(
        MediaFault("status", "/media/vod", times=2, status=200, text=text)
    )


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let names of the cloud resolve to this machine."""
    addresses = {
        "cdn.example.com": "127.0.0.1",
        "cdn.example.com.": "127.0.0.1",
        "mapped.example.com": "::ffff:127.0.0.1",
        "nat64.example.com": "64:ff9b::7f00:1",
        "gateway.lan": "127.0.0.1",
        "home.example.com": "2a02:8070:1::5",
    }

    async def resolve(
        _self: AsyncResolver, host: str, port: int = 0, family: int = 0
    ) -> list[ResolveResult]:
        address = addresses[host]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    monkeypatch.setattr(AsyncResolver, "resolve", resolve)


@pytest.fixture
def home_network() -> Iterator[None]:
    """Let Home Assistant be in networks with public addresses, as with IPv6 at home; of one it knows its address only."""
    with networks(("94.130.1.5", 24), ("2a02:8070:1::2", 64), ("2a02:8070:2::2", 128)):
        yield


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
        "http://localhost.:{port}/",
        "http://0x7f.0.0.1:{port}/",
        "http://2130706433:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[64:ff9b::127.0.0.1]:{port}/",
        "http://cdn.example.com:{port}/",
        "http://router/",
        "http://192.168.1.1/",
        "http://[::1]:{port}/",
        "http://169.254.169.254/latest",
        "http://nas.local/",
        "http://[2a02:8070:1::5]/",
        "http://[2a02:8070:2::5]/",
        "http://home.example.com/",
        "http://94.130.1.77/",
    ],
)
async def test_redirect_inside(
    names: None,
    home_network: None,
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
    with pytest.raises(MediaError, match="points into the local network"):
        await browser.resolve(clip)
    # Two addresses, each opened once.
    assert len(cloud.media_requests) == 2


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://[", "http://user@example.com/"]
)
async def test_redirect_nowhere(
    browser: MediaBrowser, clip: str, cloud: Cloud, location: str
) -> None:
    """What is no URL of media is not followed."""
    cloud.media_faults.append(
        MediaFault("status", times=None, status=302, headers={"Location": location})
    )
    with pytest.raises(MediaError, match="URL"):
        await browser.resolve(clip)
    assert len(cloud.media_requests) == 2


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "LOCALHOST",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "127.1",
        "017700000001",
        "0.0.0.0",
        "127.0.0.2",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[::127.0.0.1]",
        "[fec0::1]",
        "224.0.0.1",
        "cdn.example.com",
        "cdn.example.com.",
        "mapped.example.com",
        "nat64.example.com",
    ],
)
async def test_first_address(
    names: None,
    browser: MediaBrowser,
    clip: str,
    cloud: Cloud,
    endpoint: str,
    host: str,
) -> None:
    """Where the cloud sends Home Assistant at first is as contained as where it sends it from there."""
    url = f"http://{host}:{URL(endpoint).port}/media/vod/x.m3u8"
    cloud.faults.append(Fault("patch", "QueryRecordUrl", None, patch={"Data": url}))
    with pytest.raises(MediaError, match="points into the local network"):
        await browser.resolve(clip)
    assert not cloud.media_requests


async def test_user_in_an_address(
    browser: MediaBrowser, clip: str, cloud: Cloud, endpoint: str
) -> None:
    """An address with a user name is none of media."""
    url = str(URL(endpoint).with_user("user") / "media/vod/x.m3u8")
    cloud.faults.append(Fault("patch", "QueryRecordUrl", None, patch={"Data": url}))
    with pytest.raises(MediaError, match="contains a user name"):
        await browser.resolve(clip)
    assert not cloud.media_requests


async def test_gateway_in_the_local_network(
    names: None,
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    entry: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    endpoint: str,
) -> None:
    """The endpoint that somebody configured may be local, by a name as well; its media are played."""
    entry.add_to_hass(hass)
    data = {**entry.data, "endpoint": endpoint.replace("127.0.0.1", "gateway.lan")}
    hass.config_entries.async_update_entry(entry, data=data)
    assert await hass.config_entries.async_setup(entry.entry_id)
    camera = cameras["Front door"]
    begin = cloud.now() - 3600
    file = cloud.world.add_file(camera, begin, begin + 60)
    browser = await MediaBrowser.connect(hass, hass_ws_client, entry.entry_id)
    assert await browser.resolve(content_id(entry, camera, file.file_name))


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
    with pytest.raises(Exception, match="points into the local network"):
        await call(hass, "save_recording", media_content_id=clip, folder=str(tmp_path))
    assert not await hass.async_add_executor_job(lambda: list(tmp_path.iterdir()))


async def test_redirect_in_circles(
    browser: MediaBrowser, clip: str, cloud: Cloud
) -> None:
    """A cloud that sends its media round in circles is told as such, after a few steps."""
    cloud.media_faults.append(
        MediaFault("status", times=None, status=302, headers={"Location": "x.m3u8"})
    )
    with pytest.raises(MediaError, match="too many redirects"):
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
        f"{HEAD}#EXTINF:2,\nhttp://example.com:99999/{SECRET}\n",
        f"{HEAD}#EXTINF:2,\nhttp://ü..example.com/{SECRET}\n",
        f"{HEAD}#EXTINF:2,\nhttp://exa mple.com/{SECRET}\n",
        f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://example.com:x/{SECRET}\n",
        f"{HEAD}#EXTINF:1e30,\n0.ts\n",
        f"{HEAD}#EXTINF:inf,\n0.ts\n",
        f"{HEAD}#EXTINF:nan,\n0.ts\n",
        f"{HEAD}#EXTINF:-1,\n0.ts\n",
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
    with pytest.raises(
        MediaError, match="the requested item is no longer in the cloud"
    ) as caught:
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
    (section,) = (line for line in lines if line.startswith("#EXT-X-MAP:"))
    assert 'BYTERANGE="20@0"' in section
    assert '.mp4"' in section
    assert sum(line.endswith(".m4s") for line in lines) == 2


async def test_structure(
    browser: MediaBrowser, clip: str, player: TestClient[Any, Any], cloud: Cloud
) -> None:
    """What a player must know of a playlist is passed on, and nothing is made up."""
    lines = (
        *("#EXTM3U", "#EXT-X-MEDIA-SEQUENCE:5", "#EXT-X-DISCONTINUITY-SEQUENCE:2"),
        *("#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:4", "#EXT-X-PLAYLIST-TYPE:VOD"),
        *("#EXT-X-INDEPENDENT-SEGMENTS", "#EXTINF:3,", "0.ts", "#EXTINF:4,", "1.ts"),
        "#EXT-X-ENDLIST",
    )
    answer(cloud, "\n".join(lines))
    response = await player.get((await browser.resolve(clip))["url"])
    told = (await response.text()).splitlines()
    named = [line for line in told if line and not line.startswith("#")]
    assert len(named) == 2
    assert sorted({*told} - {*named, ""}) == sorted({*lines} - {"0.ts", "1.ts"})
