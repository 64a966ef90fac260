"""Fixtures for all tests."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
import logging
from pathlib import Path
import time
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from freezegun import freeze_time
from freezegun.api import TickingDateTimeFactory
from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util, executor
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.linkvisual import storage
from custom_components.linkvisual.api import pacing, retries
from custom_components.linkvisual.assist import sentence_triggers
from custom_components.linkvisual.const import DOMAIN
from custom_components.linkvisual.exports import worker
from custom_components.linkvisual.media import pictures, playback
from tests.emulator.app import create_app
from tests.emulator.cloud import ACCOUNT_ID, Cloud
from tests.emulator.world import Device

from .assist import FRONT, expose
from .houses import House
from .media import MediaBrowser, content_id
from .plans import Helpers
from .push import pass_time
from .recording import RecordingEvents

# A blueprint that earlier versions of Home Assistant refuse: its `min_version` is judged by test_blueprints.py.
if (MAJOR_VERSION, MINOR_VERSION) < (2026, 11):
    collect_ignore = ["test_blueprint_describe_alarm.py"]

# Home Assistant logs a line per entity: a tenth of a test's time. `caplog` and `-v` still get all of it.
logging.getLogger().setLevel(logging.WARNING)
for noisy in ("aiohttp.access", "asyncio", "sqlalchemy.engine"):
    logging.getLogger(noisy).setLevel(logging.ERROR)

# On a busy machine its shutdown interrupts idle workers after 0.2 s; those that wait for them are then never woken.
executor.EXECUTOR_SHUTDOWN_TIMEOUT = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that judge the emulator, and the tool that compares it with the live cloud."""
    for item in items:
        if item.path.parent.name in ("conformance", "live_check"):
            item.add_marker("conformance")


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses between attempts and between looks at what the cloud prepares."""
    monkeypatch.setattr(retries, "BACKOFF_BASE", 0.01)
    monkeypatch.setattr(pacing, "PAUSE", 0.05)
    monkeypatch.setattr(storage, "SECONDS_PER_ROW", 0.0)
    monkeypatch.setattr(pictures, "CHECKS", (0.02,) * 8)
    monkeypatch.setattr(playback, "_MP4_POLL", (0.02,))
    monkeypatch.setattr(worker, "_POLL", (0.02,))
    monkeypatch.setattr(worker, "_RETRY", (0.02,))
    monkeypatch.setattr(worker, "_LOOKS", (0.02, 0.05))
    monkeypatch.setattr(sentence_triggers, "COOLDOWN", 0)


@pytest.fixture
def enable_event_loop_debug() -> None:
    """Leave asyncio's debug mode to `--asyncio-debug`: its stack traces are half of a test's time."""


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write snapshots as Home Assistant's own tests do, without what the older supported version lacks."""
    return snapshot.with_defaults(
        extension_class=HomeAssistantSnapshotExtension, exclude=props("compat_name")
    )


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Cloud:
    """Make the state of an emulated cloud, with as many cameras as asked for. Reaching it takes `endpoint`."""
    return Cloud(cameras=getattr(request, "param", 6))


@pytest.fixture
async def endpoint(cloud: Cloud, socket_enabled: None) -> AsyncIterator[str]:
    """Serve the cloud on a real socket; return its address."""
    async with TestServer(create_app(cloud), host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")


class Clock:
    """The time of Home Assistant and of the cloud, in the test's hand."""

    def __init__(self, hass: HomeAssistant, frozen: TickingDateTimeFactory) -> None:
        self._hass = hass
        self._frozen = frozen

    def move_to(self, moment: datetime) -> None:
        """Make it another time, of which nobody is told: for before Home Assistant knows the time."""
        self._frozen.move_to(moment)

    async def tick(self, seconds: float) -> None:
        """Let time pass at once, and everything happen that is due then."""
        self.jump(seconds)
        await self._hass.async_block_till_done(wait_background_tasks=True)

    def jump(self, seconds: float) -> None:
        """Let time pass at once, and wait for nothing."""
        # Its own `tick` counts from where it was moved to last, and loses the time that passed by itself.
        self._frozen.move_to(datetime.now(UTC) + timedelta(seconds=seconds))
        async_fire_time_changed(self._hass)

    def set_by(self, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
        """Set the clock of this machine; how time passes does not change."""
        ours, utcnow = time.time, dt_util.utcnow
        monkeypatch.setattr(time, "time", lambda: ours() + seconds)
        monkeypatch.setattr(
            dt_util, "utcnow", lambda: utcnow() + timedelta(seconds=seconds)
        )

    async def run(self, seconds: float, step: float = 1) -> None:
        """Let time pass in steps, so that what was begun can go on."""
        for _ in range(int(seconds / step)):
            await self.tick(step)


@pytest.fixture
def clock(hass: HomeAssistant) -> Iterator[Clock]:
    """Take the clock in hand: time goes on as ever, and jumps where a test says so."""
    with freeze_time(datetime.now(UTC), tick=True) as frozen:
        assert isinstance(frozen, TickingDateTimeFactory)
        yield Clock(hass, frozen)


@pytest.fixture
def cameras(cloud: Cloud) -> dict[str, Device]:
    """Return the cameras of the cloud by nickname."""
    return {
        device.nickname: device
        for device in cloud.world.devices.values()
        if device.product.video
    }


@pytest.fixture
def front_door(cameras: dict[str, Device]) -> Device:
    """Return a camera that is online, and has cloud storage."""
    return cameras["Front door"]


@pytest.fixture
def entry(
    cloud: Cloud, endpoint: str, enable_custom_integrations: None
) -> MockConfigEntry:
    """Make a config entry as the dialog makes it."""
    return MockConfigEntry(
        domain=DOMAIN,
        entry_id="01KAQ6V0000000000000000000",
        title=cloud.iot_instance_id,
        unique_id=f"{ACCOUNT_ID}_{cloud.region}_{cloud.iot_instance_id}",
        data={
            "access_key_id": cloud.access_key_id,
            "access_key_secret": cloud.access_key_secret,
            "region": cloud.region,
            "iot_instance_id": cloud.iot_instance_id,
            "endpoint": endpoint,
        },
    )


@pytest.fixture
async def loaded(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set up the account."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
async def polled(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> MockConfigEntry:
    """Wait until the properties of all cameras that are online were polled: that is not due again soon."""
    assert await async_setup_component(hass, "homeassistant", {})
    unpolled = {each.iot_id for each in cameras.values() if each.status == "ONLINE"}
    while unpolled:
        await asyncio.sleep(0.01)
        for call in cloud.calls_of("QueryDevicePropertyStatus"):
            unpolled.discard(call.params["IotId"])
    await hass.async_block_till_done(wait_background_tasks=True)
    return loaded


@pytest.fixture
async def pushed(
    hass: HomeAssistant, clock: Clock, entry: MockConfigEntry, cloud: Cloud
) -> MockConfigEntry:
    """Set up the account with push, and wait until the queues have replied and all cameras were polled."""
    cloud.subscribe()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"push": True})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await pass_time(clock, 60, step=2)
    cloud.calls.clear()
    return entry


@pytest.fixture
def record_events(hass: HomeAssistant) -> RecordingEvents:
    """Capture the recording events of the bus."""
    return RecordingEvents(hass)


@pytest.fixture
async def browser(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> MediaBrowser:
    """Open the media browser."""
    return await MediaBrowser.connect(hass, hass_ws_client, loaded.entry_id)


@pytest.fixture
async def helpers(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> AsyncIterator[Helpers]:
    """Open the page of schedule helpers."""
    helpers = await Helpers.open(hass, hass_ws_client)
    yield helpers
    await helpers.close()


@pytest.fixture
async def player(
    loaded: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> TestClient[Any, Any]:
    """Return a player that has no login: it has but the address."""
    return await hass_client_no_auth()


@pytest.fixture
def clip(cloud: Cloud, cameras: dict[str, Device], loaded: MockConfigEntry) -> str:
    """Store a recording of a minute, an hour old; return its content ID."""
    begin = cloud.now() - 3600
    camera = cameras["Front door"]
    file = cloud.world.add_file(camera, begin, begin + 60)
    return content_id(loaded, camera, file.file_name)


@pytest.fixture
def short_clip(
    cloud: Cloud, cameras: dict[str, Device], loaded: MockConfigEntry
) -> str:
    """Store a recording of ten seconds, whose MP4 takes a tenth of a second; return its content ID."""
    cloud.speed = 20
    camera, begin = cameras["Front door"], cloud.now() - 3600
    file = cloud.world.add_file(camera, begin, begin + 10)
    return content_id(loaded, camera, file.file_name)


@pytest.fixture
def videos(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Allow to write to a folder that does not exist yet."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    return tmp_path / "videos"


@pytest.fixture
async def assist(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Set up Assist, with one camera exposed to it."""
    for component in ("homeassistant", "intent", "conversation"):
        assert await async_setup_component(hass, component, {})
    await expose(hass, FRONT)


@pytest.fixture
async def house(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> AsyncIterator[House]:
    """Move into a house in which automations run, with a fast cloud; leave it in the end."""
    cloud.speed = 200
    assert await async_setup_component(hass, "automation", {})
    yield House(hass, clock.jump, cameras)
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )
