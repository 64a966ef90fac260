"""Changing what was entered, without losing what was built on it."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.emulator.cloud import ACCOUNT_ID, AccessKey, Cloud
from tests.emulator.world import Device


@pytest.fixture
def user_input(cloud: Cloud, endpoint: str) -> dict[str, Any]:
    """Return the form as it is shown, which has no secret."""
    return {
        "access_key_id": cloud.access_key_id,
        "region": cloud.region,
        "iot_instance_id": cloud.iot_instance_id,
        "advanced": {"endpoint": endpoint},
    }


async def change(
    hass: HomeAssistant, entry: MockConfigEntry, user_input: dict[str, Any]
) -> Any:
    """Open the dialog and submit it."""
    flow = await entry.start_reconfigure_flow(hass)
    assert flow["type"] is FlowResultType.FORM
    assert flow["step_id"] == "reconfigure"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


async def test_rotate(
    hass: HomeAssistant,
    cloud: Cloud,
    loaded: MockConfigEntry,
    user_input: dict[str, Any],
) -> None:
    """A key is rotated without deleting anything: entities, names and settings stay."""
    er.async_get(hass).async_update_entity("camera.front_door", name="Porch")
    cloud.keys["LTAI5tNewKey"] = AccessKey("newSecret")
    cloud.keys[cloud.access_key_id].active = False
    user_input |= {"access_key_id": "LTAI5tNewKey", "access_key_secret": "newSecret"}
    result = await change(hass, loaded, user_input)
    assert result["reason"] == "reconfigure_successful"
    assert loaded.data["access_key_secret"] == "newSecret"
    state = hass.states.get("camera.front_door")
    assert state is not None
    assert state.state == "idle"
    assert "Porch" in state.name


@pytest.mark.parametrize(
    "secret", [{}, {"access_key_secret": ""}, {"access_key_secret": " "}]
)
async def test_keep_the_secret(
    hass: HomeAssistant,
    cloud: Cloud,
    loaded: MockConfigEntry,
    user_input: dict[str, Any],
    secret: dict[str, str],
) -> None:
    """Who leaves the secret empty keeps it; the form never shows it."""
    before = dict(loaded.data)
    flow = await loaded.start_reconfigure_flow(hass)
    assert cloud.access_key_secret not in repr(flow)
    result = await change(hass, loaded, user_input | secret)
    assert result["type"] is FlowResultType.ABORT
    assert loaded.data == before
    assert loaded.title == cloud.iot_instance_id


async def test_errors(
    hass: HomeAssistant,
    cloud: Cloud,
    loaded: MockConfigEntry,
    user_input: dict[str, Any],
) -> None:
    """What does not work is told in the form, which can be sent again; the old entry goes on working."""
    flow = await loaded.start_reconfigure_flow(hass)
    for changes, errors in (
        (
            {"iot_instance_id": "iot-unknown"},
            {"iot_instance_id": "instance_not_accessible"},
        ),
        ({"access_key_secret": "wrong"}, {"access_key_secret": "invalid_auth"}),
        (
            {"advanced": {"endpoint": "http://example.com"}},
            {"advanced": "insecure_endpoint"},
        ),
    ):
        flow = await hass.config_entries.flow.async_configure(
            flow["flow_id"], user_input | changes
        )
        assert flow["errors"] == errors
        assert cloud.access_key_secret not in repr(flow)
    assert loaded.data["iot_instance_id"] == cloud.iot_instance_id
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], user_input)
    assert result["reason"] == "reconfigure_successful"


async def test_another_account(
    hass: HomeAssistant,
    cloud: Cloud,
    loaded: MockConfigEntry,
    user_input: dict[str, Any],
) -> None:
    """An entry belongs to its account for ever."""
    cloud.keys["LTAI5tOther"] = AccessKey("otherSecret", account_id="999")
    user_input |= {"access_key_id": "LTAI5tOther", "access_key_secret": "otherSecret"}
    result = await change(hass, loaded, user_input)
    assert result["reason"] == "wrong_account"
    assert loaded.data["access_key_id"] == cloud.access_key_id


@pytest.mark.parametrize("name", ["", "Shop"])
async def test_another_instance(
    hass: HomeAssistant,
    cloud: Cloud,
    loaded: MockConfigEntry,
    user_input: dict[str, Any],
    name: str,
) -> None:
    """An instance that has moved is followed; a name that somebody gave stays."""
    if name:
        hass.config_entries.async_update_entry(loaded, title=name)
    cloud.iot_instance_id = "iot-moved"
    user_input["iot_instance_id"] = "iot-moved"
    result = await change(hass, loaded, user_input)
    assert result["reason"] == "reconfigure_successful"
    assert loaded.unique_id == f"{ACCOUNT_ID}_cn-shanghai_iot-moved"
    assert loaded.title == (name or "iot-moved")
    assert hass.states.is_state("camera.front_door", "idle")


async def test_an_instance_that_is_there(
    hass: HomeAssistant,
    cloud: Cloud,
    loaded: MockConfigEntry,
    user_input: dict[str, Any],
) -> None:
    """Two entries never share an instance."""
    MockConfigEntry(
        domain="linkvisual", unique_id=f"{ACCOUNT_ID}_cn-shanghai_iot-moved"
    ).add_to_hass(hass)
    cloud.iot_instance_id = "iot-moved"
    user_input["iot_instance_id"] = "iot-moved"
    result = await change(hass, loaded, user_input)
    assert result["reason"] == "already_configured"


async def test_other_products(
    hass: HomeAssistant,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """A product without a camera category is a camera if the user says so."""
    lamp = next(
        device for device in cloud.world.devices.values() if not device.product.video
    )
    flow = await hass.config_entries.options.async_init(loaded.entry_id)
    schema = flow["data_schema"]
    assert schema is not None
    await hass.config_entries.options.async_configure(
        flow["flow_id"], schema({}) | {"products": [lamp.product.product_key]}
    )
    await hass.async_block_till_done()
    assert len(hass.states.async_entity_ids("camera")) == len(cameras) + 1
    # It can be taken back, also while the account cannot be reached.
    await hass.config_entries.async_unload(loaded.entry_id)
    flow = await hass.config_entries.options.async_init(loaded.entry_id)
    schema = flow["data_schema"]
    assert schema is not None
    await hass.config_entries.options.async_configure(
        flow["flow_id"], schema({}) | {"products": []}
    )
    await hass.async_block_till_done()
    assert hass.states.is_state("camera.front_door", "idle")
    assert loaded.options["products"] == []
    assert len(hass.states.async_entity_ids("camera")) == len(cameras)
