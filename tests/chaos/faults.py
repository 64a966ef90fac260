"""Faults of single replies of the cloud."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.emulator.faults import Fault

_ACTIONS = (
    *("*", "TriggerRecord", "TriggerRecord", "QueryRecordByRecordId"),
    *("QueryDeviceEvent", "QueryDeviceEventRecord"),
)
_ODD_DATA: tuple[Any, ...] = (None, 5, True, "", [], {}, [[]], {"List": 7}, "\u0000")

# None of them reads as a value of the cloud, whatever the field is.
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, -1, 7.5, 10**30, float("nan"), "", "\u0000", [], {}, [[]], [None]),
    *("0001-01-01 00:00:00", "9999-12-31 23:59:59", "x" * 5000),
)


def _some(random: Random, kind: Any, **more: Any) -> list[Fault]:
    """Return a fault that strikes one call, some, or all of them."""
    return [
        Fault(
            kind,
            action=random.choice(_ACTIONS),
            times=random.choice((1, 1, 2, 3, None)),
            skip=random.choice((0, 0, 0, 1, 2)),
            **more,
        )
    ]


def _cut(random: Random) -> list[Fault]:
    return _some(random, "cut", after=random.random() < 0.5)


def _stall(random: Random) -> list[Fault]:
    return _some(random, "delay", seconds=random.choice((2.0, 9.0, 14.5, 16.0, 60.0)))


def _throttle(random: Random) -> list[Fault]:
    hint = random.choice(
        (
            {},
            {"x-acs-retry-after": str(random.randint(1, 20_000))},
            {"x-ratelimit-user-api": f"Limit:1,TimeLeft:{random.randint(1, 9000)}"},
        )
    )
    status, code = random.choice(
        ((400, "Throttling.User"), (429, "Throttling"), (503, "Throttling.Api"))
    )
    return _some(random, "gateway", status=status, code=code, headers=hint)


def _server_error(random: Random) -> list[Fault]:
    if random.random() < 0.3:
        return _some(random, "service", code="500", message="system error.")
    status, code = random.choice(
        (
            (500, "InternalError"),
            (502, "BadGateway"),
            (503, "ServiceUnavailable"),
            (504, "GatewayTimeout"),
        )
    )
    return _some(random, "gateway", status=status, code=code)


def _html(random: Random) -> list[Fault]:
    return _some(
        random,
        "body",
        status=random.choice((200, 302, 403, 404, 429, 500, 502, 503)),
        text=random.choice(("<html><body>Sorry</body></html>", "", "\ufeff[]", "null")),
    )


def _html_after(random: Random) -> list[Fault]:
    status = random.choice((200, 500, 502, 503, 504))
    return _some(random, "body", status=status, after=True)


def _truncate(random: Random) -> list[Fault]:
    return _some(random, "truncate")


def _types(random: Random) -> list[Fault]:
    name = random.choice(("Data", "Data", "Data", "Success", "Code", "RequestId"))
    return _some(random, "patch", patch={name: random.choice(_ODD_DATA)})


def _odd_values(random: Random) -> list[Fault]:
    return _some(
        random, "odd", value=random.choice(ODD_VALUES), seed=random.getrandbits(32)
    )


def _nonce(random: Random) -> list[Fault]:
    return _some(random, "gateway", status=400, code="SignatureNonceUsed")


REPLY_FAULTS: dict[str, Callable[[Random], list[Fault]]] = {
    "cut": _cut,
    "stall": _stall,
    "throttled": _throttle,
    "server error": _server_error,
    "html": _html,
    "html after": _html_after,
    "truncated": _truncate,
    "wrong types": _types,
    "odd values": _odd_values,
    "nonce": _nonce,
}
