"""What the network can do to a call."""

import asyncio
from collections.abc import AsyncIterator
import ssl

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from aiohttp.typedefs import Handler
import pytest

from custom_components.linkvisual.api import errors
from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.media_models import StreamType
from custom_components.linkvisual.api.regions import Product, endpoint as host_of
from tests.certificates import self_signed
from tests.emulator.app import create_app
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault

from .conftest import MakeClient


async def test_refused_connection_is_tried_again(
    cloud: Cloud, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was sent, so even a trigger is: the cloud comes up while it is tried."""
    monkeypatch.setattr("custom_components.linkvisual.api.retries.BACKOFF_BASE", 0.5)
    port = unused_port()
    client = make_client(base_url=f"http://127.0.0.1:{port}")
    monkeypatch.setattr("random.uniform", lambda low, high: high)

    async def serve() -> TestServer:
        await asyncio.sleep(0.3)
        server = TestServer(create_app(cloud), host="127.0.0.1", port=port)
        await server.start_server()
        return server

    serving = asyncio.create_task(serve())
    iot_id = next(iter(cloud.world.devices))
    await client.trigger_record(
        iot_id, record_duration=10, pre_record_duration=0, stream_type=StreamType.MAIN
    )
    assert len(cloud.world.devices[iot_id].records) == 1
    await (await serving).close()


async def test_nobody_listens(make_client: MakeClient) -> None:
    """A trigger that could not be sent is told as such, not as unknown."""
    client = make_client(base_url=f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(errors.CannotConnectError) as caught:
        await client.trigger_record(
            "a", record_duration=10, pre_record_duration=0, stream_type=StreamType.MAIN
        )
    assert "127.0.0.1" not in str(caught.value)


@pytest.fixture
async def untrusted_endpoint(cloud: Cloud, socket_enabled: None) -> AsyncIterator[str]:
    """Serve the cloud over https with a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate, key = self_signed("127.0.0.1")
    context.load_cert_chain(certificate, key)
    server = TestServer(create_app(cloud), host="127.0.0.1", scheme="https")
    await server.start_server(ssl=context)
    yield str(server.make_url("")).rstrip("/")
    await server.close()


async def test_untrusted_certificate(
    cloud: Cloud, untrusted_endpoint: str, make_client: MakeClient
) -> None:
    """Nothing is sent to a host that cannot prove who it is."""
    with pytest.raises(errors.TlsError):
        await make_client(base_url=untrusted_endpoint).get_caller_identity()
    assert not cloud.attempts


async def test_redirect_is_not_followed(cloud: Cloud, client: LinkVisualClient) -> None:
    """A signed request goes where it was signed for, and nowhere else."""
    cloud.faults.append(Fault("body", status=302, headers={"Location": "/elsewhere"}))
    with pytest.raises(errors.UnreadableReplyError, match="HTTP 302"):
        await client.get_caller_identity()
    assert len(cloud.attempts) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{}",
        "[" * 100_000,
        '{"Success":' * 50_000,
        '{"Success": true, "Data": "' + "x" * 3_000_000 + '"}',
    ],
    ids=["empty", "null", "list", "text", "object", "deep", "deeper", "long"],
)
async def test_unreadable_replies(
    cloud: Cloud, client: LinkVisualClient, text: str
) -> None:
    """Whatever comes instead of a reply is told as unreadable, and ends the call."""
    cloud.faults.append(
        Fault("body", status=200, text=text, content_type="application/json")
    )
    with pytest.raises(errors.UnreadableReplyError):
        await client.query_product_list()


async def test_html_names_its_type(cloud: Cloud, client: LinkVisualClient) -> None:
    """A page of a proxy is told by its status and type."""
    cloud.faults.append(Fault("body", status=404))
    with pytest.raises(errors.UnreadableReplyError, match="HTTP 404 with text/html"):
        await client.query_product_list()


async def test_one_connection_serves_all(
    cloud: Cloud, socket_enabled: None, session: aiohttp.ClientSession
) -> None:
    """Calls one after another reuse the connection."""
    connections = set()

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        connections.add(id(request.transport))
        return await handler(request)

    app = create_app(cloud)
    app.middlewares.append(watch)
    async with TestServer(app, host="127.0.0.1") as server:
        client = LinkVisualClient(
            session,
            cloud.access_key_id,
            cloud.access_key_secret,
            cloud.region,
            cloud.iot_instance_id,
            str(server.make_url("")),
        )
        for _ in range(5):
            await client.get_caller_identity()
    assert len(connections) == 1


@pytest.mark.parametrize("limit", [100, 60])
async def test_burst(
    cloud: Cloud,
    client: LinkVisualClient,
    limit: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 100 triggers at once none is lost; none is even refused where the limit is the one taken for granted."""
    monkeypatch.setattr("custom_components.linkvisual.api.pacing.PAUSE", 1.0)
    cloud.inferred.qps["TriggerRecord"] = limit
    iot_id = next(iter(cloud.world.devices))
    await asyncio.gather(
        *(
            client.trigger_record(
                iot_id,
                record_duration=10,
                pre_record_duration=0,
                stream_type=StreamType.MAIN,
            )
            for _ in range(100)
        )
    )
    assert len(cloud.world.devices[iot_id].records) == 100
    refused = [call for call in cloud.calls if call.code != "200"]
    assert (limit == 100) == (not refused)


async def test_throttled_together(cloud: Cloud, client: LinkVisualClient) -> None:
    """Calls that were under way together slow the next ones down once, not each of them anew."""
    cloud.faults.append(Fault("gateway", code="Throttling.User", times=10))
    iot_id = next(iter(cloud.world.devices))
    replies = await asyncio.gather(
        *(client.query_record_by_record_id(iot_id, "0" * 32) for _ in range(10))
    )
    assert replies == [[]] * 10


@pytest.mark.parametrize(
    ("product", "region", "url"),
    [
        (
            Product.LINKVISUAL,
            "cn-shanghai",
            "https://linkvisual.cn-shanghai.aliyuncs.com",
        ),
        (
            Product.LINKVISUAL,
            "cn-hangzhou",
            "https://linkvisual.cn-hangzhou.aliyuncs.com",
        ),
        (Product.LINKVISUAL, "us-east-1", "https://linkvisual.aliyuncs.com"),
        (Product.IOT, "us-east-1", "https://iot.us-east-1.aliyuncs.com"),
        (Product.STS, "cn-shanghai", "https://sts.cn-shanghai.aliyuncs.com"),
    ],
)
def test_hosts(product: Product, region: str, url: str) -> None:
    """Each product has its host in a region."""
    assert host_of(product, region) == url
