"""Push in scenarios: which products are subscribed, and what must hold of their queues after the faults."""

from random import Random
from typing import TYPE_CHECKING

from tests.emulator.cloud import Cloud
from tests.emulator.subscriptions import FLAGS

if TYPE_CHECKING:
    from .scenario import Scenario

# Seconds of a step of the clock, at most: both ends of a poll of 25 seconds, which gives up after 35, have to see their own.
STEP = 8.0
# Seconds after which queues that were refused are polled again: they are looked for every ten minutes.
_POLLED_AFTER = 700.0


def randomize(cloud: Cloud, random: Random) -> None:
    """Subscribe the cameras' products, one of them perhaps not, or not to all."""
    guesses = cloud.inferred
    guesses.outer_base64 = random.random() < 0.7
    guesses.sys_topics = random.random() < 0.3
    guesses.message_id_is_text = guesses.message_time_is_text = random.random() < 0.3
    guesses.status_iot_id = guesses.status_topic = random.random() < 0.7
    guesses.unsubscribed = random.choice(("refused", "empty"))
    guesses.alarm_event = random.choice(("IntelligentAlarm", "AlarmEvent"))
    flags = FLAGS[: random.choice((1, 3, 3))]
    products = [each for each in cloud.world.products.values() if each.video]
    cloud.subscribe(*products[: random.choice((1, 2, 2))], flags=flags)


async def check_queues(scenario: Scenario) -> None:
    """Check that each queue is polled again, once at a time, and brings alarms."""
    passed = 0.0
    queues = scenario.cloud.queues.values()
    while any(queue.waiting != 1 for queue in queues) and passed < _POLLED_AFTER:
        await scenario.run(STEP)
        passed += STEP
    scenario.ledger.problems += [
        f"after the faults {queue.waiting} polls wait for messages of {queue.name}"
        for queue in queues
        if queue.waiting != 1
    ]
    cloud, alarms = scenario.cloud, scenario.alarms
    raised = [
        alarms.raise_one(iot_id)
        for iot_id in scenario.cameras
        if (camera := cloud.world.devices[iot_id]).status == "ONLINE"
        and (camera.product.product_key, "MNS") in cloud.subscriptions
        # One that has just come back is listed again in its time.
        and scenario.instance.entity_id("event", iot_id, "alarm")
    ]
    await scenario.run(2 * STEP)
    if missing := {*raised} - alarms.told_by_message:
        scenario.ledger.problems.append(
            f"after the faults {len(missing)} alarms were not brought by a queue"
        )
