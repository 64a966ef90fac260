"""Recordings of a config entry, from the trigger to the file. Accepted recordings survive restarts."""

import asyncio
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from itertools import chain
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util, ulid
from homeassistant.util.hass_dict import HassKey

from ..api.client import LinkVisualClient
from ..api.errors import (
    CloudError,
    InvalidRequestError,
    LimitReachedError,
    LinkVisualError,
    NoCloudStorageError,
    OutcomeUnknownError,
)
from ..const import DOMAIN
from ..coordinator import Camera, LinkVisualCoordinator
from ..storage import EntryStore
from .events import RecordingEvent, async_send
from .file_finder import FileFinder
from .models import FailureReason, Recording, RecordingState, end_of
from .schedule import may_be_mistaken, next_check
from .settings import STREAM_TYPES, RecordSettings

_LOGGER = logging.getLogger(__name__)

STORE = "recordings"

# Trigger calls in progress, by entry: a reload does not wait for all of them.
_PENDING_TRIGGERS: HassKey[dict[str, set[asyncio.Task[Recording]]]] = HassKey(
    f"{DOMAIN}_pending_triggers"
)


class Recordings:
    """Triggers the recordings of a config entry, follows them, and sends their events."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: LinkVisualClient,
        coordinator: LinkVisualCoordinator,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._store = EntryStore(hass, entry.entry_id, STORE)
        self._active: dict[str, Recording] = {}
        self._last: dict[str, Recording] = {}  # ready ones, by IotId
        # Ready ones whose files could match another recording.
        self._claimed: list[Recording] = []
        self._searching = asyncio.Lock()
        self._pending: dict[str, set[asyncio.Task[Recording]]] = {}
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._waiting: dict[str, list[asyncio.Future[Recording]]] = {}
        self._files = FileFinder(client)
        self._unloaded = False

    async def async_load(self) -> None:
        """Load the recordings that were unfinished when the entry was unloaded."""
        while pending := self._pending_triggers:
            await asyncio.wait(pending)
        data = await self._store.async_read()
        for recording in _read(data.get("active")):
            self._active[recording.key] = recording
        for recording in _read(data.get("last")):
            self._last[recording.iot_id] = recording
        self._claimed = list(_read(data.get("claimed")))

    @property
    def _pending_triggers(self) -> set[asyncio.Task[Recording]]:
        by_entry = self._hass.data.setdefault(_PENDING_TRIGGERS, {})
        return by_entry.setdefault(self._entry.entry_id, set())

    @callback
    def async_follow(self) -> None:
        """Follow the unfinished recordings."""
        for recording in self._active.values():
            self._schedule(recording, resumed=True)
        self._entry.async_on_unload(
            self._coordinator.async_add_listener(self._forget_removed_cameras)
        )

    @callback
    def async_unload(self) -> None:
        """Stop following recordings."""
        self._unloaded = True
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()
        for future in chain.from_iterable(self._waiting.values()):
            if not future.done():
                future.set_exception(_unloaded())

    def running(self, iot_id: str) -> list[Recording]:
        """Return the running recordings of a camera, oldest first."""
        now = dt_util.utcnow()
        return [
            recording
            for recording in self._active.values()
            if recording.iot_id == iot_id and recording.is_running(now)
        ]

    def is_running(self, iot_id: str) -> bool:
        """Return whether a camera is recording."""
        return bool(self.running(iot_id))

    def unfinished(self) -> list[Recording]:
        """Return the unfinished recordings."""
        return list(self._active.values())

    def last_ready(self, iot_id: str) -> Recording | None:
        """Return the newest ready recording of a camera."""
        return self._last.get(iot_id)

    async def async_running(self, iot_id: str) -> Recording | None:
        """Return the camera's running recording, after pending triggers are done."""
        while pending := self._pending.get(iot_id):
            await asyncio.wait(pending)
        return next(iter(reversed(self.running(iot_id))), None)

    async def async_trigger(
        self, camera: Camera, settings: RecordSettings, context: Context
    ) -> Recording:
        """Trigger a recording, and follow it. Raises a LinkVisualError.

        Cancelling the caller does not cancel the trigger.
        """
        task = self._entry.async_create_task(
            self._hass,
            self._trigger(camera, settings, context),
            f"{DOMAIN} trigger {camera.iot_id}",
        )
        for tasks in (
            self._pending.setdefault(camera.iot_id, set()),
            self._pending_triggers,
        ):
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        return await asyncio.shield(task)

    async def _trigger(
        self, camera: Camera, settings: RecordSettings, context: Context
    ) -> Recording:
        if camera.retention_days == 0:
            await self._check_cloud_storage(camera)
        now = dt_util.utcnow()
        recording = Recording(
            key=ulid.ulid_now(),
            iot_id=camera.iot_id,
            product_key=camera.product_key,
            device_name=camera.device_name,
            settings=settings,
            triggered_at=now,
            ends_at=end_of(now, settings),
            context=context,
        )
        # Saved before the call, so that the recording is found even if the reply is lost.
        self._active[recording.key] = recording
        await self._save()
        try:
            record = await self._client.trigger_record(
                camera.iot_id,
                record_duration=settings.record_duration,
                pre_record_duration=settings.pre_record_duration,
                stream_type=STREAM_TYPES[settings.stream_type],
            )
        except OutcomeUnknownError:
            self._schedule(recording)
            raise
        except LinkVisualError as err:
            del self._active[recording.key]
            await self._save()
            if type(err) in (CloudError, InvalidRequestError, LimitReachedError):
                # The error of a camera without cloud storage is not documented.
                await self._check_cloud_storage(camera)
            raise
        recording = recording.accepted(
            record.record_id, record.request_id, dt_util.utcnow()
        )
        self._active[recording.key] = recording
        await self._save()
        self._send(recording, RecordingEvent.TRIGGERED)
        self._schedule(recording)
        return recording

    async def _check_cloud_storage(self, camera: Camera) -> None:
        """Raise NoCloudStorageError if the camera's retention is 0 days."""
        try:
            rows = await self._client.query_device_record_life_cycle([camera.iot_id])
        except LinkVisualError as err:
            _LOGGER.debug("Cannot query the retention: %s", err)
            return
        if any(row.iot_id == camera.iot_id and row.day == 0 for row in rows):
            raise NoCloudStorageError("no retention")

    async def async_stop(self, iot_id: str) -> list[Recording]:
        """Stop a camera's recordings; what was recorded is kept. Raises a LinkVisualError."""
        stopped: list[Recording] = []
        for running in self.running(iot_id):
            assert running.file_id is not None
            await self._client.stop_triggered_record(iot_id, running.file_id)
            recording = running.stopped(dt_util.utcnow())
            self._active[recording.key] = recording
            await self._save()
            self._send(recording)
            self._schedule(recording)
            stopped.append(recording)
        return stopped

    async def async_wait(self, recording: Recording) -> Recording:
        """Wait until a recording is ready or has failed."""
        if self._unloaded:
            raise _unloaded()
        future: asyncio.Future[Recording] = self._hass.loop.create_future()
        self._waiting.setdefault(recording.key, []).append(future)
        return await future

    @callback
    def _schedule(self, recording: Recording, *, resumed: bool = False) -> None:
        """Schedule the next step of a recording."""
        if self._unloaded:
            return
        now = dt_util.utcnow()
        if recording.is_running(now):
            action, when = self._ended, recording.ends_at
        else:
            action, when = self._check_due, next_check(recording, now)
            if resumed and now >= recording.ends_at:
                when = now
        if cancel := self._timers.pop(recording.key, None):
            cancel()
        self._timers[recording.key] = async_track_point_in_utc_time(
            self._hass, partial(action, recording.key), when
        )

    @callback
    def _ended(self, key: str, _now: datetime) -> None:
        self._timers.pop(key)
        recording = self._active[key]
        self._send(recording)
        self._schedule(recording)

    @callback
    def _check_due(self, key: str, _now: datetime) -> None:
        self._timers.pop(key)
        self._entry.async_create_background_task(
            self._hass, self._check(key), f"{DOMAIN} follow-up {key}"
        )

    async def _check(self, key: str) -> None:
        """Finish a recording whose outcome is known, else schedule the next check."""
        recording = self._active[key]
        # Two concurrent searches would find the same files.
        lock = self._searching if recording.file_id is None else nullcontext()
        try:
            async with lock:
                siblings = [
                    other
                    for other in (*self._active.values(), *self._claimed)
                    if other.iot_id == recording.iot_id and other.key != key
                ]
                if finished := await self._files.resolve(recording, siblings):
                    await asyncio.shield(self._begin_finish(finished))
        finally:
            if key in self._active:
                self._schedule(recording)

    @callback
    def _begin_finish(self, recording: Recording) -> asyncio.Task[None]:
        """Finish a recording in a task that an unload waits for: once saved, its event must be sent."""
        return self._entry.async_create_task(
            self._hass, self._finish(recording), f"{DOMAIN} end {recording.key}"
        )

    async def _finish(self, recording: Recording) -> None:
        """Save a finished recording, then send its event, once."""
        if self._active.pop(recording.key, None) is None:
            return
        self._files.forget(recording.key)
        if recording.state is RecordingState.READY:
            self._claimed.append(recording)
            self._last[recording.iot_id] = max(
                recording,
                self._last.get(recording.iot_id, recording),
                key=lambda ready: ready.triggered_at,
            )
        now = dt_util.utcnow()
        self._claimed = [
            ready
            for ready in self._claimed
            if may_be_mistaken(ready, self._active.values(), now)
        ]
        await self._save()
        # Before the event: listeners may raise.
        for future in self._waiting.pop(recording.key, []):
            if not future.done():
                future.set_result(recording)
        self._send(recording, RecordingEvent(recording.state.value))

    @callback
    def _forget_removed_cameras(self) -> None:
        for recording in list(self._active.values()):
            if self._coordinator.is_gone(recording.iot_id):
                self._timers.pop(recording.key, lambda: None)()
                self._begin_finish(recording.failed(FailureReason.DELETED))

    @callback
    def _send(self, recording: Recording, event: RecordingEvent | None = None) -> None:
        async_send(self._hass, self._entry.entry_id, recording, event)

    async def _save(self) -> None:
        await self._store.async_save(
            {
                "active": [recording.as_dict() for recording in self._active.values()],
                "last": [recording.as_dict() for recording in self._last.values()],
                "claimed": [recording.as_dict() for recording in self._claimed],
            }
        )

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await EntryStore(hass, entry_id, STORE).async_remove()


def _read(rows: Any) -> Iterator[Recording]:
    """Yield the recordings of valid rows."""
    for row in rows if isinstance(rows, list) else []:
        try:
            yield Recording.from_dict(row)
        except (KeyError, TypeError, ValueError) as err:
            _LOGGER.warning("A stored recording cannot be read: %r", err)


def _unloaded() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="unloaded")
