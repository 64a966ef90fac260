"""One life of a Home Assistant in this process: begun on a folder, asked for recordings, stopped or killed."""

import asyncio
from contextlib import AsyncExitStack
import json
from pathlib import Path
import shutil
from typing import Any, Self

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, frame
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from .clock import Clock
from .ledger import KILLED, TOGETHER, Ask, Heard, Key, Ledger
from .leftovers import timers

ENTRY_ID = "01JCHA0SCHA0SCHA0SCHA0SCHA"


def stored(folder: Path) -> set[Key]:
    """Return the recordings that are written down to be followed, in a configuration folder."""
    return {
        (row["iot_id"], row["settings"]["record_duration"])
        for path in (folder / ".storage").glob("linkvisual.*.recordings")
        for row in json.loads(path.read_text())["data"]["active"]
    }


class Life:
    """A Home Assistant with the account, from its start to its end. Made by `begin`."""

    def __init__(
        self,
        hass: HomeAssistant,
        stack: AsyncExitStack,
        entry: MockConfigEntry,
        folder: Path,
        clock: Clock,
        ledger: Ledger,
    ) -> None:
        self.hass = hass
        self.entry = entry
        self.folder = folder
        self._stack = stack
        self._clock = clock
        self._ledger = ledger
        self._callers: set[asyncio.Task[None]] = set()
        self._deaf = False
        for kind in ("triggered", "ready", "failed"):
            hass.bus.async_listen(f"linkvisual_record_{kind}", self._hear)

    @classmethod
    async def begin(
        cls,
        folder: Path,
        clock: Clock,
        ledger: Ledger,
        data: dict[str, Any],
        options: dict[str, Any],
    ) -> Self:
        """Start Home Assistant with what is in its folder, and set up the account."""
        stack = AsyncExitStack()
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
        life = cls(hass, stack, entry, folder, clock, ledger)
        entry.add_to_hass(hass)
        await clock.during(hass, hass.config_entries.async_setup(ENTRY_ID))
        return life

    @callback
    def _hear(self, event: Event[Any]) -> None:
        if not self._deaf:
            kind = str(event.event_type).rpartition("_")[2]
            self._ledger.heard.append(Heard(kind, dict(event.data)))

    def entity_id(self, domain: str, iot_id: str, key: str) -> str | None:
        """Return the entity of a camera; None while there is none."""
        return er.async_get(self.hass).async_get_entity_id(
            domain, "linkvisual", f"{iot_id}_{key}"
        )

    def ask(self, iot_ids: list[str], duration: int, **more: Any) -> None:
        """Perform `trigger_record` for some cameras; the answers go into the ledger. `reply`: ask for one."""
        reply = more.pop("reply", True)
        entity_ids = {
            entity_id: iot_id
            for iot_id in iot_ids
            if (entity_id := self.entity_id("camera", iot_id, "camera"))
        }
        if not entity_ids:
            return
        asks = {
            entity_id: Ask(iot_id, duration) for entity_id, iot_id in entity_ids.items()
        }
        self._ledger.asks += asks.values()
        more |= {"entity_id": list(asks), "record_duration": duration}
        task = asyncio.create_task(self._call(asks, more, reply))
        self._callers.add(task)
        task.add_done_callback(self._callers.discard)

    async def _call(
        self, asks: dict[str, Ask], data: dict[str, Any], reply: bool
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
            answers = dict.fromkeys(asks, key if len(asks) == 1 else TOGETHER)
        except asyncio.CancelledError:
            answers = dict.fromkeys(asks, KILLED)
        else:
            # Nobody is told by which of them a camera was skipped.
            unseen = not reply and data.get("skip_if_recording")
            answers = dict.fromkeys(asks, TOGETHER if unseen else "triggered")
            for entity_id, row in (rows or {}).items():
                assert isinstance(row, dict)
                answers[entity_id] = str(row.get("error") or row["status"])
        for entity_id, answer in answers.items():
            if asks[entity_id].answer is None:
                asks[entity_id].answer = answer

    async def stop_recording(self, iot_id: str) -> None:
        """Press the button that stops recordings, and let go."""
        if entity_id := self.entity_id("button", iot_id, "stop_recording"):
            await self.hass.services.async_call(
                "button", "press", {"entity_id": entity_id}
            )

    def stored(self) -> set[Key]:
        """Return what is written down to be followed."""
        return stored(self.folder)

    async def reload(self) -> None:
        """Load the account anew."""
        await self._clock.during(
            self.hass, self.hass.config_entries.async_reload(ENTRY_ID)
        )

    async def stop(self) -> None:
        """Stop Home Assistant as a person does. Who still waits is told nothing."""
        await self._clock.during(self.hass, self.hass.async_stop(force=True))
        for caller in self._callers:
            caller.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)
        # The process ends here, and its timers with it.
        for timer in timers():
            timer.cancel()
        await self._stack.aclose()

    async def kill(self, left: Path) -> None:
        """End at once, without a goodbye. What is on disk at this moment is copied to `left`."""
        self._ledger.killed(self.stored())
        self._deaf = True
        shutil.copytree(
            self.folder / ".storage",
            left / ".storage",
            ignore=lambda _folder, names: [
                name for name in names if not name.startswith("linkvisual.")
            ],
        )
        # From here on nothing counts, but nothing may be sent either.
        for _ in range(5):
            for task in (
                *self.hass._tasks,
                *self.hass._background_tasks,
                *self._callers,
            ):
                task.cancel()
            await asyncio.sleep(0)
        await self._clock.during(
            self.hass, self.hass.config_entries.async_unload(ENTRY_ID)
        )
        await self.stop()
