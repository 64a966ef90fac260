"""Linkvisual: alarm events. Source: linkvisual-api.md sections 14 and 20.1."""

from datetime import datetime

from .calls import Calls
from .media_models import DeviceEvent, RecordFile
from .models import Page
from .regions import Product
from .rows import inner, is_last_page, page_of, read_every, rows_of
from .transport import Operation

# The largest page size the operation accepts.
EVENTS_PER_PAGE = 50

_QUERY_DEVICE_EVENT = Operation(Product.LINKVISUAL, "QueryDeviceEvent")
_QUERY_DEVICE_EVENT_RECORD = Operation(Product.LINKVISUAL, "QueryDeviceEventRecord")


class EventCalls(Calls):
    """Listing alarms."""

    async def query_device_event(
        self, iot_id: str, begin: datetime, end: datetime, current_page: int = 1
    ) -> Page[DeviceEvent]:
        """List the alarms of a time range, in no documented order. An alarm may be listed twice."""
        reply = await self._call(
            _QUERY_DEVICE_EVENT,
            {
                "IotId": iot_id,
                "EventType": 0,
                "BeginTime": int(begin.timestamp() * 1000),
                "EndTime": int(end.timestamp() * 1000),
                "CurrentPage": current_page,
                "PageSize": EVENTS_PER_PAGE,
            },
        )
        return page_of(
            DeviceEvent.from_row,
            rows_of(reply, "Data", "List"),
            EVENTS_PER_PAGE,
            is_last=is_last_page(inner(reply, "Data"), current_page),
        )

    async def query_device_event_record(
        self, iot_id: str, event_id: str
    ) -> list[RecordFile]:
        """Return the files of an alarm; empty until they are uploaded, or if nothing was recorded."""
        reply = await self._call(
            _QUERY_DEVICE_EVENT_RECORD, {"IotId": iot_id, "EventId": event_id}
        )
        return read_every(RecordFile.from_row, rows_of(reply, "Data"))
