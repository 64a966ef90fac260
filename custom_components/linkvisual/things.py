"""What cameras report of themselves, and what they are told to be: the properties of their thing models."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
import logging
import time

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .api.client import LinkVisualClient
from .api.errors import LinkVisualError, OutcomeUnknownError
from .api.thing_models import PropertyStatus
from .const import DOMAIN
from .coordinator import Camera, LinkVisualCoordinator
from .data import LinkVisualConfigEntry

_LOGGER = logging.getLogger(__name__)

# Seconds between two looks at a camera, if the budget of calls allows them: settings rarely change by themselves.
INTERVAL = 1800.0
# Seconds. The cloud only passes orders on: whether the camera did as it was told is looked up after a while, and again;
# what it does not report by then it has not done.
_CONFIRM_AFTER = 5.0
_GIVE_UP_AFTER = 10.0


@dataclass(slots=True)
class _Thing:
    """A camera. Values are the cloud's texts, by identifier."""

    reported: dict[str, str] = field(default_factory=dict)
    wished: dict[str, str] = field(default_factory=dict)  # told, and not reported yet
    give_up_at: float = 0.0  # monotonic
    listeners: list[CALLBACK_TYPE] = field(default_factory=list)
    refresh: asyncio.Task[None] | None = None
    cancel_confirm: CALLBACK_TYPE | None = None

    def refreshed(self, _task: asyncio.Task[None]) -> None:
        """Let the next who asks ask the cloud."""
        self.refresh = None

    def tell(self) -> None:
        """Call all listeners."""
        for listener in list(self.listeners):
            listener()


class Things:
    """The properties of an entry's cameras. Nothing is asked for by itself."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: LinkVisualConfigEntry,
        client: LinkVisualClient,
        coordinator: LinkVisualCoordinator,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._things: dict[str, _Thing] = {}
        self._listeners: list[Callable[[str], None]] = []
        entry.async_on_unload(self._cancel)

    def get(self, iot_id: str) -> Mapping[str, str]:
        """Return what a camera is, by identifier; empty before it was asked. What it was told just now is believed."""
        thing = self._things.get(iot_id)
        return thing.reported | thing.wished if thing else {}

    def wished(self, camera: Camera) -> float | None:
        """Return after how many seconds to ask again; None for a camera that cannot change, or is one of very many."""
        is_asked = camera.online and not self._coordinator.has_many_cameras
        return INTERVAL if is_asked else None

    @callback
    def async_restore(self, iot_id: str, identifier: str, value: str) -> None:
        """Believe what a camera was before a restart, until it is asked."""
        self._thing(iot_id).reported.setdefault(identifier, value)

    @callback
    def async_subscribe(self, iot_id: str, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` when a camera has changed."""
        listeners = self._thing(iot_id).listeners
        listeners.append(listener)
        return partial(listeners.remove, listener)

    @callback
    def async_subscribe_new(self, listener: Callable[[str], None]) -> CALLBACK_TYPE:
        """Call `listener` with the IotId when a camera reports properties that it has not reported before."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    async def async_refresh(self, iot_id: str) -> None:
        """Ask what a camera last reported; who asks while it is being asked gets that. Raises a LinkVisualError."""
        thing = self._thing(iot_id)
        if thing.refresh is None:
            thing.refresh = self._entry.async_create_background_task(
                self._hass, self._refresh(iot_id, thing), f"{DOMAIN} thing {iot_id}"
            )
            thing.refresh.add_done_callback(thing.refreshed)
        await asyncio.shield(thing.refresh)

    async def async_set(self, iot_id: str, identifier: str, value: int) -> None:
        """Tell a camera what to be. Raises a LinkVisualError.

        It is taken for done until the camera has had its time: then what it reports counts.
        """
        thing = self._thing(iot_id)
        try:
            await self._client.set_device_property(iot_id, {identifier: value})
        except OutcomeUnknownError:
            self._confirm_later(iot_id, thing)
            raise
        thing.wished[identifier] = str(value)
        thing.give_up_at = time.monotonic() + _GIVE_UP_AFTER
        self._confirm_later(iot_id, thing)
        thing.tell()

    def _thing(self, iot_id: str) -> _Thing:
        return self._things.setdefault(iot_id, _Thing())

    async def _refresh(self, iot_id: str, thing: _Thing) -> None:
        rows = await self._client.query_device_property_status(iot_id)
        if iot_id in self._coordinator.data:
            self._update(iot_id, thing, rows)

    @callback
    def _update(
        self, iot_id: str, thing: _Thing, rows: Iterable[PropertyStatus]
    ) -> None:
        before = self.get(iot_id)
        first = thing.reported.keys()
        thing.reported = {row.identifier: row.value for row in rows if row.value}
        if time.monotonic() >= thing.give_up_at:
            thing.wished = {}
        thing.wished = {
            identifier: value
            for identifier, value in thing.wished.items()
            if thing.reported.get(identifier) != value
        }
        if thing.reported.keys() - first:
            for listener in list(self._listeners):
                listener(iot_id)
        if self.get(iot_id) != before:
            thing.tell()

    @callback
    def _confirm_later(self, iot_id: str, thing: _Thing) -> None:
        if thing.cancel_confirm:
            thing.cancel_confirm()

        @callback
        def confirm(_now: datetime) -> None:
            thing.cancel_confirm = None
            self._entry.async_create_background_task(
                self._hass, self._confirm(iot_id, thing), f"{DOMAIN} confirm {iot_id}"
            )

        thing.cancel_confirm = async_call_later(self._hass, _CONFIRM_AFTER, confirm)

    async def _confirm(self, iot_id: str, thing: _Thing) -> None:
        try:
            await self.async_refresh(iot_id)
        except LinkVisualError as err:
            # The wish is shown on: the next look at the camera settles it.
            _LOGGER.debug("Not known whether %s did as told: %s", iot_id, err)
        if thing.wished and time.monotonic() < thing.give_up_at:
            self._confirm_later(iot_id, thing)

    @callback
    def _cancel(self) -> None:
        for thing in self._things.values():
            if thing.cancel_confirm:
                thing.cancel_confirm()
