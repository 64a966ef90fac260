"""Exports, and what people see of them, for tests."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback

from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .media import call

FRONT_DOOR = "camera.front_door"
HALF_HOUR = 1800


async def until(is_so: Callable[[], Any]) -> None:
    """Wait for something to be so."""
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.01)


def _running_exports() -> list[str]:
    names = (task.get_name() for task in asyncio.all_tasks())
    return [name for name in names if name.startswith("linkvisual export")]


class Exporting:
    """Somebody who exports what the front door has recorded."""

    def __init__(self, hass: HomeAssistant, cloud: Cloud, folder: Path) -> None:
        self.hass = hass
        self.cloud = cloud
        self.folder = folder
        self.begin = int(cloud.now()) - 6 * 3600
        self.notifications: dict[str, str] = {}

        @callback
        def update(_kind: object, changed: dict[str, Any]) -> None:
            for notification_id, notification in changed.items():
                if _kind is persistent_notification.UpdateType.REMOVED:
                    self.notifications.pop(notification_id, None)
                else:
                    self.notifications[notification_id] = notification["message"]

        persistent_notification.async_register_callback(hass, update)

    def record(self, camera: Device, parts: int, stream_type: int = 0) -> None:
        """Store ten seconds in each half hour."""
        for number in range(parts):
            begin = self.begin + number * HALF_HOUR + 60
            self.cloud.world.add_file(
                camera, begin, begin + 10, stream_type=stream_type
            )

    async def export(self, minutes: int = 70, **data: Any) -> Any:
        """Export so many minutes from the begin on."""
        return await call(
            self.hass,
            "export_recordings",
            **{
                "entity_id": FRONT_DOOR,
                "start": self.time(0),
                "end": self.time(minutes * 60),
                "folder": str(self.folder),
                **data,
            },
        )

    def time(self, seconds: int) -> str:
        """Return a time as an action takes it, so many seconds after the begin."""
        return datetime.fromtimestamp(self.begin + seconds, UTC).isoformat()

    @property
    def message(self) -> str:
        """The only notification."""
        (message,) = self.notifications.values() or ("",)
        return message

    async def finished(self) -> str:
        """Wait for the end of the only export; return the notification."""
        await until(lambda: "files saved to" in self.message)
        # Its last notification is shown twice, the second time when its task ends.
        await until(lambda: not _running_exports())
        return self.message

    def spans(self) -> list[tuple[int, int]]:
        """Return the time ranges of the cloud's jobs, in seconds after the begin."""
        return [
            (job.begin - self.begin, job.end - self.begin)
            for job in self.cloud.time_jobs.values()
        ]
