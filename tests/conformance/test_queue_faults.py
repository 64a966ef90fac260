"""What befalls calls of a message queue when a test says so, in its process or over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer
from defusedxml.ElementTree import fromstring
from freezegun import freeze_time
from mns.account import Account
from mns.mns_exception import MNSClientNetworkException, MNSServerException
from mns.mns_http import RequestInternal
from mns.mns_request import ReceiveMessageRequest
from mns.queue import Queue
import pytest

from tests.emulator.alarms import raise_alarm
from tests.emulator.app import create_app
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

# The SDK reads counters that are being withdrawn.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Call to deprecated function:DeprecationWarning"
)


@pytest.fixture
def front(cloud: Cloud) -> Device:
    """Subscribe the first camera's product."""
    front = next(iter(cloud.world.devices.values()))
    cloud.subscribe(front.product)
    return front


def _queue(cloud: Cloud, endpoint: str, camera: Device) -> Queue:
    account = Account(endpoint, cloud.access_key_id, cloud.access_key_secret)
    return account.get_queue(cloud.queue_of(camera.product).name)


@pytest.fixture
def queue(cloud: Cloud, endpoint: str, front: Device) -> Queue:
    """Return the SDK's queue."""
    return _queue(cloud, endpoint, front)


@pytest.fixture
async def control(endpoint: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Control the emulator as another process does."""
    async with aiohttp.ClientSession(f"{endpoint}/_emulator/") as session:
        yield session


async def _poll(queue: Queue, seconds: int = 30) -> list[Any]:
    got: list[Any] = await asyncio.to_thread(queue.batch_receive_message, 16, seconds)
    return got


async def _waiting(cloud: Cloud, camera: Device) -> None:
    while not cloud.queue_of(camera.product).waiting:
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "fault",
    [
        # The SDK tries once more after the connection broke.
        Fault("cut", "BatchReceiveMessage", times=2),
        Fault("cut", "BatchReceiveMessage", times=2, seconds=0.3),
        Fault("cut", "BatchReceiveMessage", times=2, after=True),
        Fault("truncate", "BatchReceiveMessage"),
    ],
    ids=["cut", "cut later", "cut after", "truncated"],
)
async def test_broken_replies(
    cloud: Cloud, queue: Queue, front: Device, fault: Fault
) -> None:
    """A connection may break before or after messages were handed out; those come back."""
    cloud.faults.append(fault)
    raise_alarm(cloud, front)
    with pytest.raises(MNSClientNetworkException):
        await _poll(queue, 1)
    taken = fault.after or fault.kind == "truncate"
    if taken:
        with pytest.raises(MNSServerException, match="MessageNotExist"):
            await _poll(queue, 0)
        now = cloud.now() + 31
        cloud.clock = lambda: now
    (got,) = await _poll(queue, 1)
    assert got.dequeue_count == (2 if taken else 1)


async def test_other_bodies(cloud: Cloud, queue: Queue) -> None:
    """A proxy's page is no XML, an odd value may be anything, and a delay is none of both."""
    cloud.faults += [
        Fault("delay", seconds=0.1),
        Fault("body", status=502),
        Fault("odd", value="<&", seed=3),
    ]
    attributes = queue.get_attributes
    assert (await asyncio.to_thread(attributes)).queue_name
    with pytest.raises(MNSClientNetworkException):
        await asyncio.to_thread(attributes)
    try:
        meta = await asyncio.to_thread(attributes)
    except ValueError:
        pass
    else:
        assert "<&" in vars(meta).values()
    assert [each.code for each in cloud.calls] == ["200", "fault", "200"]


async def test_cut_while_waiting(
    cloud: Cloud, queue: Queue, front: Device, control: aiohttp.ClientSession
) -> None:
    """Who waits can be cut off."""
    name = cloud.queue_of(front.product).name
    cloud.faults.append(Fault("cut", skip=1))  # the SDK tries once more
    waiting = asyncio.create_task(_poll(queue))
    await _waiting(cloud, front)
    async with control.post(f"queues/{name}", json={"cut": True}):
        pass
    with pytest.raises(MNSClientNetworkException):
        await waiting


async def test_thief(
    cloud: Cloud, queue: Queue, front: Device, control: aiohttp.ClientSession
) -> None:
    """Another consumer takes messages away."""
    name = cloud.queue_of(front.product).name
    raise_alarm(cloud, front)
    url = f"queues/{name}"
    async with control.post(url, json={"steal": True, "order_seed": 5}) as reply:
        assert await reply.json() == {"stolen": 1}
    with pytest.raises(MNSServerException, match="MessageNotExist"):
        await _poll(queue, 0)
    assert cloud.queue_of(front.product).order_seed is not None


async def test_subscriptions(
    cloud: Cloud, endpoint: str, control: aiohttp.ClientSession
) -> None:
    """Another process subscribes products, reads what there is, and ends a subscription."""
    front, other = list(cloud.world.devices.values())[:2]
    key = front.product.product_key
    async with control.post("subscriptions", json={"product_key": key}):
        pass
    assert list(cloud.queues) == [f"aliyun-iot-{key}"]
    async with control.post("subscriptions", json={"flags": ["DeviceDataFlag"]}):
        pass
    async with control.post("delivery", json={"copies": 2}):
        pass
    alarms = f"cameras/{front.iot_id}/alarms"
    async with control.post(alarms, json={"push_copies": 3}):
        pass
    async with control.get("subscriptions") as reply:
        told = await reply.json()
    assert told[key] == {
        "flags": ["DeviceDataFlag"],
        "queue_name": f"aliyun-iot-{key}",
        "messages": 6,
        "waiting": 0,
    }
    async with control.delete(f"subscriptions/{key}"):
        pass
    assert list(cloud.queues) == [f"aliyun-iot-{other.product.product_key}"]


async def test_stopping_server(cloud: Cloud, socket_enabled: None) -> None:
    """A server that stops waits for no poll."""
    front = next(iter(cloud.world.devices.values()))
    cloud.subscribe()
    begun = asyncio.get_running_loop().time()
    async with TestServer(create_app(cloud), host="127.0.0.1") as server:
        queue = _queue(cloud, str(server.make_url("")).rstrip("/"), front)
        waiting = asyncio.create_task(_poll(queue))
        await _waiting(cloud, front)
    with pytest.raises(MNSServerException, match="MessageNotExist"):
        await waiting
    assert asyncio.get_running_loop().time() - begun < 25


async def test_frozen_time(cloud: Cloud, queue: Queue, front: Device) -> None:
    """Who waits does so while the clock stands, and jumps."""
    with freeze_time(datetime.now(UTC), tick=True) as frozen:
        waiting = asyncio.create_task(_poll(queue))
        await _waiting(cloud, front)
        raise_alarm(cloud, front, push_delay=100)
        frozen.move_to(datetime.now(UTC) + timedelta(seconds=101))
        assert len(await waiting) == 1


async def test_gone_client(cloud: Cloud, endpoint: str, front: Device) -> None:
    """Who left in the meantime gets no message: the next one does."""
    queue = _queue(cloud, endpoint, front)
    request = RequestInternal(
        "GET", f"/queues/{queue.queue_name}/messages?waitseconds=30"
    )
    queue.mns_client.build_header(ReceiveMessageRequest(""), request)
    async with aiohttp.ClientSession() as session:
        asking = asyncio.create_task(
            session.get(f"{endpoint}{request.uri}", headers=request.header)
        )
        await _waiting(cloud, front)
        asking.cancel()
        await asyncio.wait((asking,))
    raise_alarm(cloud, front)
    (got,) = await _poll(_queue(cloud, endpoint, front), 5)
    assert got.dequeue_count == 1


async def test_format(cloud: Cloud, endpoint: str, front: Device) -> None:
    """A refusal has the cloud's headers, its date among them, and all that SDKs look for."""
    cloud.clock_offset = 3600
    name = cloud.queue_of(front.product).name
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{endpoint}/queues/{name}") as reply,
    ):
        assert reply.status == 400
        assert reply.headers["Server"] == "AliyunMQS"
        assert reply.headers["x-mns-version"] == "2015-06-06"
        assert reply.headers["x-mns-request-id"]
        date = datetime.strptime(reply.headers["Date"], "%a, %d %b %Y %H:%M:%S GMT")
        assert abs(date.replace(tzinfo=UTC).timestamp() - cloud.now()) < 5
        root = fromstring(await reply.text())
    space = "{http://mns.aliyuncs.com/doc/v1/}"
    assert root.tag == f"{space}Error"
    assert [each.tag for each in root] == [
        f"{space}{name}" for name in ("Code", "Message", "RequestId", "HostId")
    ]
    assert root.findtext(f"{space}Code") == "MissingAuthorizationHeader"
