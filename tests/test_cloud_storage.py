"""For how many days the cloud keeps recordings and pictures: the number and the action."""

import asyncio
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linkvisual.api.errors import PermissionDeniedError
from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import asked, call

CAMERA = "camera.front_door"
NUMBER = "number.front_door_cloud_storage_days"
SENSOR = "sensor.front_door_cloud_storage"
SET = "SetDeviceRecordLifeCycle"
SET_PICTURES = "SetDevicePictureLifeCycle"


@pytest.fixture
def enabled() -> Iterator[None]:
    """Enable all entities, as somebody who wants the number does."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True
    ):
        yield


async def set_days(hass: HomeAssistant, days: float) -> None:
    """Set the number of the front door."""
    await hass.services.async_call(
        "number", "set_value", {"entity_id": NUMBER, "value": days}, blocking=True
    )


async def test_nobody_gets_it_unasked(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    """It can cost money: the number has to be enabled first."""
    entity = er.async_get(hass).async_get(NUMBER)
    assert entity is not None
    assert entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert hass.states.get(NUMBER) is None


@pytest.mark.usefixtures("enabled")
@pytest.mark.parametrize("days", [3650, 1, 0])
async def test_number(
    hass: HomeAssistant,
    polled: MockConfigEntry,
    cloud: Cloud,
    front_door: Device,
    days: int,
) -> None:
    """It is what the cloud has; a change reaches the cloud, the number and the sensor, and no other camera."""
    assert hass.states.is_state(NUMBER, "7")
    calls = len(asked(cloud))
    await set_days(hass, days)
    assert front_door.retention_days == days
    assert hass.states.is_state(NUMBER, str(days))
    assert hass.states.is_state(SENSOR, str(days))
    assert hass.states.is_state("number.garage_cloud_storage_days", "7")
    # Set, and read back: nothing is listed anew.
    assert asked(cloud)[calls:] == [SET, "QueryDeviceRecordLifeCycle"]


@pytest.mark.usefixtures("enabled")
async def test_set_elsewhere(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, front_door: Device
) -> None:
    """Days that were set in the console are shown, also while the camera is offline."""
    front_door.retention_days = 90
    front_door.status = "OFFLINE"
    await clock.tick(301)
    assert hass.states.is_state(CAMERA, "unavailable")
    assert hass.states.is_state(NUMBER, "90")


@pytest.mark.usefixtures("enabled")
@pytest.mark.parametrize("days", [-1, 3651, 7.5])
async def test_number_out_of_range(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, days: float
) -> None:
    """What the cloud would not take is not sent."""
    with pytest.raises(ServiceValidationError):
        await set_days(hass, days)
    assert hass.states.is_state(NUMBER, "7")
    assert not asked(cloud, SET)


@pytest.mark.usefixtures("enabled")
async def test_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, front_door: Device
) -> None:
    """A refusal is told with its reason, and the number stays what it was."""
    cloud.denied.add(SET)
    with pytest.raises(HomeAssistantError) as caught:
        await set_days(hass, 30)
    assert caught.value.translation_key == "permission_denied"
    assert isinstance(caught.value.__cause__, PermissionDeniedError)
    assert hass.states.is_state(NUMBER, "7")
    cloud.denied.clear()
    cloud.inferred.zero_days_allowed = False
    with pytest.raises(HomeAssistantError) as caught:
        await set_days(hass, 0)
    assert caught.value.translation_key == "refused"
    assert hass.states.is_state(NUMBER, "7")
    assert front_door.retention_days == 7


@pytest.mark.usefixtures("enabled")
async def test_cloud_sets_something_else(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """What the cloud says afterwards is shown, not what was asked for."""
    patched = {"Data": {0: {"Day": 365}}}
    cloud.faults.append(Fault("patch", "QueryDeviceRecordLifeCycle", patch=patched))
    await set_days(hass, 3650)
    assert hass.states.is_state(NUMBER, "365")


@pytest.mark.usefixtures("enabled")
async def test_answer_is_lost(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    front_door: Device,
) -> None:
    """Where it is not known whether the cloud did it, that is told, and what it did is shown with the next poll."""
    cloud.faults.append(Fault("cut", SET, after=True))
    with pytest.raises(HomeAssistantError) as caught:
        await set_days(hass, 30)
    assert caught.value.translation_key == "order_outcome_unknown"
    assert front_door.retention_days == 30
    await clock.tick(61)
    assert hass.states.is_state(NUMBER, "30")


@pytest.mark.usefixtures("enabled")
async def test_poll_at_the_same_time(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    front_door: Device,
) -> None:
    """A poll that began before the change, and ends after it, does not undo it."""
    front_door.status = "OFFLINE"
    cloud.faults.append(Fault("delay", "BatchGetDeviceState", seconds=0.5))
    clock.jump(61)
    while cloud.faults[0].times:
        await asyncio.sleep(0.01)
    await set_days(hass, 30)
    assert hass.states.is_state(CAMERA, "idle")
    while hass.states.is_state(CAMERA, "idle"):
        await asyncio.sleep(0.01)
    assert hass.states.is_state(NUMBER, "30")


async def test_action(
    hass: HomeAssistant,
    polled: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """Several cameras get their days at once, each with an answer; a camera that is offline, too."""
    garage = cameras["Garage"]
    set_status(cloud, garage, "OFFLINE")
    reply = await call(
        hass,
        "set_cloud_storage",
        entity_id=[CAMERA, "camera.garage"],
        storage_days="30",
        picture_days=90,
    )
    row = {"status": "set", "storage_days": 30, "picture_days": 90}
    assert reply == {CAMERA: row, "camera.garage": row}
    assert hass.states.is_state(SENSOR, "30")
    for camera in (cameras["Front door"], garage):
        assert (camera.retention_days, camera.picture_days) == (30, 90)


async def test_repair_goes(
    hass: HomeAssistant, loaded: MockConfigEntry, cameras: dict[str, Device]
) -> None:
    """A camera without cloud storage can record at once, and is not complained of any more."""
    attic = cameras["Attic"]
    assert attic.retention_days == 0
    await call(
        hass,
        "set_cloud_storage",
        reply=False,
        entity_id="camera.attic",
        storage_days=1,
    )
    reply = await call(hass, "trigger_record", entity_id="camera.attic")
    assert reply["camera.attic"]["status"] == "triggered"


@pytest.mark.parametrize(
    ("days", "calls"),
    [
        ({"storage_days": 14}, [SET, "QueryDeviceRecordLifeCycle"]),
        ({"picture_days": 14}, [SET_PICTURES, "QueryDevicePictureLifeCycle"]),
    ],
)
async def test_one_of_both(
    hass: HomeAssistant,
    polled: MockConfigEntry,
    cloud: Cloud,
    days: dict[str, int],
    calls: list[str],
) -> None:
    """What is not named stays as it is."""
    before = len(asked(cloud))
    data: dict[str, Any] = {"entity_id": CAMERA, **days}
    reply = await call(hass, "set_cloud_storage", **data)
    assert reply == {CAMERA: {"status": "set", **days}}
    assert asked(cloud)[before:] == calls


@pytest.mark.parametrize(
    ("days", "key"),
    [
        ({}, "no_days_given"),
        ({"storage_days": 3651}, "invalid_storage_days"),
        ({"storage_days": -1}, "invalid_storage_days"),
        ({"storage_days": "a week"}, "invalid_storage_days"),
        ({"storage_days": True}, "invalid_storage_days"),
        ({"storage_days": 7, "picture_days": 0}, "invalid_picture_days"),
        ({"storage_days": 7, "picture_days": 1.5}, "invalid_picture_days"),
        ({"storage_days": 7, "entity_id": "light.none"}, "no_camera_targeted"),
    ],
)
async def test_nothing_is_sent_in_vain(
    hass: HomeAssistant,
    polled: MockConfigEntry,
    cloud: Cloud,
    days: dict[str, Any],
    key: str,
) -> None:
    """A call that makes no sense is told why, before anything was changed."""
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "set_cloud_storage", **{"entity_id": CAMERA, **days})
    assert caught.value.translation_key == key
    assert not asked(cloud, SET)


async def test_one_camera_refuses(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, front_door: Device
) -> None:
    """The others get their days; who asked reads which one did not, and why."""
    cloud.faults.append(
        Fault("service", SET_PICTURES, code="460", iot_id=front_door.iot_id)
    )
    reply = await call(
        hass,
        "set_cloud_storage",
        entity_id=[CAMERA, "camera.garage"],
        picture_days=30,
    )
    assert reply["camera.garage"]["status"] == "set"
    assert reply[CAMERA]["status"] == "failed"
    assert reply[CAMERA]["error"] == "refused"
    assert front_door.picture_days is None


@pytest.mark.parametrize("unset", [0, None])
async def test_pictures_are_kept_for_ever(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, unset: int | None
) -> None:
    """Where the cloud does not tell days of pictures, no number is made up."""
    patched = {"Data": {"Day": unset}}
    cloud.faults.append(Fault("patch", "QueryDevicePictureLifeCycle", patch=patched))
    reply = await call(hass, "set_cloud_storage", entity_id=CAMERA, picture_days=30)
    assert reply[CAMERA]["picture_days"] is None
