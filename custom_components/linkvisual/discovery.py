"""Which devices of the instance are cameras. Source: linkvisual-api.md section 10."""

from collections.abc import Iterable
import logging

from .api.calls_records import DEVICES_PER_LIFE_CYCLE_CALL
from .api.client import LinkVisualClient
from .api.errors import VideoNotActiveError
from .api.models import Device, ProductInfo

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
