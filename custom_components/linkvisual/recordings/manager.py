"""Recordings of a config entry, from the trigger to the file. Accepted recordings survive restarts."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from itertools import chain
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import ulid
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
from ..errors import async_result
from ..storage import EntryStore
from .events import RecordingEvent, async_send
from .follower import Follower
from .incidents import Incidents
from .models import FailureReason, Recording, end_of
from .newest import NewestRecordings
from .schedule import longest_wait
from .settings import STREAM_TYPES, RecordSettings
from .store import STORE, RecordingStore

_LOGGER = logging.getLogger(__name__)

# Triggers and stops in progress, by entry: an unload does not wait for all of them, the next load does.
_PENDING_COMMANDS: HassKey[dict[str, set[asyncio.Task[Recording]]]] = HassKey(
    f"{DOMAIN}_pending_commands"
)


class Recordings:
    """Triggers and stops the recordings of a config entry, and sends their events."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: LinkVisualClient,
        coordinator: LinkVisualCoordinator,
        incidents: Incidents,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._incidents = incidents
        self._store = RecordingStore(hass, entry.entry_id)
        self._follower = Follower(
            hass,
            entry,
            client,
            coordinator,
            self._store,
            self._send,
            self._begin_finish,
        )
        self.newest = NewestRecordings(client, coordinator, self._store, self._send)
        self._triggers: dict[str, set[asyncio.Task[Recording]]] = {}
        self._waiting: dict[str, list[asyncio.Future[Recording]]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._unloaded = False

    async def async_load(self) -> None:
        """Load the recordings that were unfinished when the entry was unloaded."""
        while pending := self._pending_commands:
            await asyncio.wait(pending)
        await self._store.async_load()
        self._incidents.async_entry_loaded(self._entry.entry_id, self._store.active)

    @property
    def _pending_commands(self) -> set[asyncio.Task[Recording]]:
        by_entry = self._hass.data.setdefault(_PENDING_COMMANDS, {})
        return by_entry.setdefault(self._entry.entry_id, set())

    @callback
    def async_follow(self) -> None:
        """Follow the unfinished recordings."""
        self._follower.async_start()
        self._incidents.async_tell_ended()
        self._entry.async_on_unload(
            self._coordinator.async_add_listener(self._forget_removed_cameras)
        )

    @callback
    def async_unload(self) -> None:
        """Stop following recordings."""
        self._unloaded = True
        self._follower.async_stop()
        for future in chain.from_iterable(self._waiting.values()):
            if not future.done():
                future.set_exception(_unloaded())

    async def async_shut_down(self) -> None:
        """Let recordings end that are about to, and no others: Home Assistant waits for no task when it stops."""
        self._unloaded = True
        self._follower.async_stop()
        while self._ending:
            await asyncio.wait(self._ending)

    def running(self, iot_id: str) -> list[Recording]:
        """Return the running recordings of a camera, oldest first."""
        return [
            recording
            for recording in self._store.active.values()
            if recording.iot_id == iot_id and self._follower.is_running(recording)
        ]

    def is_running(self, iot_id: str) -> bool:
        """Return whether a camera is recording."""
        return bool(self.running(iot_id))

    def unfinished(self) -> list[Recording]:
        """Return the unfinished recordings."""
        return list(self._store.active.values())

    def is_unfinished(self, key: str) -> bool:
        """Return whether a recording is unfinished, or was requested with an unknown outcome."""
        return key in self._store.active

    def last_ready(self, iot_id: str) -> Recording | None:
        """Return the newest ready recording of a camera, as long as the cloud keeps it."""
        recording = self._store.last.get(iot_id)
        camera = self._coordinator.data.get(iot_id)
        if recording and camera and camera.retention_days:
            kept_since = self._client.now() - timedelta(days=camera.retention_days)
            if recording.files[-1].end < kept_since:
                return None
        return recording

    async def async_running(self, iot_id: str) -> Recording | None:
        """Return the camera's running recording, after pending triggers are done."""
        await self._async_triggers_answered(iot_id)
        return next(iter(reversed(self.running(iot_id))), None)

    async def _async_triggers_answered(self, iot_id: str) -> None:
        while triggers := self._triggers.get(iot_id):
            await asyncio.wait(triggers)

    async def async_trigger(
        self,
        camera: Camera,
        settings: RecordSettings,
        context: Context,
        *,
        key: str | None = None,
        incident_id: str | None = None,
    ) -> Recording:
        """Trigger a recording, and follow it. Raises a LinkVisualError.

        `key` is an unused one, by which an incident knows the recording. Cancelling the caller does not cancel the
        trigger.
        """
        now = self._client.now()
        recording = Recording(
            key=key or ulid.ulid_now(),
            iot_id=camera.iot_id,
            product_key=camera.product_key,
            device_name=camera.device_name,
            settings=settings,
            triggered_at=now,
            ends_at=end_of(now, settings),
            context=context,
            incident_id=incident_id,
        )
        task = self._create_task(self._trigger(camera, recording), "trigger")
        triggers = self._triggers.setdefault(camera.iot_id, set())
        triggers.add(task)
        task.add_done_callback(triggers.discard)
        return await _result_of(task)

    def _create_task(
        self, command: Coroutine[Any, Any, Recording], name: str
    ) -> asyncio.Task[Recording]:
        task = self._entry.async_create_task(self._hass, command, f"{DOMAIN} {name}")
        self._pending_commands.add(task)
        task.add_done_callback(self._pending_commands.discard)
        return task

    async def _trigger(self, camera: Camera, requested: Recording) -> Recording:
        if camera.retention_days == 0:
            await self._check_cloud_storage(camera)
        settings = requested.settings
        recording = requested.sent(self._client.now())
        # Saved before the call, so that the recording is found even if the reply is lost.
        self._store.active[recording.key] = recording
        follow_up = self._follower.async_begin(recording)
        await self._store.async_commit()
        try:
            record = await self._client.trigger_record(
                camera.iot_id,
                record_duration=settings.record_duration,
                pre_record_duration=settings.pre_record_duration,
                stream_type=STREAM_TYPES[settings.stream_type],
            )
        except OutcomeUnknownError as err:
            # It may have waited for its turn, or been sent again: its files are looked for from here on.
            sent_at = self._client.now() - timedelta(seconds=err.seconds_ago)
            recording = recording.sent(sent_at)
            self._store.active[recording.key] = recording
            follow_up = self._follower.async_begin(recording)
            await self._store.async_commit()
            follow_up.in_flight = False
            self._follower.async_schedule(recording)
            raise
        except LinkVisualError as err:
            del self._store.active[recording.key]
            self._follower.async_forget(recording.key)
            await self._store.async_commit()
            if type(err) in (CloudError, InvalidRequestError, LimitReachedError):
                # The error of a camera without cloud storage is not documented.
                await self._check_cloud_storage(camera)
            raise
        recording = recording.accepted(
            record.record_id, record.request_id, self._client.now()
        )
        self._store.active[recording.key] = recording
        follow_up = self._follower.async_begin(recording)
        await self._store.async_commit()
        self._send(recording, RecordingEvent.TRIGGERED)
        follow_up.in_flight = False
        if self._coordinator.is_gone(recording.iot_id):
            self._begin_finish(recording.failed(FailureReason.DELETED))
        else:
            self._follower.async_schedule(recording)
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

    @callback
    def async_join(self, running: Recording, incident_id: str) -> Recording:
        """Return a running recording as one of an incident, unless it is of another one already."""
        if running.incident_id is not None:
            return running
        recording = replace(running, incident_id=incident_id)
        self._store.active[recording.key] = recording
        self._entry.async_create_task(self._hass, self._store.async_commit())
        return recording

    async def async_stop(self, iot_id: str) -> list[Recording]:
        """Stop a camera's recordings; what was recorded is kept.

        All are tried. Raises the LinkVisualError of the first that could not be stopped.
        """
        await self._async_triggers_answered(iot_id)
        stops = [
            self._create_task(self._stop(recording), "stop")
            for recording in self._store.active.values()
            if recording.iot_id == iot_id and self._follower.is_unended(recording)
        ]
        if stops:
            await asyncio.wait(stops)
        return [await _result_of(stop) for stop in stops]

    async def _stop(self, running: Recording) -> Recording:
        assert running.file_id is not None
        try:
            await self._client.stop_triggered_record(running.iot_id, running.file_id)
        except OutcomeUnknownError:
            if current := self._store.active.get(running.key):
                self._follower.async_may_have_ended(current)
            raise
        current = self._store.active.get(running.key)
        if current is None:
            # It ended during the call, and its event was sent.
            return running
        recording = current.stopped(self._follower.get(current).age)
        self._store.active[recording.key] = recording
        await self._store.async_commit()
        if recording.key in self._store.active:
            self._follower.async_schedule(recording)
        return recording

    async def async_wait(self, recording: Recording) -> Recording:
        """Wait until a recording is ready or has failed. Raises TimeoutError if the cloud does not say in time.

        It is followed all the same, however long that takes.
        """
        if self._unloaded:
            raise _unloaded()
        future: asyncio.Future[Recording] = self._hass.loop.create_future()
        waiting = self._waiting.setdefault(recording.key, [])
        waiting.append(future)
        age = self._follower.get(recording).age
        try:
            async with asyncio.timeout(longest_wait(recording) - age):
                return await future
        finally:
            waiting.remove(future)

    @callback
    def _begin_finish(self, recording: Recording) -> asyncio.Task[None]:
        """Finish a recording in a task that an unload waits for: once saved, its event must be sent."""
        task = self._entry.async_create_task(
            self._hass, self._finish(recording), f"{DOMAIN} end {recording.key}"
        )
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task

    async def _finish(self, recording: Recording) -> None:
        """Save a finished recording, then send its event, once."""
        # After an unload it is found again by the next load.
        if self._unloaded or recording.key not in self._store.active:
            return
        # Before it is no longer followed: a kill must not take it from its incident.
        await self._incidents.async_recording_ended(self._entry.entry_id, recording)
        if self._unloaded or self._store.active.pop(recording.key, None) is None:
            return
        self._follower.async_forget(recording.key)
        now = self._client.now()
        if recording.files:
            self._store.add_ready(recording, now)
        else:
            self._store.forget_claims(now)
        await self._store.async_commit()
        # Before the event: listeners may raise.
        for future in self._waiting.pop(recording.key, []):
            if not future.done():
                future.set_result(recording)
        self._send(recording, RecordingEvent(recording.state.value))
        self._incidents.async_tell_ended()
        await self._incidents.async_told()

    @callback
    def _forget_removed_cameras(self) -> None:
        if self._store.forget_cameras(self._coordinator.is_gone):
            self._entry.async_create_task(self._hass, self._store.async_commit())

    @callback
    def _send(self, recording: Recording, event: RecordingEvent | None = None) -> None:
        async_send(self._hass, self._entry.entry_id, recording, event)

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Remove the stored data."""
        await EntryStore(hass, entry_id, STORE).async_remove()


async def _result_of(command: asyncio.Task[Recording]) -> Recording:
    """Return the result of a command, which goes on if the caller is cancelled. Raises its LinkVisualError."""
    try:
        return await async_result(command)
    except asyncio.CancelledError:
        if command.cancelled():
            # Home Assistant stops: the call may have arrived.
            raise OutcomeUnknownError("Home Assistant is stopping") from None
        raise


def _unloaded() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="unloaded")
