"""Hosts that media may be fetched from: public ones, and the one of the configured endpoint.

The cloud names the URLs. Home Assistant can reach hosts that the cloud must not reach through it.
"""

from collections.abc import Iterable
from contextlib import suppress
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
import re
import socket
import time
from typing import override

from aiohttp.abc import AbstractResolver, ResolveResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import HomeAssistantTCPConnector
import ifaddr
from yarl import URL

_LOCAL_SUFFIXES = (".internal", ".lan", ".local", ".localhost", ".home.arpa")
# Resolvers take more forms of IPv4 addresses than `ipaddress`, such as 0x7f.0.0.1: hosts whose last label is a number.
_NUMERIC = re.compile(r"(.*\.)?(\d+|0[xX][0-9a-fA-F]*)\.?")
# The names of hosts, and what `ipaddress` does not read of IPv6 addresses is none.
_NAME = re.compile(r"[0-9A-Za-z_.-]+")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Of a home's IPv6 network: an adapter may know a single address of it.
_HOME_PREFIX = 64
# Seconds. Providers change the IPv6 network of a home; Home Assistant itself reads its adapters at its start only.
_ADAPTERS_LIFE = 600


class MediaGoneError(Exception):
    """The cloud does not serve a URL, or not any more. The message never contains the URL."""


class HostPolicy:
    """The hosts that media may be fetched from; `endpoint` is the configured URL of the cloud, if any."""

    def __init__(self, hass: HomeAssistant, endpoint: str | None) -> None:
        self._hass = hass
        self._trusted_host = URL(endpoint).host if endpoint else None
        self._home: list[IPv4Network | IPv6Network] = []
        self._read_adapters_at: float | None = None

    async def async_refresh(self) -> None:
        """Read the networks that Home Assistant is in, unless that was done a short while ago. Before all checks."""
        now = time.monotonic()
        if (
            self._read_adapters_at is not None
            and now - self._read_adapters_at < _ADAPTERS_LIFE
        ):
            return
        # Where they cannot be read now, those of before are better than none.
        with suppress(OSError):
            adapters = await self._hass.async_add_executor_job(ifaddr.get_adapters)
            self._home = list(_networks(adapters))
        self._read_adapters_at = now

    def is_trusted(self, host: str) -> bool:
        """Return whether a host is the configured endpoint's, wherever that is."""
        return host == self._trusted_host

    def check(self, url: URL) -> URL:
        """Return a URL whose host may be resolved. Raises MediaGoneError."""
        try:
            # Parsed only now, together with the port.
            host = url.host
        except ValueError:
            raise MediaGoneError("not a URL") from None
        if url.scheme not in ("http", "https") or not host:
            raise MediaGoneError("not an HTTP URL")
        if "@" in url.raw_authority:
            raise MediaGoneError("the URL contains a user name")
        if not self.is_trusted(host):
            if self._is_local(host):
                raise MediaGoneError("the URL points into the local network")
            if not _is_host(url.raw_host or ""):
                raise MediaGoneError("not a URL")
        return url

    def join(self, base: URL, reference: str | None) -> URL:
        """Return the URL of a redirect or in a playlist. Raises MediaGoneError."""
        try:
            url = base.join(URL(reference or "", encoded=True))
        except ValueError:
            raise MediaGoneError("not a URL") from None
        return self.check(url)

    def is_public(self, literal: str) -> bool:
        """Return whether an address is public, and none of the networks that Home Assistant is in.

        Raises ValueError if it is no address.
        """
        address = _reached(ip_address(literal))
        if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
            return False
        return (
            address.is_global
            and not address.is_multicast
            and not self._is_at_home(address)
        )

    def _is_at_home(self, address: IPv4Address | IPv6Address) -> bool:
        """Return whether an address is of a network of an adapter: IPv6 addresses of a home are global ones."""
        return any(address in home for home in self._home)

    def _is_local(self, host: str) -> bool:
        """Return whether a host is a literal address that is not public, or a name of a local network."""
        try:
            return not self.is_public(host)
        except ValueError:
            pass
        name = host.rstrip(".").lower()
        return (
            "." not in name
            or name.endswith(_LOCAL_SUFFIXES)
            or _NUMERIC.fullmatch(name) is not None
        )


class PublicResolver(AbstractResolver):
    """Home Assistant's resolver without addresses that are not public, except those of the trusted host.

    The connector connects to the addresses that it returns, so that a name cannot change its address after the check.
    Literal addresses bypass resolvers: HostPolicy checks them.
    """

    def __init__(self, hosts: HostPolicy, connector: HomeAssistantTCPConnector) -> None:
        self._hosts = hosts
        self._connector = connector

    @override
    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        """Return the addresses to connect to. Raises OSError, or MediaGoneError if none is public."""
        results = [
            ResolveResult({**row, "port": port})
            for row in await self._connector.async_resolve_host(host)
            if self._hosts.is_trusted(host) or self._hosts.is_public(row["host"])
        ]
        if not results:
            raise MediaGoneError("the URL points into the local network")
        return results

    @override
    async def close(self) -> None:
        pass


def _networks(
    adapters: Iterable[ifaddr.Adapter],
) -> Iterable[IPv4Network | IPv6Network]:
    """Yield the networks of adapters."""
    for adapter in adapters:
        for own in adapter.ips:
            address = own.ip if isinstance(own.ip, str) else own.ip[0]
            prefix = min(own.network_prefix, _HOME_PREFIX)
            yield ip_network(f"{address}/{prefix}", strict=False)


def _is_host(host: str) -> bool:
    """Return whether a host is a name or an address, and not what a resolver might make one of."""
    try:
        ip_address(host)
    except ValueError:
        return _NAME.fullmatch(host) is not None
    return True


def _reached(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, if it stands for one, else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(address.packed[-4:])
    return address
