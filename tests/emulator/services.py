"""Where operations are registered: one function an operation, from typed parameters to a reply's fields."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .cloud import Cloud
from .operations import Params

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
