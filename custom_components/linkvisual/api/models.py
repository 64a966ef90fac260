"""Models of accounts, products and devices.

Each `from_row` reads one row of a reply. Unknown or missing fields are tolerated; a row without its
identifier raises ValueError, and the client skips it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self, override

from .fields import Row, key, one_line, optional_number, text


class DeviceStatus(StrEnum):
    """Connection status of a device."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    UNACTIVE = "UNACTIVE"  # has never connected
    DISABLE = "DISABLE"
    UNKNOWN = "UNKNOWN"  # a status that this version does not know

    @classmethod
    @override
    def _missing_(cls, value: object) -> Self:
        return cls("UNKNOWN")


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """The account that a key belongs to (Sts GetCallerIdentity)."""

    account_id: str

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read the reply: it is flat."""
        return cls(key(row, "AccountId"))


@dataclass(frozen=True, slots=True)
class ProductInfo:
    """A product of the instance (Iot QueryProductList)."""

    product_key: str
    product_name: str
    device_count: int

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.List.ProductInfo."""
        count = optional_number(row, "DeviceCount")
        return cls(
            key(row, "ProductKey"),
            one_line(row.get("ProductName")),
            1 if count is None else count,
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
            key(row, "IotId"),
            key(row, "ProductKey"),
            key(row, "DeviceName"),
            one_line(row.get("Nickname")),
            DeviceStatus(text(row, "DeviceStatus")),
        )


@dataclass(frozen=True, slots=True)
class DeviceDetail:
    """Details of a device (Iot BatchQueryDeviceDetail)."""

    iot_id: str
    firmware_version: str

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.Data."""
        return cls(key(row, "IotId"), one_line(row.get("FirmwareVersion")))


@dataclass(frozen=True, slots=True)
class DeviceState:
    """Connection status of a device (Iot BatchGetDeviceState)."""

    iot_id: str
    status: DeviceStatus

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of DeviceStatusList.DeviceStatus."""
        return cls(key(row, "IotId"), DeviceStatus(text(row, "Status")))


@dataclass(frozen=True, slots=True)
class Page[T]:
    """One page of a list. `last`: there is no further page. `complete`: no row was malformed."""

    rows: list[T]
    last: bool
    complete: bool = True
