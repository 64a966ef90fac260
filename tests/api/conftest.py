"""A client without Home Assistant."""

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from custom_components.linkvisual.api.client import LinkVisualClient
from tests.emulator.cloud import Cloud

type MakeClient = Callable[..., LinkVisualClient]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session of the test's own."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def make_client(
    cloud: Cloud, endpoint: str, session: aiohttp.ClientSession
) -> MakeClient:
    """Return a function that makes a client; its arguments replace the right ones."""

    def make(
        access_key_id: str = cloud.access_key_id,
        access_key_secret: str = cloud.access_key_secret,
        iot_instance_id: str = cloud.iot_instance_id,
        base_url: str = endpoint,
    ) -> LinkVisualClient:
        return LinkVisualClient(
            session,
            access_key_id,
            access_key_secret,
            cloud.region,
            iot_instance_id,
            base_url,
        )

    return make


@pytest.fixture
def client(make_client: MakeClient) -> LinkVisualClient:
    """Make a client with the right key."""
    return make_client()
