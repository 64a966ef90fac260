"""One method per operation of the cloud. Each raises a LinkVisualError where the cloud does not say yes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
import logging
from typing import Any

import aiohttp

from .errors import OutcomeUnknownError, UnreadableReplyError
from .models import (
    CallerIdentity,
    Device,
    DeviceDetail,
    DeviceState,
    LifeCycle,
    LiveStream,
    Page,
    ProductInfo,
    RecordFile,
    RecordType,
    Row,
    StreamType,
    TriggeredRecord,
)
from .regions import Product
from .retries import Effect
from .signing import Scalar
from .transport import Credentials, Operation, Transport

_LOGGER = logging.getLogger(__name__)

# The largest pages and batches the operations take.
PRODUCTS_PER_PAGE = 200
DEVICES_PER_PAGE = 50
RECORDS_PER_PAGE = 50
DEVICES_PER_STATE_CALL = 50
DEVICES_PER_DETAIL_CALL = 100
DEVICES_PER_LIFE_CYCLE_CALL = 100

_GET_CALLER_IDENTITY = Operation(
    Product.STS, "GetCallerIdentity", version="2015-04-01", enveloped=False
)
_QUERY_PRODUCT_LIST = Operation(Product.IOT, "QueryProductList", per_second=50)
_QUERY_PRODUCT = Operation(Product.IOT, "QueryProduct", per_second=50)
_QUERY_DEVICE = Operation(Product.IOT, "QueryDevice", per_second=50)
_BATCH_QUERY_DEVICE_DETAIL = Operation(
    Product.IOT, "BatchQueryDeviceDetail", per_second=5
)
_BATCH_GET_DEVICE_STATE = Operation(Product.IOT, "BatchGetDeviceState", per_second=50)
_TRIGGER_RECORD = Operation(Product.LINKVISUAL, "TriggerRecord", Effect.AGAIN)
_STOP_TRIGGERED_RECORD = Operation(
    Product.LINKVISUAL, "StopTriggeredRecord", Effect.SAME
)
_QUERY_RECORD_BY_RECORD_ID = Operation(Product.LINKVISUAL, "QueryRecordByRecordId")
_QUERY_RECORD = Operation(Product.LINKVISUAL, "QueryRecord")
_QUERY_DEVICE_RECORD_LIFE_CYCLE = Operation(
    Product.LINKVISUAL, "QueryDeviceRecordLifeCycle"
)
_QUERY_LIVE_STREAMING = Operation(Product.LINKVISUAL, "QueryLiveStreaming")


class LinkVisualClient:
    """The cloud as one account, region and instance see it."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        access_key_id: str,
        access_key_secret: str,
        region: str,
        iot_instance_id: str = "",
        base_url: str | None = None,
    ) -> None:
        """`iot_instance_id` is empty for the public instance; `base_url` replaces all hosts of the cloud."""
        self._transport = Transport(
            session, Credentials(access_key_id, access_key_secret), region, base_url
        )
        self._instance: Mapping[str, Scalar] = (
            {"IotInstanceId": iot_instance_id} if iot_instance_id else {}
        )

    async def get_caller_identity(self) -> CallerIdentity:
        """Tell whose key this is. Needs no permission."""
        return _read(
            CallerIdentity.from_row,
            await self._transport.call(_GET_CALLER_IDENTITY, {}),
        )

    async def query_product_list(self, current_page: int = 1) -> Page[ProductInfo]:
        """List products, newest first."""
        reply = await self._transport.call(
            _QUERY_PRODUCT_LIST,
            {
                **self._instance,
                "CurrentPage": current_page,
                "PageSize": PRODUCTS_PER_PAGE,
            },
        )
        return _page(
            ProductInfo.from_row,
            _rows(reply, "Data", "List", "ProductInfo"),
            PRODUCTS_PER_PAGE,
            is_last=_is_last(_inner(reply, "Data"), current_page),
        )

    async def query_product(self, product_key: str) -> str:
        """Return a product's category; "" for products that were not made from a standard one."""
        reply = await self._transport.call(
            _QUERY_PRODUCT, {**self._instance, "ProductKey": product_key}
        )
        category = _inner(reply, "Data").get("CategoryKey")
        return category if isinstance(category, str) else ""

    async def query_device(
        self, product_key: str, current_page: int = 1
    ) -> Page[Device]:
        """List a product's devices, newest first."""
        reply = await self._transport.call(
            _QUERY_DEVICE,
            {
                **self._instance,
                "ProductKey": product_key,
                "CurrentPage": current_page,
                "PageSize": DEVICES_PER_PAGE,
            },
        )
        return _page(
            Device.from_row,
            _rows(reply, "Data", "DeviceInfo"),
            DEVICES_PER_PAGE,
            is_last=_is_last(reply, current_page),
        )

    async def batch_query_device_detail(
        self, product_key: str, device_names: list[str]
    ) -> list[DeviceDetail]:
        """Return details of up to 100 devices of one product; unknown devices are missing."""
        reply = await self._transport.call(
            _BATCH_QUERY_DEVICE_DETAIL,
            {**self._instance, "ProductKey": product_key, "DeviceName": device_names},
        )
        return _read_all(DeviceDetail.from_row, _rows(reply, "Data", "Data"))

    async def batch_get_device_state(self, iot_ids: list[str]) -> list[DeviceState]:
        """Return the state of up to 50 devices of any products."""
        reply = await self._transport.call(
            _BATCH_GET_DEVICE_STATE, {**self._instance, "IotId": iot_ids}
        )
        return _read_all(
            DeviceState.from_row, _rows(reply, "DeviceStatusList", "DeviceStatus")
        )

    async def trigger_record(
        self,
        iot_id: str,
        *,
        record_duration: int,
        pre_record_duration: int,
        stream_type: StreamType,
    ) -> TriggeredRecord:
        """Start a recording of `record_duration` seconds, the pre-recording included.

        Never sent again once it may have arrived: then OutcomeUnknownError.
        """
        reply = await self._transport.call(
            _TRIGGER_RECORD,
            {
                **self._instance,
                "IotId": iot_id,
                "RecordDuration": record_duration,
                "PreRecordDuration": pre_record_duration,
                "StreamType": stream_type.value,
            },
        )
        record_id = reply.get("Data")
        if not isinstance(record_id, str) or not record_id:
            raise OutcomeUnknownError("accepted, but without a RecordId")
        return TriggeredRecord(record_id, str(reply.get("RequestId") or ""))

    async def stop_triggered_record(self, iot_id: str, record_id: str) -> None:
        """End a triggered recording; what was recorded so far is kept."""
        await self._transport.call(
            _STOP_TRIGGERED_RECORD,
            {**self._instance, "IotId": iot_id, "RecordId": record_id},
        )

    async def query_record_by_record_id(
        self, iot_id: str, record_id: str
    ) -> list[RecordFile]:
        """Return the files of a triggered recording; none while nothing is uploaded."""
        reply = await self._transport.call(
            _QUERY_RECORD_BY_RECORD_ID,
            {**self._instance, "IotId": iot_id, "RecordId": record_id},
        )
        return _read_all(RecordFile.from_row, _rows(reply, "Data"))

    async def query_record(
        self,
        iot_id: str,
        begin: datetime,
        end: datetime,
        *,
        stream_type: StreamType,
        record_type: RecordType,
        current_page: int = 1,
    ) -> Page[RecordFile]:
        """List the files of a time range, in no known order."""
        reply = await self._transport.call(
            _QUERY_RECORD,
            {
                **self._instance,
                "IotId": iot_id,
                "BeginTime": int(begin.timestamp()),
                "EndTime": int(end.timestamp()),
                "StreamType": stream_type.value,
                "RecordType": record_type.value,
                "CurrentPage": current_page,
                "PageSize": RECORDS_PER_PAGE,
            },
        )
        rows = _rows(reply, "Data", "List")
        return _page(RecordFile.from_row, rows, RECORDS_PER_PAGE)

    async def query_device_record_life_cycle(
        self, iot_ids: list[str]
    ) -> list[LifeCycle]:
        """Return for how many days the recordings of up to 100 cameras are kept."""
        reply = await self._transport.call(
            _QUERY_DEVICE_RECORD_LIFE_CYCLE, {"DeviceList": iot_ids}
        )
        return _read_all(LifeCycle.from_row, _rows(reply, "Data"))

    async def query_live_streaming(
        self, iot_id: str, *, stream_type: StreamType, url_valid_duration: int
    ) -> LiveStream:
        """Make a camera push its stream; return an HLS address that lives `url_valid_duration` seconds."""
        reply = await self._transport.call(
            _QUERY_LIVE_STREAMING,
            {
                **self._instance,
                "IotId": iot_id,
                "Scheme": "hls",
                "StreamType": stream_type.value,
                "UrlValidDuration": url_valid_duration,
                "PlayUnLimited": True,
            },
        )
        return _read(LiveStream.from_row, _inner(reply, "Data"))


def _inner(reply: Row, *names: str) -> Row:
    """Return an object inside a reply; empty where there is none."""
    inner: Any = reply
    for name in names:
        inner = inner.get(name) if isinstance(inner, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def _rows(reply: Row, *names: str) -> list[Any]:
    """Return a list inside a reply. A list that is not there has no rows."""
    rows = _inner(reply, *names[:-1]).get(names[-1])
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise UnreadableReplyError(f"{'.'.join(names)} is no list")
    return rows


def _is_last(counts: Row, current_page: int) -> bool:
    """Tell whether a list that counts its pages ends with this one."""
    page_count = counts.get("PageCount")
    return isinstance(page_count, int) and current_page >= page_count


def _page[T](
    read: Callable[[Row], T], rows: list[Any], page_size: int, *, is_last: bool = False
) -> Page[T]:
    return Page(_read_all(read, rows), is_last or len(rows) < page_size)


def _read[T](read: Callable[[Row], T], row: Row) -> T:
    try:
        return read(row)
    except ValueError as err:
        raise UnreadableReplyError(f"the reply has {err}") from err


def _read_all[T](read: Callable[[Row], T], rows: Iterable[Any]) -> list[T]:
    """Read every row that can be read: an odd one must not hide the others."""
    values: list[T] = []
    for row in rows:
        try:
            values.append(read(row if isinstance(row, Mapping) else {}))
        except ValueError as err:
            _LOGGER.debug("Left out a row: %s", err)
    return values
