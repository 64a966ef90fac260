"""Who may pass the gateway: key, time, signature, nonce and token. Sources: signing.md sections 7 and 8."""

from datetime import datetime
import re

from .cloud import AccessKey, Cloud
from .refusals import GatewayRefusal
from .signatures import HMAC_SHA1, Signature, WireRequest, read_signature

CLOCK_WINDOW = 15 * 60
NONCE_MEMORY = 31 * 60
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def admit(cloud: Cloud, wire: WireRequest) -> AccessKey:
    """Return the key that signed; refuse a request that is not signed by an active one, now, for the first time.

    The order of the checks is INFERRED; the nonce comes after the signature, else anybody could burn nonces.
    """
    signature = read_signature(wire)
    if signature is None:
        named = _named(wire)
        raise GatewayRefusal.missing(
            "Signature" if "AccessKeyId" in named else "AccessKeyId"
        )
    if signature.scheme == HMAC_SHA1:
        _check_method(_named(wire))
    key = cloud.keys.get(signature.access_key_id)
    if key is None:
        raise GatewayRefusal(
            404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."
        )
    if not key.active:
        raise GatewayRefusal(
            400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."
        )
    _check_time(cloud, signature)
    if not signature.is_made_with(key.access_key_secret):
        raise GatewayRefusal(
            400,
            "SignatureDoesNotMatch",
            "Specified signature is not matched with our calculation. "
            f"server string to sign is:{signature.string_to_sign}",
        )
    _check_nonce(cloud, signature)
    _check_security_token(cloud, signature)
    return key


def _named(wire: WireRequest) -> dict[str, str]:
    return dict((*wire.query_params, *wire.form_params))


def _check_method(named: dict[str, str]) -> None:
    for name in ("SignatureMethod", "SignatureVersion"):
        if name not in named:
            raise GatewayRefusal.missing(name)
    if named["SignatureMethod"] != HMAC_SHA1:
        raise GatewayRefusal(
            400, "InvalidSignatureMethod", "Specified signature method is not valid."
        )


def _unix_time(timestamp: str) -> float | None:
    """Return None for what is not written as the gateway wants it, or is no day of the calendar."""
    if not _TIMESTAMP.fullmatch(timestamp):
        return None
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return None


def _check_time(cloud: Cloud, signature: Signature) -> None:
    if not signature.timestamp:
        raise GatewayRefusal.missing("Timestamp")
    signed_at = _unix_time(signature.timestamp)
    if signed_at is None:
        raise GatewayRefusal(
            400,
            "InvalidTimeStamp.Format",
            "Specified time stamp or date value is not well formatted.",
        )
    if abs(signed_at - cloud.now()) > CLOCK_WINDOW:
        raise GatewayRefusal(
            400,
            "InvalidTimeStamp.Expired",
            "Specified time stamp or date value is expired.",
        )


def _check_nonce(cloud: Cloud, signature: Signature) -> None:
    if not signature.nonce:
        raise GatewayRefusal.missing("SignatureNonce")
    now = cloud.now()
    # Oldest first: what was remembered first is forgotten first.
    while cloud.nonces and next(iter(cloud.nonces.values())) < now - NONCE_MEMORY:
        del cloud.nonces[next(iter(cloud.nonces))]
    if signature.nonce in cloud.nonces:
        raise GatewayRefusal(
            400, "SignatureNonceUsed", "Specified signature nonce was used already."
        )
    cloud.nonces[signature.nonce] = now


def _check_security_token(cloud: Cloud, signature: Signature) -> None:
    if signature.security_token is None:
        return
    access_key_id, expires = cloud.security_tokens.get(
        signature.security_token, ("", 0.0)
    )
    problem, text = "", ""
    if not access_key_id:
        problem, text = "Malformed", "is malformed"
    elif access_key_id != signature.access_key_id:
        problem, text = "MismatchWithAccessKey", "mismatch with the AccessKey"
    elif expires < cloud.now():
        problem, text = "Expired", "is expired"
    if problem:
        raise GatewayRefusal(
            400, f"InvalidSecurityToken.{problem}", f"Specified SecurityToken {text}."
        )
