"""The message queues of products."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..api.client import LinkVisualClient
from ..api.errors import CloudError, LinkVisualError, UnreadableReplyError
from ..api.mns.address import QueueAddress, default_queue_name, is_queue_name, queue_url
from ..const import CONF_ENDPOINT, CONF_PUSH_ENDPOINT, CONF_PUSH_QUEUE


@dataclass(frozen=True, slots=True)
class FoundQueue:
    """A product's queue. `brings_states`: online and offline are known to be subscribed, too."""

    address: QueueAddress
    brings_states: bool


async def async_find_queues(
    client: LinkVisualClient,
    product_keys: Iterable[str],
    data: Mapping[str, Any],
    options: Mapping[str, Any],
) -> tuple[dict[str, FoundQueue], dict[str, LinkVisualError]]:
    """Return the queues of products that have one with alarms, and why others are not known, by product key.

    Products may share a queue. Raises a LinkVisualError if nothing is known: PermissionDeniedError if the key must not
    look them up and the options have no address.
    """
    if endpoint := options.get(CONF_PUSH_ENDPOINT):
        names = {
            product_key: options.get(CONF_PUSH_QUEUE) or default_queue_name(product_key)
            for product_key in product_keys
        }
        return {
            product_key: FoundQueue(QueueAddress(endpoint, name), brings_states=False)
            for product_key, name in names.items()
            if is_queue_name(name)
        }, {}
    found: dict[str, FoundQueue] = {}
    errors: dict[str, LinkVisualError] = {}
    for product_key in product_keys:
        try:
            subscription = await client.query_subscribe_relation(product_key)
        except (CloudError, UnreadableReplyError) as err:
            errors[product_key] = err
            continue
        if subscription and subscription.device_data:
            url = data.get(CONF_ENDPOINT) or queue_url(
                subscription.account_id, subscription.region
            )
            found[product_key] = FoundQueue(
                QueueAddress(url, subscription.queue_name), subscription.device_status
            )
    if errors and not found:
        raise next(iter(errors.values()))
    return found, errors
