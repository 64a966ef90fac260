"""Where operations are registered: one function an operation, from typed parameters to a reply's fields.

And what the functions share: reading parameters, cutting pages, refusing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any
from zlib import crc32

from .cloud import Cloud
from .inferred import Order
from .operations import Params, Value
from .refusals import Refusal, ServiceRefusal, newer_refusal
from .world import Product

type Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a call comes from: whose key signed it, and under which address this cloud was reached."""

    account_id: str
    base_url: str


type Service = Callable[[Cloud, Params, Origin], Fields]

SERVICES: dict[str, Service] = {}


def service(action: str) -> Callable[[Service], Service]:
    """Register a function. It gets the cloud, the typed parameters, and where the call comes from."""

    def register(function: Service) -> Service:
        SERVICES[action] = function
        return function

    return register


def refusal(cloud: Cloud, told: tuple[str, str]) -> Refusal:
    """Return one of the refusals that are told in Inferred."""
    return newer_refusal(*told, by_http=cloud.inferred.newer_errors_by_http)


def check_iot_instance(cloud: Cloud, params: Params) -> None:
    """Refuse, as Iot does, another instance than the own one, and its absence where it has an ID."""
    if params.get("IotInstanceId", "") != cloud.iot_instance_id:
        raise ServiceRefusal(
            "iot.system.InstanceNotFound", "The instance does not exist."
        )


def iot_product(cloud: Cloud, params: Params) -> Product:
    """Return the product that a call of Iot names, or refuse."""
    check_iot_instance(cloud, params)
    if product := cloud.world.products.get(str(params["ProductKey"])):
        return product
    raise ServiceRefusal("iot.prod.NotExistedProduct", "The product does not exist.")


def number(
    cloud: Cloud, params: Mapping[str, Value], name: str, low: int, high: int
) -> int:
    """Return a number whose range only the service knows, not the gateway."""
    value = params.get(name, low)
    assert isinstance(value, int)
    if not low <= value <= high:
        raise ServiceRefusal(*cloud.inferred.out_of_range)
    return value


def texts(params: Params, name: str) -> list[str]:
    """Return a list of texts."""
    value = params[name]
    assert isinstance(value, list)
    return [str(item) for item in value]


def time_range(params: Params) -> tuple[int, int]:
    """Return BeginTime and EndTime, or refuse; their unit is the operation's."""
    begin, end = params["BeginTime"], params["EndTime"]
    assert isinstance(begin, int)
    assert isinstance(end, int)
    if begin >= end:
        raise ServiceRefusal("460", "beginTime can not bigger or equal endTime.")
    return begin, end


def listed[T](
    cloud: Cloud, rows: list[T], order: Order, name: Callable[[T], str]
) -> list[T]:
    """Bring rows, sorted by time, into the order in which the cloud lists them."""
    match order:
        case "descending":
            return rows[::-1]
        case "shuffled":
            seed = cloud.seed
            return sorted(rows, key=lambda row: crc32(f"{seed}{name(row)}".encode()))
    return rows


def page_of[T](cloud: Cloud, params: Params, rows: list[T]) -> tuple[list[T], Fields]:
    """Cut a page out of rows; return it, and what a reply tells of it, without any total."""
    size = number(cloud, params, "PageSize", 1, 50)
    current = number(cloud, params, "CurrentPage", 1, 2**31 - 1)
    page = rows[(current - 1) * size : current * size]
    return page, {"Page": current, "PageSize": size}


def counted_page_of[T](
    cloud: Cloud, params: Params, rows: list[T]
) -> tuple[list[T], Fields]:
    """Cut a page out of rows; return it, and what a reply tells of it, with totals."""
    page, data = page_of(cloud, params, rows)
    pages = ceil(len(rows) / data["PageSize"])
    return page, {**data, "PageCount": pages, "Total": len(rows)}
