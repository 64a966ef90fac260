"""Media that lead into a network that this machine is in, whose addresses are public ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import ifaddr
import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.faults import MediaFault

from .conftest import Clock
from .media import MediaBrowser, MediaError


@contextmanager
def networks(*addresses: tuple[str, int]) -> Iterator[None]:
    """Let this machine have an adapter in networks."""
    ips = [
        ifaddr.IP((ip, 0, 0) if ":" in ip else ip, prefix, "eth0")
        for ip, prefix in addresses
    ]
    adapter = ifaddr.Adapter("eth0", "eth0", ips, index=2)
    with patch.object(ifaddr, "get_adapters", return_value=[adapter]):
        yield


async def test_new_network(
    clock: Clock,
    browser: MediaBrowser,
    clip: str,
    cloud: Cloud,
) -> None:
    """The home's network is the one of now, also after the provider gave it another one."""
    headers = {"Location": "http://[2a02:8070:9::5]/"}
    with networks(("2a02:8070:1::2", 64)):
        await browser.resolve(clip)
    cloud.media_faults.append(
        MediaFault("status", times=None, status=302, headers=headers)
    )
    with networks(("2a02:8070:9::2", 64)):
        clock.jump(601)
        with pytest.raises(MediaError, match="points into the local network"):
            await browser.resolve(clip)
