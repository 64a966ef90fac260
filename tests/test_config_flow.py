"""Signing in, and signing in again: each error, and the way out of it."""

from collections.abc import Callable
from typing import Any

from aiohttp import ClientConnectionError, ClientRequest, TCPConnector
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from tests.emulator.cloud import ACCOUNT_ID, AccessKey, Cloud
from tests.emulator.faults import Fault


@pytest.fixture
def user_input(
    cloud: Cloud, endpoint: str, enable_custom_integrations: None
) -> dict[str, Any]:
    """Return what a person types."""
    return {
        "access_key_id": cloud.access_key_id,
        "access_key_secret": cloud.access_key_secret,
        "region": cloud.region,
        "iot_instance_id": cloud.iot_instance_id,
        "advanced": {"endpoint": endpoint},
    }


async def start(hass: HomeAssistant) -> str:
    """Open the dialog; return the flow's ID."""
    result = await hass.config_entries.flow.async_init(
        "linkvisual", context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    assert not result["errors"]
    assert shown(result["data_schema"]) == {"advanced": {}}
    assert not is_open(result["data_schema"])
    placeholders = result["description_placeholders"]
    assert placeholders
    assert placeholders["permissions_url"].endswith(
        "/linkvisual#1-a-key-with-few-permissions"
    )
    return result["flow_id"]


async def submit(hass: HomeAssistant, flow_id: str, user_input: dict[str, Any]) -> Any:
    """Press the button."""
    return await hass.config_entries.flow.async_configure(flow_id, user_input)


def shown(schema: vol.Schema) -> dict[str, Any]:
    """Return the values that a form shows, also in sections."""
    values = {}
    for marker, field in schema.schema.items():
        if isinstance(field, section):
            values[str(marker)] = shown(field.schema)
        elif "suggested_value" in (marker.description or {}):
            values[str(marker)] = marker.description["suggested_value"]
    return values


def is_open(schema: vol.Schema) -> bool:
    """Return whether the section of a form is open."""
    return not schema.schema["advanced"].options["collapsed"]


async def test_sign_in(
    hass: HomeAssistant, cloud: Cloud, endpoint: str, user_input: dict[str, Any]
) -> None:
    """The entry is named after the instance, belongs to the account, and is set up."""
    user_input["access_key_id"] = f"  {cloud.access_key_id} "
    user_input["advanced"]["endpoint"] = f"{endpoint}/"
    result = await submit(hass, await start(hass), user_input)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == cloud.iot_instance_id
    assert result["data"] == {
        "access_key_id": cloud.access_key_id,
        "access_key_secret": cloud.access_key_secret,
        "region": "cn-shanghai",
        "iot_instance_id": cloud.iot_instance_id,
        "endpoint": endpoint,
    }
    entry = result["result"]
    assert entry.unique_id == f"{ACCOUNT_ID}_cn-shanghai_{cloud.iot_instance_id}"
    await hass.async_block_till_done()
    assert hass.states.get("camera.front_door") is not None


async def test_what_was_found(
    hass: HomeAssistant, cloud: Cloud, user_input: dict[str, Any]
) -> None:
    """After signing in, the dialog tells what was found and what can be done next."""
    result = await submit(hass, await start(hass), user_input)
    placeholders = result["description_placeholders"]
    cameras = [each for each in cloud.world.devices.values() if each.product.video]
    assert result["description"] == "cameras_found"
    assert placeholders["cameras"] == str(len(cameras))
    assert placeholders["without_storage"] == "1"
    assert placeholders["assist_url"] == "/config/voice-assistants/expose"
    assert placeholders["dashboard_url"] == "/config/lovelace/dashboards"
    assert placeholders["blueprint_url"].endswith("record_and_notify.yaml")


async def test_nothing_found(
    hass: HomeAssistant, cloud: Cloud, user_input: dict[str, Any]
) -> None:
    """Where there is no camera, the dialog tells what may be the reason."""
    cloud.world.devices.clear()
    result = await submit(hass, await start(hass), user_input)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["description"] == "no_cameras"


async def test_found_without_permission(
    hass: HomeAssistant, cloud: Cloud, user_input: dict[str, Any]
) -> None:
    """Cameras that may not be asked for their cloud storage are counted all the same."""
    cloud.denied = {"QueryDeviceRecordLifeCycle"}
    for device in list(cloud.world.devices.values()):
        # Products without a category are known by their cloud storage.
        if device.product.category_key is None:
            del cloud.world.devices[device.iot_id]
    result = await submit(hass, await start(hass), user_input)
    assert result["description"] == "cameras_found"
    assert result["description_placeholders"]["without_storage"] == "?"


async def test_not_found_out(
    hass: HomeAssistant, cloud: Cloud, user_input: dict[str, Any]
) -> None:
    """A cloud that fails right after the sign-in does not stop it."""
    cloud.denied = {"QueryDevice"}
    result = await submit(hass, await start(hass), user_input)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["description"] is None
    assert "assist_url" in result["description_placeholders"]


async def test_public_instance(
    hass: HomeAssistant, cloud: Cloud, user_input: dict[str, Any]
) -> None:
    """The public instance may have no ID."""
    cloud.iot_instance_id = ""
    del user_input["iot_instance_id"]
    result = await submit(hass, await start(hass), user_input)
    assert result["title"] == "LinkVisual cn-shanghai"
    assert result["data"]["iot_instance_id"] == ""
    assert result["result"].unique_id == f"{ACCOUNT_ID}_cn-shanghai_public"


@pytest.mark.parametrize("address", [None, "http://localhost:1", "http://[::1]:1"])
async def test_where_the_cloud_is(
    hass: HomeAssistant,
    user_input: dict[str, Any],
    address: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without an endpoint the region's hosts are asked; on this machine http is allowed. Here nobody is there."""
    tried = []

    async def connect(self: object, req: ClientRequest, *args: Any) -> None:
        tried.append(str(req.url.origin()))
        raise ClientConnectionError

    monkeypatch.setattr(TCPConnector, "_create_connection", connect)
    user_input["advanced"] = {"endpoint": address} if address else {}
    result = await submit(hass, await start(hass), user_input)
    assert result["errors"] == {"base": "cannot_connect"}
    assert set(tried) == {address or "https://sts.cn-shanghai.aliyuncs.com"}


async def test_twice(
    hass: HomeAssistant, loaded: MockConfigEntry, user_input: dict[str, Any]
) -> None:
    """An instance is set up once."""
    result = await submit(hass, await start(hass), user_input)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


def _wrong_secret(cloud: Cloud) -> None:
    cloud.keys[cloud.access_key_id].access_key_secret = "another"


def _unknown_key(cloud: Cloud) -> None:
    del cloud.keys[cloud.access_key_id]


def _disabled_key(cloud: Cloud) -> None:
    cloud.keys[cloud.access_key_id].active = False


def _no_permission(cloud: Cloud) -> None:
    cloud.denied = {"QueryProductList"}


def _no_permission_by_service(cloud: Cloud) -> None:
    cloud.denied = {"QueryProductList"}
    cloud.denied_by = "iot"


def _wrong_instance(cloud: Cloud) -> None:
    cloud.iot_instance_id = "iot-another"


def _faulty(**fault: Any) -> Callable[[Cloud], None]:
    def order(cloud: Cloud) -> None:
        cloud.faults.append(Fault(**fault, times=None))

    return order


@pytest.mark.parametrize(
    ("break_cloud", "field", "error"),
    [
        (_wrong_secret, "access_key_secret", "invalid_auth"),
        (_unknown_key, "access_key_id", "invalid_auth"),
        (_disabled_key, "access_key_id", "invalid_auth"),
        (
            _faulty(kind="gateway", code="InvalidSecurityToken.Expired"),
            "base",
            "invalid_auth",
        ),
        (_no_permission, "base", "permission_denied"),
        (_no_permission_by_service, "base", "permission_denied"),
        (_wrong_instance, "iot_instance_id", "instance_not_accessible"),
        (
            _faulty(
                kind="service",
                action="QueryProductList",
                code="iot.system.UidNotFound",
            ),
            "iot_instance_id",
            "instance_not_accessible",
        ),
        (
            _faulty(
                kind="gateway",
                code="InvalidTimeStamp.Expired",
                headers={"Date": "no date"},
            ),
            "base",
            "clock_skew",
        ),
        (_faulty(kind="gateway", code="Throttling.User"), "base", "throttled"),
        (_faulty(kind="body", status=429), "base", "throttled"),
        (
            _faulty(kind="gateway", status=503, code="ServiceUnavailable"),
            "base",
            "cannot_connect",
        ),
        (_faulty(kind="body", status=200), "base", "cannot_connect"),
        (_faulty(kind="truncate"), "base", "cannot_connect"),
        (_faulty(kind="cut"), "base", "cannot_connect"),
        (_faulty(kind="gateway", status=418, code="SomethingNew"), "base", "unknown"),
        (
            _faulty(kind="patch", patch={"Data": {"List": {"ProductInfo": 7}}}),
            "base",
            "cannot_connect",
        ),
    ],
)
async def test_errors(
    hass: HomeAssistant,
    cloud: Cloud,
    user_input: dict[str, Any],
    break_cloud: Callable[[Cloud], None],
    field: str,
    error: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each error stands at its field, in the form that keeps what was typed; then it goes on."""
    flow_id = await start(hass)
    break_cloud(cloud)
    result = await submit(hass, flow_id, user_input)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {field: error}
    assert shown(result["data_schema"]) == user_input
    assert cloud.access_key_secret not in caplog.text

    # The cause is gone.
    cloud.keys[user_input["access_key_id"]] = AccessKey(user_input["access_key_secret"])
    cloud.iot_instance_id = user_input["iot_instance_id"]
    cloud.denied.clear()
    cloud.faults.clear()
    result = await submit(hass, flow_id, user_input)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("nonsense", "invalid_endpoint"),
        ("ftp://127.0.0.1", "invalid_endpoint"),
        ("https://", "invalid_endpoint"),
        ("https://[::1", "invalid_endpoint"),
        ("https://xn--0.example", "invalid_endpoint"),
        ("https://host:port", "invalid_endpoint"),
        ("https://host/path", "invalid_endpoint"),
        ("https://host/?a=b", "invalid_endpoint"),
        ("https://host/#a", "invalid_endpoint"),
        ("https://user@host", "invalid_endpoint"),
        ("https://user:secret@host", "invalid_endpoint"),
        ("https://:secret@host", "invalid_endpoint"),
        ("https://@host", "invalid_endpoint"),
        ("http://192.0.2.1", "insecure_endpoint"),
        ("http://example.com", "insecure_endpoint"),
    ],
)
async def test_endpoints(
    hass: HomeAssistant,
    cloud: Cloud,
    endpoint: str,
    user_input: dict[str, Any],
    address: str,
    error: str,
) -> None:
    """An endpoint that is no safe address is refused before anything is sent."""
    flow_id = await start(hass)
    user_input = {**user_input, "advanced": {"endpoint": address}}
    result = await submit(hass, flow_id, user_input)
    # The frontend shows the errors of a section, none of the fields in it.
    assert result["errors"] == {"advanced": error}
    assert shown(result["data_schema"]) == user_input
    assert is_open(result["data_schema"])
    assert not cloud.attempts
    user_input["advanced"] = {"endpoint": endpoint}
    result = await submit(hass, flow_id, user_input)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_unexpected_error(
    hass: HomeAssistant,
    user_input: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A mistake of ours is logged, and leaves the form open."""
    flow_id = await start(hass)
    with monkeypatch.context() as patch:
        patch.setattr(
            "custom_components.linkvisual.api.client.LinkVisualClient.query_product_list",
            lambda self: 1 / 0,
        )
        result = await submit(hass, flow_id, user_input)
    assert result["errors"] == {"base": "unknown"}
    assert "Unexpected error while signing in" in caplog.text
    result = await submit(hass, flow_id, user_input)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_sign_in_again(
    hass: HomeAssistant, cloud: Cloud, loaded: MockConfigEntry
) -> None:
    """A rotated key is entered; the wrong one first. Entities stay."""
    cloud.keys["LTAI5tNewKey"] = AccessKey("newSecret")
    result = await loaded.start_reauth_flow(hass)
    assert result["step_id"] == "reauth_confirm"
    assert result["data_schema"] is not None
    assert shown(result["data_schema"]) == {"access_key_id": cloud.access_key_id}
    flow_id = result["flow_id"]

    result = await submit(
        hass,
        flow_id,
        {"access_key_id": "LTAI5tNewKey", "access_key_secret": "wrong"},
    )
    assert result["errors"] == {"access_key_secret": "invalid_auth"}
    new = {"access_key_id": "LTAI5tNewKey", "access_key_secret": "newSecret"}
    instance, cloud.iot_instance_id = cloud.iot_instance_id, "iot-another"
    result = await submit(hass, flow_id, new)
    # There is no such field here.
    assert result["errors"] == {"base": "instance_not_accessible"}
    assert shown(result["data_schema"]) == new
    cloud.iot_instance_id = instance
    result = await submit(hass, flow_id, new)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert loaded.data["access_key_id"] == "LTAI5tNewKey"
    await hass.async_block_till_done()
    assert hass.states.is_state("camera.front_door", "idle")


async def test_sign_in_again_elsewhere(
    hass: HomeAssistant, cloud: Cloud, loaded: MockConfigEntry
) -> None:
    """The key of another account is no replacement."""
    cloud.keys["LTAI5tOtherKey"] = AccessKey("otherSecret", account_id="999")
    result = await loaded.start_reauth_flow(hass)
    result = await submit(
        hass,
        result["flow_id"],
        {"access_key_id": "LTAI5tOtherKey", "access_key_secret": "otherSecret"},
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "wrong_account"
    assert loaded.data["access_key_id"] == cloud.access_key_id
