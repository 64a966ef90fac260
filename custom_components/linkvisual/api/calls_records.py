"""Linkvisual: recordings and their files. Source: linkvisual-api.md sections 11 and 20.1."""

from datetime import datetime

from .calls import Calls
from .errors import OutcomeUnknownError
from .fields import identifier, key, one_line, optional_number, text
from .media_models import (
    Download,
    LifeCycle,
    RecordFile,
    RecordType,
    StreamType,
    TriggeredRecord,
)
from .models import Page
from .regions import Product
from .retries import Effect
from .rows import inner, page_of, read_all, read_every, read_one, rows_of
from .transport import Operation

# The largest page and batch sizes the operations accept.
RECORDS_PER_PAGE = 50
RECORDS_PER_DELETE_CALL = 50
DEVICES_PER_LIFE_CYCLE_CALL = 100
MAX_RETENTION_DAYS = 3650
MAX_DAYS_PER_MONTH = 31

_TRIGGER_RECORD = Operation(Product.LINKVISUAL, "TriggerRecord", Effect.REPEATED)
_STOP_TRIGGERED_RECORD = Operation(
    Product.LINKVISUAL, "StopTriggeredRecord", Effect.IDEMPOTENT
)
_QUERY_RECORD_BY_RECORD_ID = Operation(Product.LINKVISUAL, "QueryRecordByRecordId")
_QUERY_RECORD = Operation(Product.LINKVISUAL, "QueryRecord", per_second=250)
_QUERY_DEVICE_RECORD_LIFE_CYCLE = Operation(
    Product.LINKVISUAL, "QueryDeviceRecordLifeCycle", takes_instance=False
)
_SET_DEVICE_RECORD_LIFE_CYCLE = Operation(
    Product.LINKVISUAL, "SetDeviceRecordLifeCycle", Effect.IDEMPOTENT
)
_QUERY_MONTH_RECORD = Operation(Product.LINKVISUAL, "QueryMonthRecord")
_QUERY_RECORD_URL = Operation(Product.LINKVISUAL, "QueryRecordUrl")
_QUERY_RECORD_DOWNLOAD_URL = Operation(Product.LINKVISUAL, "QueryRecordDownloadUrl")
_DELETE_RECORD = Operation(Product.LINKVISUAL, "DeleteRecord", Effect.IDEMPOTENT)


class RecordCalls(Calls):
    """Triggering, listing, playing and deleting recordings."""

    async def trigger_record(
        self,
        iot_id: str,
        *,
        record_duration: int,
        pre_record_duration: int,
        stream_type: StreamType,
    ) -> TriggeredRecord:
        """Start a recording of `record_duration` seconds, including the pre-recording.

        Not retried once the request may have arrived: raises OutcomeUnknownError then.
        """
        reply = await self._call(
            _TRIGGER_RECORD,
            {
                "IotId": iot_id,
                "RecordDuration": record_duration,
                "PreRecordDuration": pre_record_duration,
                "StreamType": stream_type.value,
            },
        )
        try:
            record_id = key(reply, "Data")
        except ValueError as err:
            raise OutcomeUnknownError("accepted without a RecordId") from err
        return TriggeredRecord(record_id, one_line(reply.get("RequestId")))

    async def stop_triggered_record(self, iot_id: str, record_id: str) -> None:
        """Stop a triggered recording; what was recorded so far is kept."""
        await self._call(
            _STOP_TRIGGERED_RECORD,
            {"IotId": iot_id, "RecordId": record_id},
        )

    async def query_record_by_record_id(
        self, iot_id: str, record_id: str
    ) -> list[RecordFile]:
        """Return the files of a triggered recording; empty until they are uploaded."""
        reply = await self._call(
            _QUERY_RECORD_BY_RECORD_ID,
            {"IotId": iot_id, "RecordId": record_id},
        )
        return read_every(RecordFile.from_row, rows_of(reply, "Data"))

    async def query_device_record_life_cycle(
        self, iot_ids: list[str]
    ) -> list[LifeCycle]:
        """Return the retention of up to 100 cameras."""
        reply = await self._call(
            _QUERY_DEVICE_RECORD_LIFE_CYCLE, {"DeviceList": iot_ids}
        )
        return read_all(LifeCycle.from_row, rows_of(reply, "Data"))

    async def set_device_record_life_cycle(self, iot_id: str, day: int) -> None:
        """Set a camera's retention in days, up to 3650."""
        await self._command(_SET_DEVICE_RECORD_LIFE_CYCLE, iot_id, {"Day": day})

    async def query_record(
        self,
        iot_id: str,
        begin: datetime,
        end: datetime,
        *,
        stream_type: StreamType,
        record_type: RecordType | None = None,
        need_snapshot: bool = False,
        page_size: int = RECORDS_PER_PAGE,
        current_page: int = 1,
    ) -> Page[RecordFile]:
        """List the files of a time range, in no documented order; of all types if `record_type` is None."""
        reply = await self._call(
            _QUERY_RECORD,
            {
                "IotId": iot_id,
                "BeginTime": int(begin.timestamp()),
                "EndTime": int(end.timestamp()),
                "StreamType": stream_type.value,
                "RecordType": None if record_type is None else record_type.value,
                "NeedSnapshot": need_snapshot,
                "CurrentPage": current_page,
                "PageSize": page_size,
            },
        )
        return page_of(RecordFile.from_row, rows_of(reply, "Data", "List"), page_size)

    async def query_month_record(self, iot_id: str, month: str) -> list[bool]:
        """Return for each day of a month (`YYYYMM`) whether it has files. INFERRED: days of UTC+8."""
        reply = await self._call(_QUERY_MONTH_RECORD, {"IotId": iot_id, "Month": month})
        return [day == "1" for day in text(reply, "Data")[:MAX_DAYS_PER_MONTH]]

    async def query_record_url(
        self, iot_id: str, file_name: str, url_valid_duration: int
    ) -> str:
        """Return the URL of a file's HLS playlist. It is a secret, and can be opened once."""
        reply = await self._call(
            _QUERY_RECORD_URL,
            {
                "IotId": iot_id,
                "FileName": file_name,
                "UrlValidDuration": url_valid_duration,
            },
        )
        return read_one(lambda row: identifier(row, "Data"), reply)

    async def query_record_download_url(self, iot_id: str, file_name: str) -> Download:
        """Start converting a file to MP4, or return the progress of the conversion."""
        reply = await self._call(
            _QUERY_RECORD_DOWNLOAD_URL, {"IotId": iot_id, "FileName": file_name}
        )
        return read_one(Download.from_row, inner(reply, "Data"))

    async def delete_record(self, iot_id: str, file_names: list[str]) -> int:
        """Delete up to 50 files; return the number of deleted files."""
        reply = await self._call(
            _DELETE_RECORD, {"IotId": iot_id, "FileNameList": file_names}
        )
        return optional_number(inner(reply, "Data"), "DeletedCount") or 0
