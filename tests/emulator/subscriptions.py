"""Server-side subscriptions: which messages of a product go into which queue, and how they arrive. Source: push.md section 2."""

from dataclasses import dataclass, field
import json
from typing import Any, Literal

type Kind = Literal["MNS", "AMQP"]

# What can be subscribed, by the parameters' names.
FLAGS = (
    "DeviceDataFlag",
    "DeviceStatusChangeFlag",
    "DeviceLifeCycleFlag",
    "DeviceTopoLifeCycleFlag",
    "FoundDeviceListFlag",
    "ThingHistoryFlag",
    "OtaEventFlag",
    "DeviceTagFlag",
    "OtaVersionFlag",
    "OtaJobFlag",
)


@dataclass(slots=True)
class Subscription:
    """A subscription of a product. `queue_name` and `configuration` are "" where it is not of the type MNS."""

    flags: set[str]
    queue_name: str = ""
    configuration: str = ""  # JSON text, as it was given
    subscribe_flags: str = ""
    consumer_group_ids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Delivery:
    """What befalls the messages of devices on their way into the queues. What is random follows from the seed."""

    copies: int = 1  # how often each is delivered
    # The share that nobody gets: it is lost, or another consumer of the queue takes it.
    lost: float = 0.0
    late: float = 0.0  # seconds, at most, by which each comes later
    seed: int = 0
    count: int = 0  # messages so far; their numbers follow from it


def default_queue_name(product_key: str) -> str:
    """Return the name of the queue that the console makes for a product."""
    return f"aliyun-iot-{product_key}"


def configuration(
    queue_name: str, region: str, account_id: str, *, key: str, role: str
) -> str:
    """Return a MnsConfiguration; `key` is what it calls the queue."""
    told: dict[str, Any] = {
        key: queue_name,
        "regionName": region,
        "role": {
            "roleArn": f"acs:ram::{account_id}:role/{role.lower()}",
            "roleName": role,
        },
    }
    return json.dumps(told, separators=(",", ":"))
