"""Faults of message queues, beside those of everything else. Each function begins one and returns how to end it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.emulator.faults import Fault
from tests.emulator.queues.operations import OPERATIONS
from tests.emulator.subscriptions import Delivery

from .faults import ODD_VALUES

if TYPE_CHECKING:
    from .scenario import Scenario

_RECEIVE, _DELETE = "BatchReceiveMessage", "BatchDeleteMessage"

type QueueFault = Callable[[Scenario], Awaitable[Callable[[], None]]]


def _ordered(
    scenario: Scenario, kind: Any, action: str, **more: Any
) -> Callable[[], None]:
    """Order a fault of some calls, or of all until it ends."""
    times = scenario.push_random.choice((1, 2, 5, None))
    fault = Fault(kind, action, times=times, **more)
    scenario.cloud.faults.append(fault)

    def end() -> None:
        fault.times = 0

    return end


async def _throttled(scenario: Scenario) -> Callable[[], None]:
    status, code = scenario.push_random.choice(
        ((429, "TooManyRequests"), (400, "QpsLimitExceeded"), (500, "InternalError"))
    )
    return _ordered(scenario, "gateway", _RECEIVE, status=status, code=code)


async def _cut(scenario: Scenario) -> Callable[[], None]:
    """Break polls that wait now, and later ones before or after they have messages."""
    random = scenario.push_random
    for queue in scenario.cloud.queues.values():
        queue.send_away()
    after = random.random() < 0.5
    seconds = random.choice((0.0, 3.0, 30.0))
    return _ordered(scenario, "cut", _RECEIVE, after=after, seconds=seconds)


async def _odd(scenario: Scenario) -> Callable[[], None]:
    random = scenario.push_random
    if random.random() < 0.3:
        return _ordered(scenario, "truncate", _RECEIVE)
    value, seed = random.choice(ODD_VALUES), random.getrandbits(32)
    return _ordered(scenario, "odd", _RECEIVE, value=value, seed=seed)


async def _page(scenario: Scenario) -> Callable[[], None]:
    status = scenario.push_random.choice((200, 403, 404, 502))
    return _ordered(scenario, "body", _RECEIVE, status=status)


async def _not_deleted(scenario: Scenario) -> Callable[[], None]:
    """Let messages come again: deleting them fails, or is done without a reply."""
    after = scenario.push_random.random() < 0.5
    return _ordered(scenario, "cut", _DELETE, after=after)


async def _denied(scenario: Scenario) -> Callable[[], None]:
    denied = set(scenario.push_random.choice(([_RECEIVE], [_DELETE], [*OPERATIONS])))
    scenario.cloud.denied |= denied

    def end() -> None:
        scenario.cloud.denied -= denied

    return end


async def _deleted(scenario: Scenario) -> Callable[[], None]:
    """End the subscriptions; their queues go with all that they hold."""
    cloud = scenario.cloud
    before = dict(cloud.subscriptions)
    for subscription in before.values():
        cloud.delete_queue(subscription.queue_name)
    cloud.subscriptions.clear()

    def end() -> None:
        for (product_key, _), subscription in before.items():
            product = cloud.world.products[product_key]
            cloud.subscribe(product, flags=subscription.flags)

    return end


async def _delivery(scenario: Scenario) -> Callable[[], None]:
    """Double messages, lose some, let them be late."""
    random, cloud = scenario.push_random, scenario.cloud
    count = cloud.delivery.count
    cloud.delivery = Delivery(
        copies=random.choice((1, 2, 5)),
        lost=random.choice((0, 0.5, 1)),
        late=random.choice((0, 10, 300)),
        seed=random.getrandbits(16),
        count=count,
    )

    def end() -> None:
        cloud.delivery = Delivery(count=cloud.delivery.count)

    return end


async def _shuffled(scenario: Scenario) -> Callable[[], None]:
    for queue in scenario.cloud.queues.values():
        queue.order_seed = scenario.push_random.getrandbits(16)
    return _nothing


async def _thief(scenario: Scenario) -> Callable[[], None]:
    """Let another consumer take what comes in the meantime, when it is there first."""
    cloud = scenario.cloud

    def steal() -> None:
        for queue in cloud.queues.values():
            queue.steal(cloud.now())

    steal()
    return steal


async def _crowded(scenario: Scenario) -> Callable[[], None]:
    """Answer polls of an empty queue at once."""
    guesses = scenario.cloud.inferred
    guesses.long_polls_at_once = 0

    def end() -> None:
        guesses.long_polls_at_once = None

    return end


async def _backlog(scenario: Scenario) -> Callable[[], None]:
    """Let messages pile up while Home Assistant does not run."""
    random = scenario.push_random
    await scenario.instance.stop()
    scenario.ledger.note_stop()
    for _ in range(random.randint(1, 5)):
        scenario.alarms.raise_some(scenario.cameras)
        scenario.clock.advance(random.choice((1, 60, 600)))
    await scenario.start()
    return _nothing


def _nothing() -> None:
    """End nothing."""


QUEUE_FAULTS: dict[str, QueueFault] = {
    "throttled": _throttled,
    "cut": _cut,
    "odd": _odd,
    "page": _page,
    "not deleted": _not_deleted,
    "denied": _denied,
    "deleted": _deleted,
    "delivery": _delivery,
    "shuffled": _shuffled,
    "thief": _thief,
    "crowded": _crowded,
    "backlog": _backlog,
}
