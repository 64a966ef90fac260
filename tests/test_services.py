"""The actions: their replies, their targets, and what they refuse before anything is sent."""

import re
from typing import Any

from homeassistant.auth.permissions.const import CAT_ENTITIES
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from syrupy.assertion import SnapshotAssertion

from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .media import asked

FRONT_DOOR = "camera.front_door"


async def trigger(
    hass: HomeAssistant, context: Context | None = None, **data: Any
) -> dict[str, Any]:
    """Call the action with a reply."""
    reply = await hass.services.async_call(
        "linkvisual",
        "trigger_record",
        data,
        blocking=True,
        return_response=True,
        context=context,
    )
    assert reply is not None
    return reply


async def test_descriptions(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    snapshot: SnapshotAssertion,
) -> None:
    """Targets, fields, selectors and responses are described as they were."""
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "get_services"})
    assert (await socket.receive_json())["result"]["linkvisual"] == snapshot


async def test_reply(
    hass: HomeAssistant, loaded: MockConfigEntry, cameras: dict[str, Device]
) -> None:
    """The reply tells, by camera, what happened and under which file ID."""
    reply = await trigger(hass, entity_id=FRONT_DOOR, record_duration=90)
    row = reply[FRONT_DOOR]
    assert row.keys() == {
        "status",
        "file_id",
        "record_duration",
        "pre_record_duration",
        "stream_type",
        "triggered_at",
        "request_id",
        "files",
    }
    (record_id,) = cameras["Front door"].records
    assert row["status"] == "triggered"
    assert row["file_id"] == record_id
    assert row["record_duration"] == 90
    assert row["pre_record_duration"] == 0
    assert row["stream_type"] == "main"
    assert row["files"] == []


async def test_own_settings(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Fields that are not given are the camera's own."""
    for domain, service, entity_id, data in (
        ("number", "set_value", "number.front_door_record_duration", {"value": 120}),
        ("number", "set_value", "number.front_door_pre_record_duration", {"value": 7}),
        ("select", "select_option", "select.front_door_stream_type", {"option": "sub"}),
    ):
        await hass.services.async_call(
            domain, service, {"entity_id": entity_id, **data}, blocking=True
        )
    await trigger(hass, entity_id=FRONT_DOOR)
    await trigger(hass, entity_id=FRONT_DOOR, pre_record_duration=0)
    first, second = (call.params for call in cloud.calls_of("TriggerRecord"))
    assert (
        first["RecordDuration"],
        first["PreRecordDuration"],
        first["StreamType"],
    ) == (120, 7, 1)
    assert second["PreRecordDuration"] == 0


async def test_partial_failure(
    hass: HomeAssistant, loaded: MockConfigEntry, cameras: dict[str, Device]
) -> None:
    """Each failure is told by camera and reason, and the others record."""
    del cameras["Hall"].product  # the row of the list stays; the cloud breaks on it
    reply = await trigger(
        hass,
        entity_id=[
            FRONT_DOOR,
            "camera.garden",
            "camera.attic",
            "camera.driveway",
            "light.kitchen",
        ],
    )
    assert {
        entity: (row["status"], row.get("error")) for entity, row in reply.items()
    } == {
        FRONT_DOOR: ("triggered", None),
        "camera.garden": ("failed", "camera_offline"),
        "camera.attic": ("failed", "no_cloud_storage"),
        "camera.driveway": ("failed", "camera_never_connected"),
        "light.kitchen": ("failed", "not_a_camera"),
    }
    assert reply["camera.garden"]["message"] == "Garden is offline"


async def test_partial_failure_without_reply(
    hass: HomeAssistant, loaded: MockConfigEntry, cameras: dict[str, Device]
) -> None:
    """Where nobody reads a reply, a failure is raised after all were tried; it names the cameras."""
    with pytest.raises(HomeAssistantError) as caught:
        await hass.services.async_call(
            "linkvisual",
            "trigger_record",
            {"entity_id": ["camera.garden", "camera.driveway", FRONT_DOOR]},
            blocking=True,
        )
    assert "Garden is offline" in str(caught.value)
    assert "Driveway" in str(caught.value)
    assert len(cameras["Front door"].records) == 1


async def test_all_failed(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """If no camera recorded, there is no reply to read: it raises."""
    with pytest.raises(HomeAssistantError) as caught:
        await trigger(hass, entity_id=["camera.garden"])
    assert caught.value.translation_key == "camera_offline"


async def test_renamed_camera(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """People read the name that they gave."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("linkvisual", _iot_id(hass, "camera.garden")), loaded.entry_id
    )
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, name_by_user="Rose garden")
    with pytest.raises(HomeAssistantError, match="Rose garden is offline"):
        await trigger(hass, entity_id="camera.garden")


def _iot_id(hass: HomeAssistant, entity_id: str) -> str:
    entity = er.async_get(hass).async_get(entity_id)
    assert entity is not None
    return entity.unique_id.removesuffix("_camera")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"record_duration": 9}, "invalid_record_duration"),
        ({"record_duration": 7201}, "invalid_record_duration"),
        ({"record_duration": "soon"}, "invalid_record_duration"),
        ({"record_duration": 60.5}, "invalid_record_duration"),
        ({"record_duration": True}, "invalid_record_duration"),
        ({"record_duration": None}, "invalid_record_duration"),
        ({"record_duration": [60]}, "invalid_record_duration"),
        ({"record_duration": float("nan")}, "invalid_record_duration"),
        ({"record_duration": float("inf")}, "invalid_record_duration"),
        ({"record_duration": 10**400}, "invalid_record_duration"),
        ({"pre_record_duration": 11}, "invalid_pre_record_duration"),
        ({"pre_record_duration": -1}, "invalid_pre_record_duration"),
        (
            {"pre_record_duration": 10, "record_duration": 10},
            "pre_record_too_long",
        ),
        ({"stream_type": "third"}, "invalid_stream_type"),
        ({"stream_type": 0}, "invalid_stream_type"),
        ({"stream_type": ["main"]}, "invalid_stream_type"),
    ],
)
async def test_bad_input(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    data: dict[str, Any],
    key: str,
) -> None:
    """What the cloud would not take is told in words, and nothing is sent."""
    cloud.calls.clear()
    with pytest.raises(ServiceValidationError) as caught:
        await trigger(hass, entity_id=[FRONT_DOOR, "camera.garage"], **data)
    assert caught.value.translation_key == key
    text = str(caught.value)
    assert text not in (key, "")
    assert "{" not in text
    assert not asked(cloud)


@pytest.mark.parametrize(
    ("data", "numbers"),
    [
        ({"record_duration": 9}, ["9", "10", "7200"]),
        ({"record_duration": "8000"}, ["8000", "10", "7200"]),
        ({"pre_record_duration": 11}, ["11", "0", "10"]),
        ({"record_duration": 10, "pre_record_duration": 10.0}, ["10", "10"]),
    ],
)
async def test_bad_number(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    data: dict[str, Any],
    numbers: list[str],
) -> None:
    """Who gives a wrong number reads which one, and what would be right."""
    with pytest.raises(ServiceValidationError) as caught:
        await trigger(hass, entity_id=FRONT_DOOR, **data)
    assert sorted(re.findall(r"\d+", str(caught.value))) == sorted(numbers)


async def test_bad_stream(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Who names a wrong stream reads it."""
    with pytest.raises(ServiceValidationError, match="third"):
        await trigger(hass, entity_id=FRONT_DOOR, stream_type="third")


async def test_bad_beside_own_settings(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A length that one camera's own pre-recording does not fit into stops all, before anything is sent."""
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.garage_pre_record_duration", "value": 10},
        blocking=True,
    )
    cloud.calls.clear()
    with pytest.raises(ServiceValidationError):
        await trigger(hass, entity_id=[FRONT_DOOR, "camera.garage"], record_duration=10)
    assert not asked(cloud)


@pytest.mark.parametrize("value", [60, 60.0, "60", "60.0"])
async def test_ways_to_write_a_number(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud, value: object
) -> None:
    """Sliders, helpers and templates write numbers differently."""
    reply = await trigger(hass, entity_id=FRONT_DOOR, record_duration=value)
    assert reply[FRONT_DOOR]["record_duration"] == 60


async def test_not_loaded(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A camera whose account is not set up is a failure that is told."""
    await hass.config_entries.async_unload(loaded.entry_id)
    cloud.calls.clear()
    for action in ("trigger_record", "stop_record"):
        with pytest.raises(HomeAssistantError) as caught:
            await hass.services.async_call(
                "linkvisual", action, {"entity_id": FRONT_DOOR}, blocking=True
            )
        assert caught.value.translation_key == "not_loaded"
    assert not asked(cloud)


async def test_missing_camera(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """A camera that the account had at its last start, but no longer has, is told by name."""
    del cloud.world.devices[cameras["Front door"].iot_id]
    await hass.config_entries.async_reload(loaded.entry_id)
    with pytest.raises(HomeAssistantError) as caught:
        await trigger(hass, entity_id=FRONT_DOOR)
    assert caught.value.translation_key == "camera_not_found"
    assert "Front door" in str(caught.value)


async def test_deleted_between_list_and_trigger(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """The cloud says that it has no such camera; the caller reads which one."""
    del cloud.world.devices[cameras["Front door"].iot_id]
    reply = await trigger(hass, entity_id=[FRONT_DOOR, "camera.garage"])
    assert reply[FRONT_DOOR]["error"] == "camera_not_found"
    assert reply["camera.garage"]["status"] == "triggered"


async def test_stop_what_does_not_run(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """There is nothing to stop: that is told, and nothing is sent."""
    reply = await hass.services.async_call(
        "linkvisual",
        "stop_record",
        {"entity_id": FRONT_DOOR},
        blocking=True,
        return_response=True,
    )
    assert reply == {FRONT_DOOR: {"status": "not_recording", "file_ids": []}}
    assert not cloud.calls_of("StopTriggeredRecord")


async def test_users(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_admin_user: MockUser,
) -> None:
    """Who may not control a camera may not make it record."""
    user = MockUser(name="Guest").add_to_hass(hass)
    user.mock_policy({CAT_ENTITIES: {"entity_ids": {"camera.garage": True}}})
    with pytest.raises(Unauthorized):
        await trigger(hass, Context(user_id=user.id), entity_id=FRONT_DOOR)
    with pytest.raises(UnknownUser):
        await trigger(hass, Context(user_id="nobody"), entity_id=FRONT_DOOR)
    assert not cloud.calls_of("TriggerRecord")
    for user_id, entity_id in (
        (user.id, "camera.garage"),
        (hass_admin_user.id, FRONT_DOOR),
    ):
        await trigger(hass, Context(user_id=user_id), entity_id=entity_id)
