"""The buttons: one press, one call; and what a person reads when it fails."""

from collections.abc import Callable
from ssl import SSLError
from typing import Any

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientRequest,
    TCPConnector,
)
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import asked


async def press(hass: HomeAssistant, name: str, context: Context | None = None) -> None:
    """Press a button of the front door."""
    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": f"button.front_door_{name}"},
        blocking=True,
        context=context,
    )


async def test_record(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """A press is one call; the event that follows is the presser's."""
    triggered = async_capture_events(hass, "linkvisual_record_triggered")
    context = Context()
    await press(hass, "record", context)
    (call,) = cloud.calls_of("TriggerRecord")
    assert call.params == {
        "IotId": cameras["Front door"].iot_id,
        "IotInstanceId": cloud.iot_instance_id,
        "RecordDuration": 60,
        "PreRecordDuration": 0,
        "StreamType": 0,
    }
    assert triggered[0].context.id == context.id


async def test_stop(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """All running recordings are stopped; pressing again does nothing."""
    await press(hass, "record")
    await press(hass, "record")
    await clock.tick(10)
    await press(hass, "stop_recording")
    assert hass.states.is_state("binary_sensor.front_door_recording", "off")
    for record in cameras["Front door"].records.values():
        assert record.end - record.begin < 12
    await press(hass, "stop_recording")
    assert len(cloud.calls_of("StopTriggeredRecord")) == 2


BAD_DAYS = [
    (
        {"kind": "gateway", "status": 404, "code": "InvalidAccessKeyId.NotFound"},
        "invalid_auth",
        "Sign in again",
    ),
    (
        {"kind": "gateway", "code": "SignatureDoesNotMatch", "message": "to sign is:x"},
        "invalid_auth",
        "Sign in again",
    ),
    (
        {"kind": "gateway", "status": 403, "code": "Forbidden.RAM"},
        "permission_denied",
        "lacks a permission",
    ),
    (
        {"kind": "service", "code": "460", "message": "RAM system auth error."},
        "permission_denied",
        "lacks a permission",
    ),
    (
        {"kind": "gateway", "code": "Forbidden.RiskControl"},
        "account_blocked",
        "blocked the account",
    ),
    (
        {"kind": "service", "code": "403", "message": "tenant auth error."},
        "camera_not_found",
        "Front door is no longer in this IoT instance",
    ),
    (
        {"kind": "service", "code": "403", "message": "request forbidden."},
        "not_activated",
        "not activated",
    ),
    (
        {
            "kind": "gateway",
            "code": "InvalidTimeStamp.Expired",
            "headers": {"Date": "x"},
        },
        "clock_skew",
        "clock of this machine",
    ),
    (
        {"kind": "gateway", "code": "Throttling.User", "times": None},
        "throttled",
        "too many calls",
    ),
    ({"kind": "body", "status": 404}, "outcome_unknown", "was not requested again"),
    ({"kind": "truncate"}, "outcome_unknown", "was not requested again"),
    (
        {"kind": "service", "code": "466", "message": "device status is offline."},
        "camera_offline",
        "Front door is offline",
    ),
    (
        {"kind": "gateway", "code": "iot.vision.DeviceOffline"},
        "camera_offline",
        "Front door is offline",
    ),
    (
        {"kind": "service", "code": "466", "message": "device status is initial."},
        "camera_never_connected",
        "Front door has never connected",
    ),
    (
        {"kind": "service", "code": "466", "message": "device status is disable."},
        "camera_disabled",
        "Front door is disabled",
    ),
    (
        {"kind": "service", "code": "460", "message": "product is not active."},
        "video_not_active",
        "Front door: the video service is not activated",
    ),
    (
        {"kind": "service", "code": "400", "message": "No storage quota."},
        "no_cloud_storage",
        "Front door has no cloud storage",
    ),
    (
        {"kind": "service", "code": "iot.vision.ConcurrencyExceedLimit"},
        "limit_reached",
        "The account has reached a limit",
    ),
    (
        {"kind": "service", "code": "777", "message": "Something new."},
        "refused",
        "777: Something new.",
    ),
    (
        {
            "kind": "patch",
            "patch": {"Success": False, "Code": 466, "ErrorMessage": None},
        },
        "refused",
        "466",
    ),
]


@pytest.mark.parametrize(("fault", "key", "text"), BAD_DAYS)
async def test_bad_days(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    fault: dict[str, Any],
    key: str,
    text: str,
) -> None:
    """Each refusal is told in a sentence of its own; none of them quotes what was signed."""
    cloud.faults.append(Fault(**fault, action="TriggerRecord"))
    with pytest.raises(HomeAssistantError) as caught:
        await press(hass, "record")
    assert caught.value.translation_key == key
    assert text in str(caught.value)
    assert "to sign is" not in str(caught.value)
    assert hass.states.is_state("binary_sensor.front_door_recording", "off")


@pytest.mark.parametrize(
    ("failure", "key"),
    [
        (
            lambda key: ClientConnectorDNSError(key, OSError("no such host")),
            "cannot_connect",
        ),
        (
            lambda key: ClientConnectorCertificateError(key, SSLError("expired")),
            "tls_failed",
        ),
    ],
)
async def test_network_is_down(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    failure: Callable[[object], Exception],
    key: str,
) -> None:
    """Nothing was sent: that is told, and nothing is looked for later."""

    async def connect(self: object, request: ClientRequest, **kwargs: Any) -> None:
        raise failure(request.connection_key)

    failed = async_capture_events(hass, "linkvisual_record_failed")
    with monkeypatch.context() as patch:
        patch.setattr(TCPConnector, "connect", connect)
        with pytest.raises(HomeAssistantError) as caught:
            await press(hass, "record")
    assert caught.value.translation_key == key
    assert "127.0.0.1" not in str(caught.value)
    await clock.run(700, step=10)
    assert not failed
    assert not asked(cloud, "QueryRecord")


async def test_refused_key_asks_for_another(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A press that the key is refused for starts the sign-in, without waiting for the next poll."""
    cloud.keys[cloud.access_key_id].active = False
    with pytest.raises(HomeAssistantError):
        await press(hass, "record")
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"


@pytest.mark.parametrize("refused", [True, False])
async def test_no_cloud_storage(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
    refused: bool,
) -> None:
    """A camera without cloud storage is told as such, whether the cloud refuses or would accept and record nothing."""
    cloud.inferred.refuse_without_storage = refused
    with pytest.raises(HomeAssistantError, match="Attic has no cloud storage"):
        await hass.services.async_call(
            "button", "press", {"entity_id": "button.attic_record"}, blocking=True
        )
    # Storage was bought since the last list.
    cameras["Attic"].retention_days = 7
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.attic_record"}, blocking=True
    )
    assert len(cameras["Attic"].records) == 1


async def test_storage_ended_since_the_last_list(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """However the cloud words its refusal, the reason is found."""
    cameras["Front door"].retention_days = 0
    cloud.inferred.no_storage = ("431", "life cycle is null")
    with pytest.raises(HomeAssistantError) as caught:
        await press(hass, "record")
    assert caught.value.translation_key == "no_cloud_storage"


async def test_reason_stays_if_storage_cannot_be_asked_for(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """A refusal that cannot be explained is told as it came."""
    cloud.faults += [
        Fault("service", "TriggerRecord", code="777", message="Something new."),
        Fault("gateway", "QueryDeviceRecordLifeCycle", status=403, code="NoPermission"),
    ]
    with pytest.raises(HomeAssistantError) as caught:
        await press(hass, "record")
    assert caught.value.translation_key == "refused"
