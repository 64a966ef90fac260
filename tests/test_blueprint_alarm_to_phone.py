"""The blueprint `alarm_to_phone`, imported and run against the emulated cloud."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.world import Device

from .houses import House

BOTH = {"entity_id": ["camera.front_door", "camera.garage"]}
MUTED_UNTIL = "datetime.front_door_notifications_muted_until"


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Let Home Assistant have a configuration that may be written to."""
    return hass_tmp_config_dir


class AlarmToPhone:
    """The automation, in a house whose cameras raise alarms."""

    def __init__(
        self, house: House, cloud: Cloud, clock: Clock, sockets: WebSocketGenerator
    ) -> None:
        self.house = house
        self._cloud = cloud
        self._clock = clock
        self._sockets = sockets

    async def use(self, **inputs: Any) -> None:
        """Make the automation."""
        settings = {"cameras": BOTH, "notify_devices": [self.house.phone_id]}
        await self.house.use(self._sockets, "alarm_to_phone", **{**settings, **inputs})

    def alarm(self, camera: Device | None = None, **details: Any) -> str:
        """Raise an alarm; return its EventId."""
        return raise_alarm(self._cloud, camera or self.house.front_door, **details)

    async def told(self, count: int, step: float = 1) -> list[dict[str, Any]]:
        """Return what the phone was told, as soon as there is that much; without a step, that takes no time."""
        await self.house.until(lambda: len(self.house.phone) >= count, step)
        assert len(self.house.phone) == count
        return [call.data for call in self.house.phone]

    async def pass_by(self) -> None:
        """Let an alarm pass, and its recording."""
        await self._clock.run(120, step=10)


@pytest.fixture
def to_phone(
    house: House, cloud: Cloud, clock: Clock, hass_ws_client: WebSocketGenerator
) -> AlarmToPhone:
    """Return the automation, which is not made yet."""
    return AlarmToPhone(house, cloud, clock, hass_ws_client)


async def test_picture_then_clip(
    hass: HomeAssistant,
    to_phone: AlarmToPhone,
    house: House,
    tmp_path: Path,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The phone gets the alarm's picture at once, then the clip in its place; others get a text."""
    hass.config.media_dirs = {"local": str(tmp_path)}
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    await to_phone.use(
        notify_action="notify.family",
        notify_entities=["notify.screen"],
        folder=str(tmp_path / "linkvisual"),
    )
    event_id = to_phone.alarm(event_type=3, record=True)
    first, second = await to_phone.told(2)
    at = dt_util.as_local(
        dt_util.utc_from_timestamp(house.front_door.alarms[event_id].time)
    )
    assert first["title"] == second["title"] == "Front door"
    assert first["message"] == f"Human · {at:%H:%M}"
    assert second["message"] == f"Human · {at:%H:%M} · Clip"
    assert first["data"]["tag"] == second["data"]["tag"]
    picture = await (await hass_client_no_auth()).get(first["data"]["image"])
    assert picture.content_type == "image/jpeg"
    (clip,) = (tmp_path / "linkvisual").iterdir()
    assert second["data"]["video"] == f"/media/local/linkvisual/{clip.name}"
    assert "alert_once" in second["data"]
    assert [call.data for call in house.family] == [first, second]
    assert [call.data["message"] for call in house.receivers] == [first["message"]]


async def test_tap(to_phone: AlarmToPhone) -> None:
    """A tap opens the camera's day in the media browser, on Android and on iOS."""
    await to_phone.use()
    to_phone.alarm(record=True)
    for told in await to_phone.told(2):
        url = told["data"]["url"]
        assert url == told["data"]["clickAction"]
        assert url.startswith("/media-browser/browser/app%2C")
        day = dt_util.now().date().isoformat()
        assert unquote(url).endswith(f"linkvisual/camera.front_door/day/{day}")


@pytest.mark.parametrize("folder", ["", "/nowhere"])
async def test_without_a_file(to_phone: AlarmToPhone, folder: str) -> None:
    """Where no clip may be saved, the notification keeps its picture, and says that there is a clip."""
    await to_phone.use(folder=folder)
    to_phone.alarm(record=True)
    first, second = await to_phone.told(2)
    assert second["message"].endswith(" · Clip")
    pictures = [urlsplit(told["data"]["image"]).path for told in (first, second)]
    assert pictures[0] == pictures[1]
    assert "video" not in second["data"]


async def test_without_a_picture(to_phone: AlarmToPhone) -> None:
    """An alarm without a picture is told all the same."""
    await to_phone.use()
    to_phone.alarm(picture=False)
    (told,) = await to_phone.told(1)
    assert "image" not in told["data"]


async def test_pushed(
    hass: HomeAssistant,
    to_phone: AlarmToPhone,
    house: House,
    cloud: Cloud,
    loaded: MockConfigEntry,
) -> None:
    """An alarm that is pushed is told at once, without its picture, which takes its place when it is known."""
    cloud.subscribe()
    hass.config_entries.async_update_entry(loaded, options={"push": True})
    await hass.config_entries.async_reload(loaded.entry_id)
    await house.until(lambda: any(queue.waiting for queue in cloud.queues.values()))
    await to_phone.use(folder="")
    to_phone.alarm(event_type=3, record=True)
    (told,) = await to_phone.told(1, step=0)
    assert "image" not in told["data"]
    _, picture = await to_phone.told(2)
    assert "image" in picture["data"]
    assert picture["message"] == told["message"]
    *_, clip = await to_phone.told(3)
    assert clip["message"].endswith(" · Clip")
    assert told["data"]["tag"] == picture["data"]["tag"] == clip["data"]["tag"]


async def test_types(to_phone: AlarmToPhone) -> None:
    """Only alarms of the chosen types are told, and only their clips."""
    await to_phone.use(types=["human"])
    to_phone.alarm(event_type=1, record=True)
    await to_phone.pass_by()
    to_phone.alarm(event_type=3)
    (told,) = await to_phone.told(1)
    assert told["message"].startswith("Human")


async def test_cameras(to_phone: AlarmToPhone, cameras: dict[str, Device]) -> None:
    """Only the chosen cameras are told of."""
    await to_phone.use(cameras={"entity_id": "camera.garage"})
    to_phone.alarm(record=True)
    await to_phone.pass_by()
    to_phone.alarm(cameras["Garage"])
    (told,) = await to_phone.told(1)
    assert told["title"] == "Garage"


@pytest.mark.parametrize(
    ("begins", "ends", "is_quiet"),
    [(-60, 60, True), (60, 120, False), (60, 59, True), (0, 0, False)],
)
async def test_quiet_time(
    to_phone: AlarmToPhone, begins: int, ends: int, is_quiet: bool
) -> None:
    """Nothing is told in the quiet time, which may pass midnight; the times are minutes from now."""
    now = dt_util.now()
    await to_phone.use(
        quiet_from=f"{now + timedelta(minutes=begins):%H:%M:%S}",
        quiet_to=f"{now + timedelta(minutes=ends):%H:%M:%S}",
    )
    to_phone.alarm(record=True)
    await to_phone.pass_by()
    assert len(to_phone.house.phone) == (0 if is_quiet else 2)


async def test_only_if(to_phone: AlarmToPhone, house: House) -> None:
    """Nothing is told while the conditions do not hold."""
    house.set("person.somebody", "home")
    away = {"condition": "state", "entity_id": "person.somebody", "state": "not_home"}
    await to_phone.use(conditions=[away])
    to_phone.alarm(record=True)
    await to_phone.pass_by()
    assert not house.phone
    house.set("person.somebody", "not_home")
    to_phone.alarm()
    await to_phone.told(1)


async def test_record_and_stop(
    to_phone: AlarmToPhone, house: House, cameras: dict[str, Device]
) -> None:
    """A button records the camera of its notification, and no other; the next one stops that recording."""
    await to_phone.use()
    to_phone.alarm()
    await to_phone.told(1)
    to_phone.alarm(cameras["Garage"])
    await to_phone.told(2)
    await house.press("Record", call=0)
    told = (await to_phone.told(3, step=0))[-1]
    assert (told["title"], told["message"]) == ("Front door", "Recording")
    (record,) = house.front_door.records.values()
    assert not cameras["Garage"].records
    await house.press("Stop")
    await house.until(lambda: record.end - record.begin < 60)


async def test_offline(to_phone: AlarmToPhone, house: House, cloud: Cloud) -> None:
    """If the camera cannot record, the phone learns it, and can try again."""
    await to_phone.use()
    to_phone.alarm()
    await to_phone.told(1)
    set_status(cloud, house.front_door, "OFFLINE")
    await house.press("Record")
    assert (await to_phone.told(2, step=0))[-1]["message"] == "Not recorded"
    set_status(cloud, house.front_door, "ONLINE")
    await house.press("Record")
    assert (await to_phone.told(3, step=0))[-1]["message"] == "Recording"


async def test_mute(
    hass: HomeAssistant,
    to_phone: AlarmToPhone,
    house: House,
    clock: Clock,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """A button mutes its camera for half an hour, also across a restart; other cameras are told of."""
    await to_phone.use()
    to_phone.alarm()
    await to_phone.told(1)
    await house.press("Mute 30 min")
    await house.until(lambda: not hass.states.is_state(MUTED_UNTIL, "unknown"))
    to_phone.alarm(record=True)
    await to_phone.pass_by()
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.services.async_call("automation", "reload", blocking=True)
    to_phone.alarm(record=True)
    await to_phone.pass_by()
    assert len(house.phone) == 1
    to_phone.alarm(cameras["Garage"])
    assert (await to_phone.told(2))[1]["title"] == "Garage"
    await clock.tick(timedelta(minutes=30).total_seconds())
    to_phone.alarm()
    assert (await to_phone.told(3))[2]["title"] == "Front door"


async def test_cannot_be_muted(
    to_phone: AlarmToPhone, entity_registry: er.EntityRegistry
) -> None:
    """Without the entity that is set, there is no button that sets it."""
    entity_registry.async_update_entity(
        MUTED_UNTIL, disabled_by=er.RegistryEntryDisabler.USER
    )
    await to_phone.use()
    to_phone.alarm()
    (told,) = await to_phone.told(1)
    assert [each["title"] for each in told["data"]["actions"]] == ["Record", "Stop"]


@pytest.mark.parametrize(
    "action",
    [
        "LINKVISUAL_RECORD|automation.another|camera.front_door",
        "LINKVISUAL_RECORD",
        "OPEN_GATE|automation.alarm_to_phone|camera.front_door",
        None,
    ],
)
async def test_buttons_of_others(
    hass: HomeAssistant, to_phone: AlarmToPhone, house: House, action: str | None
) -> None:
    """A button of another automation's notification does nothing here."""
    await to_phone.use()
    hass.bus.async_fire("mobile_app_notification_action", {"action": action})
    await house.settle()
    assert not house.front_door.records
    assert hass.states.is_state(MUTED_UNTIL, "unknown")
    assert not house.phone


async def test_mute_of_a_camera_behind(
    hass: HomeAssistant, to_phone: AlarmToPhone, house: House, clock: Clock
) -> None:
    """A button mutes for half an hour, whatever the camera's clock says."""
    await to_phone.use()
    to_phone.alarm(age=2 * 3600)
    await to_phone.told(1)
    await house.press("Mute 30 min")
    await house.until(lambda: not hass.states.is_state(MUTED_UNTIL, "unknown"))
    to_phone.alarm(age=2 * 3600, record=True)
    await to_phone.pass_by()
    assert len(house.phone) == 1
    await clock.tick(timedelta(minutes=30).total_seconds())
    to_phone.alarm(age=2 * 3600, record=True)
    *_, picture, clip = await to_phone.told(3)
    assert clip["data"]["tag"] == picture["data"]["tag"]


async def test_slow_clips(
    hass: HomeAssistant,
    to_phone: AlarmToPhone,
    house: House,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    tmp_path: Path,
) -> None:
    """While the cloud makes no MP4s, alarms are told, however many they are; some clips are told without a file."""
    hass.config.media_dirs = {"local": str(tmp_path)}
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    cloud.inferred.download_at_least = 1e9
    options = {"calls_per_hour": 100_000}
    hass.config_entries.async_update_entry(loaded, options=options)
    await hass.config_entries.async_reload(loaded.entry_id)
    await to_phone.use(folder=str(tmp_path))

    def clips() -> int:
        return sum(call.data["message"].endswith(" · Clip") for call in house.phone)

    def waiting() -> int:
        state = hass.states.get("automation.alarm_to_phone")
        assert state
        return int(state.attributes["current"])

    for camera in 12 * list(cameras.values())[:2]:
        to_phone.alarm(camera, record=True)
    await house.until(lambda: waiting() + clips() >= 20, step=2)
    assert waiting() <= 10
    before = len(house.phone) - clips()
    to_phone.alarm()
    await house.until(lambda: len(house.phone) - clips() > before, step=1)
