"""The subscription of a product, and the queue that follows from it."""

import json
from typing import Any

import pytest

from custom_components.linkvisual.api import errors
from custom_components.linkvisual.api.calls_subscriptions import Subscription
from custom_components.linkvisual.api.client import LinkVisualClient
from tests.emulator.cloud import ACCOUNT_ID, Cloud
from tests.emulator.faults import Fault
from tests.emulator.inferred import Inferred
from tests.emulator.world import Product


@pytest.fixture
def product(cloud: Cloud) -> Product:
    """Return a product with cameras."""
    return next(each for each in cloud.world.products.values() if each.video)


@pytest.mark.parametrize("queue_key", ["queueName", "themeName"])
async def test_subscribed(
    cloud: Cloud, client: LinkVisualClient, product: Product, queue_key: Any
) -> None:
    """The account, the region and the queue, under either key, and what is in it."""
    cloud.inferred = Inferred(queue_key=queue_key)
    cloud.subscribe(product, flags=["DeviceDataFlag", "DeviceLifeCycleFlag"])
    found = await client.query_subscribe_relation(product.product_key)
    assert found == Subscription(
        ACCOUNT_ID,
        cloud.region,
        f"aliyun-iot-{product.product_key}",
        device_data=True,
        device_status=False,
        life_cycle=True,
    )


@pytest.mark.parametrize("unsubscribed", ["refused", "empty"])
async def test_not_subscribed(
    cloud: Cloud, client: LinkVisualClient, product: Product, unsubscribed: Any
) -> None:
    """What the cloud answers then is not documented: an error without another reason, or nothing."""
    cloud.inferred = Inferred(unsubscribed=unsubscribed)
    assert await client.query_subscribe_relation(product.product_key) is None


async def test_no_product(client: LinkVisualClient) -> None:
    """A product that is gone has no subscription."""
    assert await client.query_subscribe_relation("a1Nowhere00") is None


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("iot.common.RamActionPermissionDeny", errors.PermissionDeniedError),
        ("iot.system.InstanceNotFound", errors.InstanceNotAccessibleError),
        ("Throttling", errors.ThrottledError),
        ("iot.system.SystemException", errors.InternalServiceError),
    ],
)
async def test_refused(
    cloud: Cloud,
    client: LinkVisualClient,
    product: Product,
    code: str,
    error: type[errors.CloudError],
) -> None:
    """A refusal that has another reason is none of the subscription."""
    cloud.subscribe(product)
    cloud.faults.append(Fault("service", code=code, times=None))
    with pytest.raises(error):
        await client.query_subscribe_relation(product.product_key)


ROLE = {"roleArn": "acs:ram::1234567890123456:role/aliyuniotaccessingmnsrole"}
RIGHT = {"queueName": "q", "regionName": "cn-shanghai", "role": ROLE}


@pytest.mark.parametrize(
    "configuration",
    [
        "[]",
        "{",
        "[" * 60_000,
        *(
            json.dumps(RIGHT | wrong)
            for wrong in (
                {"queueName": "../q"},
                {"queueName": None},
                {"regionName": "evil.example/"},
                {"regionName": 1},
                {"role": None},
                {"role": {"roleArn": "acs:ram::evil.example/:role/x"}},
                {"role": {"roleArn": "acs:ram::１２:role/x"}},
            )
        ),
    ],
)
async def test_unreadable(
    cloud: Cloud, client: LinkVisualClient, product: Product, configuration: str
) -> None:
    """What is no name never becomes part of an address."""
    cloud.subscribe(product)
    fault = Fault("patch", patch={"MnsConfiguration": configuration})
    cloud.faults.append(fault)
    with pytest.raises(errors.UnreadableReplyError):
        await client.query_subscribe_relation(product.product_key)


async def test_unknown_flags(
    cloud: Cloud, client: LinkVisualClient, product: Product
) -> None:
    """Kinds that are not mentioned are taken for subscribed; texts serve as booleans."""
    cloud.subscribe(product, flags=[])
    patch = {"DeviceDataFlag": None, "DeviceStatusChangeFlag": "false"}
    cloud.faults.append(Fault("patch", patch=patch))
    found = await client.query_subscribe_relation(product.product_key)
    assert found is not None
    assert (found.device_data, found.device_status) == (True, False)
