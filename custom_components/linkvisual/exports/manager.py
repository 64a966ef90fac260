"""Exports of an entry: stored until they are finished, resumed after a restart."""

import asyncio
import logging
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..api.client import LinkVisualClient
from ..const import DOMAIN
from ..media.client import MediaClient
from ..storage import EntryStore
from .models import Export, ExportPart, PartState
from .notification import async_dismiss, async_notify
from .worker import PartWorker

_LOGGER = logging.getLogger(__name__)

_STORE = "exports"
_EXPORTS = "exports"


class Exports:
    """Exports of an entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: LinkVisualClient,
        media: MediaClient,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._store = EntryStore(hass, entry.entry_id, _STORE)
        self._worker = PartWorker(hass, entry, client, media, self._async_commit)
        self._exports: dict[str, Export] = {}

    async def async_load(self) -> None:
        """Load the exports that were not finished."""
        rows = (await self._store.async_read()).get(_EXPORTS)
        for row in rows if isinstance(rows, list) else []:
            try:
                export = Export.from_dict(row)
            except (
                AttributeError,
                KeyError,
                OverflowError,
                TypeError,
                ValueError,
            ) as err:
                _LOGGER.warning("A stored export cannot be read: %r", err)
            else:
                self._exports[export.export_id] = export

    async def _async_commit(self) -> None:
        await self._store.async_commit(
            lambda: {_EXPORTS: [export.as_dict() for export in self._exports.values()]}
        )

    @callback
    def async_resume(self) -> None:
        """Go on with the loaded exports."""
        # Jobs that may run in the cloud occupy its slots already.
        for export in sorted(self._exports.values(), key=_is_only_queued):
            self._async_start(export)

    def writes_to(self, paths: set[Path]) -> bool:
        """Return whether an unfinished export writes to one of the paths."""
        return any(
            part.path in paths
            for export in self._exports.values()
            for part in export.parts
        )

    async def async_add(self, export: Export) -> asyncio.Task[None]:
        """Store an export and begin it; return its task."""
        self._exports[export.export_id] = export
        await self._async_commit()
        return self._async_start(export)

    @callback
    def _async_start(self, export: Export) -> asyncio.Task[None]:
        """Begin an export. Its task is cancelled when the entry is unloaded, or Home Assistant stops."""
        return self._entry.async_create_background_task(
            self._hass, self._async_run(export), f"{DOMAIN} export {export.export_id}"
        )

    async def _async_run(self, export: Export) -> None:
        async def show() -> None:
            await async_notify(self._hass, self._entry, export)

        def begun_first(part: ExportPart) -> bool:
            return part.state is PartState.QUEUED

        try:
            await show()
            async with asyncio.TaskGroup() as group:
                for part in sorted(export.parts, key=begun_first):
                    if not part.is_finished:
                        group.create_task(self._worker.async_export(export, part, show))
        except asyncio.CancelledError:
            async_dismiss(self._hass, export)
            raise
        await show()
        del self._exports[export.export_id]
        await self._async_commit()

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await EntryStore(hass, entry_id, _STORE).async_remove()


def _is_only_queued(export: Export) -> bool:
    return all(
        part.state is PartState.QUEUED or part.is_finished for part in export.parts
    )
