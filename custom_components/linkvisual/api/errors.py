"""What can go wrong with a call to the cloud. Which of its codes is which exception: error_codes.py."""

from typing import override


class LinkVisualError(Exception):
    """Base of everything this package raises."""


class CannotConnectError(LinkVisualError):
    """The cloud was not reached: nothing was sent (DNS, refused, unreachable)."""


class TlsError(CannotConnectError):
    """The cloud's certificate was not accepted, or the TLS handshake failed: nothing was sent."""


class NoReplyError(LinkVisualError):
    """The connection broke or timed out after the request may have been sent."""


class UnreadableReplyError(LinkVisualError):
    """The reply is not what the cloud sends: no JSON, cut off, too long, or of another shape."""


class OutcomeUnknownError(LinkVisualError):
    """A call with effects may or may not have been carried out, and must not be repeated."""


class CommandOutcomeUnknownError(OutcomeUnknownError):
    """A device may or may not have got an order."""


class NoPictureError(LinkVisualError):
    """A picture that was asked for did not come."""


class CloudError(LinkVisualError):
    """The cloud refused. Also the class of refusals that the tables below do not know."""

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
    """The key's owner may not call this operation; `ram_action` names it where the cloud did."""


class AccountBlockedError(CloudError):
    """The account is overdue or at risk."""


class InstanceNotAccessibleError(CloudError):
    """The instance does not exist, is blocked, or is not the one that owns the device."""


class NotActivatedError(CloudError):
    """The account has not activated the service."""


class ClockSkewError(CloudError):
    """The request's time is more than 15 minutes off. `corrected`: the next request will have the cloud's time."""

    corrected = False


class NonceUsedError(CloudError):
    """The same signed request has been there before."""


class ThrottledError(CloudError):
    """Too many calls; refused before it ran."""


class ServiceUnavailableError(CloudError):
    """The cloud is down for a moment."""


class InternalServiceError(CloudError):
    """Something broke inside the cloud."""


class InvalidRequestError(CloudError):
    """The cloud does not accept the operation or a parameter."""


class LimitReachedError(CloudError):
    """A quota other than the rate of calls is used up."""


class DeviceUnavailableError(CloudError):
    """The device cannot act now: offline, or in a bad state."""


class DeviceInactiveError(DeviceUnavailableError):
    """The device has never connected."""


class DeviceDisabledError(DeviceUnavailableError):
    """The device is disabled in IoT Platform."""


class DeviceNotFoundError(CloudError):
    """There is no such device or product."""


class VideoNotActiveError(CloudError):
    """The device's product has no video service: it is no LinkVisual camera."""


class StreamFailedError(CloudError):
    """The camera did not push its stream."""


class NoCloudStorageError(CloudError):
    """The camera has no cloud storage."""


class NotFoundError(CloudError):
    """There is no such recording, picture, event, template or job, or it is somebody else's."""


class ControlFailedError(CloudError):
    """The device did not carry out a command."""
