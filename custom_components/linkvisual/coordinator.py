"""Which cameras exist, and how they are: found, gone, online."""

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

# Seconds. New cameras are looked for this often; in between only the status of the known ones is asked for.
LIST_INTERVAL = 300.0
# The most that each of them may take of the budget of calls: with very many cameras they become slower.
STATUS_SHARE = 0.5
LIST_SHARE = 0.25
# Home Assistant allows 10,000 enabled entities per entry: from so many cameras on, most are disabled, or not made.
MANY_CAMERAS = 500
# So many polls in a row may fail before entities become unavailable: clouds hiccup.
GRACE = 2


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as the cloud describes it. `retention_days` is None where the cloud would not tell."""

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
        """Whether the camera can act now."""
        return self.status is DeviceStatus.ONLINE


class LinkVisualCoordinator(DataUpdateCoordinator[dict[str, Camera]]):
    """Keeps the cameras of an entry by IotId; adds and removes devices as the cloud does."""

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
        """Look again at which cameras there are, and what is known of them."""
        self._list_due = 0.0
        await self.async_refresh()

    @property
    def has_many_cameras(self) -> bool:
        """Whether there are so many that each may have but few entities."""
        return len(self.data) >= MANY_CAMERAS

    @property
    def other_products(self) -> dict[str, str]:
        """Names of the products that do not look like cameras, by key."""
        return self._discovery.other_products

    def name_of(self, iot_id: str) -> str:
        """Return what people call a camera."""
        return camera_name(self.hass, self.config_entry, iot_id)

    def is_gone(self, iot_id: str) -> bool:
        """Tell whether a camera was removed from the instance; one list without it is no proof."""
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
        self._end_reauth()
        calls = math.ceil(len(cameras) / DEVICES_PER_STATE_CALL)
        self.update_interval = timedelta(
            seconds=self._budget.min_interval(self._interval, calls, STATUS_SHARE)
        )
        return cameras

    def _failed(self, err: LinkVisualError) -> dict[str, Camera]:
        """Raise, or keep what is known for a while."""
        set_up = self.config_entry.state is ConfigEntryState.LOADED
        if isinstance(err, AuthenticationError):
            if not set_up:
                raise translate(err, as_kind=ConfigEntryAuthFailed) from err
            # Polling goes on: a key that was disabled by mistake heals without a hand.
            self.config_entry.async_start_reauth_if_available(self.hass)
        elif set_up and text_of(err).form in ("cannot_connect", "throttled"):
            self._failures += 1
            if self._failures <= GRACE:
                _LOGGER.debug("Poll %s failed: %s", self._failures, err)
                return self.data
        failed = translate(err, as_kind=UpdateFailed)
        if isinstance(err, ThrottledError):
            failed.retry_after = err.retry_after
        raise failed from err

    def _end_reauth(self) -> None:
        """Take back the question for another key: this one works."""
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
        self._remove_gone(devices.keys())
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
        # Once missing is not gone: it stays, but cannot be online.
        for iot_id in self._missing & self.data.keys():
            cameras[iot_id] = replace(self.data[iot_id], status=DeviceStatus.UNKNOWN)
        return cameras

    def _remove_gone(self, listed: Iterable[str]) -> None:
        """Remove the devices of cameras that two lists in a row no longer hold."""
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
        gone = unlisted & self._missing
        self._missing = set(unlisted - gone)
        for iot_id in gone:
            _LOGGER.debug("Camera %s is gone", iot_id)
            registry.async_remove_device(registered[iot_id])

    async def _async_retention_days(self, iot_ids: list[str]) -> dict[str, int]:
        try:
            return await self._discovery.retention_days(iot_ids)
        except LinkVisualError as err:
            # One odd device fails all of them: an answer that is missing is no reason to lose the list.
            _LOGGER.debug("Retention is not known: %s", err)
            return {}

    async def _async_firmware(self, devices: Iterable[Device]) -> dict[str, str]:
        """Return firmware versions, asked for once in the life of an entry."""
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
            _LOGGER.debug("Firmware versions are not known: %s", err)
        return firmware


def _batches(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


_LOGGER = logging.getLogger(__name__)

CAMERA_CATEGORY = "camera"


class Discovery:
    """Lists cameras. Remembers what each product is: that does not change while it exists."""

    def __init__(self, client: LinkVisualClient, products: Iterable[str]) -> None:
        """`products` are the keys of those that are cameras because the user says so."""
        self._client = client
        self._said = frozenset(products)
        self._is_camera: dict[str, bool] = {}
        self.product_names: dict[str, str] = {}

    @property
    def other_products(self) -> dict[str, str]:
        """Names of the products that are no cameras, unless the user says so, by key."""
        return {
            key: name
            for key, name in self.product_names.items()
            if key in self._said or self._is_camera.get(key) is False
        }

    async def find(self) -> list[Device]:
        """Return all cameras of the instance. Raises a LinkVisualError; a part is never taken for the whole."""
        cameras: list[Device] = []
        for product in await self._products():
            self.product_names[product.product_key] = product.product_name
            if product.device_count and await self._may_be_camera(product):
                devices = await self._devices(product)
                if await self._is_proven(product, devices):
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
        """Decide by the category. A product without one was made by hand, and may be anything."""
        key = product.product_key
        if key in self._said:
            return True
        if key not in self._is_camera:
            category = await self._client.query_product(key)
            if not category:
                return True
            self._is_camera[key] = category.lower() == CAMERA_CATEGORY
        return self._is_camera[key]

    async def _is_proven(self, product: ProductInfo, devices: list[Device]) -> bool:
        """Ask for something that only devices with video have, where the category said nothing."""
        key = product.product_key
        if key in self._said:
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
        """Return for how many days each camera's recordings are kept. Raises a LinkVisualError."""
        days: dict[str, int] = {}
        for start in range(0, len(iot_ids), DEVICES_PER_LIFE_CYCLE_CALL):
            batch = iot_ids[start : start + DEVICES_PER_LIFE_CYCLE_CALL]
            for row in await self._client.query_device_record_life_cycle(batch):
                days[row.iot_id] = row.day
        return days
