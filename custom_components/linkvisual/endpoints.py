"""Validation of endpoints that users enter."""

from ipaddress import ip_address

from homeassistant.util.network import is_loopback
from yarl import URL


def endpoint_error(endpoint: str) -> str | None:
    """Return the error key of an invalid endpoint; None if valid."""
    try:
        url = URL(endpoint)
        # Decoded only now.
        host = url.host
    except ValueError:
        return "invalid_endpoint"
    if (
        url.scheme not in ("http", "https")
        or not host
        or url.path not in ("", "/")
        or url.query_string
        or url.fragment
        or "@" in endpoint
    ):
        return "invalid_endpoint"
    if url.scheme == "http" and not _is_this_machine(host):
        return "insecure_endpoint"
    return None


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or is_loopback(ip_address(host))
    except ValueError:
        return False
