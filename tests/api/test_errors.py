"""Every refusal that the cloud is known to give becomes a typed error."""

import json

import pytest

from custom_components.linkvisual.api import errors, transport
from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.error_codes import error_class
from custom_components.linkvisual.api.errors import CloudError
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault

# linkvisual-api.md section 5.1 and signing.md section 7: status, code, error.
GATEWAY = [
    (404, "InvalidApi.NotFound", errors.InvalidRequestError),
    (404, "InvalidAction.NotFound", errors.InvalidRequestError),
    (404, "InvalidProduct.NotFound", errors.InvalidRequestError),
    (400, "InvalidVersion", errors.InvalidRequestError),
    (400, "InvalidProtocol.NeedSsl", errors.InvalidRequestError),
    (400, "MissingRecordDuration", errors.InvalidRequestError),
    (400, "MissingParameter", errors.InvalidRequestError),
    (400, "MissingTimestamp", errors.InvalidRequestError),
    (400, "InvalidPageSize", errors.InvalidRequestError),
    (400, "InvalidParameter.Format", errors.InvalidRequestError),
    (400, "InvalidSignatureMethod", errors.InvalidRequestError),
    (400, "InvalidTimeStamp.Format", errors.InvalidRequestError),
    (400, "UnsupportedHTTPMethod", errors.InvalidRequestError),
    (404, "InvalidAccessKeyId.NotFound", errors.AuthenticationError),
    (400, "InvalidAccessKeyId.NotFound", errors.AuthenticationError),
    (400, "InvalidAccessKeyId.Inactive", errors.AuthenticationError),
    (400, "SignatureDoesNotMatch", errors.AuthenticationError),
    (403, "SignatureDoesNotMatch", errors.AuthenticationError),
    (400, "IncompleteSignature", errors.AuthenticationError),
    (400, "InvalidSecurityToken.Expired", errors.AuthenticationError),
    (400, "InvalidSecurityToken.Malformed", errors.AuthenticationError),
    (404, "InvalidSecurityToken.MismatchWithAccessKey", errors.AuthenticationError),
    (400, "InvalidSecurityToken.SomethingNew", errors.AuthenticationError),
    (400, "InvalidTimeStamp.Expired", errors.ClockSkewError),
    (400, "IllegalTimestamp", errors.ClockSkewError),
    (400, "SignatureNonceUsed", errors.NonceUsedError),
    (400, "Throttling", errors.ThrottledError),
    (400, "Throttling.User", errors.ThrottledError),
    (400, "Throttling.Api", errors.ThrottledError),
    (429, "Throttling.SomethingNew", errors.ThrottledError),
    (403, "NoPermission", errors.PermissionDeniedError),
    (403, "NoPermisson", errors.PermissionDeniedError),
    (403, "Forbidden.RAM", errors.PermissionDeniedError),
    (403, "Forbidden", errors.PermissionDeniedError),
    (403, "Forbidden.SomethingNew", errors.PermissionDeniedError),
    (400, "Forbidden.RiskControl", errors.AccountBlockedError),
    (500, "InternalError", errors.InternalServiceError),
    (500, "SomethingNew", errors.InternalServiceError),
    (503, "ServiceUnavailable", errors.ServiceUnavailableError),
    (500, "ServiceUnavailableTemporary", errors.ServiceUnavailableError),
    (502, "SomethingNew", errors.ServiceUnavailableError),
    (504, "SomethingNew", errors.ServiceUnavailableError),
    (429, "SomethingNew", errors.ThrottledError),
    (401, "SomethingNew", errors.AuthenticationError),
    (418, "SomethingNew", CloudError),
]

# Sections 5.2 and 5.3: code, message, error.
LINKVISUAL = [
    ("403", "request forbidden.", errors.NotActivatedError),
    ("403", "tenant auth error.", errors.InstanceNotAccessibleError),
    ("403", "tenant auth error", errors.InstanceNotAccessibleError),
    ("403", "device status error.", errors.DeviceUnavailableError),
    ("403", "device event auth failed.", errors.NotFoundError),
    ("403", "picture owner error.", errors.NotFoundError),
    ("403", "template owner error.", errors.NotFoundError),
    ("460", "product is not active.", errors.VideoNotActiveError),
    ("460", "iotId or tenantId can not be null.", errors.InvalidRequestError),
    ("460", "planId or tenantId can not be null.", errors.InvalidRequestError),
    ("460", "templateId or tenantId can not be null.", errors.InvalidRequestError),
    ("460", "eventId or tenantId can not be null.", errors.InvalidRequestError),
    ("460", "beginTime or endTime can not be null.", errors.InvalidRequestError),
    (
        "460",
        "beginTime can not bigger or equal endTime.",
        errors.InvalidRequestError,
    ),
    ("460", "RAM system auth error.", errors.PermissionDeniedError),
    ("460", "picture type error.", errors.InvalidRequestError),
    ("460", "something new", errors.InvalidRequestError),
    ("466", "device status is offline.", errors.DeviceUnavailableError),
    ("466", "device status is initial.", errors.DeviceInactiveError),
    ("466", "device status is disable.", errors.DeviceDisabledError),
    ("466", "push stream fail.", errors.StreamFailedError),
    ("466", "stream push failed", errors.StreamFailedError),
    ("466", "something new", CloudError),
    ("403", "something new", CloudError),
    ("", "InvalidParameter", errors.InvalidRequestError),
    ("", "InvalidParameters", errors.InvalidRequestError),
    ("503", "something new", errors.ServiceUnavailableError),
    ("500", "something new", errors.InternalServiceError),
    ("iot.vision.RequestParamError", "", errors.InvalidRequestError),
    ("iot.vision.RequestParameterError", "", errors.InvalidRequestError),
    ("iot.vision.RequestFailed", "", CloudError),
    ("iot.vision.RequestError", "", CloudError),
    ("iot.vision.RequestAuthFailed", "", errors.PermissionDeniedError),
    ("iot.vision.RequestForbidden", "", errors.NotActivatedError),
    ("iot.vision.RequestTrafficControl", "", errors.ThrottledError),
    ("iot.vision.DeviceOffline", "", errors.DeviceUnavailableError),
    ("iot.vision.DeviceNotStreaming", "", errors.StreamFailedError),
    ("iot.vision.StreamPushFailed", "", errors.StreamFailedError),
    ("iot.vision.JobNotExist", "", errors.NotFoundError),
    ("iot.vision.RecordNotExist", "", errors.NotFoundError),
    ("iot.vision.DownloadJobError", "", CloudError),
    ("iot.vision.NoStorageQuota", "", errors.NoCloudStorageError),
    ("iot.vision.ConcurrencyExceedLimit", "", errors.LimitReachedError),
    ("iot.lv.requestError", "", CloudError),
    ("iot.lv.requestParamError", "", errors.InvalidRequestError),
    ("iot.lv.requestAuthError", "", errors.PermissionDeniedError),
    # The same in the other style: a number, and the reason as a text.
    ("400", "Request parameter error.", errors.InvalidRequestError),
    ("400", "Request parameter error:StreamType", errors.InvalidRequestError),
    ("400", "Request failed.", CloudError),
    ("403", "Request auth failed.", errors.PermissionDeniedError),
    ("403", "Request auth error.", errors.PermissionDeniedError),
    ("403", "Request forbidden.", errors.NotActivatedError),
    ("429", "Request traffic control.", errors.ThrottledError),
    ("400", "Device is offline.", errors.DeviceUnavailableError),
    ("400", "Device is not streaming.", errors.StreamFailedError),
    ("400", "Stream push failed.", errors.StreamFailedError),
    ("400", "Job not exist or expired.", errors.NotFoundError),
    ("400", "Record not exist.", errors.NotFoundError),
    ("400", "No storage quota.", errors.NoCloudStorageError),
    ("400", "Concurrency exceed the limit.", errors.LimitReachedError),
]

# Section 5.4: code, error.
IOT = [
    ("iot.system.SystemException", errors.InternalServiceError),
    ("iot.system.InstanceNotFound", errors.InstanceNotAccessibleError),
    ("iot.Sre.IotInstanceNotFound", errors.InstanceNotAccessibleError),
    ("iot.Sre.IotInstanceStatusForbidden", errors.InstanceNotAccessibleError),
    ("iot.system.UidNotFound", errors.NotActivatedError),
    ("iot.system.IllegalRequest", errors.InvalidRequestError),
    ("iot.system.BillIsOverDue", errors.AccountBlockedError),
    ("Iot.System.BillIsOverDue", errors.AccountBlockedError),
    ("iot.common.InvalidTenant", errors.InstanceNotAccessibleError),
    ("iot.common.InvalidPageParams", errors.InvalidRequestError),
    ("iot.common.RamActionPermissionDeny", errors.PermissionDeniedError),
    ("iot.common.AuthActionPermissionDeny", errors.PermissionDeniedError),
    ("iot.common.TooManyRequest", errors.ThrottledError),
    ("iot.common.APINotSupportedInInstance", errors.InstanceNotAccessibleError),
    ("iot.common.QueryDeviceActionError", errors.InternalServiceError),
    ("Iot.common.QueryDeviceActionError", errors.InternalServiceError),
    ("iot.common.QueryManyDevicesActionError", errors.InternalServiceError),
    ("iot.common.QueryProductActionError", errors.InternalServiceError),
    ("iot.common.QueryDevicePropertyActionError", errors.InternalServiceError),
    ("iot.prod.NotExistedProduct", errors.DeviceNotFoundError),
    ("iot.prod.NullProductKey", errors.InvalidRequestError),
    ("iot.prod.InvalidFormattedProductkey", errors.InvalidRequestError),
    ("iot.device.NotExistedDevice", errors.DeviceNotFoundError),
    ("Iot.Device.NotExistedDevice", errors.DeviceNotFoundError),
    ("iot.device.NullDeviceName", errors.InvalidRequestError),
    ("iot.device.InvalidFormattedDeviceName", errors.InvalidRequestError),
    ("iot.device.InvalidFormattedDeviceNameInNameArray", errors.InvalidRequestError),
    ("Iot.device.InvalidIoTId", errors.DeviceNotFoundError),
    ("iot.device.TooManyDeviceNamesPerRequest", errors.InvalidRequestError),
    ("iot.device.InactiveDevice", errors.DeviceInactiveError),
    ("iot.device.DeviceIsDisable", errors.DeviceDisabledError),
    ("iot.device.OfflineDevice", errors.DeviceUnavailableError),
    ("iot.device.DeviceInstanceInconsistency", errors.InstanceNotAccessibleError),
    ("iot.device.InvokeThingServiceFailed", errors.ControlFailedError),
    ("iot.device.SetDevicePropertyFailed", errors.ControlFailedError),
    ("iot.device.CanNotSetReadOnlyProperty", errors.ControlFailedError),
    ("iot.messagebroker.OFFLINE", errors.DeviceUnavailableError),
    ("iot.messagebroker.HALFCONN", errors.DeviceUnavailableError),
    ("iot.messagebroker.TIMEOUT", errors.DeviceUnavailableError),
    ("iot.messagebroker.RateLimit", errors.ThrottledError),
    ("iot.messagebroker.RrpcException", errors.ControlFailedError),
    ("iot.messagebroker.RrpcFailed", errors.ControlFailedError),
    ("iot.tsl.TslParseError", errors.InvalidRequestError),
    ("iot.tsl.InvalidFormattedTslError", errors.InvalidRequestError),
    ("iot.gateway.BackEndServiceInvalid", errors.InternalServiceError),
    ("Iot.digitaltwin.DTInstanceInvalidThingType", errors.InvalidRequestError),
    ("iot.something.New", CloudError),
]


@pytest.mark.parametrize(("status", "code", "expected"), GATEWAY)
def test_gateway_codes(status: int, code: str, expected: type[CloudError]) -> None:
    """A gateway error is told by its code; by the HTTP status where the code is unknown."""
    assert error_class(status, code, "some text") is expected


@pytest.mark.parametrize(("code", "message", "expected"), LINKVISUAL)
def test_linkvisual_codes(code: str, message: str, expected: type[CloudError]) -> None:
    """Linkvisual's classic operations tell the reason in the text, the newer ones in the code."""
    assert error_class(200, code, message) is expected


@pytest.mark.parametrize(("code", "expected"), IOT)
def test_iot_codes(code: str, expected: type[CloudError]) -> None:
    """Iot tells the reason in the code, be it with HTTP 200 or 400."""
    assert error_class(200, code, "some text") is expected
    assert error_class(400, code, "some text") is expected


async def test_refused_by_the_service(cloud: Cloud, client: LinkVisualClient) -> None:
    """HTTP 200 with Success false raises, and tells what the cloud said."""
    cloud.faults.append(
        Fault("service", code="iot.common.InvalidTenant", message="The tenant is bad.")
    )
    with pytest.raises(errors.InstanceNotAccessibleError) as caught:
        await client.query_product_list()
    error = caught.value
    assert (error.code, error.message) == (
        "iot.common.InvalidTenant",
        "The tenant is bad.",
    )
    assert error.request_id in str(error)


async def test_code_as_number(cloud: Cloud, client: LinkVisualClient) -> None:
    """A refusal whose Code is a number is the same refusal."""
    cloud.faults.append(
        Fault(
            "patch",
            patch={
                "Success": False,
                "Code": 460,
                "ErrorMessage": "product is not active",
            },
        )
    )
    with pytest.raises(errors.VideoNotActiveError) as caught:
        await client.query_device_record_life_cycle([next(iter(cloud.world.devices))])
    assert caught.value.code == "460"


@pytest.mark.parametrize("success", ["true", "True", True])
async def test_success_as_text(
    cloud: Cloud, client: LinkVisualClient, success: object
) -> None:
    """Success decides, whatever Code and ErrorMessage say."""
    cloud.faults.append(
        Fault(
            "patch",
            patch={"Success": success, "Code": "403", "ErrorMessage": "as in the docs"},
        )
    )
    assert (await client.query_product_list()).rows


async def test_signature_text_is_dropped(
    cloud: Cloud, client: LinkVisualClient
) -> None:
    """The text of a gateway error quotes what was signed; nothing of it is kept."""
    cloud.keys[cloud.access_key_id].access_key_secret = "another"
    with pytest.raises(errors.AuthenticationError) as caught:
        await client.query_product_list()
    assert caught.value.message == ""
    assert cloud.access_key_id not in repr(caught.value)
    assert str(caught.value).startswith("SignatureDoesNotMatch, request ")


async def test_permission_names_the_action(
    cloud: Cloud, client: LinkVisualClient
) -> None:
    """Which permission is missing is told where the cloud tells it."""
    cloud.denied = {"QueryProductList"}
    with pytest.raises(errors.PermissionDeniedError) as caught:
        await client.query_product_list()
    assert caught.value.ram_action == "iot:QueryProductList"


async def test_texts_are_one_line(cloud: Cloud, client: LinkVisualClient) -> None:
    """What the cloud says cannot break a log line, nor fill the log."""
    cloud.faults.append(
        Fault("service", code="x\ny", message="a\r\n\x1b[31m" + "b" * 10_000)
    )
    with pytest.raises(CloudError) as caught:
        await client.query_product_list()
    assert caught.value.code == "x y"
    assert caught.value.message.isprintable()
    assert len(caught.value.message) <= 200


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Sun, 22 Nov 2026 12:00:00 +99999999999999999999",
        "Sun, 22 Nov 99999999999999 12:00:00 GMT",
        "x",
        "",
    ],
)
async def test_odd_date(cloud: Cloud, client: LinkVisualClient, date: str) -> None:
    """A date that is none corrects no clock."""
    cloud.faults.append(
        Fault("gateway", code="InvalidTimeStamp.Expired", headers={"Date": date})
    )
    with pytest.raises(errors.ClockSkewError):
        await client.query_product_list()
    assert abs(client.meter.clock_offset) < 5


async def test_odd_date_of_a_success(cloud: Cloud, client: LinkVisualClient) -> None:
    """Without the cloud's time, this machine's is taken."""
    cloud.faults.append(Fault("delay", headers={"Date": "x"}))
    await client.query_product_list()
    assert abs(client.now().timestamp() - cloud.now()) < 5


async def test_date_of_an_error(cloud: Cloud, client: LinkVisualClient) -> None:
    """An error page need not be the cloud's: its date is not taken for the cloud's time."""
    date = "Sun, 22 Nov 2099 12:00:00 GMT"
    cloud.faults.append(
        Fault("gateway", status=404, code="NotFound", headers={"Date": date})
    )
    with pytest.raises(errors.CloudError):
        await client.query_product_list()
    assert client.now().year < 2099
    await client.query_product_list()
    assert abs(client.now().timestamp() - cloud.now()) < 5


async def test_date_of_a_late_reply(
    cloud: Cloud, client: LinkVisualClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time of a reply that took long has passed: it is not taken for now."""
    monkeypatch.setattr(transport, "MIN_CLOCK_OFFSET", 0.1)
    cloud.clock_offset = -60
    cloud.faults.append(Fault("delay", seconds=0.2))
    await client.query_product_list()
    assert abs(client.now().timestamp() - cloud.now()) > 50
    await client.query_product_list()
    assert abs(client.now().timestamp() - cloud.now()) < 5


@pytest.mark.parametrize("hint", ["9" * 15, "9" * 400, "9" * 5000, "-1", "１２", "1e9"])
async def test_odd_hint(cloud: Cloud, client: LinkVisualClient, hint: str) -> None:
    """A hint when to try again is at most an hour."""
    cloud.faults.append(
        Fault(
            "gateway", code="Throttling", times=3, headers={"x-acs-retry-after": hint}
        )
    )
    with pytest.raises(errors.ThrottledError) as caught:
        await client.query_product_list()
    assert 0 <= (caught.value.retry_after or 0) <= 3600


async def test_no_url(cloud: Cloud, client: LinkVisualClient) -> None:
    """An address in an error's text is left out: it may open something."""
    cloud.faults.append(
        Fault(
            "service", code="https://a/b?c", message="see 'https://oss/x?Signature=s'."
        )
    )
    with pytest.raises(CloudError) as caught:
        await client.query_product_list()
    assert "//" not in str(caught.value)
    assert "see" in str(caught.value)


@pytest.mark.parametrize("status", [200, 400, 503])
async def test_addresses_in_what_is_quoted(
    client: LinkVisualClient, cloud: Cloud, status: int
) -> None:
    """Whatever of a reply an error quotes, no address of the cloud is in it: errors are shown and logged."""
    address = "https://x.example/media?Signature=secret"
    reply = {"Success": False, "Code": address, "ErrorMessage": f"see {address}"}
    cloud.faults.append(
        Fault(
            "body",
            times=None,
            status=status,
            content_type="application/json",
            text=json.dumps(reply | {"RequestId": address}),
        )
    )
    with pytest.raises(errors.LinkVisualError) as caught:
        await client.query_product_list()
    assert "secret" not in str(caught.value)


async def test_address_in_a_content_type(
    client: LinkVisualClient, cloud: Cloud
) -> None:
    """Nor does the type of something that is no reply bring one."""
    cloud.faults.append(
        Fault("body", status=200, content_type="text/https://x.example?secret")
    )
    with pytest.raises(errors.UnreadableReplyError) as caught:
        await client.query_product_list()
    assert "secret" not in str(caught.value)
