"""Which cameras an action is for."""

from typing import Any

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import voluptuous as vol

from tests.assist import device_of
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .media import call
from .test_services import FRONT_DOOR, trigger


async def test_targets(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Any entity, device, area, floor or label leads to the cameras behind it, each once."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    floor = fr.async_get(hass).async_create("Ground")
    area = ar.async_get(hass).async_create("Yard", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Watch")
    device_ids = {}
    for name in ("front_door", "garage"):
        entity = entities.async_get(f"camera.{name}")
        assert entity is not None
        assert entity.device_id
        device_ids[name] = entity.device_id
        devices.async_update_device(entity.device_id, area_id=area.id)
    devices.async_update_device(device_ids["garage"], labels={label.label_id})

    both = {FRONT_DOOR, "camera.garage"}
    for target, expected in (
        (
            {"entity_id": ["number.front_door_record_duration", FRONT_DOOR]},
            {FRONT_DOOR},
        ),
        ({"entity_id": "binary_sensor.garage_connectivity"}, {"camera.garage"}),
        ({"device_id": list(device_ids.values())}, both),
        ({"area_id": area.id}, both),
        ({"floor_id": floor.floor_id}, both),
        ({"label_id": label.label_id}, {"camera.garage"}),
        ({"entity_id": FRONT_DOOR, "area_id": area.id}, both),
    ):
        cloud.calls.clear()
        reply = await trigger(hass, **target)
        assert reply.keys() == expected
        assert len(cloud.calls_of("TriggerRecord")) == len(expected)


async def test_targets_of_others(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """What is not a camera of this integration in an area does no harm there."""
    area = ar.async_get(hass).async_create("Yard")
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    stranger = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "1")}
    )
    entities = er.async_get(hass)
    entities.async_get_or_create("light", "other", "1", device_id=stranger.id)
    entity = entities.async_get(FRONT_DOOR)
    assert entity is not None
    for device_id in (entity.device_id, stranger.id):
        assert device_id is not None
        dr.async_get(hass).async_update_device(device_id, area_id=area.id)
    reply = await trigger(hass, area_id=area.id)
    assert reply.keys() == {FRONT_DOOR}
    with pytest.raises(ServiceValidationError):
        await trigger(hass, device_id=stranger.id)


async def test_targets_may_exclude(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A camera that is left out is left out; a Home Assistant that cannot do so says that."""
    area = ar.async_get(hass).async_create("Yard")
    for name in ("front_door", "garage"):
        entity = er.async_get(hass).async_get(f"camera.{name}")
        assert entity is not None
        assert entity.device_id is not None
        dr.async_get(hass).async_update_device(entity.device_id, area_id=area.id)
    target: dict[str, Any] = {
        "area_id": area.id,
        "exclude": {"entity_id": "camera.garage"},
    }
    if (MAJOR_VERSION, MINOR_VERSION) < (2026, 11):
        with pytest.raises(vol.Invalid):
            await trigger(hass, **target)
    else:
        assert (await trigger(hass, **target)).keys() == {FRONT_DOOR}


async def test_all_entities(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Everything is a target, too."""
    reply = await trigger(hass, entity_id="all")
    assert len(reply) == 6


@pytest.mark.parametrize("what", ["device", "camera"])
@pytest.mark.parametrize(
    "target",
    [
        {"entity_id": "all"},
        {"area_id": "yard"},
        {"floor_id": "ground"},
        {"label_id": "watch"},
    ],
)
async def test_disabled_cameras_are_left_out(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    target: dict[str, Any],
    what: str,
) -> None:
    """A camera that was disabled in Home Assistant is no longer meant by what does not name it."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    floor = fr.async_get(hass).async_create("Ground").floor_id
    area = ar.async_get(hass).async_create("Yard", floor_id=floor).id
    label = lr.async_get(hass).async_create("Watch").label_id
    for name in ("Front door", "Garage"):
        devices.async_update_device(
            device_of(hass, loaded, cameras[name]), area_id=area, labels={label}
        )
    assert {FRONT_DOOR, "camera.garage"} <= (await trigger(hass, **target)).keys()
    if what == "device":
        devices.async_update_device(
            device_of(hass, loaded, cameras["Garage"]),
            disabled_by=dr.DeviceEntryDisabler.USER,
        )
    else:
        entities.async_update_entity(
            "camera.garage", disabled_by=er.RegistryEntryDisabler.USER
        )
    cloud.calls.clear()
    reply = await trigger(hass, **target)
    assert FRONT_DOOR in reply
    assert "camera.garage" not in reply
    assert cameras["Garage"].iot_id not in {
        call.params["IotId"] for call in cloud.calls_of("TriggerRecord")
    }


@pytest.mark.parametrize("by", ["device", "entity"])
async def test_disabled_device_is_told(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    by: str,
) -> None:
    """A device that is named although it is disabled is told as a failure, and nothing is sent."""
    device_id = device_of(hass, loaded, cameras["Garage"])
    dr.async_get(hass).async_update_device(
        device_id, disabled_by=dr.DeviceEntryDisabler.USER
    )
    target: dict[str, Any] = {"device_id": device_id}
    if by == "entity":
        target = {"entity_id": "camera.garage"}
    with pytest.raises(HomeAssistantError) as caught:
        await trigger(hass, **target)
    assert caught.value.translation_key == "device_disabled"
    assert not cloud.calls_of("TriggerRecord")
    reply = await trigger(
        hass, entity_id=[FRONT_DOOR, "button.garage_record"], device_id=device_id
    )
    assert reply[FRONT_DOOR]["status"] == "triggered"
    assert reply["camera.garage"]["error"] == "device_disabled"
    assert "Garage" in reply["camera.garage"]["message"]


async def test_all_but(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """All cameras but some may be meant, where Home Assistant can leave out."""
    target: dict[str, Any] = {
        "entity_id": "all",
        "exclude": {"entity_id": "camera.garage"},
    }
    if (MAJOR_VERSION, MINOR_VERSION) < (2026, 11):
        with pytest.raises(vol.Invalid):
            await trigger(hass, **target)
    else:
        reply = await trigger(hass, **target)
        assert len(reply) == 5
        assert "camera.garage" not in reply


async def test_hidden_and_disabled_camera(
    hass: HomeAssistant, loaded: MockConfigEntry, cameras: dict[str, Device]
) -> None:
    """A device that was named records, even if its camera entity is switched off."""
    entities = er.async_get(hass)
    entity = entities.async_get(FRONT_DOOR)
    assert entity is not None
    entities.async_update_entity(FRONT_DOOR, disabled_by=er.RegistryEntryDisabler.USER)
    reply = await trigger(hass, device_id=entity.device_id)
    assert reply[FRONT_DOOR]["status"] == "triggered"


async def test_device_that_is_gone(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """A named device that is no camera, or no more, is told as a failure; the cameras record."""
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    stranger = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", "1")}, name="Lamp"
    )
    front_door = device_of(hass, loaded, cameras["Front door"])
    target: dict[str, Any] = {"device_id": [front_door, stranger.id, "gone"]}
    reply = await trigger(hass, **target)
    assert reply[FRONT_DOOR]["status"] == "triggered"
    for device_id in (stranger.id, "gone"):
        assert reply[device_id]["error"] == "not_a_camera"
    with pytest.raises(HomeAssistantError):
        await call(hass, "trigger_record", reply=False, **target)
    assert len(cloud.calls_of("TriggerRecord")) == 2


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"entity_id": "light.kitchen"},
        {"entity_id": "none"},
        {"device_id": "unknown"},
        {"area_id": "unknown"},
    ],
)
async def test_no_camera(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, target: dict[str, Any]
) -> None:
    """A target without a camera is told as such."""
    with pytest.raises(ServiceValidationError) as caught:
        await trigger(hass, **(target or {"label_id": "unknown"}))
    assert caught.value.translation_key == "no_camera_targeted"
    assert not cloud.calls_of("TriggerRecord")


@pytest.mark.parametrize("by", ["entity", "device"])
@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        (
            "triggers",
            {
                "alarm_received",
                "recording_failed",
                "recording_ready",
                "recording_triggered",
            },
        ),
        ("conditions", {"is_recording"}),
        (
            "services",
            {
                "capture_picture",
                "export_recordings",
                "get_recordings",
                "ptz",
                "set_cloud_storage",
                "stop_record",
                "trigger_record",
            },
        ),
    ],
)
async def test_offered(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    kind: str,
    offered: set[str],
    by: str,
) -> None:
    """The automation editor offers all of the integration for a camera, and nothing for its other entities."""
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client(hass)

    async def ask(**target: str) -> set[str]:
        await client.send_json_auto_id(
            {"type": f"get_{kind}_for_target", "target": target}
        )
        answer = await client.receive_json()
        assert answer["success"]
        return {
            name.removeprefix("linkvisual.")
            for name in answer["result"]
            if name.startswith("linkvisual.")
        }

    device_id = device_of(hass, loaded, cameras["Front door"])
    target = {"entity": FRONT_DOOR, "device": device_id}[by]
    assert await ask(**{f"{by}_id": target}) == offered
    assert not await ask(entity_id="switch.front_door_alarm_detection")
    assert not await ask(entity_id="event.front_door_alarm")
