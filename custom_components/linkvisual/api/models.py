"""What the cloud says, as frozen values in its own terms.

Each `from_row` takes one row of a reply. Fields that are unknown or missing do no harm; a row without
what identifies it raises ValueError, and the client leaves that row out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any, Self, override

type Row = Mapping[str, Any]

# Times of replies carry no zone. INFERRED: UTC+8 (linkvisual-api.md section 9).
CLOUD_TIME_ZONE = timezone(timedelta(hours=8))

# Bounds of TriggerRecord, in seconds; a pre-recording is a part of the recording (section 20.1).
MIN_RECORD_DURATION = 10
MAX_RECORD_DURATION = 7200
MAX_PRE_RECORD_DURATION = 10
# One file never is longer (section 8).
MAX_FILE_DURATION = 1800


class StreamType(IntEnum):
    """Which of a camera's streams."""

    MAIN = 0
    SUB = 1


class RecordType(IntEnum):
    """Why something was recorded."""

    CONTINUOUS = 0
    ALARM = 1
    MANUAL = 2


class DeviceStatus(StrEnum):
    """What IoT Platform says of a device's connection."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    UNACTIVE = "UNACTIVE"  # has never connected
    DISABLE = "DISABLE"
    UNKNOWN = "UNKNOWN"  # a word this version does not know

    @classmethod
    @override
    def _missing_(cls, value: object) -> Self:
        return cls("UNKNOWN")


def _text(row: Row, name: str) -> str:
    """Return a text; "" where there is none."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _identifier(row: Row, name: str) -> str:
    """Return a text that must be there."""
    if value := _text(row, name):
        return value
    raise ValueError(f"no {name}")


def _number(row: Row, name: str) -> int:
    """Return a whole number, be it written as one or as a text."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"{name} is no number")  # noqa: TRY004
    return int(value)


def _time(row: Row, name: str) -> datetime:
    """Return the time of a `YYYY-MM-DD HH:MM:SS` in UTC."""
    local = datetime.strptime(_identifier(row, name), "%Y-%m-%d %H:%M:%S")
    return local.replace(tzinfo=CLOUD_TIME_ZONE).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """Whose key this is (Sts GetCallerIdentity)."""

    account_id: str

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read the reply itself: it is flat."""
        return cls(_identifier(row, "AccountId"))


@dataclass(frozen=True, slots=True)
class ProductInfo:
    """A product of the instance (Iot QueryProductList)."""

    product_key: str
    product_name: str
    device_count: int

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.List.ProductInfo."""
        count = row.get("DeviceCount")
        return cls(
            _identifier(row, "ProductKey"),
            _text(row, "ProductName"),
            count if isinstance(count, int) else 1,
        )


@dataclass(frozen=True, slots=True)
class Device:
    """A device of a product (Iot QueryDevice)."""

    iot_id: str
    product_key: str
    device_name: str
    nickname: str
    status: DeviceStatus

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.DeviceInfo."""
        return cls(
            _identifier(row, "IotId"),
            _identifier(row, "ProductKey"),
            _identifier(row, "DeviceName"),
            _text(row, "Nickname").strip(),
            DeviceStatus(_text(row, "DeviceStatus")),
        )


@dataclass(frozen=True, slots=True)
class DeviceDetail:
    """What BatchQueryDeviceDetail tells beyond QueryDevice."""

    iot_id: str
    firmware_version: str

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.Data."""
        return cls(_identifier(row, "IotId"), _text(row, "FirmwareVersion"))


@dataclass(frozen=True, slots=True)
class DeviceState:
    """Whether a device is online (Iot BatchGetDeviceState)."""

    iot_id: str
    status: DeviceStatus

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of DeviceStatusList.DeviceStatus."""
        return cls(_identifier(row, "IotId"), DeviceStatus(_text(row, "Status")))


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """For how many days a camera's recordings are kept (QueryDeviceRecordLifeCycle)."""

    iot_id: str
    day: int

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data."""
        return cls(_identifier(row, "IotId"), _number(row, "Day"))


@dataclass(frozen=True, slots=True)
class TriggeredRecord:
    """The cloud's yes to TriggerRecord."""

    record_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file in cloud storage (QueryRecordByRecordId, QueryRecord). Times are UTC.

    The reply's VodUrl is left behind: it is a secret, and dies soon.
    """

    file_name: str
    begin: datetime
    end: datetime

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data, or of Data.List."""
        return cls(
            _identifier(row, "FileName"), _time(row, "BeginTime"), _time(row, "EndTime")
        )

    def otherwise_read(self) -> Self:
        """Return the file as it is if the cloud's times are UTC after all."""
        shift = CLOUD_TIME_ZONE.utcoffset(None)
        return replace(self, begin=self.begin + shift, end=self.end + shift)


@dataclass(frozen=True, slots=True)
class LiveStream:
    """Where a live stream can be fetched (QueryLiveStreaming). The path is a secret."""

    path: str = field(repr=False)

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read Data."""
        return cls(_identifier(row, "Path"))


@dataclass(frozen=True, slots=True)
class Page[T]:
    """One page of a list. `last` is true where no further page can be asked for."""

    rows: list[T]
    last: bool
