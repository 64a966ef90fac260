"""Secrets stay inside: what the cloud gave away in confidence is in no log, event, state, answer or file."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
import contextlib
from datetime import timedelta
import json
import logging
from pathlib import Path
import re
from typing import Any, override

from aiohttp import ClientPayloadError
from aiohttp.test_utils import TestClient
from homeassistant.components.camera import async_get_image
from homeassistant.components.http.auth import async_sign_path
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import m3u8
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)
from yarl import URL

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault, MediaFault
from tests.emulator.world import Device

from .live import load, open_stream, source_of
from .media import MediaBrowser, MediaError, call

CAMERA = "camera.front_door"
_HOUR = timedelta(hours=1)


class Witness:
    """Writes down all that others could come to see."""

    def __init__(
        self, hass: HomeAssistant, cloud: Cloud, endpoint: str, log: Callable[[], str]
    ) -> None:
        self._hass = hass
        self._cloud = cloud
        self._endpoint = endpoint
        self._log = log
        self._seen: list[str] = []
        hass.bus.async_listen(MATCH_ALL, self._heard)

    @callback
    def _heard(self, event: Event[Any]) -> None:
        self._seen.append(repr(event.as_dict()))

    def saw(self, *things: object) -> None:
        """Write down an answer."""
        self._seen += map(str, things)

    async def fetch(self, player: TestClient[Any, Any], path: str) -> str:
        """Fetch something over HTTP, and write down what is to be seen of it."""
        response = await player.get(path, allow_redirects=False)
        body = ""
        with contextlib.suppress(ClientPayloadError):
            body = (await response.read()).decode("utf-8", "replace")
        self.saw(response.url, response.headers, body)
        return body

    async def see_alarm(self, player: TestClient[Any, Any]) -> None:
        """Look at the picture of the last alarm, if there is one."""
        alarm = self._hass.states.get("event.front_door_alarm")
        if alarm is not None and (picture := alarm.attributes.get("picture")):
            await self.fetch(player, picture)

    def leaks(self) -> set[str]:
        """Return what should have stayed inside, and did not."""
        states = [repr(state.as_dict()) for state in self._hass.states.async_all()]
        text = "\n".join([*self._seen, *states, self._log()])
        return {secret for secret in self._secrets() if secret in text} | set(
            re.findall(r"OSSAccessKeyId|Signature=|ACS3-HMAC-SHA256|auth_key=", text)
        )

    def _secrets(self) -> Iterator[str]:
        cloud = self._cloud
        yield cloud.access_key_secret
        yield URL(self._endpoint).authority
        yield "/media/vod/"
        yield "/media/oss/"
        yield from (*cloud.live, *cloud.vod, *cloud.objects)


@pytest.fixture
async def witness(
    hass: HomeAssistant,
    cloud: Cloud,
    endpoint: str,
    caplog: pytest.LogCaptureFixture,
) -> AsyncIterator[Witness]:
    """Watch from before the account is set up, at debug level."""
    caplog.set_level(logging.DEBUG)
    # Before the server runs, that is before somebody looks.
    assert await async_setup_component(hass, "diagnostics", {})
    # A test server's own log is not Home Assistant's; nor is that of the player, which is this test.
    with caplog.filtering(_OfHomeAssistant()):
        yield Witness(hass, cloud, endpoint, lambda: caplog.text)


class _OfHomeAssistant(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return not record.name.startswith(("aiohttp.access", "asyncio", "tests"))


type Walk = Callable[[], Awaitable[None]]


@pytest.fixture
async def loaded(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set up the account, with live video by HLS: test_live_flv.py has the other."""
    await load(hass, entry, "hls")
    return entry


@pytest.fixture
def walk(
    witness: Witness,
    hass: HomeAssistant,
    clock: Clock,
    clip: str,
    browser: MediaBrowser,
    player: TestClient[Any, Any],
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    tmp_path: Path,
) -> Walk:
    """Do all that a person can do; what fails is as public as what works."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}

    async def act(action: str, **data: Any) -> None:
        with contextlib.suppress(HomeAssistantError):
            witness.saw(await call(hass, action, **data))

    async def watch(address: str) -> None:
        for segment in m3u8.loads(await witness.fetch(player, address)).segments:
            uri = URL(address).join(URL(str(segment.uri)))
            await witness.fetch(player, uri.path_qs)

    async def look() -> None:
        witness.saw(await open_stream(hass, hass_ws_client))
        # Only Home Assistant's own player is told where it is.
        if "stream" in hass.data and hass.data["stream"]["streams"]:
            await watch(source_of(hass).path_qs)
        with contextlib.suppress(HomeAssistantError):
            await async_get_image(hass, CAMERA)

    async def browse() -> None:
        for path in ((), ("Front door",), ("Front door", "Pictures")):
            with contextlib.suppress(MediaError):
                witness.saw(folder := await browser.walk(*path))
                for row in folder["children"]:
                    with contextlib.suppress(MediaError):
                        witness.saw(await browser.open(row["media_content_id"]))
        with contextlib.suppress(MediaError):
            resolved = await browser.resolve(clip)
            witness.saw(resolved)
            await watch(resolved["url"])
            thumbnail = URL(resolved["url"]).with_name("thumbnail.jpg").path
            await witness.fetch(player, async_sign_path(hass, thumbnail, _HOUR))

    async def walk() -> None:
        raise_alarm(cloud, cameras["Front door"], age=60, record=True)
        await act("trigger_record", entity_id=CAMERA, record_duration=10)
        await act("ptz", entity_id=CAMERA, direction="left")
        await clock.run(60, step=2)
        await witness.see_alarm(player)
        witness.saw(await get_diagnostics_for_config_entry(hass, hass_client, loaded))
        await look()
        await act("capture_picture", entity_id=CAMERA)
        await act("get_recordings", entity_id=CAMERA)
        await browse()
        await act("save_recording", media_content_id=clip, folder=str(tmp_path))
        await browse()
        await act("delete_recordings", media_content_id=clip)

    return walk


async def test_good_day(walk: Walk, witness: Witness, cloud: Cloud) -> None:
    """Recording, watching, browsing, saving and deleting."""
    cloud.speed = 50
    await walk()
    assert cloud.live
    assert cloud.vod
    assert cloud.objects
    assert not witness.leaks()


@pytest.mark.parametrize(
    "fault",
    [
        Fault("gateway", status=400, code="SignatureDoesNotMatch", message="server string to sign is:POST"),
        Fault("gateway", status=503, code="ServiceUnavailable", message="busy"),
        Fault("cut"),
        Fault("truncate"),
        Fault("patch", patch={"Data": None, "data": None}),
    ],
    ids=lambda fault: f"{fault.kind} {fault.code}",
)  # fmt: skip
async def test_bad_day(
    walk: Walk, witness: Witness, cloud: Cloud, fault: Fault
) -> None:
    """Whatever the cloud says in anger."""
    cloud.speed = 50
    fault.times = None
    cloud.faults.append(fault)
    await walk()
    assert not witness.leaks()


@pytest.mark.parametrize("status", [302, 403, 500])
async def test_bad_media(
    walk: Walk, witness: Witness, cloud: Cloud, status: int
) -> None:
    """Addresses that do not work are as confidential as those that do."""
    cloud.speed = 50
    cloud.media_faults += [
        MediaFault("status", status=status, skip=3, times=None),
        MediaFault("cut", times=3),
    ]
    await walk()
    assert not witness.leaks()


async def test_storage(
    walk: Walk,
    witness: Witness,
    cloud: Cloud,
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """Nothing but the config entry holds the key."""
    cloud.speed = 50
    await walk()
    await hass.config_entries.async_unload(loaded.entry_id)
    files = {
        key: value
        for key, value in hass_storage.items()
        if key != "core.config_entries"
    }
    assert f"linkvisual.{loaded.entry_id}.recordings" in files
    witness.saw(json.dumps(files, default=str))
    assert not witness.leaks()
