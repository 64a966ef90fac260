"""Fixtures for all tests."""

from collections.abc import AsyncIterator
import logging

from aiohttp.test_utils import TestServer
import pytest

import custom_components.linkvisual  # noqa: F401  (before Home Assistant looks for custom integrations)

from .emulator.app import create_app
from .emulator.cloud import Cloud

for noisy in ("aiohttp.access", "asyncio"):
    logging.getLogger(noisy).setLevel(logging.ERROR)


@pytest.fixture
def cloud() -> Cloud:
    """Make the state of an emulated cloud. Reaching it takes `endpoint`."""
    return Cloud()


@pytest.fixture
async def endpoint(cloud: Cloud, socket_enabled: None) -> AsyncIterator[str]:
    """Serve the cloud on a real socket; return its address."""
    async with TestServer(create_app(cloud), host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")
