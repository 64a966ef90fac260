"""The options: what may be changed without another key."""

from dataclasses import replace
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Product

TRANSLATIONS = (
    Path(__file__)
    .parents[1]
    .joinpath("custom_components", "linkvisual", "translations")
)


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
        "live_protocol": "auto",
        "poll_alarms": True,
        "push": False,
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
        {"live_protocol": "rtmp"},
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


PUSH = {"push": True}


@pytest.fixture
def products(cloud: Cloud) -> list[Product]:
    """Return the products with cameras, of which there are two."""
    return [each for each in cloud.world.products.values() if each.video]


async def submit(
    hass: HomeAssistant, entry: MockConfigEntry, **options: Any
) -> ConfigFlowResult:
    """Open the dialog, change something, submit; return what comes then."""
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    return await go_on(hass, flow, **options)


async def go_on(
    hass: HomeAssistant, flow: ConfigFlowResult, **values: Any
) -> ConfigFlowResult:
    """Submit a form with values."""
    schema = flow["data_schema"]
    values = (schema({}) if schema and flow["step_id"] == "init" else {}) | values
    result = await hass.config_entries.options.async_configure(flow["flow_id"], values)
    await hass.async_block_till_done()
    return result


def text(result: ConfigFlowResult, path: str) -> str:
    """Return a text of the options with what the form fills in."""
    texts: Any = json.loads((TRANSLATIONS / "en.json").read_text())["options"]
    for part in path.split("."):
        texts = texts[part]
    return str(texts).format(**(result["description_placeholders"] or {}))


def error(result: ConfigFlowResult) -> str:
    """Return the text of a form's only error."""
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] is not None
    (key,) = result["errors"].values()
    return text(result, f"error.{key}")


async def test_push(
    hass: HomeAssistant, cloud: Cloud, products: list[Product], loaded: MockConfigEntry
) -> None:
    """Push is stored once each queue was found and answered; nothing is asked, and nothing is made in the account."""
    flow = await hass.config_entries.options.async_init(loaded.entry_id)
    described = text(flow, "step.init.data_description.push")
    assert "#push)" in described
    assert "2.4 USD" in described
    cloud.subscribe()
    cloud.calls.clear()
    result = await go_on(hass, flow, **PUSH)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert loaded.options["push"] is True
    assert "push_endpoint" not in loaded.options
    assert len(cloud.calls_of("GetQueueAttributes")) == 2
    assert not [call for call in cloud.calls if "Create" in call.action]
    await submit(hass, loaded, push=False)
    assert loaded.options["push"] is False


async def test_push_without_subscription(
    hass: HomeAssistant, cloud: Cloud, products: list[Product], loaded: MockConfigEntry
) -> None:
    """Without any queue, the dialog says what to do, and keeps what was typed."""
    result = await submit(hass, loaded, **PUSH, status_interval=90)
    assert result["step_id"] == "init"
    assert all(each.name in error(result) for each in products)
    assert "Create the subscription" in error(result)
    assert result["data_schema"] is not None
    suggested = {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description
    }
    assert suggested["push"] is True
    assert suggested["status_interval"] == 90
    # Without the kind of messages that alarms are, a queue is of no use.
    cloud.subscribe(flags=["DeviceStatusChangeFlag"])
    result = await go_on(hass, result, **PUSH)
    assert "No message queue with device messages" in error(result)
    cloud.subscribe()
    result = await go_on(hass, result, **PUSH)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_push_of_some_products(
    hass: HomeAssistant, cloud: Cloud, products: list[Product], loaded: MockConfigEntry
) -> None:
    """Products without a queue are named before the options are stored; so are those whose queue is gone."""
    for is_gone in (False, True):
        cloud.subscribe(products[0])
        if is_gone:
            cloud.subscribe(products[1])
            cloud.delete_queue(cloud.queue_of(products[1]).name)
        result = await submit(hass, loaded, **PUSH)
        assert result["step_id"] == "push_partial"
        described = text(result, "step.push_partial.description")
        assert products[1].name in described
        assert products[0].name not in described
        result = await go_on(hass, result)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert loaded.options["push"] is True


async def test_push_without_cameras(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """Where there is no camera yet, nothing can be tested."""
    cloud.world.devices.clear()
    cloud.world.products.clear()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    result = await submit(hass, entry, **PUSH)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_push_while_not_loaded(
    hass: HomeAssistant, cloud: Cloud, products: list[Product], loaded: MockConfigEntry
) -> None:
    """The queues are tested also while the account is not loaded."""
    await hass.config_entries.async_unload(loaded.entry_id)
    result = await submit(hass, loaded, **PUSH)
    assert products[0].name in error(result)
    cloud.subscribe()
    result = await go_on(hass, result, **PUSH)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("gateway", status=403, code="AccessDenied"), "mns:GetQueueAttributes"),
        (Fault("gateway", code="InvalidAccessKeyId", status=403), "Reconfigure"),
        (Fault("gateway", code="TooManyRequests", status=429), "too many calls"),
        (Fault("gateway", code="Forbidden.RiskControl"), "has blocked the account"),
        (Fault("gateway", code="SomethingNew"), "unexpected answer"),
        (Fault("body", status=200), "could not be reached"),
    ],
)
async def test_push_refused(
    hass: HomeAssistant,
    cloud: Cloud,
    products: list[Product],
    loaded: MockConfigEntry,
    fault: Fault,
    words: str,
) -> None:
    """Why a queue does not answer is told in words."""
    cloud.subscribe()
    cloud.faults.append(replace(fault, action="GetQueueAttributes"))
    result = await submit(hass, loaded, **PUSH)
    assert result["step_id"] == "init"
    assert words in error(result)
    assert "push" not in loaded.options


async def test_push_while_offline(
    hass: HomeAssistant, cloud: Cloud, products: list[Product], loaded: MockConfigEntry
) -> None:
    """Why the queues cannot be looked up is told in words."""
    fault = Fault("body", "QuerySubscribeRelation", status=200)
    cloud.faults.append(fault)
    assert "could not be reached" in error(await submit(hass, loaded, **PUSH))


async def test_push_with_an_odd_subscription(
    hass: HomeAssistant, cloud: Cloud, products: list[Product], loaded: MockConfigEntry
) -> None:
    """A queue that cannot be looked up keeps no other from being used; if there is no other, the reason is told."""
    cloud.subscribe()
    odd = products[1]
    cloud.subscriptions[odd.product_key, "MNS"].configuration = "{}"
    result = await submit(hass, loaded, **PUSH)
    assert result["step_id"] == "push_partial"
    assert odd.name in text(result, "step.push_partial.description")
    for subscription in cloud.subscriptions.values():
        subscription.configuration = "{}"
    assert "could not be reached" in error(await submit(hass, loaded, **PUSH))


async def test_push_by_address(
    hass: HomeAssistant,
    cloud: Cloud,
    endpoint: str,
    products: list[Product],
    loaded: MockConfigEntry,
) -> None:
    """If the key must not look up the queues, their address is asked for, and tested."""
    cloud.subscribe(products[0])
    cloud.denied = {"QuerySubscribeRelation"}
    flow = await submit(hass, loaded, **PUSH, status_interval=90)
    assert flow["step_id"] == "push_queue"
    described = text(flow, "step.push_queue.description")
    assert "iot:QuerySubscribeRelation" in described
    assert "#push)" in described
    for values, errors in (
        ({"push_endpoint": "queue"}, {"push_endpoint": "invalid_endpoint"}),
        (
            {"push_endpoint": "http://queue.example", "push_queue": "a/b"},
            {"push_endpoint": "insecure_endpoint", "push_queue": "invalid_queue"},
        ),
        ({"push_endpoint": endpoint, "push_queue": "other"}, {"base": "no_queue"}),
    ):
        flow = await go_on(hass, flow, **values)
        assert flow["errors"] == errors
    result = await go_on(hass, flow, push_endpoint=f" {endpoint}/ ", push_queue=" ")
    assert result["step_id"] == "push_partial"
    result = await go_on(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert loaded.options["push_endpoint"] == endpoint
    assert loaded.options["status_interval"] == 90
    # The next time, it is in the form; a queue with a name of its own is everybody's.
    flow = await submit(hass, loaded, **PUSH)
    assert flow["data_schema"] is not None
    suggested = {
        str(key): key.description["suggested_value"]
        for key in flow["data_schema"].schema
        if key.description
    }
    assert suggested["push_endpoint"] == endpoint
    name = cloud.queue_of(products[0]).name
    cloud.calls.clear()
    result = await go_on(hass, flow, push_endpoint=endpoint, push_queue=name)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert loaded.options["push_queue"] == name
    assert len(cloud.calls_of("GetQueueAttributes")) == 1
    # Once the key may, the address is no longer needed.
    cloud.denied = set()
    cloud.subscribe()
    result = await submit(hass, loaded, **PUSH)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "push_endpoint" not in loaded.options
