"""Exceptions by error code and message of the cloud.

Sources: linkvisual-api.md section 5, signing.md section 7, push.md section 4.3. Codes and messages are compared case-insensitively
and without a trailing dot: the sources differ in both.
"""

import re

from .errors import (
    AccountBlockedError,
    AuthenticationError,
    ClockSkewError,
    CloudError,
    ControlFailedError,
    DeviceDisabledError,
    DeviceInactiveError,
    DeviceNotFoundError,
    DeviceUnavailableError,
    InstanceNotAccessibleError,
    InternalServiceError,
    InvalidRequestError,
    LimitReachedError,
    LinkVisualError,
    NoCloudStorageError,
    NonceUsedError,
    NotActivatedError,
    NotFoundError,
    PermissionDeniedError,
    QueueNotFoundError,
    ServiceUnavailableError,
    StreamFailedError,
    ThrottledError,
    VideoNotActiveError,
)

_CODES: dict[type[CloudError], tuple[str, ...]] = {
    AuthenticationError: (
        "InvalidAccessKeyId.NotFound",
        "InvalidAccessKeyId",
        "InvalidAccessKeyId.Inactive",
        "InvalidAccessKeySecret",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "InvalidSecurityToken.Expired",
        "InvalidSecurityToken.Malformed",
        "InvalidSecurityToken.MismatchWithAccessKey",
    ),
    PermissionDeniedError: (
        "Forbidden",
        "Forbidden.RAM",
        "NoPermission",
        "NoPermisson",
        "AccessDenied",
        "iot.common.RamActionPermissionDeny",
        "iot.common.AuthActionPermissionDeny",
        "iot.vision.RequestAuthFailed",
        "iot.lv.requestAuthError",
    ),
    AccountBlockedError: ("Forbidden.RiskControl", "iot.system.BillIsOverDue"),
    InstanceNotAccessibleError: (
        "iot.system.InstanceNotFound",
        "iot.Sre.IotInstanceNotFound",
        "iot.Sre.IotInstanceStatusForbidden",
        "iot.common.InvalidTenant",
        "iot.common.APINotSupportedInInstance",
        "iot.device.DeviceInstanceInconsistency",
    ),
    NotActivatedError: ("iot.system.UidNotFound", "iot.vision.RequestForbidden"),
    ClockSkewError: ("InvalidTimeStamp.Expired", "IllegalTimestamp", "TimeExpired"),
    NonceUsedError: ("SignatureNonceUsed",),
    ThrottledError: (
        "Throttling",
        "Throttling.Api",
        "Throttling.User",
        "iot.common.TooManyRequest",
        "iot.messagebroker.RateLimit",
        "iot.vision.RequestTrafficControl",
        "TooManyRequests",
        "QpsLimitExceeded",
    ),
    ServiceUnavailableError: ("ServiceUnavailable", "ServiceUnavailableTemporary"),
    InternalServiceError: (
        "InternalError",
        "InternalServerError",
        "UnknownError",
        "iot.system.SystemException",
        "iot.gateway.BackEndServiceInvalid",
        "iot.common.QueryDeviceActionError",
        "iot.common.QueryManyDevicesActionError",
        "iot.common.QueryProductActionError",
        "iot.common.QueryDevicePropertyActionError",
    ),
    InvalidRequestError: (
        "InvalidApi.NotFound",
        "UnsupportedHTTPMethod",
        "iot.system.IllegalRequest",
        "iot.common.InvalidPageParams",
        "iot.device.NullDeviceName",
        "iot.device.InvalidFormattedDeviceName",
        "iot.device.InvalidFormattedDeviceNameInNameArray",
        "iot.device.TooManyDeviceNamesPerRequest",
        "iot.prod.NullProductKey",
        "iot.prod.InvalidFormattedProductkey",
        "iot.tsl.TslParseError",
        "iot.tsl.InvalidFormattedTslError",
        "Iot.digitaltwin.DTInstanceInvalidThingType",
        "iot.vision.RequestParamError",
        "iot.vision.RequestParameterError",
        "iot.lv.requestParamError",
        "InvalidArgument",
        "InvalidAuthorizationHeader",
        "InvalidDateHeader",
        "InvalidDegist",
        "InvalidDigest",
        "InvalidQueryString",
        "InvalidQueueName",
        "InvalidRequestURL",
        "MalformedXML",
        "MissingAuthorizationHeader",
        "MissingDateHeader",
        "MissingReceiptHandle",
        "MissingVersionHeader",
        "MissingVisibilityTimeout",
        "QueueAlreadyExist",
        "QueueDeletedRecently",
        "QueueNameLengthError",
    ),
    LimitReachedError: ("iot.vision.ConcurrencyExceedLimit",),
    DeviceUnavailableError: (
        "iot.device.OfflineDevice",
        "iot.messagebroker.OFFLINE",
        "iot.messagebroker.HALFCONN",
        "iot.messagebroker.TIMEOUT",
        "iot.vision.DeviceOffline",
    ),
    DeviceInactiveError: ("iot.device.InactiveDevice",),
    DeviceDisabledError: ("iot.device.DeviceIsDisable",),
    DeviceNotFoundError: (
        "iot.device.InvalidIoTId",
        "iot.device.NotExistedDevice",
        "iot.prod.NotExistedProduct",
    ),
    StreamFailedError: ("iot.vision.DeviceNotStreaming", "iot.vision.StreamPushFailed"),
    NoCloudStorageError: ("iot.vision.NoStorageQuota",),
    NotFoundError: (
        "iot.vision.JobNotExist",
        "iot.vision.RecordNotExist",
        "MessageNotExist",
        "ReceiptHandleError",
    ),
    QueueNotFoundError: ("QueueNotExist",),
    ControlFailedError: (
        "iot.device.InvokeThingServiceFailed",
        "iot.device.SetDevicePropertyFailed",
        "iot.device.CanNotSetReadOnlyProperty",
        "iot.messagebroker.RrpcException",
        "iot.messagebroker.RrpcFailed",
    ),
    CloudError: (
        "iot.vision.DownloadJobError",
        "iot.vision.RequestError",
        "iot.vision.RequestFailed",
        "iot.lv.requestError",
    ),
}

# LinkVisual's classic operations return a numeric code; only the message has the reason.
_MESSAGES: dict[type[CloudError], tuple[str, ...]] = {
    PermissionDeniedError: (
        "RAM system auth error",
        "Request auth failed",
        "Request auth error",
    ),
    InstanceNotAccessibleError: ("tenant auth error",),
    NotActivatedError: ("request forbidden",),
    ThrottledError: ("Request traffic control",),
    InvalidRequestError: (
        "iotId or tenantId can not be null",
        "planId or tenantId can not be null",
        "templateId or tenantId can not be null",
        "eventId or tenantId can not be null",
        "beginTime or endTime can not be null",
        "beginTime can not bigger or equal endTime",
        "picture type error",
        "InvalidParameter",
        "InvalidParameters",
        "Request parameter error",
    ),
    LimitReachedError: ("Concurrency exceed the limit",),
    DeviceUnavailableError: (
        "device status is offline",
        "device status error",
        "Device is offline",
    ),
    DeviceInactiveError: ("device status is initial",),
    DeviceDisabledError: ("device status is disable",),
    VideoNotActiveError: ("product is not active",),
    StreamFailedError: (
        "push stream fail",
        "stream push failed",
        "Device is not streaming",
    ),
    NoCloudStorageError: ("No storage quota",),
    NotFoundError: (
        "device event auth failed",
        "picture owner error",
        "template owner error",
        "plan owner error",
        "Job not exist or expired",
        "Record not exist",
    ),
}

# Codes that contain a parameter name (MissingRecordDuration, InvalidPageSize), and families that may grow.
_PATTERNS: tuple[tuple[re.Pattern[str], type[CloudError]], ...] = (
    (
        re.compile(r"InvalidAccessKeyId\b|InvalidSecurityToken\b", re.IGNORECASE),
        AuthenticationError,
    ),
    (re.compile(r"Throttling\b", re.IGNORECASE), ThrottledError),
    (re.compile(r"ServiceUnavailable", re.IGNORECASE), ServiceUnavailableError),
    (re.compile(r"Forbidden\.|NoPermission", re.IGNORECASE), PermissionDeniedError),
    (re.compile(r"(Missing|Invalid)[A-Z]"), InvalidRequestError),
)

# Fallback if neither code nor message is known: a numeric code, or the HTTP status.
_NUMBERS: dict[int, type[CloudError]] = {
    401: AuthenticationError,
    429: ThrottledError,
    460: InvalidRequestError,
    502: ServiceUnavailableError,
    503: ServiceUnavailableError,
    504: ServiceUnavailableError,
}


def _normalized(text: str) -> str:
    return text.strip().rstrip(".").lower()


def _lookup(
    table: dict[type[CloudError], tuple[str, ...]],
) -> dict[str, type[CloudError]]:
    return {
        _normalized(text): error for error, texts in table.items() for text in texts
    }


_BY_CODE = _lookup(_CODES)
_KNOWN_CODES = {_normalized(code): code for codes in _CODES.values() for code in codes}
_PUBLIC_NUMBER = re.compile(r"(HTTP )?[1-9][0-9]{2}")
_BY_MESSAGE = _lookup(_MESSAGES)


def public_name(err: LinkVisualError) -> str:
    """Return a name of an error that may be published: a known code or number, else the exception's class.

    The text of an unknown code may be anything, also a URL.
    """
    code = err.code if isinstance(err, CloudError) else ""
    if known := _KNOWN_CODES.get(_normalized(code)):
        return known
    if _PUBLIC_NUMBER.fullmatch(code):
        return code
    return "other" if type(err) is CloudError else type(err).__name__


def error_class(status: int, code: str, message: str) -> type[CloudError]:
    """Return the exception for an error: by its code, else its message, else its number."""
    if error := _BY_CODE.get(_normalized(code)) or _BY_MESSAGE.get(
        _normalized(message)
    ):
        return error
    # "Request parameter error:%s" has details after the colon.
    if error := _BY_MESSAGE.get(_normalized(message.partition(":")[0])):
        return error
    for pattern, error in _PATTERNS:
        if pattern.match(code):
            return error
    for number in (int(code) if code.isdecimal() else 0, status):
        if error := _NUMBERS.get(number):
            return error
        if 500 <= number < 600:
            return InternalServiceError
    return CloudError
