"""What it costs to sign TriggerRecord: from its parameters to the headers that travel."""

from collections.abc import Callable
from statistics import median
import time
from typing import Any, cast

from alibabacloud_linkvisual20180120.client import OpenApiUtilClient
from alibabacloud_tea_openapi.utils import Utils
from darabonba.request import DaraRequest

from custom_components.linkvisual.api.calls_records import _TRIGGER_RECORD
from custom_components.linkvisual.api.regions import DEFAULT_REGION
from custom_components.linkvisual.api.signing import (
    ALGORITHM,
    EMPTY_BODY_SHA256,
    authorization,
    canonical_query,
    flatten,
)
from custom_components.linkvisual.api.transport import Credentials, Transport

from .figures import Figure, teller

_KEY, _SECRET = "LTAI5tBench000000000001", "benchSecretOfNoAccount00000001"
_HOST = "linkvisual.cn-shanghai.aliyuncs.com"
_PARAMS: dict[str, str | int] = {
    "IotId": "bench00000000000000000000100",
    "RecordDuration": 60,
    "PreRecordDuration": 0,
    "StreamType": 0,
    "IotInstanceId": "iot-bench01",
}


def _make_own() -> Callable[[], object]:
    # Nothing is sent: a session is not needed.
    transport = Transport(
        cast("Any", None), Credentials(_KEY, _SECRET), DEFAULT_REGION, None
    )

    def sign() -> object:
        query = canonical_query(flatten(_PARAMS))
        return transport._headers(_TRIGGER_RECORD, _HOST, query)

    return sign


def _official() -> object:
    """Do what the official SDK does in between, by its own functions."""
    request = DaraRequest()
    request.method, request.pathname = "POST", "/"
    request.query = OpenApiUtilClient.query(_PARAMS)
    digest = Utils.hash(b"", ALGORITHM).hex()
    request.headers = {
        "host": _HOST,
        "x-acs-version": _TRIGGER_RECORD.version,
        "x-acs-action": _TRIGGER_RECORD.action,
        "x-acs-date": Utils.get_timestamp(),
        "x-acs-signature-nonce": Utils.get_nonce(),
        "x-acs-content-sha256": digest,
        "accept": "application/json",
    }
    request.headers["Authorization"] = Utils.get_authorization(
        request, ALGORITHM, digest, _KEY, _SECRET
    )
    return request.headers


def _agree() -> bool:
    """Return whether both sign the same in the same way."""
    headers = {"host": _HOST, "x-acs-content-sha256": EMPTY_BODY_SHA256}
    request = DaraRequest()
    request.method, request.pathname = "POST", "/"
    request.query, request.headers = flatten(_PARAMS), headers
    official = Utils.get_authorization(
        request, ALGORITHM, EMPTY_BODY_SHA256, _KEY, _SECRET
    )
    query = canonical_query(flatten(_PARAMS))
    return bool(official == authorization(_KEY, _SECRET, "POST", query, headers))


def _cost(sign: Callable[[], object], times: int) -> float:
    """Return CPU seconds of one signature."""
    begun = time.process_time()
    for _ in range(times):
        sign()
    return (time.process_time() - begun) / times


def measure(quick: bool) -> list[Figure]:
    """Sign by turns."""
    if not _agree():
        raise RuntimeError("the two signatures differ: nothing to compare")
    own = _make_own()
    times, rounds = (200, 3) if quick else (5000, 15)
    costs = [(_cost(own, times), _cost(_official, times)) for _ in range(rounds)]
    tell = teller("signing", "")
    return [
        tell("TriggerRecord", median(mine for mine, _ in costs) * 1e6, "µs", goal=25),
        tell("official SDK", median(other for _, other in costs) * 1e6, "µs"),
        tell("SDK / own", median(other / mine for mine, other in costs), "x"),
    ]
