"""Addresses of queues."""

from dataclasses import dataclass
import re

# Of push.md section 4.2.
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,119}")


@dataclass(frozen=True, slots=True)
class QueueAddress:
    """Address of a queue: scheme, host and port without a path, and name. Raises ValueError if the name is not one."""

    url: str
    name: str

    def __post_init__(self) -> None:
        if not is_queue_name(self.name):
            raise ValueError("the name of the queue is not valid")


def is_queue_name(name: str) -> bool:
    """Return whether a name is one of a queue."""
    return _NAME.fullmatch(name) is not None


def queue_url(account_id: str, region: str) -> str:
    """Return the URL of an account's queues in a region."""
    return f"https://{account_id}.mns.{region}.aliyuncs.com"


def default_queue_name(product_key: str) -> str:
    """Return the name that IoT Platform gives the queue of a product."""
    return f"aliyun-iot-{product_key}"
