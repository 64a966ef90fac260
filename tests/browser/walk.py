"""What all parts of a walk share: the browser's page, Home Assistant behind it, the cloud behind that."""

from collections.abc import Callable
from dataclasses import dataclass, field
import time
from typing import Any

import aiohttp
from playwright.async_api import Page

from tests.instance.client import Client

from .page import Pictures, until


@dataclass
class Walk:
    """A walk through all that the README promises."""

    client: Client
    page: Page
    cloud: dict[str, Any]  # what the emulator says of itself
    pictures: Pictures
    begun: float = field(default_factory=time.monotonic)

    def tell(self, text: str) -> None:
        """Print what was reached, and when."""
        print(f"{time.monotonic() - self.begun:6.1f} s  {text}", flush=True)

    def iot_id(self, nickname: str) -> str:
        """Return how the cloud calls a camera."""
        return next(
            str(camera["iot_id"])
            for camera in self.cloud["cameras"]
            if camera["nickname"] == nickname
        )

    async def until_state(
        self,
        what: str,
        entity_id: str,
        condition: Callable[[dict[str, Any]], Any],
        seconds: float = 20,
    ) -> None:
        """Wait until an entity has such a state."""

        async def is_so() -> bool:
            states = await self.client.command("get_states")
            return any(
                condition(row) for row in states if row["entity_id"] == entity_id
            )

        await until(what, is_so, seconds)

    async def until_recording(self, camera: str) -> None:
        """Wait until a camera, by its object ID, records."""
        await self.until_state(
            f"{camera} records",
            f"binary_sensor.{camera}_recording",
            lambda row: row["state"] == "on",
        )

    async def control(self, method: str, path: str, **arguments: Any) -> Any:
        """Ask the emulator's control; see tests/emulator/control.py."""
        async with aiohttp.request(
            method,
            f"{self.cloud['endpoint']}/_emulator/{path}",
            raise_for_status=True,
            **arguments,
        ) as response:
            return await response.json()
