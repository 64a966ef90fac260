"""The older SDK (HMAC-SHA1, blocking) can do everything that the emulator has."""

import asyncio
from collections.abc import Callable, Iterator
from importlib import import_module
import json
from typing import Any

from aliyunsdkcore.acs_exception.exceptions import ClientException, ServerException
from aliyunsdkcore.auth.credentials import AccessKeyCredential, StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import RpcRequest
import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.operations import OPERATIONS

from .refused import REFUSALS, RefusedError
from .scenarios import SCENARIOS, Call, Reply

# The SDK brings an urllib3 of its own.
pytestmark = pytest.mark.filterwarnings("ignore:ssl.PROTOCOL_TLS:DeprecationWarning")

PACKAGES = {
    "Linkvisual": "aliyunsdklinkvisual.request.v20180120",
    "Iot": "aliyunsdkiot.request.v20180120",
    "Sts": "aliyunsdksts.request.v20150401",
}

# Operations that are newer than the SDK's last release: it sends them as it sends all others, without setters of their own.
NEWER = {
    "CreateRecordDownloadByTimeJob",
    "QueryRecordDownloadJobById",
    "QueryRecordDownloadJobList",
}

type MakeCall = Callable[..., Call]


def _request(action: str, params: dict[str, Any], endpoint: str) -> Any:
    """Return a request, made with the SDK's own setters."""
    operation = OPERATIONS[action]
    if action in NEWER:
        request = RpcRequest(operation.product, operation.version, action)
        request.set_method("POST")
        request.set_endpoint(endpoint.removeprefix("http://"))
        request.set_protocol_type("http")
        for name, value in params.items():
            request.add_query_param(name, value)
        return request
    package = PACKAGES[operation.product]
    module = import_module(f"{package}.{action}Request")
    request = getattr(module, f"{action}Request")()
    request.set_endpoint(endpoint.removeprefix("http://"))
    request.set_protocol_type("http")
    for name, value in params.items():
        # Setters of lists have a name in the plural.
        plural = "s" if isinstance(value, list) else ""
        getattr(request, f"set_{name}{plural}")(value)
    return request


@pytest.fixture
def make_call(cloud: Cloud, endpoint: str) -> Iterator[MakeCall]:
    """Return a function that makes a caller; its arguments replace the right ones."""
    clients = []

    def make(credential: object | None = None) -> Call:
        right = AccessKeyCredential(cloud.access_key_id, cloud.access_key_secret)
        client = AcsClient(region_id=cloud.region, credential=credential or right)
        clients.append(client)

        async def call(action: str, params: dict[str, Any]) -> Reply:
            request = _request(action, params, endpoint)
            try:
                body = await asyncio.to_thread(client.do_action_with_exception, request)
            except ServerException as error:
                raise RefusedError(
                    error.get_http_status(),
                    error.get_error_code(),
                    error.get_error_msg(),
                ) from error
            reply: Reply = json.loads(body)
            return reply

        return call

    yield make
    for client in clients:
        client.session.close()


@pytest.mark.parametrize("action", sorted(OPERATIONS))
async def test_operation(cloud: Cloud, make_call: MakeCall, action: str) -> None:
    """Each operation does what it is for."""
    await SCENARIOS[action](cloud, make_call())
    assert cloud.calls_of(action)[0].code == "200"


@pytest.mark.parametrize("name", REFUSALS)
async def test_refusal(cloud: Cloud, make_call: MakeCall, name: str) -> None:
    """Each refusal arrives as what it is."""
    await REFUSALS[name](cloud, make_call())


async def test_wrong_secret(cloud: Cloud, make_call: MakeCall) -> None:
    """The SDK finds its own string to sign in the message, and concludes that it is the secret."""
    call = make_call(AccessKeyCredential(cloud.access_key_id, "wrong"))
    instance = {"IotInstanceId": "iot ~*'()中%41"}
    for action, params in (
        ("GetCallerIdentity", {}),
        ("QueryProduct", {"ProductKey": "a", **instance}),
        ("BatchGetDeviceState", {"IotId": [str(n) for n in range(11)], **instance}),
    ):
        with pytest.raises(RefusedError) as caught:
            await call(action, params)
        assert caught.value.status == 400
        assert caught.value.code == "InvalidAccessKeySecret"


async def test_odd_characters(cloud: Cloud, make_call: MakeCall) -> None:
    """Whatever the text, it arrives."""
    cloud.iot_instance_id = "a b+c&d=e~f*g'h()i%41/中\U0001f642"
    params = {"CurrentPage": 1, "PageSize": 1, "IotInstanceId": cloud.iot_instance_id}
    assert (await make_call()("QueryProductList", params))["Success"] is True


async def test_security_token(cloud: Cloud, make_call: MakeCall) -> None:
    """Temporary credentials are as good as others, as long as the token is."""
    key_id, secret = cloud.access_key_id, cloud.access_key_secret
    cloud.security_tokens["a+/=="] = (key_id, cloud.now() + 60)
    call = make_call(StsTokenCredential(key_id, secret, "a+/=="))
    assert (await call("GetCallerIdentity", {}))["AccountId"]
    cloud.clock_offset = 61
    with pytest.raises(RefusedError) as caught:
        await call("GetCallerIdentity", {})
    assert caught.value.code == "InvalidSecurityToken.Expired"


async def test_no_json(cloud: Cloud, make_call: MakeCall) -> None:
    """A proxy's page is told as such."""
    cloud.faults.append(Fault("body", status=502))
    with pytest.raises(RefusedError) as caught:
        await make_call()("GetCallerIdentity", {})
    assert caught.value.code == "SDK.UnknownServerError"


async def test_cut(cloud: Cloud, make_call: MakeCall) -> None:
    """A connection that breaks is no answer; the SDK does not try again."""
    cloud.faults.append(Fault("cut", times=None))
    with pytest.raises(ClientException) as caught:
        await make_call()("GetCallerIdentity", {})
    assert caught.value.get_error_code() == "SDK.HttpError"
    assert len(cloud.attempts) == 1
