"""Iot: subscriptions of products, and their queues. Source: push.md section 2.4."""

from collections.abc import Mapping
from dataclasses import dataclass
import logging
import re
from typing import Self

from .calls import Calls
from .errors import CloudError, DeviceNotFoundError, InvalidRequestError, NotFoundError
from .fields import Row, identifier, json_object, text, truth
from .mns.address import QueueAddress, is_queue_name
from .mns.client import QueueClient
from .regions import Product
from .rows import read_one
from .transport import Operation

_LOGGER = logging.getLogger(__name__)

_QUERY_SUBSCRIBE_RELATION = Operation(
    Product.IOT, "QuerySubscribeRelation", per_second=5
)

# Both are part of the queue's host name.
_ROLE_ARN = re.compile(r"acs:ram::([0-9]{1,32}):.*")
_REGION = re.compile(r"[0-9a-z][0-9a-z-]{0,62}")


@dataclass(frozen=True, slots=True)
class Subscription:
    """An MNS subscription of a product: its queue, and the kinds of notifications in it."""

    account_id: str
    region: str
    queue_name: str
    device_data: bool  # properties and events, among them alarms
    device_status: bool
    life_cycle: bool

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read the reply: it is flat, with JSON in MnsConfiguration."""
        configuration = json_object(text(row, "MnsConfiguration"))
        role = configuration.get("role")
        arn = _ROLE_ARN.fullmatch(
            text(role, "roleArn") if isinstance(role, Mapping) else ""
        )
        region = text(configuration, "regionName")
        if not arn or not _REGION.fullmatch(region):
            raise ValueError("the queue's account or region is missing")
        # Sources differ in the name of the key.
        name = "queueName" if "queueName" in configuration else "themeName"
        queue_name = identifier(configuration, name)
        if not is_queue_name(queue_name):
            raise ValueError("the queue's name is not one")
        return cls(
            arn[1],
            region,
            queue_name,
            # A kind that is not mentioned may well be subscribed.
            *(
                truth(row.get(flag)) is not False
                for flag in (
                    "DeviceDataFlag",
                    "DeviceStatusChangeFlag",
                    "DeviceLifeCycleFlag",
                )
            ),
        )


class SubscriptionCalls(Calls):
    """Subscriptions of products, and their queues."""

    async def query_subscribe_relation(self, product_key: str) -> Subscription | None:
        """Return a product's MNS subscription; None if it has none."""
        try:
            reply = await self._call(
                _QUERY_SUBSCRIBE_RELATION, {"ProductKey": product_key, "Type": "MNS"}
            )
        except CloudError as err:
            # The error of a product without a subscription is not documented: it is none that has another reason.
            if type(err) is not CloudError and not isinstance(
                err, DeviceNotFoundError | InvalidRequestError | NotFoundError
            ):
                raise
            _LOGGER.debug("Product %s has no subscription: %s", product_key, err)
            return None
        if not text(reply, "MnsConfiguration").strip():
            return None
        return read_one(Subscription.from_row, reply)

    def queue_client(self, address: QueueAddress) -> QueueClient:
        """Return a client for a queue. It shares the key and the statistics."""
        return QueueClient(self._session, self._credentials, address, self.meter)
