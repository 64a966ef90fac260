"""The timeline card's commands, and what they cost, for tests."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .media import asked
from .recording import CAMERA

DAY = timedelta(days=1)
# What the timeline asks for begins at a quarter of an hour, what is polled does not.
_QUARTER = 15 * 60 * 1000


class TimelineError(Exception):
    """The code and message of an error."""


@dataclass
class Card:
    """A timeline card in a browser."""

    socket: MockHAClientWebSocket

    @classmethod
    async def open(
        cls, hass: HomeAssistant, hass_ws_client: WebSocketGenerator, *token: str
    ) -> Card:
        """Connect it."""
        return cls(await hass_ws_client(hass, *token))

    async def ask(self, **data: Any) -> Any:
        """Send a command; return its result."""
        await self.socket.send_json_auto_id({"entity_id": CAMERA, **data})
        answer = await self.socket.receive_json()
        if not answer["success"]:
            raise TimelineError(answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    async def show(
        self, start: datetime, end: datetime, entity_id: str = CAMERA
    ) -> dict[str, list[dict[str, Any]]]:
        """Return the recordings and alarms of a time range."""
        result = await self.ask(
            type="linkvisual/timeline",
            entity_id=entity_id,
            start=start.isoformat(),
            end=end.isoformat(),
        )
        assert isinstance(result, dict)
        return result

    async def subscribe(self) -> None:
        """Subscribe to what is new."""
        assert await self.ask(type="linkvisual/timeline/subscribe") is None

    async def told(self) -> dict[str, Any]:
        """Return the next event."""
        message = await self.socket.receive_json()
        assert message["type"] == "event"
        event = message["event"]
        assert isinstance(event, dict)
        return event


def cost(cloud: Cloud) -> list[str]:
    """Return the calls that the timeline has made."""
    alarms = cloud.calls_of("QueryDeviceEvent")
    return asked(cloud, "QueryRecord") + [
        call.action for call in alarms if not call.params["BeginTime"] % _QUARTER
    ]


def yesterday(cloud: Cloud) -> datetime:
    """Return the begin of yesterday in UTC."""
    today = datetime.fromtimestamp(cloud.now(), UTC).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return today - DAY


def fill_day(
    cloud: Cloud, camera: Device, begin: datetime, files: int, alarms: int
) -> None:
    """Store recordings of both streams and of all kinds, and alarms, over a day."""
    start = begin.timestamp()
    for index in range(files):
        at = start + index * 86400 / files
        stream_type = int(index >= files * 2 / 3)
        cloud.world.add_file(camera, at, at + 60, index % 3, stream_type)
    for index in range(alarms):
        at = start + index * 86400 / alarms
        raise_alarm(cloud, camera, delay=0, age=cloud.now() - at, pushed=False)
