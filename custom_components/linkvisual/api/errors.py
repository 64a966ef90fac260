"""Exceptions of the client. For the cloud's error codes see error_codes.py."""

from typing import override


class LinkVisualError(Exception):
    """Base class of the client's exceptions."""


class CannotConnectError(LinkVisualError):
    """The cloud could not be reached, nothing was sent (DNS, refused, unreachable)."""


class TlsError(CannotConnectError):
    """The TLS handshake failed, or the certificate is not trusted; nothing was sent."""


class NoReplyError(LinkVisualError):
    """The connection broke or timed out after the request may have been sent."""


class UnreadableReplyError(LinkVisualError):
    """The reply is not one of the cloud's: not JSON or XML, truncated, too long, or of another shape."""


class OutcomeUnknownError(LinkVisualError):
    """A call with side effects may or may not have been executed, and must not be retried.

    The attempt that may have arrived was sent `seconds_ago`.
    """

    def __init__(self, message: str, seconds_ago: float = 0.0) -> None:
        self.seconds_ago = seconds_ago
        super().__init__(message)


class CommandOutcomeUnknownError(OutcomeUnknownError):
    """A device may or may not have received a command."""


class NoPictureError(LinkVisualError):
    """A requested picture was not uploaded in time."""


class CloudError(LinkVisualError):
    """The cloud returned an error. Raised itself for unknown error codes."""

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        request_id: str = "",
        ram_action: str = "",
        retry_after: float | None = None,
    ) -> None:
        self.code = code
        self.message = message
        self.request_id = request_id
        self.ram_action = ram_action
        self.retry_after = retry_after  # seconds
        super().__init__(code, message, request_id)

    @override
    def __str__(self) -> str:
        text = f"{self.code}: {self.message}" if self.message else self.code
        return f"{text}, request {self.request_id}" if self.request_id else text


class AuthenticationError(CloudError):
    """The AccessKey is unknown or disabled, or the secret is wrong."""


class PermissionDeniedError(CloudError):
    """The RAM user lacks a permission; `ram_action` is its name if the cloud reported it."""


class AccountBlockedError(CloudError):
    """The account has overdue bills, or is blocked by risk control."""


class InstanceNotAccessibleError(CloudError):
    """The instance does not exist, is blocked, or does not own the device."""


class NotActivatedError(CloudError):
    """The account has not activated the service."""


class ClockSkewError(CloudError):
    """The request's time is more than 15 minutes off. `corrected`: the next request uses the cloud's time."""

    corrected = False


class NonceUsedError(CloudError):
    """The nonce of the request was used before."""


class ThrottledError(CloudError):
    """Too many calls; rejected before execution."""


class ServiceUnavailableError(CloudError):
    """The cloud is temporarily unavailable."""


class InternalServiceError(CloudError):
    """The cloud has an internal error."""


class InvalidRequestError(CloudError):
    """The operation or a parameter is not valid."""


class LimitReachedError(CloudError):
    """A quota other than the call rate is exhausted."""


class DeviceUnavailableError(CloudError):
    """The device is offline, or in a bad state."""


class DeviceInactiveError(DeviceUnavailableError):
    """The device has never connected."""


class DeviceDisabledError(DeviceUnavailableError):
    """The device is disabled in IoT Platform."""


class DeviceNotFoundError(CloudError):
    """The device or product does not exist."""


class VideoNotActiveError(CloudError):
    """The device's product has no video service: not a LinkVisual camera."""


class StreamFailedError(CloudError):
    """The camera did not push its stream."""


class NoCloudStorageError(CloudError):
    """The camera has no cloud storage."""


class NotFoundError(CloudError):
    """The recording, picture, event, template, job or message does not exist, or belongs to another account."""


class QueueNotFoundError(CloudError):
    """The message queue does not exist: the product has no subscription."""


class ControlFailedError(CloudError):
    """The device did not execute a command."""
