"""The options: what may be changed without another key."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud


async def change(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    """Open the dialog, change something, submit."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert flow["type"] is FlowResultType.FORM
    schema = flow["data_schema"]
    assert schema is not None
    result = await hass.config_entries.options.async_configure(
        flow["flow_id"], schema({}) | options
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_defaults(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Who changes nothing gets what was there before."""
    await change(hass, loaded)
    assert loaded.options == {
        "record_duration": 60,
        "stream_type": "main",
        "poll_alarms": True,
        "calls_per_hour": 1200,
        "status_interval": 60,
    }


async def test_only_cameras(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """Where every product looks like a camera, nobody is asked which other ones are cameras."""
    lamp = next(each for each in cloud.world.devices.values() if not each.product.video)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert flow["data_schema"] is not None
    assert "products" in flow["data_schema"].schema
    del cloud.world.devices[lamp.iot_id]
    del cloud.world.products[lamp.product.product_key]
    await hass.config_entries.async_reload(entry.entry_id)
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert flow["data_schema"] is not None
    assert "products" not in flow["data_schema"].schema


async def test_change(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """Options work at once: the account is loaded anew."""
    await change(hass, loaded, poll_alarms=False, status_interval=120.0)
    assert loaded.options["status_interval"] == 120
    assert isinstance(loaded.options["status_interval"], int)
    assert hass.states.is_state("event.front_door_alarm", "unavailable")
    cloud.calls.clear()
    await clock.run(90, step=5)
    assert not cloud.calls_of("BatchGetDeviceState")
    await clock.run(40, step=5)
    assert len(cloud.calls_of("BatchGetDeviceState")) == 1
    assert not cloud.calls_of("QueryDeviceEvent")
    await change(hass, loaded, poll_alarms=True)
    assert hass.states.is_state("event.front_door_alarm", "unknown")


async def test_new_cameras(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """New cameras get the settings of the options; those that are there keep their own, also if nobody changed them."""
    await change(hass, loaded, record_duration=120, stream_type="sub")
    product = next(iter(cloud.world.devices.values())).product
    cloud.world.add_device(product, nickname="Barn")
    await clock.run(700, step=10)
    await hass.async_block_till_done()
    assert hass.states.is_state("number.barn_record_duration", "120")
    assert hass.states.is_state("select.barn_stream_type", "sub")
    assert hass.states.is_state("number.front_door_record_duration", "60")
    assert hass.states.is_state("select.front_door_stream_type", "main")
    await change(hass, loaded, record_duration=30, stream_type="main")
    assert hass.states.is_state("number.barn_record_duration", "120")
    assert hass.states.is_state("select.barn_stream_type", "sub")


@pytest.mark.parametrize(
    "options",
    [
        {"record_duration": 9},
        {"stream_type": "third"},
        {"calls_per_hour": 99},
        {"status_interval": 10},
        {"status_interval": "often"},
    ],
)
async def test_out_of_range(
    hass: HomeAssistant, loaded: MockConfigEntry, options: dict[str, Any]
) -> None:
    """Values that make no sense are refused."""
    with pytest.raises(InvalidData):
        await change(hass, loaded, **options)
