"""Guesses about message queues, and what is in them."""

from base64 import b64decode
from collections.abc import Iterator
import json
from typing import Any

from tests.emulator.inferred import Inferred

from .evidence import Check, Evidence, Finding, compared

_ASSUMED = Inferred()
_ALARM_EVENTS = ("IntelligentAlarm", "AlarmEvent")


def _bodies(evidence: Evidence) -> list[str]:
    rows = evidence.rows("BatchReceiveMessage", "Messages")
    return [str(row["MessageBody"]).strip() for row in rows if "MessageBody" in row]


def _envelopes(evidence: Evidence) -> Iterator[dict[str, Any]]:
    for body in _bodies(evidence):
        yield json.loads(body if body.startswith("{") else b64decode(body))


def _outer_base64(evidence: Evidence) -> Finding | None:
    seen = {not body.startswith("{") for body in _bodies(evidence)}
    return _told("outer_base64", _ASSUMED.outer_base64, seen)


def _message_id(evidence: Evidence) -> Finding | None:
    seen = {isinstance(each["messageid"], str) for each in _envelopes(evidence)}
    return _told("message_id_is_text", _ASSUMED.message_id_is_text, seen)


def _message_time(evidence: Evidence) -> Finding | None:
    seen = {isinstance(each["timestamp"], str) for each in _envelopes(evidence)}
    return _told("message_time_is_text", _ASSUMED.message_time_is_text, seen)


def _topics(evidence: Evidence) -> Finding | None:
    uploads = [
        str(each["topic"])
        for each in _envelopes(evidence)
        if each["messagetype"] == "upload"
    ]
    seen = {topic.startswith("/sys/") for topic in uploads}
    return _told("sys_topics", _ASSUMED.sys_topics, seen)


def _alarms(evidence: Evidence) -> Finding | None:
    """Return whether alarms come by the queue: that they do is a guess, too (push.md)."""
    topics = [str(each.get("topic")) for each in _envelopes(evidence)]
    if not topics:
        return None
    seen = {name for name in _ALARM_EVENTS if any(name in topic for topic in topics)}
    guess = f"alarm_event (of {len(topics)} messages)"
    if not seen:
        return Finding(guess, _ASSUMED.alarm_event, "no alarm", None)
    return compared(guess, _ASSUMED.alarm_event, ", ".join(sorted(seen)))


def _counters(evidence: Evidence) -> Finding | None:
    seen = {"ActiveMessages" in each for each in evidence.replies("GetQueueAttributes")}
    return _told("queue_counters", _ASSUMED.queue_counters, seen)


def _queue_key(evidence: Evidence) -> Finding | None:
    configurations = [
        json.loads(reply["MnsConfiguration"])
        for reply in evidence.replies("QuerySubscribeRelation")
        if reply.get("MnsConfiguration")
    ]
    names = ("queueName", "themeName")
    seen = {name for each in configurations for name in names if name in each}
    return _told("queue_key", _ASSUMED.queue_key, seen)


def _told(guess: str, assumed: object, seen: set[Any]) -> Finding | None:
    if not seen:
        return None
    return compared(guess, assumed, ", ".join(sorted(map(str, seen))))


QUEUE_CHECKS: tuple[Check, ...] = (
    _outer_base64,
    _message_id,
    _message_time,
    _topics,
    _alarms,
    _counters,
    _queue_key,
)
