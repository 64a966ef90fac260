"""Who may use the message queue: version, key, time, signature and token. Source: push.md sections 4.1, 4.3 and 4.6."""

from base64 import b64encode
from datetime import UTC
from email.utils import parsedate_to_datetime
from hashlib import md5

from ..cloud import ACCOUNT_ID, Cloud
from .refusals import QueueRefusal
from .signatures import QueueRequest, read_signature

VERSION = "2015-06-06"
CLOCK_WINDOW = 15 * 60


def admit(cloud: Cloud, request: QueueRequest, action: str) -> None:
    """Refuse a request that is not signed, now, by an active key of the account that may do this.

    The order of the checks is INFERRED.
    """
    headers = request.headers
    if not headers.get("authorization"):
        raise QueueRefusal("MissingAuthorizationHeader")
    if "x-mns-version" not in headers:
        raise QueueRefusal("MissingVersionHeader")
    if headers["x-mns-version"] != VERSION:
        raise QueueRefusal("InvalidArgument")
    signed_at = _signed_at(request)
    signature = read_signature(request)
    if signature is None:
        raise QueueRefusal("InvalidAuthorizationHeader")
    key = cloud.keys.get(signature.access_key_id)
    if key is None or not key.active:
        raise QueueRefusal("InvalidAccessKeyId")
    if abs(signed_at - cloud.now()) > CLOCK_WINDOW:
        raise QueueRefusal("TimeExpired", status=cloud.inferred.time_expired_status)
    if not signature.is_made_with(key.access_key_secret):
        raise QueueRefusal("SignatureDoesNotMatch")
    _check_token(cloud, request, signature.access_key_id)
    _check_digest(cloud, request)
    if key.account_id != ACCOUNT_ID or {action, f"mns:{action}"} & cloud.denied:
        raise QueueRefusal("AccessDenied")


def _signed_at(request: QueueRequest) -> float:
    """Return when a request was signed, or refuse."""
    if not request.date:
        raise QueueRefusal("MissingDateHeader")
    try:
        moment = parsedate_to_datetime(request.date)
    except ValueError as err:
        raise QueueRefusal("InvalidDateHeader") from err
    if not request.date.endswith("GMT"):
        raise QueueRefusal("InvalidDateHeader")
    return moment.replace(tzinfo=UTC).timestamp()


def _check_token(cloud: Cloud, request: QueueRequest, access_key_id: str) -> None:
    """Refuse an STS token that is unknown, of another key, or has expired. It is not signed."""
    token = request.headers.get("security-token")
    if token is None:
        return
    owner, expires = cloud.security_tokens.get(token, ("", 0.0))
    if owner != access_key_id or expires < cloud.now():
        raise QueueRefusal(cloud.inferred.bad_queue_token)


def _check_digest(cloud: Cloud, request: QueueRequest) -> None:
    """Refuse a digest of another body: Alibaba's SDKs send that of 16 bytes as hex digits, others send it as it is."""
    given = request.headers.get("content-md5")
    if given is None or not cloud.inferred.content_md5_checked:
        return
    digest = md5(request.body, usedforsecurity=False)
    forms = (digest.hexdigest().encode(), digest.digest())
    if given not in [b64encode(form).decode() for form in forms]:
        raise QueueRefusal("InvalidDegist")
