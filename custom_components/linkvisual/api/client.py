"""The client: one method per operation of the cloud. Each raises a LinkVisualError on failure."""

from typing import Literal

from .calls_downloads import DownloadCalls
from .calls_events import EventCalls
from .calls_iot import IotCalls
from .calls_pictures import PictureCalls
from .calls_plans import PlanCalls
from .calls_records import RecordCalls
from .calls_subscriptions import SubscriptionCalls
from .calls_things import ThingCalls
from .media_models import LiveStream, StreamType
from .regions import Product
from .rows import inner, read_one
from .transport import Operation

_QUERY_LIVE_STREAMING = Operation(Product.LINKVISUAL, "QueryLiveStreaming")


class LinkVisualClient(
    IotCalls,
    RecordCalls,
    PlanCalls,
    DownloadCalls,
    PictureCalls,
    EventCalls,
    ThingCalls,
    SubscriptionCalls,
):
    """Client of one account, region and IoT instance."""

    async def query_live_streaming(
        self,
        iot_id: str,
        *,
        stream_type: StreamType,
        url_valid_duration: int,
        scheme: Literal["hls", "flv"] = "hls",
    ) -> LiveStream:
        """Make a camera push its stream; return its URL, valid for `url_valid_duration` seconds."""
        reply = await self._call(
            _QUERY_LIVE_STREAMING,
            {
                "IotId": iot_id,
                "Scheme": scheme,
                "StreamType": stream_type.value,
                "UrlValidDuration": url_valid_duration,
                "PlayUnLimited": True,
            },
        )
        return read_one(LiveStream.from_row, inner(reply, "Data"))
