"""Thing model properties of a config entry's cameras."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
import logging
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import SignalType, async_dispatcher_send
from homeassistant.helpers.event import async_call_later

from ..api.client import LinkVisualClient
from ..api.errors import LinkVisualError, OutcomeUnknownError
from ..const import DOMAIN
from ..coordinator import Camera, LinkVisualCoordinator
from ..errors import async_result

_LOGGER = logging.getLogger(__name__)

# Whether a camera sends alarms. Source: linkvisual-api.md section 15.
ALARM_SWITCH = "AlarmSwitch"

# Seconds between polls of a camera, if the budget allows: settings rarely change by themselves.
POLL_INTERVAL = 1800.0
# Seconds. The cloud only passes commands on: the reported values are queried after a while, and again; a command
# that they do not confirm by then has failed.
_CONFIRM_AFTER = 5.0
_GIVE_UP_AFTER = 10.0
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _CameraProperties:
    """Properties of a camera: the cloud's strings, by identifier."""

    reported: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)  # sent, not confirmed yet
    give_up_at: float = 0.0  # monotonic
    # Times at which values were queried or, by identifier, pushed: older ones come late.
    queried_at: datetime = _NEVER
    pushed_at: dict[str, datetime] = field(default_factory=dict)
    refresh: asyncio.Task[None] | None = None
    cancel_confirm: CALLBACK_TYPE | None = None

    def clear_refresh(self, _task: asyncio.Task[None]) -> None:
        """Allow the next refresh."""
        self.refresh = None


def properties_signal(entry_id: str, iot_id: str) -> SignalType[()]:
    """Return the dispatcher signal of changed properties of a camera."""
    return SignalType(f"{DOMAIN}_properties_{entry_id}_{iot_id}")


def new_properties_signal(entry_id: str) -> SignalType[str]:
    """Return the dispatcher signal of cameras (IotId) that report a property for the first time."""
    return SignalType(f"{DOMAIN}_new_properties_{entry_id}")


class Properties:
    """Properties of an entry's cameras. Polled by the poller."""

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
        """Return a camera's values by identifier, pending ones included; empty before the first refresh."""
        properties = self._properties.get(iot_id)
        return properties.reported | properties.pending if properties else {}

    def poll_interval(self, camera: Camera) -> float | None:
        """Return the seconds between polls of a camera; None if it is offline, or one of very many."""
        is_polled = camera.online and not self._coordinator.has_many_cameras
        return POLL_INTERVAL if is_polled else None

    @callback
    def async_restore(self, iot_id: str, identifier: str, value: str) -> None:
        """Restore a value from before a restart, until the first refresh."""
        reported = self._camera(iot_id).reported
        if identifier not in reported:
            reported[identifier] = value
            self._send(iot_id)

    async def async_refresh(self, iot_id: str) -> None:
        """Query a camera's properties; concurrent callers share the query. Raises a LinkVisualError."""
        properties = self._camera(iot_id)
        if properties.refresh is None:
            properties.refresh = self._entry.async_create_background_task(
                self._hass,
                self._refresh(iot_id, properties),
                f"{DOMAIN} thing {iot_id}",
            )
            properties.refresh.add_done_callback(properties.clear_refresh)
        await async_result(properties.refresh)

    async def async_set(self, iot_id: str, identifier: str, value: int) -> None:
        """Set a property. Raises a LinkVisualError.

        The new value is assumed until the camera confirms it, or the time for that is over.
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

    @callback
    def async_report(
        self, iot_id: str, values: Mapping[str, str], reported_at: datetime
    ) -> None:
        """Take values that a camera reported at a time, unless it is known what it reported after."""
        properties = self._camera(iot_id)
        new = {
            identifier: value
            for identifier, value in values.items()
            if value
            and reported_at
            >= properties.pushed_at.get(identifier, properties.queried_at)
        }
        properties.pushed_at |= dict.fromkeys(new, reported_at)
        if new and iot_id in self._coordinator.data:
            self._update(iot_id, properties, properties.reported | new)

    async def _refresh(self, iot_id: str, properties: _CameraProperties) -> None:
        queried_at = self._client.now()
        rows = await self._client.query_device_property_status(iot_id)
        if iot_id not in self._coordinator.data:
            return
        pushed = {
            identifier: properties.reported[identifier]
            for identifier, pushed_at in properties.pushed_at.items()
            if pushed_at > queried_at and identifier in properties.reported
        }
        properties.queried_at = queried_at
        properties.pushed_at = {
            identifier: properties.pushed_at[identifier] for identifier in pushed
        }
        reported = {row.identifier: row.value for row in rows if row.value}
        self._update(iot_id, properties, reported | pushed)

    @callback
    def _update(
        self, iot_id: str, properties: _CameraProperties, reported: dict[str, str]
    ) -> None:
        before = self.get(iot_id)
        known = properties.reported.keys()
        properties.reported = reported
        if time.monotonic() >= properties.give_up_at:
            properties.pending = {}
        properties.pending = {
            identifier: value
            for identifier, value in properties.pending.items()
            if properties.reported.get(identifier) != value
        }
        if properties.reported.keys() - known:
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
            # The pending value stays until the next refresh.
            _LOGGER.debug("Cannot confirm a command to %s: %s", iot_id, err)
        if properties.pending and time.monotonic() < properties.give_up_at:
            self._confirm_later(iot_id, properties)

    @callback
    def _cancel(self) -> None:
        for properties in self._properties.values():
            if properties.cancel_confirm:
                properties.cancel_confirm()
