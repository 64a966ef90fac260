"""How a refusal is told: what the cloud says no to, once; every SDK plays it."""

from typing import Any

import pytest

from .scenario import Call, Scenario

REFUSALS: dict[str, Scenario] = {}


class RefusedError(Exception):
    """An SDK's own exception for a refusal of the gateway, in words that all of them share."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(f"{status} {code}")


def refusal(function: Scenario) -> Scenario:
    """Register what tells of a refusal."""
    REFUSALS[function.__name__] = function
    return function


async def gateway_says(
    status: int, code: str, call: Call, action: str, params: dict[str, Any]
) -> None:
    """Expect the gateway's no."""
    with pytest.raises(RefusedError) as caught:
        await call(action, params)
    assert (caught.value.status, caught.value.code) == (status, code)


async def service_says(
    code: str, message: str, call: Call, action: str, params: dict[str, Any]
) -> None:
    """Expect the service's no."""
    reply = await call(action, params)
    assert reply["Success"] is False
    assert (reply["Code"], reply["ErrorMessage"]) == (code, message)
    assert reply["RequestId"]
