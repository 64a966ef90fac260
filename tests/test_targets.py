"""Which cameras an action is for."""

from typing import Any

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

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
