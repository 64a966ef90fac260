"""The blueprints `doorbell` and `nightly_check`, run against the emulated cloud, and what all blueprints have."""

from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util.json import load_json_object
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components import linkvisual
from custom_components.linkvisual.alarm_types import ALARM_TYPES
from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.world import Device

from .houses import BLUEPRINTS, House

DOORBELL = "event.bell"
ENGLISH = Path(linkvisual.__file__).parent / "translations" / "en.json"


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Let Home Assistant have a configuration that may be written to."""
    return hass_tmp_config_dir


def texts(calls: list[Any]) -> list[str]:
    """Return what notifications said."""
    return [call.data["message"] for call in calls]


@pytest.mark.parametrize(
    "file", sorted(BLUEPRINTS.iterdir()), ids=lambda file: file.stem
)
def test_where_from(file: Path) -> None:
    """A blueprint says where it is from, and which Home Assistant it needs."""
    (source,) = re.findall(r"source_url: (.*)", file.read_text())
    assert source == (
        "https://github.com/OWNER/linkvisual/blob/main/blueprints/automation/linkvisual/"
        + file.name
    )
    (version,) = re.findall(r"min_version: (.*)", file.read_text())
    # Earlier versions attach no pictures of media sources to AI tasks.
    assert version == ("2026.11.0" if file.stem == "describe_alarm" else "2026.10.0")


@pytest.mark.parametrize("name", ["alarm_to_phone", "describe_alarm"])
def test_types(name: str) -> None:
    """All types of alarms can be chosen, by the names that the integration gives them."""
    blueprint: Any = load_yaml_dict(BLUEPRINTS / f"{name}.yaml")
    select = blueprint["blueprint"]["input"]["types"]["selector"]["select"]
    chosen = {option["value"]: option["label"] for option in select["options"]}
    assert list(chosen) == ALARM_TYPES
    texts: Any = load_json_object(ENGLISH)
    event = texts["entity"]["event"]["alarm"]
    assert chosen == event["state_attributes"]["event_type"]["state"]


async def test_doorbell(
    hass: HomeAssistant,
    house: House,
    clock: Clock,
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A ring records, and shows who is there; what is no ring does nothing."""
    house.set(DOORBELL, "unavailable", device_class="doorbell", event_type="ring")
    house.set("binary_sensor.bell", "off")
    house.set("button.bell", "unknown")
    await house.use(
        hass_ws_client,
        "doorbell",
        doorbells=[DOORBELL, "binary_sensor.bell", "button.bell"],
        camera="camera.front_door",
        record_duration=10,
        notify_devices=[house.phone_id],
        notify_entities=["notify.screen"],
    )
    house.set(DOORBELL, "2026-11-22T10:00:00+00:00")
    house.set(DOORBELL, "2026-11-22T10:00:01+00:00", event_type="motion")
    house.set("binary_sensor.bell", "unavailable")
    house.set("binary_sensor.bell", "on")
    house.set("binary_sensor.bell", "off")
    await house.settle()
    assert not house.front_door.records

    player = await hass_client_no_auth()
    for number, (entity_id, state) in enumerate(
        (
            (DOORBELL, "2026-11-22T10:00:02+00:00"),
            ("binary_sensor.bell", "on"),
            ("button.bell", "2026-11-22T10:00:03+00:00"),
        ),
        start=1,
    ):
        house.set(entity_id, state, event_type="ring")
        await house.until(lambda: len(house.receivers) == number)  # noqa: B023
        assert len(house.front_door.records) == number
        data = house.phone[-1].data
        assert data["message"] == "Somebody is at the door"
        assert (await player.get(data["data"]["image"])).status == 200
        await clock.tick(20)


async def test_doorbell_without_camera(
    hass: HomeAssistant,
    house: House,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Whatever the camera does, somebody is at the door."""
    set_status(cloud, house.front_door, "OFFLINE")
    house.set(DOORBELL, "unknown")
    await house.use(
        hass_ws_client,
        "doorbell",
        doorbells=[DOORBELL],
        camera="camera.front_door",
        notify_devices=[house.phone_id],
        text="Ding dong",
    )
    house.set(DOORBELL, "2026-11-22T10:00:00+00:00")
    await house.until(lambda: house.phone)
    assert house.phone[0].data["message"] == "Ding dong (not recorded)"
    assert "image" not in house.phone[0].data["data"]


async def test_nightly_check(
    hass: HomeAssistant,
    house: House,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It tells what is wrong, and nothing if nothing is."""
    await house.use(
        hass_ws_client,
        "nightly_check",
        notify_devices=[house.phone_id],
        time="03:00:00",
    )

    async def look() -> list[str]:
        house.phone.clear()
        await hass.services.async_call(
            "automation", "trigger", {"entity_id": "automation.nightly_check"}, True
        )
        return texts(house.phone)

    assert await look() == [
        "Attic has no cloud storage, Driveway is offline, Garden is offline."
    ]
    for name in ("Driveway", "Garden"):
        set_status(cloud, cameras[name], "ONLINE")
    cameras["Attic"].retention_days = 7
    await clock.tick(301)
    assert await look() == []
    await hass.config_entries.async_unload(loaded.entry_id)
    (text,) = await look()
    assert text.count("is offline") == 6


def files_of(folder: Path) -> list[Path]:
    """Return the videos of a folder."""
    return list(folder.glob("*.mp4"))


async def test_incident_to_phone(
    hass: HomeAssistant,
    clock: Clock,
    house: House,
    hass_ws_client: WebSocketGenerator,
    videos: Path,
) -> None:
    """The phone gets who recorded and who did not, then each clip."""
    await house.use(
        hass_ws_client,
        "incident_to_phone",
        title="Fence",
        notify_devices=[house.phone_id],
        folder=str(videos),
    )
    for title in ("Door", "Fence"):
        await hass.services.async_call(
            "linkvisual",
            "trigger_record",
            {
                "entity_id": ["camera.front_door", "camera.garden"],
                "record_duration": 10,
                "incident": title,
            },
            blocking=True,
            return_response=True,
        )
    await house.until(lambda: len(house.phone) > 1, step=2)
    first, clip = house.phone
    assert first.data["title"] == clip.data["title"] == "Fence"
    assert first.data["message"] == (
        "Recorded: Front door. Not recorded: Garden is offline."
    )
    assert clip.data["message"] == "Front door"
    assert len(await hass.async_add_executor_job(files_of, videos)) == 1
    assert clip.data["data"]["group"] == first.data["data"]["group"]
