"""Linkvisual: pictures. Source: linkvisual-api.md sections 12 and 20.1."""

from datetime import datetime
from enum import IntEnum

from .calls import Calls
from .errors import NotFoundError, OutcomeUnknownError
from .fields import identifier
from .media_models import Picture, picture_days
from .models import Page
from .regions import Product
from .retries import Effect
from .rows import inner, page_of, read_one, rows_of
from .transport import Operation

# The largest page size the operation accepts.
PICTURES_PER_PAGE = 50

_TRIGGER_CAPTURE_PICTURE = Operation(
    Product.LINKVISUAL, "TriggerCapturePicture", Effect.REPEATED
)
_QUERY_DEVICE_PICTURE_FILE = Operation(Product.LINKVISUAL, "QueryDevicePictureFile")
_QUERY_PICTURE_FILES = Operation(
    Product.LINKVISUAL, "QueryPictureFiles", per_second=500
)
_QUERY_DEVICE_PICTURE_LIFE_CYCLE = Operation(
    Product.LINKVISUAL, "QueryDevicePictureLifeCycle", takes_instance=False
)
_SET_DEVICE_PICTURE_LIFE_CYCLE = Operation(
    Product.LINKVISUAL, "SetDevicePictureLifeCycle", Effect.IDEMPOTENT
)


class PictureSource(IntEnum):
    """Why a picture was taken."""

    ANY = 0
    ALARM = 1
    CAPTURE = 2


class PictureCalls(Calls):
    """Capturing and listing pictures."""

    async def trigger_capture_picture(self, iot_id: str) -> str:
        """Make a camera take a picture; return its ID. The picture is uploaded later."""
        reply = await self._call(_TRIGGER_CAPTURE_PICTURE, {"IotId": iot_id})
        try:
            return identifier(reply, "Data")
        except ValueError as err:
            raise OutcomeUnknownError("accepted without a picture ID") from err

    async def query_device_picture_file(self, iot_id: str, capture_id: str) -> Picture:
        """Return a picture. Raises NotFoundError while it is not uploaded."""
        reply = await self._call(
            _QUERY_DEVICE_PICTURE_FILE, {"IotId": iot_id, "CaptureId": capture_id}
        )
        # INFERRED: until the upload the reply is an error, or a success without Data.
        if not (data := inner(reply, "Data")):
            raise NotFoundError("not uploaded yet")
        return read_one(Picture.from_row, data)

    async def query_picture_files(
        self,
        iot_id: str,
        begin: datetime,
        end: datetime,
        current_page: int = 1,
        source: PictureSource = PictureSource.ANY,
    ) -> Page[Picture]:
        """List the pictures of a time range, in no documented order. Their URLs are valid for an hour."""
        reply = await self._call(
            _QUERY_PICTURE_FILES,
            {
                "IotId": iot_id,
                "BeginTime": int(begin.timestamp() * 1000),
                "EndTime": int(end.timestamp() * 1000),
                "CurrentPage": current_page,
                "PageSize": PICTURES_PER_PAGE,
                "PictureSource": source,
            },
        )
        rows = rows_of(reply, "Data", "List")
        return page_of(Picture.from_row, rows, PICTURES_PER_PAGE)

    async def query_device_picture_life_cycle(self, iot_id: str) -> int | None:
        """Return the retention of a camera's pictures in days; None if they are kept for ever."""
        reply = await self._call(_QUERY_DEVICE_PICTURE_LIFE_CYCLE, {"IotId": iot_id})
        return read_one(picture_days, inner(reply, "Data"))

    async def set_device_picture_life_cycle(self, iot_id: str, day: int) -> None:
        """Set the retention of a camera's pictures in days. No range is documented."""
        await self._command(_SET_DEVICE_PICTURE_LIFE_CYCLE, iot_id, {"Day": day})
