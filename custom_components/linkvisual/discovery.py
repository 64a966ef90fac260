"""Discovery of the cameras of an IoT instance, and of their retention and firmware."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import batched
import logging
from math import inf
import time

from .api.calls_iot import DEVICES_PER_DETAIL_CALL
from .api.calls_records import DEVICES_PER_LIFE_CYCLE_CALL
from .api.client import LinkVisualClient
from .api.errors import (
    CloudError,
    DeviceNotFoundError,
    DeviceUnavailableError,
    InstanceNotAccessibleError,
    InvalidRequestError,
    LinkVisualError,
    NoCloudStorageError,
    NotFoundError,
    VideoNotActiveError,
)
from .api.models import Device, DeviceStatus, Page, ProductInfo

_LOGGER = logging.getLogger(__name__)

CAMERA_CATEGORY = "camera"
# Maximum number of pages of a list. QueryDevice lists 10,000 devices without a token.
MAX_PAGES = 200
# Maximum number of devices that are probed for the video service of their product.
MAX_PROBES = 3
# Seconds after which it is asked again whether a product is a camera, by the answer; None if its devices did not tell.
_DECISION_INTERVALS = {True: inf, False: 86_400.0, None: 3600.0}
# Seconds between queries of firmware versions, and after a failed query.
_FIRMWARE_INTERVAL = 86_400.0
_FIRMWARE_RETRY_INTERVAL = 3600.0
# Maximum number of calls per query: as many as the cloud takes at once. The next lists bring the versions of the others.
_FIRMWARE_BATCHES_PER_QUERY = 2
# Maximum number of batches that are split per query of the retention, to find the camera that the cloud refuses.
_MAX_SPLITS = 10
# Seconds that such a camera is left out, and the number of those that are queried again at a time.
_REFUSED_INTERVAL = 86_400.0
# Seconds without queries after all of them were refused.
_PAUSE = 3600.0
_MAX_REFUSED_PER_QUERY = 3

_PROBE_ORDER = (DeviceStatus.ONLINE, DeviceStatus.OFFLINE)


def _is_about_device(err: LinkVisualError) -> bool:
    """Return whether an error may be about a device of the request, rather than about the account or the cloud."""
    return type(err) is CloudError or isinstance(
        err,
        DeviceNotFoundError
        | DeviceUnavailableError
        | InstanceNotAccessibleError
        | InvalidRequestError
        | NoCloudStorageError
        | NotFoundError
        | VideoNotActiveError,
    )


@dataclass(slots=True)
class CameraList:
    """Cameras of an instance, by IotId, and of which products something was unreadable or missing.

    `complete`: no product is missing.
    """

    devices: dict[str, Device]
    complete: bool
    incomplete_products: set[str] = field(default_factory=set)

    def is_absent(self, iot_id: str, product_key: str | None) -> bool:
        """Return whether a camera of a product is not in the instance, rather than not read."""
        if iot_id in self.devices or not self.complete:
            return False
        if product_key is None:
            return not self.incomplete_products
        return product_key not in self.incomplete_products


@dataclass(slots=True)
class _Decision:
    """Whether a product is a camera; None if its devices do not tell. `expires_at` is monotonic."""

    is_camera: bool | None
    expires_at: float


class Discovery:
    """Lists the cameras of an instance."""

    def __init__(self, client: LinkVisualClient, products: Iterable[str]) -> None:
        """`products` are the keys of products that the user has selected as cameras."""
        self._client = client
        self._selected = frozenset(products)
        self._known: Collection[str] = ()
        self._decisions: dict[str, _Decision] = {}
        self.product_names: dict[str, str] = {}

    @property
    def other_products(self) -> dict[str, str]:
        """Names of the products that are not detected as cameras, by key."""
        return {
            key: name
            for key, name in self.product_names.items()
            if key in self._selected
            or ((decision := self._decisions.get(key)) and not decision.is_camera)
        }

    async def find(self, known: Collection[str]) -> CameraList:
        """Return all cameras of the instance. Raises a LinkVisualError.

        `known` are the keys of products whose cameras were found before, also before a restart.
        """
        self._known = known
        products, complete = await _all_pages(
            self._client.query_product_list, lambda product: product.product_key
        )
        found = CameraList({}, complete)
        for product in products:
            key = product.product_key
            self.product_names[key] = product.product_name
            if product.device_count and await self._may_be_camera(key):
                await self._add_devices(product, found)
            if (decision := self._decisions.get(key)) and decision.is_camera is None:
                found.incomplete_products.add(key)
        return found

    async def _add_devices(self, product: ProductInfo, found: CameraList) -> None:
        async def query(current_page: int) -> Page[Device]:
            return await self._client.query_device(product.product_key, current_page)

        devices, complete = await _all_pages(query, lambda device: device.iot_id)
        if await self._is_camera(product.product_key, devices):
            found.devices.update((device.iot_id, device) for device in devices)
            if not complete:
                found.incomplete_products.add(product.product_key)

    def _decision(self, key: str) -> bool | None:
        """Return whether a product is treated as a camera; None if that is to be found out, again."""
        if key in self._selected:
            return True
        decision = self._decisions.get(key)
        if decision is None or decision.expires_at <= time.monotonic():
            return None
        return bool(decision.is_camera)

    async def _may_be_camera(self, key: str) -> bool:
        """Return whether the category allows a camera. A custom product without a category may be one."""
        if (decision := self._decision(key)) is None:
            category = await self._client.query_product(key)
            if not category:
                return True
            decision = self._decide(key, category.lower() == CAMERA_CATEGORY)
        return decision

    async def _is_camera(self, key: str, devices: list[Device]) -> bool:
        """Return whether a product is a camera; without a category, probe some devices for the video service."""
        if (decision := self._decision(key)) is None and devices:
            video = await self._probe(devices)
            _LOGGER.debug("Product %s has no category; video: %s", key, video)
            decision = self._decide(key, video)
        return bool(decision)

    def _decide(self, key: str, is_camera: bool | None) -> bool:
        """Decide whether a product is treated as a camera, until it is asked again."""
        interval = _DECISION_INTERVALS[is_camera]
        if is_camera is False and key in self._known:
            # One odd answer, or a suspended video service, must not delete cameras: the next list asks again.
            is_camera, interval = None, 0.0
        self._decisions[key] = _Decision(is_camera, time.monotonic() + interval)
        return bool(is_camera)

    async def _probe(self, devices: list[Device]) -> bool | None:
        """Return whether a product has the video service; None if its devices do not tell. Raises a LinkVisualError."""
        for device in sorted(devices, key=_probe_order)[:MAX_PROBES]:
            iot_id = device.iot_id
            try:
                rows = await self._client.query_device_record_life_cycle([iot_id])
            except VideoNotActiveError:
                return False
            except LinkVisualError as err:
                if not _is_about_device(err):
                    raise
                _LOGGER.debug("Device %s does not tell of video: %s", iot_id, err)
            else:
                if any(row.iot_id == iot_id for row in rows):
                    return True
        return None


def _probe_order(device: Device) -> int:
    """Return the rank of a device for probing: a device that never connected may not tell of its product."""
    if device.status in _PROBE_ORDER:
        return _PROBE_ORDER.index(device.status)
    return len(_PROBE_ORDER)


async def _all_pages[T](
    query: Callable[[int], Awaitable[Page[T]]], key_fn: Callable[[T], str]
) -> tuple[list[T], bool]:
    """Return the rows of all pages, each once, and whether they are complete. Raises a LinkVisualError.

    Page counts are not trusted: a list ends with the first page that brings nothing new.
    """
    rows: dict[str, T] = {}
    complete = True
    for current_page in range(1, MAX_PAGES + 1):
        page = await query(current_page)
        known = len(rows)
        for row in page.rows:
            rows.setdefault(key_fn(row), row)
        complete = complete and page.complete
        if page.last:
            return list(rows.values()), complete
        if len(rows) == known:
            break
    _LOGGER.debug("A list did not end with its last page")
    return list(rows.values()), False


class Retention:
    """Retention of recordings in days, by IotId: the last known values."""

    def __init__(self, client: LinkVisualClient) -> None:
        self._client = client
        self._days: dict[str, int] = {}
        # Cameras that the cloud refuses, which fails their batches, and when to query them again (monotonic time).
        self._refused: dict[str, float] = {}
        self._paused_until = 0.0  # monotonic time
        # A query that began before a change does not overwrite it.
        self._lock = asyncio.Lock()

    async def change(self, iot_id: str, days: int) -> int | None:
        """Set a camera's retention; return what the cloud says then, None if it does not. Raises a LinkVisualError."""
        async with self._lock:
            await self._client.set_device_record_life_cycle(iot_id, days)
            rows = await self._client.query_device_record_life_cycle([iot_id])
            self._refused.pop(iot_id, None)
            self._days.pop(iot_id, None)
            self._days.update((row.iot_id, row.day) for row in rows)
            return self._days.get(iot_id)

    async def query(self, iot_ids: Iterable[str]) -> Mapping[str, int]:
        """Query cameras; those that cannot be queried keep their values."""
        known = set(iot_ids)
        self._days = {key: day for key, day in self._days.items() if key in known}
        self._refused = {key: at for key, at in self._refused.items() if key in known}
        if time.monotonic() < self._paused_until:
            return self._days
        due = [key for key, at in self._refused.items() if at <= time.monotonic()]
        batches: list[tuple[str, ...]] = [
            (iot_id,) for iot_id in due[:_MAX_REFUSED_PER_QUERY]
        ]
        unrefused = sorted(known - self._refused.keys())
        batches += batched(unrefused, DEVICES_PER_LIFE_CYCLE_CALL, strict=False)
        try:
            async with self._lock:
                await self._query_batches(batches)
        except LinkVisualError as err:
            _LOGGER.debug("Cannot query the retention: %s", err)
        return self._days

    async def _query_batches(self, batches: list[tuple[str, ...]]) -> None:
        splits, has_succeeded = 0, False
        while batches:
            batch = batches.pop()
            try:
                rows = await self._client.query_device_record_life_cycle(list(batch))
            except LinkVisualError as err:
                if not _is_about_device(err):
                    raise
                if len(batch) == 1:
                    _LOGGER.debug("Cannot query the retention of %s: %s", batch[0], err)
                    self._refused[batch[0]] = time.monotonic() + _REFUSED_INTERVAL
                elif splits < _MAX_SPLITS:
                    splits += 1
                    middle = len(batch) // 2
                    batches += [batch[middle:], batch[:middle]]
                elif not has_succeeded:
                    # It is not about single cameras.
                    self._paused_until = time.monotonic() + _PAUSE
                    raise
            else:
                has_succeeded = True
                self._refused.pop(batch[0], None)
                self._days.update((row.iot_id, row.day) for row in rows)


class Firmware:
    """Firmware versions by IotId, queried daily."""

    def __init__(self, client: LinkVisualClient) -> None:
        self._client = client
        self._versions: dict[str, str] = {}
        self._due: dict[str, float] = {}  # monotonic time, by IotId

    async def query(self, devices: Iterable[Device]) -> Mapping[str, str]:
        """Query new cameras, and daily all of them, some at a time; the others keep their values."""
        by_product: dict[str, list[Device]] = {}
        for device in devices:
            if self._due.get(device.iot_id, 0.0) <= time.monotonic():
                by_product.setdefault(device.product_key, []).append(device)
        batches = [
            batch
            for due in by_product.values()
            for batch in batched(due, DEVICES_PER_DETAIL_CALL, strict=False)
        ]
        for number, batch in enumerate(batches[:_FIRMWARE_BATCHES_PER_QUERY]):
            try:
                details = await self._client.batch_query_device_detail(
                    batch[0].product_key, [device.device_name for device in batch]
                )
            except LinkVisualError as err:
                _LOGGER.debug("Cannot query firmware versions: %s", err)
                for refused in batches[number:]:
                    self._postpone(refused, _FIRMWARE_RETRY_INTERVAL)
                break
            self._versions.update(
                (detail.iot_id, detail.firmware_version) for detail in details
            )
            self._postpone(batch, _FIRMWARE_INTERVAL)
        return self._versions

    def _postpone(self, devices: Iterable[Device], seconds: float) -> None:
        due = time.monotonic() + seconds
        self._due.update((device.iot_id, due) for device in devices)
