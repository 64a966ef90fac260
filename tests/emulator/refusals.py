"""The two ways in which the cloud says no. Sources: linkvisual-api.md sections 4 and 5, signing.md section 7."""

from typing import Self


class Refusal(Exception):
    """Base of both."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


class GatewayRefusal(Refusal):
    """The gateway's no: HTTP 4xx or 5xx, with Code and Message."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: dict[str, str] | None = None,
        details: dict[str, str] | None = None,
    ) -> None:
        self.status = status
        self.headers = headers or {}
        self.details = details  # AccessDeniedDetail
        super().__init__(code, message)

    @classmethod
    def missing(cls, name: str) -> Self:
        """Refuse a call without a required parameter."""
        return cls(400, f"Missing{name}", f"{name} is mandatory for this action.")

    @classmethod
    def invalid(cls, name: str) -> Self:
        """Refuse a parameter of the wrong type, or outside of the gateway's range."""
        return cls(400, f"Invalid{name}", f"Specified parameter {name} is not valid.")


class ServiceRefusal(Refusal):
    """The service's no: HTTP 200, Success false, Code and ErrorMessage."""


# What the API Error Center calls the refusals of newer operations (linkvisual-api.md section 5.3).
_NEWER_NAMES = {
    "No storage quota.": (400, "iot.vision.NoStorageQuota"),
    "Record not exist.": (400, "iot.vision.RecordNotExist"),
    "Job not exist or expired.": (400, "iot.vision.JobNotExist"),
    "Download job error.": (400, "iot.vision.DownloadJobError"),
    "Concurrency exceed the limit.": (400, "iot.vision.ConcurrencyExceedLimit"),
    "Request parameter error.": (403, "iot.lv.requestParamError"),
}


def newer_refusal(code: str, message: str, *, by_http: bool) -> Refusal:
    """Return a refusal of which it is not known in which of the two ways it comes."""
    if by_http and message in _NEWER_NAMES:
        status, name = _NEWER_NAMES[message]
        return GatewayRefusal(status, name, message)
    return ServiceRefusal(code, message)


THROTTLED_USER = (
    400,
    "Throttling.User",
    "Request was denied due to user flow control.",
)


def throttled(retry_after_ms: int | None = None) -> GatewayRefusal:
    """Refuse one call too many."""
    headers = {"x-acs-retry-after": str(retry_after_ms)} if retry_after_ms else None
    return GatewayRefusal(*THROTTLED_USER, headers=headers)


def no_permission(action: str) -> GatewayRefusal:
    """Refuse an operation that the RAM user's policies do not allow."""
    return GatewayRefusal(
        403,
        "NoPermission",
        "You are not authorized to do this action.",
        details={
            "AuthAction": f"iot:{action}",
            "NoPermissionType": "ImplicitDeny",
            "PolicyType": "AccountLevelIdentityBasedPolicy",
            "AuthPrincipalType": "SubUser",
        },
    )
