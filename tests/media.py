"""What the media browser of the frontend does, and the actions about media, for tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from tests.emulator.cloud import Call, Cloud
from tests.emulator.world import Device

ROOT = "media-source://linkvisual"


class MediaError(Exception):
    """What the person reads in the place of the media."""


@dataclass
class MediaBrowser:
    """The media browser."""

    socket: MockHAClientWebSocket
    entry_id: str

    @classmethod
    async def connect(
        cls, hass: HomeAssistant, hass_ws_client: WebSocketGenerator, entry_id: str
    ) -> MediaBrowser:
        """Open it."""
        assert await async_setup_component(hass, "media_source", {})
        await hass.async_block_till_done()
        return cls(await hass_ws_client(hass), entry_id)

    def content_id(self, *parts: str) -> str:
        """Return the content ID of a place in the account."""
        return "/".join([ROOT, self.entry_id, *parts])

    async def _ask(self, command: str, **data: Any) -> Any:
        await self.socket.send_json_auto_id({"type": f"media_source/{command}", **data})
        answer = await self.socket.receive_json()
        if not answer["success"]:
            raise MediaError(answer["error"]["message"])
        return answer["result"]

    async def open(self, content_id: str) -> dict[str, Any]:
        """Return a folder."""
        folder = await self._ask("browse_media", media_content_id=content_id)
        assert isinstance(folder, dict)
        return folder

    async def walk(self, *titles: str) -> dict[str, Any]:
        """Open folders by their titles, each in the one before, beginning with the account's."""
        folder = await self.open(self.content_id())
        for title in titles:
            (row,) = [row for row in folder["children"] if row["title"] == title]
            folder = await self.open(row["media_content_id"])
        return folder

    async def search(self, content_id: str, query: str) -> list[str]:
        """Return the titles of what is found."""
        result = await self._ask(
            "search_media", media_content_id=content_id, search_query=query
        )
        return titles_of(result["result"])

    async def resolve(self, content_id: str) -> dict[str, Any]:
        """Return where to play something, and what it is."""
        result = await self._ask("resolve_media", media_content_id=content_id)
        assert isinstance(result, dict)
        return result


def titles_of(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Return the titles of rows."""
    return [row["title"] for row in rows]


def content_id(entry: MockConfigEntry, camera: Device, file_name: str) -> str:
    """Return what Home Assistant knows a recording by."""
    name = file_name.replace("/", "%2F")
    return f"{ROOT}/{entry.entry_id}/{camera.iot_id}/recording/{name}"


async def call(
    hass: HomeAssistant,
    action: str,
    context: Context | None = None,
    reply: bool = True,
    **data: Any,
) -> Any:
    """Call an action of the integration."""
    return await hass.services.async_call(
        "linkvisual",
        action,
        data,
        blocking=True,
        return_response=reply,
        context=context,
    )


def files_in(folder: Path) -> list[str]:
    """Return the names of all files, hidden ones included."""
    return sorted(path.name for path in folder.glob("**/*")) if folder.exists() else []


# What is polled whenever the budget of calls allows, and the parameters of such calls where people make others.
_BACKGROUND: dict[str, dict[str, Any]] = {
    "BatchQueryDeviceDetail": {},
    "QueryDeviceEvent": {},
    "QueryDeviceEventRecord": {},
    "QueryDevicePropertyStatus": {},
    "QueryPictureFiles": {"PictureSource": 2},  # the last picture
    "QueryRecord": {"RecordType": 2, "NeedSnapshot": True},  # the last recording
}


def asked(cloud: Cloud, action: str | None = None) -> list[str]:
    """Return which calls, or calls of one operation, were made for somebody, not by polling."""
    return [
        call.action
        for call in cloud.calls
        if action in (None, call.action) and not _is_polled(call)
    ]


def _is_polled(call: Call) -> bool:
    params = _BACKGROUND.get(call.action)
    return params is not None and params.items() <= call.params.items()
