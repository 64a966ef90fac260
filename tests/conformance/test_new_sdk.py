"""The current SDK, blocking and async, with either signature, can do everything that the emulator has."""

from collections.abc import Callable
from dataclasses import replace

from alibabacloud_tea_openapi.exceptions import (
    ClientException,
    ServerException,
    ThrottlingException,
)
import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.operations import OPERATIONS

from .new_sdk import sdk_call
from .refused import REFUSALS, RefusedError
from .scenarios import SCENARIOS, Call

# The SDK's own way to tell the time.
pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"
)

# How methods are called, and what else is configured.
FLAVOURS: dict[str, tuple[bool, dict[str, str]]] = {
    "blocking": (True, {}),
    "async": (False, {}),
    "blocking-v2": (True, {"signature_algorithm": "v2"}),
    "async-v2": (False, {"signature_algorithm": "v2"}),
}

type MakeCall = Callable[..., Call]


@pytest.fixture(params=FLAVOURS)
def make_call(cloud: Cloud, endpoint: str, request: pytest.FixtureRequest) -> MakeCall:
    """Return a function that makes a caller; its arguments replace the right ones."""
    blocking, flavour = FLAVOURS[request.param]

    def make(**changes: str) -> Call:
        return sdk_call(cloud, endpoint, blocking=blocking, **{**flavour, **changes})

    return make


@pytest.mark.parametrize("action", sorted(OPERATIONS))
async def test_operation(cloud: Cloud, make_call: MakeCall, action: str) -> None:
    """Each operation does what it is for."""
    await SCENARIOS[action](cloud, make_call())
    assert cloud.calls_of(action)[0].code == "200"


@pytest.mark.parametrize("name", REFUSALS)
async def test_refusal(cloud: Cloud, make_call: MakeCall, name: str) -> None:
    """Each refusal arrives as what it is."""
    await REFUSALS[name](cloud, make_call())


async def test_wrong_secret(
    make_call: MakeCall, request: pytest.FixtureRequest
) -> None:
    """The cloud signs what it got, and finds another signature than it was given."""
    call = make_call(access_key_secret="wrong")
    with pytest.raises(RefusedError) as caught:
        await call("GetCallerIdentity", {})
    assert (caught.value.status, caught.value.code) == (400, "SignatureDoesNotMatch")
    quoted = caught.value.message.partition("server string to sign is:")[2]
    v2 = "v2" in request.node.name
    assert quoted.startswith("POST&%2F&" if v2 else "ACS3-HMAC-SHA256\n")


async def test_odd_characters(cloud: Cloud, make_call: MakeCall) -> None:
    """Whatever the text, it arrives."""
    cloud.iot_instance_id = "a b+c&d=e~f*g'h()i%41/中\U0001f642"
    params = {"CurrentPage": 1, "PageSize": 1, "IotInstanceId": cloud.iot_instance_id}
    assert (await make_call()("QueryProductList", params))["Success"] is True


async def test_security_token(cloud: Cloud, make_call: MakeCall) -> None:
    """Temporary credentials are as good as others, as long as the token is."""
    cloud.security_tokens["a+/=="] = (cloud.access_key_id, cloud.now() + 60)
    call = make_call(security_token="a+/==")
    assert (await call("GetCallerIdentity", {}))["AccountId"]
    cloud.clock_offset = 61
    with pytest.raises(RefusedError) as caught:
        await call("GetCallerIdentity", {})
    assert caught.value.code == "InvalidSecurityToken.Expired"
    with pytest.raises(RefusedError) as caught:
        await make_call(security_token="unknown")("GetCallerIdentity", {})
    assert caught.value.code == "InvalidSecurityToken.Malformed"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("gateway", code="Throttling.User"), ClientException),
        (
            Fault(
                "gateway",
                status=503,
                code="ServiceUnavailable",
                headers={"x-acs-retry-after": "2000"},
            ),
            ThrottlingException,
        ),
        (Fault("gateway", status=500, code="InternalError"), ServerException),
        (Fault("gateway", status=403, code="NoPermission"), ClientException),
    ],
    ids=["throttled", "retry-after", "server", "permission"],
)
async def test_kinds_of_exceptions(
    cloud: Cloud, make_call: MakeCall, fault: Fault, expected: type[Exception]
) -> None:
    """The SDK finds in a refusal what it looks for."""
    cloud.faults.append(replace(fault))  # a fault counts how often it struck
    with pytest.raises(RefusedError) as caught:
        await make_call()("GetCallerIdentity", {})
    cause = caught.value.__cause__
    assert type(cause) is expected
    if isinstance(cause, ThrottlingException):
        assert cause.retry_after == 2000


async def test_access_denied_detail(cloud: Cloud, make_call: MakeCall) -> None:
    """The SDK hands out what permission is missing."""
    cloud.denied.add("TriggerRecord")
    with pytest.raises(RefusedError) as caught:
        await make_call()("TriggerRecord", {"RecordDuration": 60})
    cause = caught.value.__cause__
    assert isinstance(cause, ClientException)
    assert cause.access_denied_detail["AuthAction"] == "iot:TriggerRecord"
