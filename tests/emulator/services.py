"""Where operations are registered: one function an operation, from typed parameters to a reply's fields."""

from collections.abc import Callable
from typing import Any

from .cloud import Cloud
from .operations import Params

type Fields = dict[str, Any]
type Service = Callable[[Cloud, Params, str], Fields]

SERVICES: dict[str, Service] = {}


def service(action: str) -> Callable[[Service], Service]:
    """Register a function. It gets the cloud, the parameters, and the address under which media is served."""

    def register(function: Service) -> Service:
        SERVICES[action] = function
        return function

    return register
