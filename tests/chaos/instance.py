"""A run of Home Assistant in this process, from its start on a configuration folder to its stop or kill."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
import json
import logging
from pathlib import Path
import shutil
from typing import Any, Self, override
from unittest.mock import patch

from homeassistant.components.http import HomeAssistantHTTP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, frame
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from . import incidents
from .alarm_ledger import AlarmLedger
from .clock import Clock
from .ledger import COMBINED, KILLED, Fired, Key, Ledger, Request
from .leftovers import leftovers, tasks, timers

ENTRY_ID = "01JCHA0SCHA0SCHA0SCHA0SCHA"


def stored_recordings(folder: Path) -> set[Key]:
    """Return the recordings that a configuration folder says are still to be followed."""
    return {
        (row["iot_id"], row["settings"]["record_duration"])
        for path in (folder / ".storage").glob("linkvisual.*.recordings")
        for row in json.loads(path.read_text())["data"]["active"]
    }


class _SetupErrors(logging.Handler):
    """Collects why components were not set up: Home Assistant tells its log only."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _setup_errors() -> Iterator[list[str]]:
    logger, errors = logging.getLogger("homeassistant.setup"), _SetupErrors()
    level = logger.level
    logger.addHandler(errors)
    logger.setLevel(min(logger.getEffectiveLevel(), logging.ERROR))
    try:
        yield errors.messages
    finally:
        logger.setLevel(level)
        logger.removeHandler(errors)


class Instance:
    """A running Home Assistant with the account. Made by `start`."""

    def __init__(
        self,
        hass: HomeAssistant,
        stack: AsyncExitStack,
        entry: MockConfigEntry,
        folder: Path,
        clock: Clock,
        ledger: Ledger,
        alarms: AlarmLedger,
    ) -> None:
        self.hass = hass
        self.entry = entry
        self.folder = folder
        self._stack = stack
        self._clock = clock
        self.ledger = ledger
        self.alarms = alarms
        self._callers: set[asyncio.Task[None]] = set()
        self._killed = False
        for kind in ("triggered", "ready", "failed"):
            hass.bus.async_listen(f"linkvisual_record_{kind}", self._write_down)
        hass.bus.async_listen("linkvisual_incident_ready", self._write_down_incident)
        alarms.listen(hass)

    @classmethod
    async def start(
        cls,
        folder: Path,
        clock: Clock,
        ledger: Ledger,
        alarms: AlarmLedger,
        data: dict[str, Any],
        options: dict[str, Any],
    ) -> Self:
        """Start Home Assistant on a folder and set up the account. Raises HomeAssistantError."""
        stack = AsyncExitStack()
        # Nobody connects to this server, and its port may be taken.
        stack.enter_context(patch.object(HomeAssistantHTTP, "async_bind"))
        hass = await stack.enter_async_context(
            async_test_home_assistant(config_dir=str(folder))
        )
        frame.async_setup(hass)
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        entry = MockConfigEntry(
            domain="linkvisual",
            entry_id=ENTRY_ID,
            title="Chaos",
            data=data,
            options=options,
        )
        instance = cls(hass, stack, entry, folder, clock, ledger, alarms)
        entry.add_to_hass(hass)
        with _setup_errors() as errors:
            await clock.during(hass.config_entries.async_setup(ENTRY_ID))
        if entry.domain not in hass.config.components:
            await instance.stop()
            raise HomeAssistantError("; ".join(errors))
        return instance

    @callback
    def _write_down(self, event: Event[Any]) -> None:
        if not self._killed:
            kind = str(event.event_type).rpartition("_")[2]
            self.ledger.events.append(Fired(kind, dict(event.data)))

    @callback
    def _write_down_incident(self, event: Event[Any]) -> None:
        if not self._killed:
            self.ledger.incidents[event.data["title"]].told.append(dict(event.data))

    def entity_id(self, domain: str, iot_id: str, key: str) -> str | None:
        """Return the entity of a camera; None while there is none."""
        return er.async_get(self.hass).async_get_entity_id(
            domain, "linkvisual", f"{iot_id}_{key}"
        )

    def request(self, iot_ids: list[str], duration: int, **more: Any) -> None:
        """Perform `trigger_record` for some cameras; the answers go into the ledger.

        `more` are fields of the action, and `reply`: whether to ask for a response.
        """
        reply = more.pop("reply", True)
        requests = {
            entity_id: Request(iot_id, duration)
            for iot_id in iot_ids
            if (entity_id := self.entity_id("camera", iot_id, "camera"))
        }
        if not requests:
            return
        self.ledger.requests += requests.values()
        if title := more.get("incident"):
            self.ledger.incidents[title] = incidents.Incident(
                title,
                list(requests.values()),
                joins=bool(more.get("skip_if_recording")),
            )
        more |= {"entity_id": list(requests), "record_duration": duration}
        task = asyncio.create_task(self._call(requests, more, reply))
        self._callers.add(task)
        task.add_done_callback(self._callers.discard)

    async def _call(
        self, requests: dict[str, Request], data: dict[str, Any], reply: bool
    ) -> None:
        try:
            rows = await self.hass.services.async_call(
                "linkvisual",
                "trigger_record",
                data,
                blocking=True,
                return_response=reply,
            )
        except HomeAssistantError as err:
            key = str(err.translation_key)
            answers = dict.fromkeys(requests, key if len(requests) == 1 else COMBINED)
        except asyncio.CancelledError:
            answers = dict.fromkeys(requests, KILLED)
        else:
            # Without a response a skipped camera looks like a triggered one.
            unseen = not reply and data.get("skip_if_recording")
            answers = dict.fromkeys(requests, COMBINED if unseen else "triggered")
            for entity_id, row in (rows or {}).items():
                assert isinstance(row, dict)
                answers[entity_id] = str(row.get("error") or row["status"])
        for entity_id, answer in answers.items():
            if requests[entity_id].answer is None:
                requests[entity_id].answer = answer

    async def stop_recording(self, iot_id: str) -> None:
        """Press a camera's button that stops recordings; don't wait for the end of it."""
        if entity_id := self.entity_id("button", iot_id, "stop_recording"):
            await self.hass.services.async_call(
                "button", "press", {"entity_id": entity_id}
            )

    def stored_recordings(self) -> set[Key]:
        """Return the recordings that the disk says are still to be followed."""
        return stored_recordings(self.folder)

    async def reload(self) -> None:
        """Reload the account."""
        await self._clock.during(self.hass.config_entries.async_reload(ENTRY_ID))

    async def unload(self) -> None:
        """Unload the account."""
        await self._clock.during(self.hass.config_entries.async_unload(ENTRY_ID))

    async def stop(self) -> None:
        """Stop Home Assistant in an orderly way. Callers that still wait get no answer."""
        await self._clock.during(self.hass.async_stop(force=True))
        for caller in self._callers:
            caller.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)
        # A real process would end here, and its timers with it. What was begun while it stopped may begin others.
        while leftovers():
            for timer in timers():
                timer.cancel()
            for task in tasks():
                task.cancel()
            await asyncio.sleep(0)
        await self._stack.aclose()

    async def kill(self, copy: Path) -> None:
        """End at once, as by SIGKILL. What is on disk at this moment is copied to another folder."""
        self._killed = True
        shutil.copytree(
            self.folder / ".storage",
            copy / ".storage",
            ignore=lambda _folder, names: [
                name for name in names if not name.startswith("linkvisual.")
            ],
        )
        # Threads go on writing to the folder meanwhile: what the next run finds is what counts.
        self.ledger.note_kill(stored_recordings(copy))
        self.alarms.note_kill(copy)
        incidents.note_end(self.ledger, copy, was_killed=True)
        # From here on nothing counts, but nothing may be sent either.
        for _ in range(5):
            for task in (
                *self.hass._tasks,
                *self.hass._background_tasks,
                *self._callers,
            ):
                task.cancel()
            await asyncio.sleep(0)
        await self.unload()
        await self.stop()
