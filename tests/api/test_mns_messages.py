"""Decoding messages: those of the vectors, and every way in which a message may be odd."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import json
from typing import Any
from xml.sax.saxutils import escape

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linkvisual.api.errors import LinkVisualError
from custom_components.linkvisual.api.mns.messages import read_messages
from custom_components.linkvisual.api.mns.models import (
    AlarmNotification,
    LifecycleNotification,
    Message,
    PropertyNotification,
    PushedAlarm,
    StatusNotification,
)
from custom_components.linkvisual.api.mns.replies import read_reply
from custom_components.linkvisual.api.models import DeviceStatus
from tests.emulator.json_paths import paths, replaced
from tests.push_vectors import PUSH_VECTORS

from .test_odd_replies import JSON

NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)
DEVICE = {"iotId": "iot1", "productKey": "a1", "deviceName": "cam"}
NAMES = ("iot1", "a1", "cam")
ALARM = "/a1/cam/thing/event/IntelligentAlarm/post"
PROPERTIES = "/a1/cam/thing/event/property/post"


def encoded(data: Any) -> str:
    """Return base64 of JSON."""
    return b64encode(json.dumps(data).encode()).decode()


def envelope(
    data: Any, topic: str | None = ALARM, kind: str = "upload", **more: Any
) -> dict[str, Any]:
    """Return an envelope as IoT Platform makes it."""
    return {
        "payload": encoded(data),
        "messagetype": kind,
        "topic": topic,
        "messageid": 1890000000000000001,
        "timestamp": 1772609767,
        **more,
    }


def read(*bodies: str, enqueued: int = 1772609767500) -> list[Message]:
    """Read a batch of messages."""
    document = "".join(
        f"<Message><ReceiptHandle>h{number}</ReceiptHandle>"
        f"<MessageBody>{escape(body)}</MessageBody>"
        f"<EnqueueTime>{enqueued}</EnqueueTime></Message>"
        for number, body in enumerate(bodies)
    )
    root = read_reply(
        200,
        f"<Messages>{document}</Messages>".encode(),
        ram_action="",
        expected=("Messages",),
        harmless=(),
    )
    assert root is not None
    return read_messages(root, NOW)


def read_one(data: Any) -> Message:
    """Read the message that has an envelope."""
    (message,) = read(encoded(data))
    assert message.receipt_handle == "h0"
    return message


def _told(message: Message) -> dict[str, Any]:
    """Return what a message says about its device, as the vectors' payloads say it."""
    assert message.notification is not None
    names = ("iotId", "productKey", "deviceName")
    fields = ("iot_id", "product_key", "device_name")
    return {
        name: getattr(message.notification, field)
        for name, field in zip(names, fields, strict=True)
    }


@pytest.mark.parametrize(
    "vector",
    [each for each in PUSH_VECTORS if each["expected"].get("decoded_messages")],
    ids=lambda each: each["name"],
)
def test_vector(vector: dict[str, Any]) -> None:
    """What the vectors decode is decoded: both layers of base64, or the inner one only."""
    root = read_reply(
        vector["reply"]["status"],
        vector["reply"]["body"].encode(),
        ram_action="",
        expected=("Message", "Messages"),
        harmless=(),
    )
    assert root is not None
    expected = vector["expected"]["decoded_messages"]
    for message, wanted in zip(read_messages(root, NOW), expected, strict=True):
        assert message.message_id == wanted["messageid"]
        assert message.sent_at.timestamp() == wanted["timestamp"]
        assert message.enqueued_at is not None
        data = wanted["data"]
        told = _told(message)
        assert told == {name: data[name] for name in told}
        match message.notification:
            case AlarmNotification(alarms=alarms):
                (alarm,) = alarms
                row = data["value"].get("EventList", [data["value"]])[0]
                assert alarm.event_type == row["AlarmType"]
                assert alarm.pic_id == row["AlarmPicID"]
                assert round(alarm.event_time.timestamp() * 1000) == data["time"]
            case StatusNotification(status=status, time=time):
                assert status == data["status"].upper()
                assert time == datetime.fromisoformat(data["utcTime"])
            case PropertyNotification(values=values):
                assert values == {
                    name: str(item["value"]) for name, item in data["items"].items()
                }
            case other:
                pytest.fail(f"{other} is in no vector")


def test_several_alarms() -> None:
    """An event may have several alarms; the unreadable ones harm no other, and the post's time serves those without."""
    rows: list[Any] = [
        {"AlarmType": "2", "EventTime": "1772609766100", "AlarmPicID": "p"},
        {"AlarmType": 1, "EventTime": "soon"},
        {"EventTime": "1772609766100"},
        "row",
    ]
    payload = {**DEVICE, "value": {"EventList": rows}, "time": 1772609766900}
    first = datetime(2026, 3, 4, 7, 36, 6, 100_000, tzinfo=UTC)
    assert read_one(envelope(payload)).notification == AlarmNotification(
        *NAMES,
        alarms=(
            PushedAlarm(2, first, "p"),
            PushedAlarm(1, first + timedelta(milliseconds=800), ""),
        ),
    )


@pytest.mark.parametrize(
    "topic",
    [
        "/sys/a1/cam/thing/event/AlarmEvent/post",
        "/a1/cam/thing/event/detection:AlarmEvent/post",
        "/sys/a1/cam/thing/event/detection:IntelligentAlarm/post",
    ],
)
def test_topics(topic: str) -> None:
    """Topics have a prefix or not, events a block or not; names that the payload lacks are the topic's."""
    message = read_one(envelope({"value": {"AlarmType": 1}}, topic))
    alarm = PushedAlarm(1, message.sent_at, "")
    assert message.notification == AlarmNotification("", "a1", "cam", (alarm,))


def test_status_times() -> None:
    """The time of a status is the first of utcTime, the local time in UTC+8, and the message's."""
    data = {**DEVICE, "status": "online"}
    local = {**data, "time": "2018-08-31 15:32:28.205"}
    moment = datetime(2018, 8, 31, 7, 32, 28, 205_000, tzinfo=UTC)
    sent_at = datetime(2026, 3, 4, 7, 36, 7, tzinfo=UTC)
    for payload, time in (
        ({**local, "utcTime": "2018-08-31T07:32:29.205Z"}, moment.replace(second=29)),
        (local, moment),
        ({**local, "utcTime": "0001-01-01T00:00:00+14:00"}, moment),
        (data, sent_at),
    ):
        message = read_one(envelope(payload, None, "status"))
        assert message.notification == StatusNotification(
            *NAMES, status=DeviceStatus.ONLINE, time=time
        )


def test_properties() -> None:
    """Values are texts, as the cloud tells them if asked; those that it did not validate count as well."""
    payload = {
        **DEVICE,
        "gmtCreate": 1772609767000,
        "items": {
            "a": {"value": 1, "time": 1772609760000},
            "b": {"value": 1.5, "time": 1772609761000},
            "c": {"value": "x"},
            "d": {"value": True},
            "e": {"value": {"f": [1]}},
            "none": {"value": None},
            "odd": 3,
            "\ud800": {"value": 1},
        },
        "checkFailedData": {"a": {"value": 9}, "g": {"value": 7}},
    }
    assert read_one(envelope(payload, PROPERTIES)).notification == PropertyNotification(
        *NAMES,
        values={"a": "1", "g": "7", "b": "1.5", "c": "x", "d": "1", "e": '{"f":[1]}'},
        time=datetime(2026, 3, 4, 7, 36, 1, tzinfo=UTC),
    )
    del payload["items"]
    # A time that has not come yet says nothing: then it is the message's.
    for created in (1772609767000, 4102444800000):
        payload["gmtCreate"] = created
        message = read_one(envelope(payload, PROPERTIES))
        assert isinstance(message.notification, PropertyNotification)
        assert message.notification.time == datetime(2026, 3, 4, 7, 36, 7, tzinfo=UTC)


def test_enqueued_in_the_future() -> None:
    """A message that was enqueued at a time that has not come yet counts as sent when it is received."""
    body = encoded(envelope(DEVICE, timestamp=None))
    (message,) = read(body, enqueued=4102444800000)
    assert message.enqueued_at is None
    assert message.sent_at == NOW


def test_lifecycle() -> None:
    """A device comes or goes; its secret is not kept."""
    payload = {**DEVICE, "action": "delete", "deviceSecret": "s3cret"}
    message = read_one(envelope(payload, "/a1/cam/thing/lifecycle", "device_lifecycle"))
    assert message.notification == LifecycleNotification(*NAMES, action="delete")
    assert "s3cret" not in repr(message)


def test_secret_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """What is not understood is logged by topic and type only."""
    caplog.set_level("DEBUG")
    payload = {**DEVICE, "action": "explode", "deviceSecret": "s3cret"}
    topic = "/a1/cam/thing/lifecycle"
    assert read_one(envelope(payload, topic, "device_lifecycle")).notification is None
    assert topic in caplog.text
    assert "device_lifecycle" in caplog.text
    assert "s3cret" not in caplog.text
    assert encoded(payload)[:20] not in caplog.text


@pytest.mark.parametrize(
    "data",
    [
        envelope(DEVICE, "/a1/cam/thing/downlink/reply/message"),
        envelope(DEVICE, "/a1/cam/thing/event/Other/post"),
        envelope(DEVICE, "/a1/cam/user/anything"),
        envelope(DEVICE, None),
        envelope(DEVICE, kind="ota_event"),
        envelope(DEVICE, kind=""),
        envelope({**DEVICE, "value": {}}),
        envelope({**DEVICE, "status": "dancing"}, kind="status"),
        envelope({"status": "online"}, None, "status"),
        envelope({**DEVICE, "items": {}}, PROPERTIES),
        envelope([DEVICE]),
        envelope(DEVICE, payload="é"),
        envelope(DEVICE, payload="abc"),
        envelope(DEVICE, payload=b64encode(b"[" * 100_000).decode()[:60_000]),
        {},
        [],
        "text",
    ],
)
def test_of_no_use(data: Any) -> None:
    """What is of no use, or cannot be read, is returned to be deleted."""
    assert read_one(data).notification is None


@pytest.mark.parametrize("body", ["", "{", "e30", "é", "AAAA", "/////w=="])
def test_unreadable_body(body: str) -> None:
    """A body that is no envelope is a message all the same."""
    (message,) = read(body)
    assert (message.receipt_handle, message.message_id) == ("h0", "")
    assert message.sent_at == message.enqueued_at
    assert message.notification is None


@pytest.mark.parametrize(
    ("value", "message_id"),
    [
        (1890000000000000001, "1890000000000000001"),
        ("1890000000000000001", "1890000000000000001"),
        (10**50, ""),
        (True, ""),
        (None, ""),
        ({}, ""),
    ],
)
def test_message_id(value: Any, message_id: str) -> None:
    """IDs are numbers, or texts as in the documentation."""
    assert read_one(envelope(DEVICE, messageid=value)).message_id == message_id


@pytest.mark.parametrize(
    ("value", "second"), [(1772609767, 7), ("1772609768", 8), ("soon", 7.5)]
)
def test_timestamp(value: Any, second: float) -> None:
    """Times are numbers or texts; the queue's serves where there is none."""
    sent_at = read_one(envelope(DEVICE, timestamp=value)).sent_at
    assert sent_at == datetime(2026, 3, 4, 7, 36, tzinfo=UTC) + timedelta(
        seconds=second
    )


def test_unknown_elements() -> None:
    """New elements, other namespaces and missing times do not matter."""
    document = (
        '<m:Messages xmlns:m="http://mns.aliyuncs.com/doc/v1">\n<m:New/>'
        "<m:Message><m:UserProperties><m:A>1</m:A></m:UserProperties>"
        "<m:ReceiptHandle>h</m:ReceiptHandle></m:Message></m:Messages>"
    )
    root = read_reply(
        200,
        document.encode(),
        ram_action="",
        expected=("Messages",),
        harmless=(),
    )
    assert root is not None
    assert read_messages(root, NOW) == [Message("h", "", NOW, None, None)]


_PAYLOADS: list[Callable[[], dict[str, Any]]] = [
    lambda: envelope({**DEVICE, "value": {"EventList": [{"AlarmType": 1}]}}),
    lambda: envelope({**DEVICE, "value": {"AlarmType": 1}, "time": 1}),
    lambda: envelope({**DEVICE, "status": "online", "utcTime": "x"}, None, "status"),
    lambda: envelope(
        {**DEVICE, "gmtCreate": 1, "items": {"a": {"value": 1, "time": 1}}}, PROPERTIES
    ),
    lambda: envelope({**DEVICE, "action": "create"}, None, "device_lifecycle"),
]
_VALID = encoded(envelope({**DEVICE, "value": {"AlarmType": 7}}))


def _survives(body: str) -> None:
    """Assert that an odd message is returned, and those around it are read."""
    messages = read(_VALID, body, _VALID)
    assert [each.receipt_handle for each in messages] == ["h0", "h1", "h2"]
    for valid in (messages[0], messages[2]):
        assert isinstance(valid.notification, AlarmNotification)
    assert repr(messages[1])


@settings(deadline=None)
@given(st.data())
def test_odd_payload(data: st.DataObject) -> None:
    """Any JSON in any place of a payload or of its envelope."""
    message = data.draw(st.sampled_from(_PAYLOADS))()
    if data.draw(st.booleans()):
        place = data.draw(st.sampled_from(paths(message)))
        message = replaced(message, place, data.draw(JSON))
    else:
        payload = json.loads(b64decode(message["payload"]))
        place = data.draw(st.sampled_from(paths(payload)))
        message["payload"] = encoded(replaced(payload, place, data.draw(JSON)))
    _survives(encoded(message))


@settings(deadline=None)
@given(st.binary() | st.text().map(str.encode))
def test_odd_body(body: bytes) -> None:
    """Any bytes as the body of a message."""
    _survives(b64encode(body).decode())
    _survives(b64encode(b'{"payload":' + body).decode())


@settings(deadline=None)
@given(
    st.integers(200, 599),
    st.binary()
    | st.text().map(lambda text: f"<Messages>{text}</Messages>".encode())
    | st.text().map(lambda text: f"<Error>{escape(text)}</Error>".encode())
    | st.lists(
        st.sampled_from(
            (
                *("<Messages>", "</Messages>", "<Message>", "<ReceiptHandle>"),
                *("<!DOCTYPE a>", "<?xml version='1.0' encoding='x'?>", "<Error>"),
                *("<Code>", "&a;", "\x00"),
            )
        )
    ).map(lambda parts: "".join(parts).encode()),
)
def test_odd_reply(status: int, body: bytes) -> None:
    """Any bytes as a reply: no exception but the client's."""
    try:
        root = read_reply(
            status,
            body,
            ram_action="",
            expected=("Message", "Messages"),
            harmless=("MessageNotExist",),
        )
    except LinkVisualError:
        return
    if root is not None:
        read_messages(root, NOW)
