"""Live video by HLS: from a dashboard to the cloud's picture, without its address."""

import asyncio
from http import HTTPStatus
import json
import logging
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import m3u8
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)
from yarl import URL

from tests.conftest import Clock
from tests.emulator import mpegts
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device
from tests.media import call

from .live import CAMERA, load, open_stream, source_of


def first_segment(source: URL, playlist: str) -> str:
    """Return the path of the first segment that a playlist names."""
    uri = m3u8.loads(playlist).segments[0].uri
    assert uri
    return str(source.join(URL(uri)).relative())


@pytest.fixture
async def loaded(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set up the account, with live video by HLS: test_live_flv.py has the other."""
    await load(hass, entry, "hls")
    return entry


@pytest.fixture
async def source(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> URL:
    """Open the stream; return where the player looks."""
    assert (await open_stream(hass, hass_ws_client))["success"]
    return source_of(hass)


async def test_nothing_is_asked_before_somebody_looks(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Starting up costs no stream."""
    assert not cloud.calls_of("QueryLiveStreaming")


async def test_stream(
    hass: HomeAssistant,
    source: URL,
    cloud: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The playlist and its segments come through Home Assistant; the cloud is asked for one address."""
    assert source.host == "127.0.0.1"
    player = await hass_client_no_auth()
    response = await player.get(source.path_qs)
    assert response.status == HTTPStatus.OK
    text = await response.text()
    (address,) = cloud.live
    assert address not in text
    playlist = m3u8.loads(text)
    assert len(playlist.segments) == 3
    response = await player.get(first_segment(source, text))
    assert response.status == HTTPStatus.OK
    assert await response.read() == mpegts.segment("main", 0)

    for _ in range(3):
        await player.get(source.path_qs)
    assert len(cloud.calls_of("QueryLiveStreaming")) == 1


async def test_sub_stream(
    hass: HomeAssistant,
    source: URL,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The camera's setting decides which stream is shown, also after it was opened."""
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": "select.front_door_stream_type", "option": "sub"},
        blocking=True,
    )
    await open_stream(hass, hass_ws_client)
    assert "/sub/" in source_of(hass).path
    assert [
        call.params["StreamType"] for call in cloud.calls_of("QueryLiveStreaming")
    ] == [
        0,
        1,
    ]


async def test_address_dies(
    hass: HomeAssistant,
    clock: Clock,
    source: URL,
    cloud: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An address that was not used for a while, or is old, is replaced without a seam."""
    monkeypatch.setattr("custom_components.linkvisual.media.live._RENEW_AFTER", 100)
    player = await hass_client_no_auth()
    for seconds, addresses in ((0, 1), (16, 2), *[(10, 2)] * 9, (12, 3)):
        clock.jump(seconds)
        assert (await player.get(source.path_qs)).status == HTTPStatus.OK
        assert len(cloud.live) == addresses


async def test_numbers_of_segments(
    clock: Clock,
    source: URL,
    cloud: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Where the cloud begins anew, the numbers of segments go on, and the seam is marked: no player waits."""
    player = await hass_client_no_auth()

    async def watched(seconds: float) -> m3u8.M3U8:
        clock.jump(seconds)
        response = await player.get(source.path_qs)
        return m3u8.loads(await response.text())

    def numbers(playlist: m3u8.M3U8) -> list[int]:
        first = playlist.media_sequence or 0
        return list(range(first, first + len(playlist.segments)))

    start = await watched(10.5)
    following = await watched(4)
    assert numbers(following)[0] == numbers(start)[0] + 2
    assert not any(segment.discontinuity for segment in following.segments)
    for seams in (1, 2):
        before = following
        anew = await watched(20)
        assert len(cloud.live) == 1 + seams
        assert numbers(anew)[0] == numbers(before)[-1] + 1
        assert [each.discontinuity for each in anew.segments] == [True, False, False]
        assert (anew.discontinuity_sequence or 0) == seams - 1
        following = await watched(2.2)
        assert numbers(following)[0] == numbers(anew)[1]
        assert not any(segment.discontinuity for segment in following.segments)
        assert following.discontinuity_sequence == seams


async def test_address_is_refused(
    hass: HomeAssistant,
    source: URL,
    cloud: Cloud,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """An address that the cloud no longer serves is replaced at once, but only once."""
    player = await hass_client_no_auth()
    cloud.live.clear()
    assert (await player.get(source.path_qs)).status == HTTPStatus.OK
    assert len(cloud.calls_of("QueryLiveStreaming")) == 2
    cloud.inferred.live_idle_timeout = -1
    for session in cloud.live.values():
        session.unlimited = False
    cloud.faults.append(
        Fault(
            "patch",
            "QueryLiveStreaming",
            None,
            patch={"Data": {"Path": str(source.origin() / "nothing")}},
        )
    )
    assert (await player.get(source.path_qs)).status == HTTPStatus.BAD_GATEWAY


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (
            {"kind": "service", "code": "466", "message": "device status is offline."},
            "Front door is offline",
        ),
        (
            {"kind": "service", "code": "466", "message": "push stream fail."},
            "Front door is not sending video",
        ),
        (
            {"kind": "patch", "patch": {"Data": {"Path": "rtmp://host/live?token=x"}}},
            "Something other than Alibaba Cloud answered",
        ),
    ],
)
async def test_refusal_is_told(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
    fault: dict[str, Any],
    text: str,
) -> None:
    """Whoever wants to look reads why there is nothing to see; the camera stays, and works when it can again."""
    cloud.faults.append(Fault(**fault, action="QueryLiveStreaming"))
    answer = await open_stream(hass, hass_ws_client)
    assert not answer["success"]
    assert text in answer["error"]["message"]
    assert hass.states.is_state(CAMERA, "idle")
    assert (await open_stream(hass, hass_ws_client))["success"]


async def test_camera_goes_offline_while_watched(
    hass: HomeAssistant,
    clock: Clock,
    source: URL,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The player is told that the stream is gone, and segments that were named are gone, too."""
    player = await hass_client_no_auth()
    segment = first_segment(source, await (await player.get(source.path_qs)).text())
    set_status(cloud, cameras["Front door"], "OFFLINE")
    assert (await player.get(source.path_qs)).status == HTTPStatus.BAD_GATEWAY
    assert (await player.get(segment)).status == HTTPStatus.NOT_FOUND


async def test_cloud_is_unreachable_while_watched(
    hass: HomeAssistant, source: URL, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """A connection that breaks is no crash."""
    player = await hass_client_no_auth()
    segment = first_segment(source, await (await player.get(source.path_qs)).text())
    with patch(
        "tests.emulator.media.mpegts.segment", side_effect=asyncio.CancelledError
    ):
        assert (await player.get(segment)).status == HTTPStatus.BAD_GATEWAY


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.with_query(auth="wrong"),
        lambda url: url.with_query(None),
        lambda url: URL(str(url).replace("/main/", "/third/")),
        lambda url: URL(str(url).replace("/live/", "/live/x")),
        lambda url: url.with_path(
            url.path.replace("index.m3u8", "unknown.ts")
        ).with_query(url.query),
    ],
)
async def test_strangers(
    hass: HomeAssistant,
    source: URL,
    hass_client_no_auth: ClientSessionGenerator,
    change: Any,
) -> None:
    """Without the token, or for another stream, there is nothing."""
    player = await hass_client_no_auth()
    response = await player.get(str(change(source.relative())))
    assert response.status == HTTPStatus.NOT_FOUND


async def test_unloaded(
    hass: HomeAssistant,
    source: URL,
    loaded: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """An account that is not set up shows nothing."""
    await hass.config_entries.async_unload(loaded.entry_id)
    player = await hass_client_no_auth()
    assert (await player.get(source.path_qs)).status == HTTPStatus.NOT_FOUND


async def test_offline_camera_has_no_stream_to_ask_for(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A dashboard asks for streams that are offered, and Home Assistant logs an error for each that it cannot get."""
    client = await hass_ws_client(hass)
    for online in (False, True):
        set_status(cloud, cameras["Front door"], "ONLINE" if online else "OFFLINE")
        await clock.tick(61)
        await client.send_json_auto_id(
            {"type": "camera/capabilities", "entity_id": CAMERA}
        )
        reply = await client.receive_json()
        assert reply["result"]["frontend_stream_types"] == (["hls"] if online else [])
        state = hass.states.get(CAMERA)
        assert state is not None
        assert bool(state.attributes["supported_features"]) == online
    assert (await open_stream(hass, hass_ws_client))["success"]


async def test_log_has_no_address(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No log at debug level has an address or a token of the cloud."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
    await open_stream(hass, hass_ws_client)
    player = await hass_client_no_auth()
    await player.get(source_of(hass).path_qs)
    (token,) = cloud.live
    assert token not in caplog.text
    assert cloud.access_key_secret not in caplog.text


async def test_listening_address(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """The player is sent to where Home Assistant listens, be it with TLS or on one address only."""
    assert hass.config.api is not None
    hass.config.api.host, hass.config.api.use_ssl = "192.0.2.7", True
    await open_stream(hass, hass_ws_client)
    assert str(source_of(hass).origin()) == f"https://192.0.2.7:{hass.config.api.port}"


async def test_many_segments(
    hass: HomeAssistant,
    clock: Clock,
    source: URL,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Of a stream that is watched for long, old segments are forgotten."""
    player = await hass_client_no_auth()
    first = first_segment(source, await (await player.get(source.path_qs)).text())
    for _ in range(60):
        clock.jump(2)
        await player.get(source.path_qs)
    assert (await player.get(first)).status == HTTPStatus.NOT_FOUND


async def test_recording(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry
) -> None:
    """The camera says that it records while a triggered recording runs."""
    await call(hass, "trigger_record", entity_id=CAMERA, record_duration=10)
    await hass.async_block_till_done()
    assert hass.states.is_state(CAMERA, "recording")
    await clock.run(11)
    assert hass.states.is_state(CAMERA, "idle")


async def test_motion_detection(
    hass: HomeAssistant, polled: MockConfigEntry, cloud: Cloud
) -> None:
    """Motion detection is the camera's alarm switch."""
    for service, value in (("disable", 0), ("enable", 1)):
        cloud.calls.clear()
        await hass.services.async_call(
            "camera",
            f"{service}_motion_detection",
            {"entity_id": CAMERA},
            blocking=True,
        )
        await hass.async_block_till_done()
        state = hass.states.get(CAMERA)
        assert state is not None
        assert state.attributes.get("motion_detection", False) is bool(value)
        (order,) = cloud.calls_of("SetDeviceProperty")
        assert json.loads(order.params["Items"]) == {"AlarmSwitch": value}
        switch = ("off", "on")[value]
        assert hass.states.is_state("switch.front_door_alarm_detection", switch)


async def test_no_motion_detection(
    hass: HomeAssistant, loaded: MockConfigEntry, cameras: dict[str, Device]
) -> None:
    """A camera that reports no alarm switch is asked once more, then the action says so."""
    cameras["Front door"].properties.pop("AlarmSwitch")
    with pytest.raises(ServiceValidationError, match="does not report") as raised:
        await hass.services.async_call(
            "camera", "enable_motion_detection", {"entity_id": CAMERA}, blocking=True
        )
    assert raised.value.translation_key == "no_alarm_switch"
