"""Ways to call the emulator."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.emulator.cloud import Cloud

from .raw import Raw


@pytest.fixture
async def raw(cloud: Cloud, endpoint: str) -> AsyncIterator[Raw]:
    """Call by hand."""
    async with aiohttp.ClientSession() as session:
        yield Raw(session, cloud, endpoint)
