"""Data update coordinator and camera discovery."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
import logging
import math
import time
from typing import override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .api.calls_iot import DEVICES_PER_DETAIL_CALL, DEVICES_PER_STATE_CALL
from .api.calls_records import DEVICES_PER_LIFE_CYCLE_CALL
from .api.client import LinkVisualClient
from .api.errors import (
    AuthenticationError,
    LinkVisualError,
    ThrottledError,
    VideoNotActiveError,
)
from .api.meter import Budget
from .api.models import Device, DeviceStatus, ProductInfo
from .const import CONF_PRODUCTS, CONF_STATUS_INTERVAL, DEFAULT_STATUS_INTERVAL, DOMAIN
from .errors import camera_name, text_of, translate

_LOGGER = logging.getLogger(__name__)

# Seconds between listings of cameras; in between only the status of known ones is polled.
LIST_INTERVAL = 300.0
# Maximum shares of the call budget: with very many cameras the intervals grow.
STATUS_SHARE = 0.5
LIST_SHARE = 0.25
# From this number of cameras on, most entities are disabled by default or not created: Home Assistant allows
# 10,000 enabled entities per entry.
MANY_CAMERAS = 500
# Number of consecutive failed polls before entities become unavailable.
MAX_FAILURES = 2


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
        self._list_due = 0.0  # monotonic time
        self._missing: set[str] = set()
        self._failures = 0

    async def async_list_now(self) -> None:
        """List the cameras and their details now."""
        self._list_due = 0.0
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

    def is_gone(self, iot_id: str) -> bool:
        """Return whether a camera was deleted: missing in two consecutive lists."""
        return iot_id not in self.data and iot_id not in self._missing

    @override
    async def _async_update_data(self) -> dict[str, Camera]:
        try:
            if time.monotonic() >= self._list_due:
                before = self._client.meter.attempts
                cameras = await self._async_list()
                calls = self._client.meter.attempts - before
                self._list_due = time.monotonic() + self._budget.min_interval(
                    LIST_INTERVAL, calls, LIST_SHARE
                )
            else:
                cameras = await self._async_status()
        except LinkVisualError as err:
            return self._failed(err)
        self._failures = 0
        self._abort_reauth()
        calls = math.ceil(len(cameras) / DEVICES_PER_STATE_CALL)
        self.update_interval = timedelta(
            seconds=self._budget.min_interval(self._interval, calls, STATUS_SHARE)
        )
        return cameras

    def _failed(self, err: LinkVisualError) -> dict[str, Camera]:
        """Raise the translated error, or return the last data after a short outage."""
        is_loaded = self.config_entry.state is ConfigEntryState.LOADED
        if isinstance(err, AuthenticationError):
            if not is_loaded:
                raise translate(err, exc_type=ConfigEntryAuthFailed) from err
            # Polling continues: a disabled key may be enabled again.
            self.config_entry.async_start_reauth_if_available(self.hass)
        elif is_loaded and text_of(err).form in ("cannot_connect", "throttled"):
            self._failures += 1
            if self._failures <= MAX_FAILURES:
                _LOGGER.debug("Poll %s failed: %s", self._failures, err)
                return self.data
        error = translate(err, exc_type=UpdateFailed)
        if isinstance(err, ThrottledError):
            error.retry_after = err.retry_after
        raise error from err

    def _abort_reauth(self) -> None:
        """Abort reauthentication flows: the key works."""
        for flow in self.config_entry.async_get_active_flows(
            self.hass, {SOURCE_REAUTH}
        ):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])

    async def _async_status(self) -> dict[str, Camera]:
        cameras = dict(self.data)
        iot_ids = list(cameras)
        for batch in _batches(iot_ids, DEVICES_PER_STATE_CALL):
            for state in await self._client.batch_get_device_state(batch):
                camera = cameras.get(state.iot_id)
                if camera and camera.status is not state.status:
                    cameras[state.iot_id] = replace(camera, status=state.status)
        return cameras

    async def _async_list(self) -> dict[str, Camera]:
        devices = {device.iot_id: device for device in await self._discovery.find()}
        self._remove_deleted(devices.keys())
        retention_days = await self._async_retention_days(list(devices))
        firmware = await self._async_firmware(devices.values())
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
        # Cameras that are missing in one list only are kept with an unknown status.
        for iot_id in self._missing & self.data.keys():
            cameras[iot_id] = replace(self.data[iot_id], status=DeviceStatus.UNKNOWN)
        return cameras

    def _remove_deleted(self, listed: Iterable[str]) -> None:
        """Remove the devices of cameras that are missing in two consecutive lists."""
        registry = dr.async_get(self.hass)
        registered = {
            identifier: device.id
            for device in dr.async_entries_for_config_entry(
                registry, self.config_entry.entry_id
            )
            for domain, identifier in device.identifiers
            if domain == DOMAIN
        }
        unlisted = registered.keys() - set(listed)
        deleted = unlisted & self._missing
        self._missing = set(unlisted - deleted)
        for iot_id in deleted:
            _LOGGER.debug("Camera %s was deleted", iot_id)
            registry.async_remove_device(registered[iot_id])

    async def _async_retention_days(self, iot_ids: list[str]) -> dict[str, int]:
        try:
            return await self._discovery.retention_days(iot_ids)
        except LinkVisualError as err:
            # A single invalid device fails the whole batch, which must not fail the list.
            _LOGGER.debug("Cannot query the retention: %s", err)
            return {}

    async def _async_firmware(self, devices: Iterable[Device]) -> dict[str, str]:
        """Return firmware versions, queried once per camera."""
        firmware = {
            iot_id: camera.firmware_version for iot_id, camera in self.data.items()
        }
        by_product: dict[str, list[str]] = {}
        for device in devices:
            if device.iot_id not in firmware:
                names = by_product.setdefault(device.product_key, [])
                names.append(device.device_name)
        try:
            for product_key, names in by_product.items():
                for batch in _batches(names, DEVICES_PER_DETAIL_CALL):
                    for detail in await self._client.batch_query_device_detail(
                        product_key, batch
                    ):
                        firmware[detail.iot_id] = detail.firmware_version
        except LinkVisualError as err:
            _LOGGER.debug("Cannot query firmware versions: %s", err)
        return firmware


def _batches(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


CAMERA_CATEGORY = "camera"


class Discovery:
    """Lists the cameras of an instance. Whether a product is a camera is cached: it never changes."""

    def __init__(self, client: LinkVisualClient, products: Iterable[str]) -> None:
        """`products` are the keys of products that the user has selected as cameras."""
        self._client = client
        self._selected = frozenset(products)
        self._is_camera: dict[str, bool] = {}
        self.product_names: dict[str, str] = {}

    @property
    def other_products(self) -> dict[str, str]:
        """Names of the products that are not detected as cameras, by key."""
        return {
            key: name
            for key, name in self.product_names.items()
            if key in self._selected or self._is_camera.get(key) is False
        }

    async def find(self) -> list[Device]:
        """Return all cameras of the instance. Raises a LinkVisualError rather than return a part of them."""
        cameras: list[Device] = []
        for product in await self._products():
            self.product_names[product.product_key] = product.product_name
            if product.device_count and await self._may_be_camera(product):
                devices = await self._devices(product)
                if await self._is_camera_product(product, devices):
                    cameras += devices
        return cameras

    async def _products(self) -> list[ProductInfo]:
        products: list[ProductInfo] = []
        current_page, last = 0, False
        while not last:
            current_page += 1
            page = await self._client.query_product_list(current_page)
            products += page.rows
            last = page.last
        return products

    async def _devices(self, product: ProductInfo) -> list[Device]:
        devices: list[Device] = []
        current_page, last = 0, False
        while not last:
            current_page += 1
            page = await self._client.query_device(product.product_key, current_page)
            devices += page.rows
            last = page.last
        return devices

    async def _may_be_camera(self, product: ProductInfo) -> bool:
        """Return whether the category allows a camera. A custom product without a category may be one."""
        key = product.product_key
        if key in self._selected:
            return True
        if key not in self._is_camera:
            category = await self._client.query_product(key)
            if not category:
                return True
            self._is_camera[key] = category.lower() == CAMERA_CATEGORY
        return self._is_camera[key]

    async def _is_camera_product(
        self, product: ProductInfo, devices: list[Device]
    ) -> bool:
        """Return whether a product is a camera; without a category, probe for the video service."""
        key = product.product_key
        if key in self._selected:
            return True
        if key not in self._is_camera and devices:
            probe = devices[0].iot_id
            try:
                rows = await self._client.query_device_record_life_cycle([probe])
            except VideoNotActiveError:
                rows = []
            self._is_camera[key] = any(row.iot_id == probe for row in rows)
            _LOGGER.debug(
                "Product %s has no category; video: %s", key, self._is_camera[key]
            )
        return self._is_camera.get(key, False)

    async def retention_days(self, iot_ids: list[str]) -> dict[str, int]:
        """Return the retention of cameras in days, by IotId. Raises a LinkVisualError."""
        days: dict[str, int] = {}
        for start in range(0, len(iot_ids), DEVICES_PER_LIFE_CYCLE_CALL):
            batch = iot_ids[start : start + DEVICES_PER_LIFE_CYCLE_CALL]
            for row in await self._client.query_device_record_life_cycle(batch):
                days[row.iot_id] = row.day
        return days
