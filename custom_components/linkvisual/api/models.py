"""Models of accounts, products and devices.

Each `from_row` reads one row of a reply. Unknown or missing fields are tolerated; a row without its
identifier raises ValueError, and the client skips it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self, override

type Row = Mapping[str, Any]


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


def text(row: Row, name: str) -> str:
    """Return a string; "" if missing."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def one_line(value: object, most: int = 200) -> str:
    """Return a value of the cloud as a single line of printable text."""
    text = "" if value is None else str(value)[:most]
    return "".join(c if c.isprintable() else " " for c in text).strip()


def identifier(row: Row, name: str) -> str:
    """Return a required string. Raises ValueError."""
    if value := text(row, name):
        return value
    raise ValueError(f"{name} is missing")


def number(row: Row, name: str) -> int:
    """Return an integer, given as a number or a string. Raises ValueError."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"{name} is not a number")  # noqa: TRY004
    return int(value)


def optional_number(row: Row, name: str) -> int | None:
    """Return an integer; None if missing."""
    try:
        return number(row, name)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """The account that a key belongs to (Sts GetCallerIdentity)."""

    account_id: str

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read the reply: it is flat."""
        return cls(identifier(row, "AccountId"))


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
            identifier(row, "ProductKey"),
            one_line(row.get("ProductName")),
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
            identifier(row, "IotId"),
            identifier(row, "ProductKey"),
            identifier(row, "DeviceName"),
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
        return cls(identifier(row, "IotId"), one_line(row.get("FirmwareVersion")))


@dataclass(frozen=True, slots=True)
class DeviceState:
    """Connection status of a device (Iot BatchGetDeviceState)."""

    iot_id: str
    status: DeviceStatus

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of DeviceStatusList.DeviceStatus."""
        return cls(identifier(row, "IotId"), DeviceStatus(text(row, "Status")))


@dataclass(frozen=True, slots=True)
class Page[T]:
    """One page of a list. `last`: there is no further page."""

    rows: list[T]
    last: bool
