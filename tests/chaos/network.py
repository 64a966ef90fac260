"""The way to the cloud: a port that may refuse, a name that may not be found."""

import socket
from types import TracebackType
from typing import Self, override
from unittest.mock import patch

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.emulator.app import create_app
from tests.emulator.cloud import Cloud

HOST = "cloud.test"


class Network(AbstractResolver):
    """Serves a cloud on a real socket, under a name that only this resolver knows."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._runner = web.AppRunner(
            create_app(cloud), access_log=None, keepalive_timeout=1e6
        )
        self._site: web.TCPSite | None = None
        self.port = 0
        self.knows_name = True
        self._patch = patch(
            "homeassistant.helpers.aiohttp_client._async_make_resolver",
            return_value=self,
        )

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await self.up()
        self._patch.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._patch.stop()
        self.break_connections()
        await self._runner.cleanup()

    @property
    def entry_data(self) -> dict[str, str]:
        """The data of a config entry that leads here."""
        return {
            "access_key_id": self._cloud.access_key_id,
            "access_key_secret": self._cloud.access_key_secret,
            "region": self._cloud.region,
            "iot_instance_id": self._cloud.iot_instance_id,
            "endpoint": f"http://{HOST}:{self.port}",
        }

    async def up(self) -> None:
        """Listen, on the same port as ever."""
        self._site = web.TCPSite(
            self._runner, "127.0.0.1", self.port, reuse_address=True
        )
        await self._site.start()
        self.port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Refuse connections, and break those there are."""
        assert self._site is not None
        await self._site.stop()
        self.break_connections()

    def break_connections(self) -> None:
        """Break all connections, whatever they are at."""
        assert self._runner.server is not None
        for connection in self._runner.server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return where the cloud is."""
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
        """Close nothing; Home Assistant calls it so."""
