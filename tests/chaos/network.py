"""The network between Home Assistant and the cloud: a port that may refuse, a name that may not resolve."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import socket
from typing import Self, override
from unittest.mock import patch

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.emulator.app import create_app
from tests.emulator.cloud import Cloud
from tests.instance.ports import reserved_port

HOST = "cloud.test"
# Turns of the event loop that accepting a connection takes, at most.
_ACCEPTING = 3


class Network(AbstractResolver):
    """Serves a cloud on a real socket; resolves the name of its host."""

    def __init__(self, cloud: Cloud, port: int) -> None:
        self._cloud = cloud
        self._port = port
        self._runner = web.AppRunner(
            create_app(cloud), access_log=None, keepalive_timeout=1e6
        )
        self._site: web.TCPSite
        self.knows_name = True

    @classmethod
    @asynccontextmanager
    async def serve(cls, cloud: Cloud) -> AsyncIterator[Self]:
        """Serve a cloud; Home Assistant's clients ask this network for its address."""
        with reserved_port() as port:
            network = cls(cloud, port)
            await network._runner.setup()
            try:
                await network.up()
                with patch(
                    "homeassistant.helpers.aiohttp_client._async_make_resolver",
                    return_value=network,
                ):
                    yield network
                network.break_connections()
            finally:
                await network._runner.cleanup()

    @property
    def entry_data(self) -> dict[str, str]:
        """The data of a config entry for this cloud."""
        return {
            "access_key_id": self._cloud.access_key_id,
            "access_key_secret": self._cloud.access_key_secret,
            "region": self._cloud.region,
            "iot_instance_id": self._cloud.iot_instance_id,
            "endpoint": f"http://{HOST}:{self._port}",
        }

    async def up(self) -> None:
        """Accept connections."""
        self._site = web.TCPSite(
            self._runner, "127.0.0.1", self._port, reuse_address=True
        )
        await self._site.start()

    async def down(self) -> None:
        """Refuse connections, and break the open ones."""
        # asyncio loses a connection that it accepts while its server closes: finish with accepting first.
        assert isinstance(self._site._server, asyncio.Server)
        for listener in self._site._server.sockets:
            asyncio.get_running_loop().remove_reader(listener.fileno())
        for _ in range(_ACCEPTING):
            await asyncio.sleep(0)
        await self._site.stop()
        self.break_connections()

    def break_connections(self) -> None:
        """Break all open connections."""
        assert self._runner.server is not None
        for connection in self._runner.server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the address of the cloud."""
        if host != HOST or not self.knows_name:
            raise OSError(None, "DNS lookup failed")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    @override
    async def close(self) -> None:
        """Close nothing."""

    async def real_close(self) -> None:
        """Close nothing; the name that Home Assistant calls."""
