"""The README's examples do what it says, and what it names is there."""

from collections.abc import Iterator
from datetime import datetime
import importlib
from pathlib import Path
import pkgutil
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.template import Template
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.linkvisual import api
from custom_components.linkvisual.api.regions import Product
from custom_components.linkvisual.api.transport import Operation
from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device
from tests.instance.dashboard import section_of

from .houses import BLUEPRINTS, House

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
INTEGRATION = ROOT / "custom_components" / "linkvisual"

EXAMPLES: list[Any] = [
    parse_yaml(text) for text in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
]
AUTOMATIONS: dict[str, dict[str, Any]] = {
    example["alias"]: example for example in EXAMPLES if "triggers" in example
}


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Let Home Assistant have a configuration that may be written to."""
    return hass_tmp_config_dir


def test_all_are_tried() -> None:
    """Every automation of the README has a test below."""
    tests = Path(__file__).read_text()
    assert AUTOMATIONS
    for alias in AUTOMATIONS:
        assert f'AUTOMATIONS["{alias}"]' in tests


async def test_record_on_motion(
    hass: HomeAssistant, house: House, cloud: Cloud, cameras: dict[str, Device]
) -> None:
    """Motion records; during a recording it does not record again. The logbook has the file ID."""
    log = async_mock_service(hass, "logbook", "log")
    await house.automate(AUTOMATIONS["Record the front door on motion"])
    raise_alarm(cloud, cameras["Garage"])
    await house.until(lambda: log, step=1)
    await house.motion()
    (file_id,) = house.front_door.records
    assert [call.data["message"] for call in log] == [
        f"triggered: {file_id}",
        f"already_recording: {file_id}",
    ]


async def test_tell(hass: HomeAssistant, house: House) -> None:
    """A notification comes when the recording can be watched."""
    told = async_mock_service(hass, "persistent_notification", "create")
    await house.automate(AUTOMATIONS["Notify about new recordings"])
    await _record(hass)
    await house.until(lambda: told, step=2)
    (file_id,) = house.front_door.records
    assert told[0].data == {
        "title": "Front door",
        "message": f"Recorded 60 s. File {file_id}.",
    }


async def test_trigger(
    hass: HomeAssistant, loaded: MockConfigEntry, house: House
) -> None:
    """A notification comes of a recording in the area, and of no other."""
    told = async_mock_service(hass, "persistent_notification", "create")
    area = ar.async_get(hass).async_create("Garden")
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier(
        ("linkvisual", house.front_door.iot_id), loaded.entry_id
    )
    assert device is not None
    registry.async_update_device(device.id, area_id=area.id)
    await house.automate(AUTOMATIONS["Notify about new recordings in the garden"])
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.garage_record"}, blocking=True
    )
    await house.until(
        lambda: not hass.states.is_state("sensor.garage_last_recording", "unknown"),
        step=2,
    )
    assert not told
    await _record(hass)
    await house.until(lambda: told, step=2)
    sensor = hass.states.get("sensor.front_door_last_recording")
    assert sensor is not None
    assert told[0].data == {
        "title": "Front door",
        "message": f"A new recording: {sensor.attributes['media_content_id']}",
    }


async def test_send_clip(
    hass: HomeAssistant,
    house: House,
    tmp_path: Path,
) -> None:
    """The clip is in the media folder, and the phone learns where."""
    automation = AUTOMATIONS["Send the clip to my phone"]
    save = automation["actions"][0]["data"]
    assert save["folder"] == "/media/linkvisual"
    # Where Home Assistant has its media in a test.
    hass.config.media_dirs = {"local": str(tmp_path)}
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    save["folder"] = f"{tmp_path}/linkvisual"
    await house.automate(automation)
    await _record(hass)
    await house.until(lambda: house.phone, step=2)
    data = house.phone[0].data
    assert re.fullmatch(r"Recorded at \d{4}-\d\d-\d\d .*\.", data["message"])
    (clip,) = (tmp_path / "linkvisual").iterdir()
    assert data["data"]["video"] == f"/media/local/linkvisual/{clip.name}"


async def test_who_is_there(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """The phone gets a picture, which it can fetch."""
    house.set("binary_sensor.doorbell", "off")
    await house.automate(AUTOMATIONS["Who is at the door"])
    house.set("binary_sensor.doorbell", "on")
    await house.until(lambda: house.phone)
    player = await hass_client_no_auth()
    picture = await player.get(house.phone[0].data["data"]["image"])
    assert picture.content_type == "image/jpeg"


async def _record(hass: HomeAssistant) -> None:
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.front_door_record"}, blocking=True
    )


async def test_names(
    hass: HomeAssistant, loaded: MockConfigEntry, house: House
) -> None:
    """Every entity and action that the README names is there, and no action has been left out."""
    known = set(hass.states.async_entity_ids()) | {"binary_sensor.doorbell"}
    named = set(re.findall(r"\b[a-z_]+\.front_door(?:_[a-z_]+)?\b", README))
    assert named <= known
    assert {"camera.front_door", "button.front_door_record"} <= named
    named = set(re.findall(r"### `linkvisual\.([a-z_]+)`", README))
    assert named == set(hass.services.async_services_for_domain("linkvisual"))


def test_fields() -> None:
    """The tables of the actions have every field, and no other."""
    services: Any = parse_yaml((INTEGRATION / "services.yaml").read_text())
    for action, description in services.items():
        _, _, text = README.partition(f"### `linkvisual.{action}`\n")
        text = text.partition("\n#")[0]
        fields = set(description.get("fields", {}))
        assert {field for field in fields if f"`{field}`" in text} == fields, action
        rows = set(re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE))
        assert rows <= fields, action


def test_dashboard() -> None:
    """The demo shows the section of the README, for any camera."""
    text = str(section_of("garage"))
    assert "camera.garage" in text
    assert "front_door" not in text


def shown_on_dashboard(hass: HomeAssistant) -> str:
    """Return the text of the dashboard's card about problems; empty cards are not shown."""
    (card,) = [
        card for card in section_of("front_door")["cards"] if card["type"] == "markdown"
    ]
    assert card["show_empty"] is False
    return str(Template(card["content"], hass).async_render(parse_result=False)).strip()


async def test_dashboard_offline(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """The dashboard says since when a camera, or the whole cloud, is away, and what to do."""
    assert not shown_on_dashboard(hass)
    front_door = next(
        each for each in cloud.world.devices.values() if each.nickname == "Front door"
    )
    set_status(cloud, front_door, "OFFLINE")
    await clock.run(130, step=61)
    lost = hass.states.get("binary_sensor.front_door_connectivity")
    assert lost is not None
    assert lost.state == "off"
    since = dt_util.as_local(lost.last_changed).strftime("%Y-%m-%d %H:%M")
    assert (
        shown_on_dashboard(hass)
        == f"**Offline** since {since}. Check its power and network."
    )
    cloud.faults.append(Fault("gateway", "*", None, status=503, code="Unavailable"))
    await clock.run(400, step=61)
    assert shown_on_dashboard(hass).startswith("**No answer from the cloud** since 20")
    cloud.faults.clear()
    set_status(cloud, front_door, "ONLINE")
    await clock.run(400, step=61)
    assert not shown_on_dashboard(hass)


async def test_dashboard_failed(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """The dashboard says when a recording failed and why, until the next one."""
    upload_delay = cloud.inferred.upload_delay
    cloud.inferred.upload_delay = 1e9
    await _record(hass)
    await clock.run(900, step=60)
    failed = hass.states.get("event.front_door_recording_progress")
    assert failed is not None
    moment = dt_util.as_local(datetime.fromisoformat(failed.state))
    assert (
        shown_on_dashboard(hass)
        == f"**Recording failed** at {moment:%Y-%m-%d %H:%M}: No file in time."
    )
    cloud.inferred.upload_delay = upload_delay
    await _record(hass)
    assert not shown_on_dashboard(hass)


def _operations() -> Iterator[Operation]:
    """Yield all operations that the integration calls."""
    for module in pkgutil.iter_modules(api.__path__, f"{api.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            for each in value.values() if isinstance(value, dict) else (value,):
                if isinstance(each, Operation):
                    yield each


def test_policies() -> None:
    """The policies allow every operation, those of LinkVisual by both names; what each is for is said."""
    policies = [
        re.compile(re.escape(name).replace(r"\*", ".*"))
        for name in re.findall(r'"((?:iot|linkvisual):\w+\*?)"', README)
    ]
    used = {
        f"{prefix}:{operation.action}"
        for operation in _operations()
        # Who is asking may be asked without a permission.
        if operation.product is not Product.STS
        for prefix in (
            ("iot", "linkvisual")
            if operation.product is Product.LINKVISUAL
            else ("iot",)
        )
    }
    assert len(used) > 60
    assert not {
        name for name in used if not any(each.fullmatch(name) for each in policies)
    }
    first, *_ = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    table = "\n".join(re.findall(r"^   \| `.*?\|", README, re.MULTILINE))
    assert set(re.findall(r'"iot:(\w+)"', first)) == set(re.findall(r"`(\w+)`", table))


def test_blueprint_links() -> None:
    """There is a link for each blueprint, to the file that the blueprint itself names as its source."""
    links = re.findall(
        r"\(https://my\.home-assistant\.io/redirect/blueprint_import/(.*?)\)", README
    )
    targets = {parse_qs(urlsplit(link).query)["blueprint_url"][0] for link in links}
    sources = {
        re.findall(r"source_url: (.*)", file.read_text())[0]
        for file in BLUEPRINTS.iterdir()
    }
    assert targets == sources
