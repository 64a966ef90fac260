"""Data update coordinator and camera discovery."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import batched
import logging
import math
import time
from typing import override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util.hass_dict import HassKey

from .api.calls_iot import DEVICES_PER_STATE_CALL
from .api.client import LinkVisualClient
from .api.errors import (
    AuthenticationError,
    CloudError,
    LinkVisualError,
    ThrottledError,
    UnreadableReplyError,
)
from .api.meter import Budget
from .api.models import DeviceState, DeviceStatus
from .const import CONF_PRODUCTS, CONF_STATUS_INTERVAL, DEFAULT_STATUS_INTERVAL, DOMAIN
from .discovery import CameraList, Discovery, Firmware, Retention
from .errors import camera_name, translate

_LOGGER = logging.getLogger(__name__)

# Seconds between listings of cameras; in between only the status of known ones is polled.
LIST_INTERVAL = 300.0
# Maximum shares of the call budget: with very many cameras the intervals grow.
STATUS_SHARE = 0.5
LIST_SHARE = 0.25
# From this number of cameras on, most entities are disabled by default or not created: Home Assistant allows
# 10,000 enabled entities per entry.
MANY_CAMERAS = 500
# Seconds between the two lists that prove that a camera was deleted: users may cause lists at any time.
MIN_ABSENCE = 60.0
# Seconds between polls, at least, while states come by push.
PUSH_INTERVAL = 600.0
# Clocks of the cloud's machines may differ by this much: a state is older than a poll if its time is.
_CLOCK_TOLERANCE = timedelta(seconds=2)
# Seconds after which an entry whose key was refused is set up again.
AUTH_INTERVAL = 600.0
# The IDs of the entries for which that is scheduled.
_REFUSED: HassKey[set[str]] = HassKey(f"{DOMAIN}_refused")


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera. `retention_days` is None if unknown."""

    iot_id: str
    product_key: str
    device_name: str
    name: str
    status: DeviceStatus
    product_name: str = ""
    firmware_version: str = ""
    retention_days: int | None = None

    @property
    def online(self) -> bool:
        """Whether the camera is connected."""
        return self.status is DeviceStatus.ONLINE


class LinkVisualCoordinator(DataUpdateCoordinator[dict[str, Camera]]):
    """Polls the cameras of a config entry, by IotId; removes the devices of deleted ones."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: LinkVisualClient,
        budget: Budget,
    ) -> None:
        interval = entry.options.get(CONF_STATUS_INTERVAL, DEFAULT_STATUS_INTERVAL)
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=timedelta(seconds=interval),
            always_update=False,
        )
        self.data = {}
        self._client = client
        self._budget = budget
        self._interval = interval
        self._discovery = Discovery(client, entry.options.get(CONF_PRODUCTS, []))
        self._retention = Retention(client)
        self._firmware = Firmware(client)
        self._list_due = 0.0  # monotonic time
        # Cameras that the last list lacks, and the monotonic time of the first list that did.
        self._missing: dict[str, float] = {}
        self._was_throttled = False
        self._is_pushed = False
        # Times at which states were polled or, by IotId, changed: older ones come late.
        self._polled_at = datetime.min.replace(tzinfo=UTC)
        self._changed_at: dict[str, datetime] = {}

    async def async_list_now(self) -> None:
        """List the cameras and their details now."""
        self._list_due = 0.0
        await self.async_refresh()

    @callback
    def async_set_status(
        self, iot_id: str, status: DeviceStatus, time: datetime
    ) -> None:
        """Set the status that a camera had at a time, unless it is known what came after."""
        known_until = self._changed_at.get(iot_id, self._polled_at)
        if iot_id not in self.data or time < max(known_until, self._polled_at):
            return
        self._changed_at[iot_id] = time
        if self.data[iot_id].status is not status:
            camera = replace(self.data[iot_id], status=status)
            self.data = {**self.data, iot_id: camera}
            self.async_update_listeners()

    async def async_set_retention(self, iot_id: str, days: int) -> None:
        """Set for how many days the cloud keeps a camera's recordings; 0: it keeps none. Raises a LinkVisualError."""
        try:
            kept = await self._retention.change(iot_id, days)
        except LinkVisualError:
            # It may have been set all the same: the next poll lists the cameras.
            self._list_due = 0.0
            raise
        if camera := self.data.get(iot_id):
            self.data = {**self.data, iot_id: replace(camera, retention_days=kept)}
            self.async_update_listeners()

    async def async_rely_on_push(self, is_pushed: bool) -> None:
        """Poll rarely while all states come by push; at once when they no longer do."""
        if is_pushed is self._is_pushed:
            return
        self._is_pushed = is_pushed
        if not is_pushed:
            await self.async_refresh()

    @property
    def has_many_cameras(self) -> bool:
        """Whether there are so many cameras that each gets few entities only."""
        return len(self.data) >= MANY_CAMERAS

    @property
    def other_products(self) -> dict[str, str]:
        """Names of the products that are not detected as cameras, by key."""
        return self._discovery.other_products

    def name_of(self, iot_id: str) -> str:
        """Return the name of a camera, as set by the user."""
        return camera_name(self.hass, self.config_entry, iot_id)

    def days_kept(self, iot_id: str) -> int | None:
        """Return for how many days the cloud keeps a camera's recordings; None if unknown."""
        camera = self.data.get(iot_id)
        return camera.retention_days if camera else None

    def is_gone(self, iot_id: str) -> bool:
        """Return whether a camera was deleted: missing in two consecutive lists."""
        return iot_id not in self.data and iot_id not in self._missing

    def is_listed(self, iot_id: str) -> bool:
        """Return whether the last list had a camera. One that is gone may be kept, since the list was incomplete."""
        return iot_id in self.data and iot_id not in self._missing

    @override
    async def _async_update_data(self) -> dict[str, Camera]:
        polled_at = self._client.now() - _CLOCK_TOLERANCE
        try:
            with self._budget.background():
                cameras = await self._async_poll()
        except LinkVisualError as err:
            return self._failed(err)
        except Exception as err:
            # Home Assistant logs unexpected errors each time: only the first one is left to it.
            if self.last_update_success:
                raise
            raise UpdateFailed(f"Unexpected {type(err).__name__}") from err
        self._was_throttled = False
        self._abort_reauth()
        calls = math.ceil(len(cameras) / DEVICES_PER_STATE_CALL)
        interval = max(self._interval, PUSH_INTERVAL if self._is_pushed else 0)
        self.update_interval = timedelta(
            seconds=self._budget.min_interval(interval, calls, STATUS_SHARE)
        )
        return self._with_later_changes(cameras, polled_at)

    def _with_later_changes(
        self, cameras: Mapping[str, Camera], polled_at: datetime
    ) -> dict[str, Camera]:
        """Return polled cameras with the states that were pushed meanwhile."""
        self._polled_at = polled_at
        self._changed_at = {
            iot_id: time
            for iot_id, time in self._changed_at.items()
            if time > polled_at
        }
        later = {
            iot_id: replace(cameras[iot_id], status=self.data[iot_id].status)
            for iot_id in self._changed_at
            if iot_id in cameras and iot_id in self.data
        }
        return {**cameras, **later}

    async def _async_poll(self) -> dict[str, Camera]:
        """Return the cameras of a list if it is due, else with their current status."""
        if time.monotonic() < self._list_due:
            return await self._async_status()
        before = self._client.meter.attempts
        try:
            cameras = await self._async_list()
        except AuthenticationError, ThrottledError:
            raise
        except (CloudError, UnreadableReplyError) as err:
            # The cameras that are known may work all the same.
            if not self.data:
                raise
            _LOGGER.debug("Cannot list the cameras: %s", err)
            cameras = await self._async_status()
        calls = self._client.meter.attempts - before
        self._list_due = time.monotonic() + self._budget.min_interval(
            LIST_INTERVAL, calls, LIST_SHARE
        )
        return cameras

    def _failed(self, err: LinkVisualError) -> dict[str, Camera]:
        """Raise the translated error, or return the last data after a single throttled poll."""
        is_loaded = self.config_entry.state is ConfigEntryState.LOADED
        if isinstance(err, AuthenticationError):
            if not is_loaded:
                self._async_set_up_later()
                raise translate(err, exc_type=ConfigEntryAuthFailed) from err
            # Polling continues: a disabled key may be enabled again.
            self.config_entry.async_start_reauth_if_available(self.hass)
        error = translate(err, exc_type=UpdateFailed)
        if isinstance(err, ThrottledError):
            if is_loaded and not self._was_throttled:
                self._was_throttled = True
                _LOGGER.debug("A poll was throttled: %s", err)
                return self.data
            error.retry_after = err.retry_after
        raise error from err

    def _abort_reauth(self) -> None:
        """Abort reauthentication flows: the key works."""
        for flow in self.config_entry.async_get_active_flows(
            self.hass, {SOURCE_REAUTH}
        ):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])

    @callback
    def _async_set_up_later(self) -> None:
        """Set up the entry again: a disabled key may be enabled again, while Home Assistant waits for another one."""
        entries, entry_id = self.hass.config_entries, self.config_entry.entry_id
        refused = self.hass.data.setdefault(_REFUSED, set())
        if entry_id in refused:
            return
        refused.add(entry_id)

        @callback
        def set_up(_now: datetime) -> None:
            refused.discard(entry_id)
            entry = entries.async_get_entry(entry_id)
            if entry and entry.state is ConfigEntryState.SETUP_ERROR:
                entries.async_schedule_reload(entry_id)

        job = HassJob(set_up, cancel_on_shutdown=True)
        async_call_later(self.hass, AUTH_INTERVAL, job)

    async def _async_status(self) -> dict[str, Camera]:
        states: list[DeviceState] = []
        for batch in batched(self.data, DEVICES_PER_STATE_CALL, strict=False):
            states += await self._client.batch_get_device_state(list(batch))
        # The retention may have changed meanwhile.
        cameras = dict(self.data)
        for state in states:
            camera = cameras.get(state.iot_id)
            if camera and camera.status is not state.status:
                cameras[state.iot_id] = replace(camera, status=state.status)
        return cameras

    async def _async_list(self) -> dict[str, Camera]:
        registered = self._registered(dr.async_get(self.hass)).values()
        listed = await self._discovery.find(
            {device.model_id for device in registered if device.model_id}
        )
        devices = listed.devices
        retention_days = await self._retention.query(devices)
        firmware = await self._firmware.query(devices.values())
        cameras = {
            iot_id: Camera(
                iot_id,
                device.product_key,
                device.device_name,
                device.nickname or device.device_name,
                device.status,
                self._discovery.product_names.get(device.product_key, ""),
                firmware.get(iot_id, ""),
                retention_days.get(iot_id),
            )
            for iot_id, device in devices.items()
        }
        self._async_update_devices(cameras, listed)
        # Cameras that are missing in one list only are kept with an unknown status.
        for iot_id in self._missing.keys() & self.data.keys():
            cameras[iot_id] = replace(self.data[iot_id], status=DeviceStatus.UNKNOWN)
        return cameras

    @callback
    def _async_update_devices(
        self, cameras: dict[str, Camera], listed: CameraList
    ) -> None:
        """Update the registered devices of cameras, and remove those of deleted ones.

        A camera is deleted if it is missing in two lists, some time apart, that were read to the end.
        """
        registry = dr.async_get(self.hass)
        now = time.monotonic()
        missing: dict[str, float] = {}
        for iot_id, device in self._registered(registry).items():
            if camera := cameras.get(iot_id):
                registry.async_update_device(
                    device.id,
                    name=camera.name,
                    model=camera.product_name or None,
                    sw_version=camera.firmware_version or device.sw_version,
                )
                continue
            since = self._missing.get(iot_id)
            is_absent = listed.is_absent(iot_id, device.model_id)
            if is_absent and since is not None and now - since >= MIN_ABSENCE:
                _LOGGER.debug("Camera %s was deleted", iot_id)
                registry.async_remove_device(device.id)
            else:
                missing[iot_id] = now if since is None else since
        self._missing = missing

    def _registered(self, registry: dr.DeviceRegistry) -> dict[str, dr.DeviceEntry]:
        return {
            identifier: device
            for device in dr.async_entries_for_config_entry(
                registry, self.config_entry.entry_id
            )
            # Archive jobs are services.
            if device.entry_type is not dr.DeviceEntryType.SERVICE
            for domain, identifier in device.identifiers
            if domain == DOMAIN
        }
