"""Decoding the messages of a queue. Source: push.md section 3.

A field that cannot be read harms no other message, and a message that cannot be read is returned all the same:
it has to be deleted.
"""

from base64 import b64decode
from datetime import datetime, timedelta
import logging
from xml.etree.ElementTree import Element

from ..fields import Row, json_object, number, one_line, unix_time
from .models import Message
from .notifications import read_notification
from .replies import local_name, texts_of

_LOGGER = logging.getLogger(__name__)

# Message IDs have 19 digits.
_MAX_MESSAGE_ID = 10**40
# Clocks of the cloud's machines may differ by this much.
_TOLERANCE = timedelta(minutes=1)
# IoT Platform does not hold a message back for longer.
_MAX_HELD = timedelta(hours=1)


def read_messages(root: Element, received_at: datetime) -> list[Message]:
    """Read the messages of a reply: the root is one, or the list of them."""
    elements = [root] if local_name(root) == "Message" else root
    return [
        _read_message(texts_of(element), received_at)
        for element in elements
        if local_name(element) == "Message"
    ]


def _read_message(texts: dict[str, str], received_at: datetime) -> Message:
    enqueued_at = _optional_time(texts, "EnqueueTime", 1000)
    if enqueued_at and enqueued_at > received_at + _TOLERANCE:
        enqueued_at = None
    envelope = _read_envelope(texts.get("MessageBody", ""))
    sent_at = _optional_time(envelope, "timestamp")
    # Of an odd time would follow that the message is old, or that all further ones are.
    if (
        sent_at is None
        or sent_at > (enqueued_at or received_at) + _TOLERANCE
        or (enqueued_at and sent_at < enqueued_at - _MAX_HELD)
    ):
        sent_at = enqueued_at or received_at
    try:
        notification = read_notification(envelope, sent_at)
    except ValueError as err:
        # Neither the payload nor what it was decoded to: it may contain a device secret.
        _LOGGER.debug(
            "Message %s of %s is not understood: %s",
            one_line(envelope.get("messagetype")),
            one_line(envelope.get("topic")),
            err,
        )
        notification = None
    return Message(
        texts.get("ReceiptHandle", ""),
        _message_id(envelope),
        sent_at,
        enqueued_at,
        notification,
    )


def _optional_time(row: Row, name: str, per_second: int = 1) -> datetime | None:
    try:
        return unix_time(number(row, name) / per_second)
    except ValueError:
        return None


def _read_envelope(body: str) -> Row:
    """Return the envelope of a message, which may be base64; empty if it is not readable."""
    text = body.strip()
    try:
        if not text.startswith("{"):
            text = b64decode(text, validate=True).decode()
        return json_object(text)
    except ValueError:
        return {}


def _message_id(envelope: Row) -> str:
    """Return the ID, given as a number or a string."""
    value = envelope.get("messageid")
    if type(value) is int and abs(value) < _MAX_MESSAGE_ID:
        return str(value)
    return one_line(value) if isinstance(value, str) else ""
