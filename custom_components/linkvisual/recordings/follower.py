"""Following recordings: until their files are there, or never will be."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
import logging
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..api.client import LinkVisualClient
from ..api.errors import (
    DeviceNotFoundError,
    InstanceNotAccessibleError,
    LinkVisualError,
)
from ..api.media_models import RecordFile
from ..const import DOMAIN
from ..coordinator import LinkVisualCoordinator
from .file_finder import WITHOUT_FILES, FileFinder
from .models import FailureReason, Recording, RecordingState
from .schedule import (
    CONFIRM_INTERVAL,
    LAST_WORD,
    SETTLED,
    has_broken_off,
    is_complete,
    is_out_of_time,
    is_purged,
    next_check,
)
from .store import RecordingStore

_LOGGER = logging.getLogger(__name__)

# Refusals that are about the recording or its camera. All others (of the key, the account, the network) say nothing
# about it, however long they last.
_OF_THE_CAMERA = (DeviceNotFoundError, InstanceNotAccessibleError)
_OF_THE_RECORDING = (*_OF_THE_CAMERA, *WITHOUT_FILES)


@dataclass(slots=True)
class FollowUp:
    """What is known of a recording beyond what is stored. Ages are seconds since the trigger."""

    started: float  # monotonic time of the trigger
    in_flight: bool = False  # the trigger is not answered yet
    ended_at: float | None = None  # the age at which it has, or may have, broken off
    was_running: bool = False  # as entities were last informed
    files: int = 0
    files_since: float = 0.0  # the age since which there are so many
    empty_answers: int = 0  # in succession, that told of no file
    was_late: bool = False  # when it was last looked at
    is_broken: bool = False  # an unexpected error was logged
    cancel: CALLBACK_TYPE | None = None

    @property
    def age(self) -> float:
        """Seconds since the trigger, whatever the wall clock says."""
        return max(0.0, time.monotonic() - self.started)

    def settled_for(self, files: int) -> float:
        """Return for how many seconds there have been so many files."""
        if files != self.files:
            self.files, self.files_since = files, self.age
        return self.age - self.files_since


class Follower:
    """Looks at each recording when something is to be done, and for nothing else."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: LinkVisualClient,
        coordinator: LinkVisualCoordinator,
        store: RecordingStore,
        on_change: Callable[[Recording], None],
        on_finish: Callable[[Recording], asyncio.Task[None]],
    ) -> None:
        """`on_change` is called when a recording began or ended to run, `on_finish` with a finished one."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._store = store
        self._on_change = on_change
        self._on_finish = on_finish
        self._finder = FileFinder(client)
        self._follow_ups: dict[str, FollowUp] = {}
        self._searching = asyncio.Lock()
        self._is_following = False
        self._was_reachable = True
        self._stopped = False

    @callback
    def async_start(self) -> None:
        """Follow the unfinished recordings, and the state of their cameras."""
        self._is_following = True
        for recording in self._store.active.values():
            follow_up = self.get(recording)
            if not follow_up.in_flight:
                # Nobody looked while Home Assistant was down: the camera may have been offline, and its file may be
                # uploaded later.
                self.async_may_have_ended(recording)
                self._wake(recording, 0.0)
        self._entry.async_on_unload(
            self._coordinator.async_add_listener(self._cameras_changed)
        )

    @callback
    def async_stop(self) -> None:
        """Stop following recordings."""
        self._stopped = True
        for follow_up in self._follow_ups.values():
            if follow_up.cancel:
                follow_up.cancel()

    def get(self, recording: Recording) -> FollowUp:
        """Return the follow-up of a recording, by the time of its trigger if that was before a restart."""
        if (follow_up := self._follow_ups.get(recording.key)) is None:
            passed = (self._client.now() - recording.triggered_at).total_seconds()
            follow_up = FollowUp(time.monotonic() - max(0.0, passed))
            self._follow_ups[recording.key] = follow_up
        return follow_up

    @callback
    def async_begin(self, recording: Recording) -> FollowUp:
        """Begin with a recording that is about to be triggered; it is not looked at before `in_flight` ends."""
        follow_up = FollowUp(time.monotonic(), in_flight=True)
        self._follow_ups[recording.key] = follow_up
        return follow_up

    @callback
    def async_forget(self, key: str) -> None:
        """Forget a recording that is finished, or was refused."""
        follow_up = self._follow_ups.pop(key, None)
        if follow_up and follow_up.cancel:
            follow_up.cancel()

    def is_unended(self, recording: Recording) -> bool:
        """Return whether a recording runs as far as its time tells."""
        return (
            recording.state is RecordingState.ACCEPTED
            and self.get(recording).age < recording.length
        )

    def is_running(self, recording: Recording) -> bool:
        """Return whether a recording runs: a camera that is offline records nothing that is known of."""
        return self.is_unended(recording) and self._is_online(recording.iot_id)

    def _is_online(self, iot_id: str) -> bool:
        camera = self._coordinator.data.get(iot_id)
        return camera is not None and camera.online

    @callback
    def async_schedule(self, recording: Recording) -> None:
        """Come back to a recording when it ends, or its files are to be asked for."""
        follow_up = self.get(recording)
        running = self.is_running(recording)
        if running != follow_up.was_running:
            follow_up.was_running = running
            self._on_change(recording)
        if follow_up.in_flight:
            return
        wait = next_check(recording, follow_up.age, follow_up.ended_at)
        is_late = is_out_of_time(recording, follow_up.age)
        if is_late and follow_up.empty_answers:
            wait = min(wait, CONFIRM_INTERVAL)
        if self.is_unended(recording):
            # The sensor goes off at the end, not with the first check after it.
            wait = min(wait, recording.length - follow_up.age)
        self._wake(recording, wait)

    @callback
    def async_may_have_ended(self, recording: Recording) -> None:
        """Look for the files from now on: the recording may have broken off."""
        follow_up = self.get(recording)
        if self.is_unended(recording):
            follow_up.ended_at = follow_up.age
        self.async_schedule(recording)

    @callback
    def _wake(self, recording: Recording, seconds: float) -> None:
        follow_up = self.get(recording)
        if follow_up.cancel:
            follow_up.cancel()
            follow_up.cancel = None
        if self._is_following and not self._stopped:
            follow_up.cancel = async_call_later(
                self._hass, seconds, HassJob(partial(self._woken, recording.key))
            )

    @callback
    def _woken(self, key: str, _now: datetime) -> None:
        recording = self._store.active[key]
        follow_up = self.get(recording)
        follow_up.cancel = None
        if follow_up.was_running and not self.is_running(recording):
            # It has ended just now.
            self.async_schedule(recording)
            return
        self._entry.async_create_background_task(
            self._hass, self._check(key), f"{DOMAIN} follow-up {key}"
        )

    async def _check(self, key: str) -> None:
        """Finish a recording whose outcome is known, else schedule the next check."""
        recording = self._store.active[key]
        # Two concurrent searches would find the same files.
        lock = self._searching if recording.file_id is None else nullcontext()
        try:
            async with lock:
                if finished := await self._resolve(recording):
                    await asyncio.shield(self._on_finish(finished))
        except Exception:
            # A bug must neither end the follow-up nor fill the log with each further look.
            follow_up = self._follow_ups.get(key)
            if follow_up is None or not follow_up.is_broken:
                _LOGGER.exception("Unexpected error while following %s", key)
            if follow_up:
                follow_up.is_broken = True
        finally:
            # It may have been finished, stopped or removed meanwhile.
            if current := self._store.active.get(key):
                self.async_schedule(current)

    async def _resolve(self, recording: Recording) -> Recording | None:
        """Return the recording as it ended, ready or failed; None while that is not known."""
        follow_up = self.get(recording)
        is_requested = recording.state is RecordingState.REQUESTED
        reason = FailureReason.REJECTED if is_requested else FailureReason.TIMEOUT
        files: list[RecordFile] = []
        siblings = self._store.siblings(recording)
        if recording.file_id is None and any(map(self._is_in_flight, siblings)):
            # A file may be of the recording whose ID the answer brings.
            return None
        is_late = is_out_of_time(recording, follow_up.age)
        # After a long stop all are late at once: each other one has had a look before the last one.
        is_last = is_late and (recording.file_id is not None or follow_up.was_late)
        follow_up.was_late = is_late
        try:
            files = await self._finder.find(recording, siblings, is_last=is_last)
            if recording.file_id is None and self._has_new_siblings(
                recording, siblings
            ):
                return None
        except LinkVisualError as err:
            _LOGGER.debug("Cannot query recording %s: %s", recording.key, err)
            if not self._is_about_recording(err):
                follow_up.empty_answers = 0
                days = self._coordinator.days_kept(recording.iot_id)
                if not is_purged(recording, follow_up.age, days):
                    return None
                # Without an end, what is followed would grow with each trigger.
                return recording.failed(reason)
            if isinstance(err, _OF_THE_CAMERA) and not is_requested:
                reason = FailureReason.DELETED
        follow_up.empty_answers = 0 if files else follow_up.empty_answers + 1
        # A stop may have shortened it meanwhile.
        recording = self._store.active.get(recording.key, recording)
        if files and (
            is_late
            or is_complete(recording, files)
            or self._has_broken_off(recording, files)
        ):
            return recording.ready(files)
        if not is_last or follow_up.empty_answers < LAST_WORD:
            return None
        return recording.failed(reason)

    def _has_new_siblings(
        self, recording: Recording, siblings: Iterable[Recording]
    ) -> bool:
        """Return whether other recordings were triggered during a search, which may have found their files."""
        known = {sibling.key for sibling in siblings}
        return any(
            sibling.key not in known for sibling in self._store.siblings(recording)
        )

    def _is_in_flight(self, recording: Recording) -> bool:
        follow_up = self._follow_ups.get(recording.key)
        return follow_up is not None and follow_up.in_flight

    def _is_about_recording(self, err: LinkVisualError) -> bool:
        if isinstance(err, InstanceNotAccessibleError):
            # Where the instance as a whole is refused, nothing is known of its cameras.
            return self._coordinator.last_update_success
        return isinstance(err, _OF_THE_RECORDING)

    def _has_broken_off(self, recording: Recording, files: list[RecordFile]) -> bool:
        """Return whether a recording that may have ended before its time has done so."""
        follow_up = self.get(recording)
        settled = follow_up.settled_for(len(files))
        if not has_broken_off(files):
            return False
        if follow_up.ended_at is None:
            if follow_up.age >= recording.length:
                return False
            follow_up.ended_at = follow_up.age
        return settled >= SETTLED or not self._is_online(recording.iot_id)

    @callback
    def _cameras_changed(self) -> None:
        """Notice cameras that are gone, went offline or came back, and a cloud that answers again."""
        is_reachable = self._coordinator.last_update_success
        answers_again = is_reachable and not self._was_reachable
        self._was_reachable = is_reachable
        for recording in list(self._store.active.values()):
            follow_up = self.get(recording)
            if self._coordinator.is_gone(recording.iot_id):
                if not follow_up.in_flight:
                    self.async_forget(recording.key)
                    self._on_finish(recording.failed(FailureReason.DELETED))
            elif follow_up.was_running != self.is_running(recording):
                self.async_may_have_ended(recording)
            elif answers_again and not self.is_unended(recording):
                self._wake(recording, 0.0)
