"""Sts and Iot: caller identity, products and devices. Source: linkvisual-api.md sections 20.2 and 20.3."""

from .calls import Calls
from .fields import text
from .models import CallerIdentity, Device, DeviceDetail, DeviceState, Page, ProductInfo
from .regions import Product
from .rows import inner, is_last_page, page_of, read_all, read_one, rows_of
from .transport import Operation

# The largest page and batch sizes the operations accept.
PRODUCTS_PER_PAGE = 200
DEVICES_PER_PAGE = 50
DEVICES_PER_STATE_CALL = 50
DEVICES_PER_DETAIL_CALL = 100

_GET_CALLER_IDENTITY = Operation(
    Product.STS,
    "GetCallerIdentity",
    version="2015-04-01",
    enveloped=False,
    takes_instance=False,
)
_QUERY_PRODUCT_LIST = Operation(Product.IOT, "QueryProductList", per_second=50)
_QUERY_PRODUCT = Operation(Product.IOT, "QueryProduct", per_second=50)
_QUERY_DEVICE = Operation(Product.IOT, "QueryDevice", per_second=50)
_BATCH_QUERY_DEVICE_DETAIL = Operation(
    Product.IOT, "BatchQueryDeviceDetail", per_second=5
)
_BATCH_GET_DEVICE_STATE = Operation(Product.IOT, "BatchGetDeviceState", per_second=50)


class IotCalls(Calls):
    """Products and devices."""

    async def get_caller_identity(self) -> CallerIdentity:
        """Return the account that the key belongs to. Needs no permission."""
        return read_one(
            CallerIdentity.from_row,
            await self._call(_GET_CALLER_IDENTITY, {}),
        )

    async def query_product_list(self, current_page: int = 1) -> Page[ProductInfo]:
        """List products, newest first."""
        reply = await self._call(
            _QUERY_PRODUCT_LIST,
            {
                "CurrentPage": current_page,
                "PageSize": PRODUCTS_PER_PAGE,
            },
        )
        return page_of(
            ProductInfo.from_row,
            rows_of(reply, "Data", "List", "ProductInfo"),
            PRODUCTS_PER_PAGE,
            is_last=is_last_page(inner(reply, "Data"), current_page),
        )

    async def query_product(self, product_key: str) -> str:
        """Return a product's category; "" for products without a standard category."""
        reply = await self._call(_QUERY_PRODUCT, {"ProductKey": product_key})
        return text(inner(reply, "Data"), "CategoryKey")

    async def query_device(
        self, product_key: str, current_page: int = 1
    ) -> Page[Device]:
        """List a product's devices, newest first."""
        reply = await self._call(
            _QUERY_DEVICE,
            {
                "ProductKey": product_key,
                "CurrentPage": current_page,
                "PageSize": DEVICES_PER_PAGE,
            },
        )
        return page_of(
            Device.from_row,
            rows_of(reply, "Data", "DeviceInfo"),
            DEVICES_PER_PAGE,
            is_last=is_last_page(reply, current_page),
        )

    async def batch_query_device_detail(
        self, product_key: str, device_names: list[str]
    ) -> list[DeviceDetail]:
        """Return details of up to 100 devices of one product; unknown devices are missing."""
        reply = await self._call(
            _BATCH_QUERY_DEVICE_DETAIL,
            {"ProductKey": product_key, "DeviceName": device_names},
        )
        return read_all(DeviceDetail.from_row, rows_of(reply, "Data", "Data"))

    async def batch_get_device_state(self, iot_ids: list[str]) -> list[DeviceState]:
        """Return the state of up to 50 devices of any products."""
        reply = await self._call(_BATCH_GET_DEVICE_STATE, {"IotId": iot_ids})
        return read_all(
            DeviceState.from_row, rows_of(reply, "DeviceStatusList", "DeviceStatus")
        )
