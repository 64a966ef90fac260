"""What cameras report of themselves, and what they are told to be: the properties of their thing models."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
import logging
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import SignalType, async_dispatcher_send
from homeassistant.helpers.event import async_call_later

from ..api.client import LinkVisualClient
from ..api.errors import LinkVisualError, OutcomeUnknownError
from ..api.thing_models import PropertyStatus
from ..const import DOMAIN
from ..coordinator import Camera, LinkVisualCoordinator

_LOGGER = logging.getLogger(__name__)

# Seconds between two looks at a camera, if the budget of calls allows them: settings rarely change by themselves.
INTERVAL = 1800.0
# Seconds. The cloud only passes orders on: whether the camera did as it was told is looked up after a while, and again;
# what it does not report by then it has not done.
_CONFIRM_AFTER = 5.0
_GIVE_UP_AFTER = 10.0


@dataclass(slots=True)
class _CameraProperties:
    """A camera. Values are the cloud's texts, by identifier."""

    reported: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)  # told, and not reported yet
    give_up_at: float = 0.0  # monotonic
    refresh: asyncio.Task[None] | None = None
    cancel_confirm: CALLBACK_TYPE | None = None

    def refreshed(self, _task: asyncio.Task[None]) -> None:
        """Let the next who asks ask the cloud."""
        self.refresh = None


def properties_signal(entry_id: str, iot_id: str) -> SignalType[()]:
    """Return the dispatcher signal that is sent when a camera's properties have changed."""
    return SignalType(f"{DOMAIN}_properties_{entry_id}_{iot_id}")


def new_properties_signal(entry_id: str) -> SignalType[str]:
    """Return the dispatcher signal of a camera (IotId) that reports properties which it has not reported before."""
    return SignalType(f"{DOMAIN}_new_properties_{entry_id}")


class Properties:
    """The properties of an entry's cameras. Nothing is asked for by itself."""

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
        self._properties: dict[str, _CameraProperties] = {}
        entry.async_on_unload(self._cancel)

    def get(self, iot_id: str) -> Mapping[str, str]:
        """Return what a camera is, by identifier; empty before it was asked. What it was told just now is believed."""
        properties = self._properties.get(iot_id)
        return properties.reported | properties.pending if properties else {}

    def poll_interval(self, camera: Camera) -> float | None:
        """Return after how many seconds to ask again; None for a camera that cannot change, or is one of very many."""
        is_asked = camera.online and not self._coordinator.has_many_cameras
        return INTERVAL if is_asked else None

    @callback
    def async_restore(self, iot_id: str, identifier: str, value: str) -> None:
        """Believe what a camera was before a restart, until it is asked."""
        self._camera(iot_id).reported.setdefault(identifier, value)

    async def async_refresh(self, iot_id: str) -> None:
        """Ask what a camera last reported; who asks while it is being asked gets that. Raises a LinkVisualError."""
        properties = self._camera(iot_id)
        if properties.refresh is None:
            properties.refresh = self._entry.async_create_background_task(
                self._hass,
                self._refresh(iot_id, properties),
                f"{DOMAIN} thing {iot_id}",
            )
            properties.refresh.add_done_callback(properties.refreshed)
        await asyncio.shield(properties.refresh)

    async def async_set(self, iot_id: str, identifier: str, value: int) -> None:
        """Tell a camera what to be. Raises a LinkVisualError.

        It is taken for done until the camera has had its time: then what it reports counts.
        """
        properties = self._camera(iot_id)
        try:
            await self._client.set_device_property(iot_id, {identifier: value})
        except OutcomeUnknownError:
            self._confirm_later(iot_id, properties)
            raise
        properties.pending[identifier] = str(value)
        properties.give_up_at = time.monotonic() + _GIVE_UP_AFTER
        self._confirm_later(iot_id, properties)
        self._send(iot_id)

    def _camera(self, iot_id: str) -> _CameraProperties:
        return self._properties.setdefault(iot_id, _CameraProperties())

    async def _refresh(self, iot_id: str, properties: _CameraProperties) -> None:
        rows = await self._client.query_device_property_status(iot_id)
        if iot_id in self._coordinator.data:
            self._update(iot_id, properties, rows)

    @callback
    def _update(
        self, iot_id: str, properties: _CameraProperties, rows: Iterable[PropertyStatus]
    ) -> None:
        before = self.get(iot_id)
        first = properties.reported.keys()
        properties.reported = {row.identifier: row.value for row in rows if row.value}
        if time.monotonic() >= properties.give_up_at:
            properties.pending = {}
        properties.pending = {
            identifier: value
            for identifier, value in properties.pending.items()
            if properties.reported.get(identifier) != value
        }
        if properties.reported.keys() - first:
            async_dispatcher_send(
                self._hass, new_properties_signal(self._entry.entry_id), iot_id
            )
        if self.get(iot_id) != before:
            self._send(iot_id)

    @callback
    def _send(self, iot_id: str) -> None:
        signal = properties_signal(self._entry.entry_id, iot_id)
        async_dispatcher_send(self._hass, signal)

    @callback
    def _confirm_later(self, iot_id: str, properties: _CameraProperties) -> None:
        if properties.cancel_confirm:
            properties.cancel_confirm()

        @callback
        def confirm(_now: datetime) -> None:
            properties.cancel_confirm = None
            self._entry.async_create_background_task(
                self._hass,
                self._confirm(iot_id, properties),
                f"{DOMAIN} confirm {iot_id}",
            )

        properties.cancel_confirm = async_call_later(
            self._hass, _CONFIRM_AFTER, confirm
        )

    async def _confirm(self, iot_id: str, properties: _CameraProperties) -> None:
        try:
            await self.async_refresh(iot_id)
        except LinkVisualError as err:
            # The wish is shown on: the next look at the camera settles it.
            _LOGGER.debug("Not known whether %s did as told: %s", iot_id, err)
        if properties.pending and time.monotonic() < properties.give_up_at:
            self._confirm_later(iot_id, properties)

    @callback
    def _cancel(self) -> None:
        for properties in self._properties.values():
            if properties.cancel_confirm:
                properties.cancel_confirm()
