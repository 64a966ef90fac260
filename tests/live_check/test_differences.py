"""script/live-check finds what a cloud does otherwise."""

from dataclasses import replace
from typing import Any

import pytest

from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Call
from tests.emulator.faults import Fault
from tests.emulator.things import set_status

from .conftest import Live
from .report import Report


def _told(report: Report) -> set[tuple[str, str, str]]:
    return {(each.call, each.what, each.field) for each in report.differences}


def _denied(report: Report) -> dict[str, str]:
    """Return the guesses that do not hold, and what was seen."""
    return {each.guess: each.seen for each in report.findings if each.agrees is False}


@pytest.mark.parametrize("record", [False, True])
async def test_no_difference(live: Live, record: bool) -> None:
    """A cloud like the emulator differs in nothing, and has proof of most guesses."""
    report = await live.check(record=record, export=record, listen=record)
    assert report.differences == []
    assert _denied(report) == {}
    assert len(report.findings) == (29 if record else 21)
    assert report.recorded is record
    assert all(each["calls"] for each in report.latencies.values())


async def test_read_only(live: Live) -> None:
    """Without being told nothing is called that changes anything; no message is ever deleted."""
    writes = ("Trigger", "Set", "Delete", "Stop", "Invoke", "Create", "Batch")

    def changed() -> list[Call]:
        reads = {
            *("BatchGetDeviceState", "BatchQueryDeviceDetail"),
            "BatchReceiveMessage",
        }
        calls = [each for each in live.cloud.calls if each.action.startswith(writes)]
        live.cloud.calls.clear()
        return [each for each in calls if each.action not in reads]

    await live.check()
    assert not changed()
    await live.check(record=True)
    (call,) = changed()
    assert (call.action, call.params["RecordDuration"]) == ("TriggerRecord", 10)
    await live.check(export=True)
    (call,) = changed()
    assert call.action == "CreateRecordDownloadByTimeJob"
    report = await live.check(listen=True)
    assert not changed()
    assert "BatchReceiveMessage (messages)" in report.outcomes
    assert all(len(queue.messages) > 0 for queue in live.cloud.queues.values())


GUESSES: list[tuple[dict[str, Any], dict[str, str]]] = [
    (
        {"text_time_zone": 0},
        {
            "text_time_zone (LastOnlineTime beside Timestamp)": "0",
            "text_time_zone (GmtCreate beside UtcCreate)": "0",
            "text_time_zone (BeginTime beside the file's name)": "0",
        },
    ),
    ({"record_order": "descending"}, {"record_order": "descending"}),
    ({"picture_order": "descending"}, {"picture_order": "descending"}),
    ({"event_order": "ascending"}, {"event_order": "ascending"}),
    ({"empty_code_on_success": False}, {"empty_code_on_success": "False"}),
    ({"month_at_most": 30}, {"month_at_most (digits of a long month)": "30"}),
    ({"unknown_record_is_empty": False}, {"unknown_record_is_empty": "False"}),
    ({"newer_errors_by_http": True}, {"newer_errors_by_http": "True"}),
    ({"no_event_picture": "absent"}, {"no_event_picture": "absent"}),
    ({"unreported_property": "empty"}, {"unreported_property": "empty"}),
    (
        {"unfinished_download_url": "early", "unfinished_download_status": 0},
        {"unfinished MP4": "Url early, Status 0"},
    ),
    (
        {"unfinished_download_url": "absent"},
        {"unfinished MP4": "Url absent, Status 1"},
    ),
]


@pytest.mark.parametrize(
    ("planted", "seen"), GUESSES, ids=lambda each: " ".join(map(str, each))[:40]
)
async def test_guesses(
    live: Live, planted: dict[str, Any], seen: dict[str, str]
) -> None:
    """Each guess that does not hold is named, and no other."""
    for name, value in planted.items():
        setattr(live.cloud.inferred, name, value)
    denied = _denied(await live.check())
    # In which zone days are cut shows only where a file lies near midnight.
    denied.pop("days of QueryMonthRecord", None)
    assert denied == seen


PLAN_GUESSES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"all_day_sections": "week"}, {"all_day_sections": "week"}),
    ({"all_day_sections": "absent"}, {"all_day_sections": "absent"}),
    ({"no_plan": "empty"}, {"no_plan": "empty"}),
    ({"no_plan": "refused"}, {"no_plan": "refused"}),
]


@pytest.mark.parametrize(
    ("planted", "seen"), PLAN_GUESSES, ids=lambda each: " ".join(map(str, each))
)
async def test_guesses_of_plans(
    live: Live, planted: dict[str, Any], seen: dict[str, str]
) -> None:
    """What plans are told tells of their guesses."""
    for name, value in planted.items():
        setattr(live.cloud.inferred, name, value)
    assert _denied(await live.check()) == seen


QUEUE_GUESSES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"outer_base64": False}, {"outer_base64": "False"}),
    ({"message_id_is_text": True}, {"message_id_is_text": "True"}),
    ({"message_time_is_text": True}, {"message_time_is_text": "True"}),
    ({"sys_topics": True}, {"sys_topics": "True"}),
    ({"alarm_event": "AlarmEvent"}, {"alarm_event (of 1 messages)": "AlarmEvent"}),
    ({"queue_key": "themeName"}, {"queue_key": "themeName"}),
]


@pytest.mark.parametrize(
    ("planted", "seen"), QUEUE_GUESSES, ids=lambda each: " ".join(map(str, each))
)
async def test_guesses_of_queues(
    live: Live, planted: dict[str, Any], seen: dict[str, str]
) -> None:
    """What is in the queue tells of its guesses."""
    cloud = live.cloud
    for name, value in planted.items():
        setattr(cloud.inferred, name, value)
    cloud.queues.clear()
    cloud.subscribe()
    camera = next(each for each in cloud.world.devices.values() if each.product.video)
    raise_alarm(cloud, camera, delay=0)
    assert _denied(await live.check(listen=True)) == seen


async def test_no_alarm_in_the_queue(live: Live) -> None:
    """A queue without alarms proves nothing of them, and says so."""
    live.cloud.queues.clear()
    live.cloud.subscribe()
    camera = next(
        each for each in live.cloud.world.devices.values() if each.product.video
    )
    set_status(live.cloud, camera, "OFFLINE")
    report = await live.check(listen=True)
    (alarms,) = [each for each in report.findings if "alarm_event" in each.guess]
    assert (alarms.seen, alarms.agrees) == ("no alarm", None)


async def test_no_order(live: Live) -> None:
    """Where rows have no order, that is seen as well."""
    cloud = live.cloud
    for camera in cloud.world.devices.values():
        for number in range(20):  # too many to be in order by chance
            cloud.world.add_picture(camera, cloud.now() - 60 * number)
    cloud.inferred.picture_order = "shuffled"
    assert _denied(await live.check()) == {"picture_order": "shuffled"}


async def test_longer_recording(live: Live) -> None:
    """Whether the pre-recording is a part of the recording shows in its file."""
    live.cloud.inferred.pre_record_included = False
    live.cloud.inferred.upload_delay = 40
    report = await live.check(record=True)
    (seen,) = _denied(report).values()
    assert seen == "False (15 s in 1 file)"
    (delay,) = [each for each in report.findings if each.guess == "upload_delay"]
    assert delay.assumed == "6 s"
    assert 40 <= int(delay.seen.removesuffix(" s")) <= 43


async def test_recording_without_file(live: Live) -> None:
    """A recording that never has a file is told, and does not go on for ever."""
    live.cloud.inferred.upload_delay = 10**6
    report = await live.check(record=True)
    assert _denied(report) == {"upload_delay": "no file"}


async def test_recording_refused(live: Live) -> None:
    """A camera that cannot record is a difference like others."""
    live.cloud.faults.append(Fault("service", "TriggerRecord", code="400"))
    report = await live.check(record=True)
    assert ("TriggerRecord (record)", "another outcome", "") in _told(report)
    assert report.recorded is False


_PATCHES: list[tuple[str, dict[str, Any], tuple[str, str, str]]] = [
    (
        "QueryRecord",
        {"Data": {"Surprise": "front yard"}},
        ("QueryRecord (recordings)", "unknown field", "Data.Surprise"),
    ),
    (
        "QueryRecord",
        {"Data": {"PageSize": None}},
        ("QueryRecord (recordings)", "missing field", "Data.PageSize"),
    ),
    (
        "QueryRecord",
        {"Data": {"PageSize": "50"}},
        ("QueryRecord (recordings)", "another type", "Data.PageSize"),
    ),
    (
        "QueryLiveStreaming",
        {"Code": "0"},
        ("QueryLiveStreaming (live)", "another word", "Code"),
    ),
    (
        "QueryProduct",
        {"Data": {"ProtocolType": "customize"}},
        ("QueryProduct (product)", "field of the documentation", "Data.ProtocolType"),
    ),
    (
        "QueryProductList",
        {"Data": {"List": {"ProductInfo": None}}},
        ("QueryProduct (product)", "not compared", ""),
    ),
    (
        "QueryDevice",
        {"Data": None},
        ("BatchGetDeviceState (status)", "not compared", ""),
    ),
]


@pytest.mark.parametrize(("action", "patch", "expected"), _PATCHES)
async def test_shapes(
    live: Live, action: str, patch: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    """Fields that are new, missing, of another type or with another word are named."""
    live.cloud.faults.append(Fault("patch", action, times=None, patch=patch))
    told = _told(await live.check())
    assert expected in told
    assert all(
        what == "not compared" or call.startswith(action) for call, what, _ in told
    )


async def test_some_rows(live: Live) -> None:
    """A field that only some rows lack is named, too."""
    bare = {"Data": {"DeviceInfo": [{"IotId": "x", "ProductKey": "y"}]}}
    live.cloud.faults.append(Fault("patch", "QueryDevice", patch=bare))
    expected = (
        "QueryDevice (devices)",
        "sometimes missing",
        "Data.DeviceInfo[].DeviceName",
    )
    assert expected in _told(await live.check())


@pytest.mark.parametrize(
    ("fault", "live_outcome"),
    [
        (
            Fault("gateway", status=403, code="NoPermission", message="Not for iot-emulator01."),
            "HTTP 403, NoPermission: Not for ….",
        ),
        (Fault("service", code="460", message="no data"), "HTTP 200, 460: no data"),
        (Fault("body", status=200), "HTTP 200, no JSON object"),
        (Fault("cut"), "NoReplyError"),
    ],
    ids=lambda each: each.kind if isinstance(each, Fault) else "",
)  # fmt: skip
async def test_refusals(live: Live, fault: Fault, live_outcome: str) -> None:
    """A refusal is a part of the report; all the rest is asked for none the less."""
    live.cloud.faults.append(
        replace(fault, action="QueryDevicePropertyStatus", times=None)
    )
    report = await live.check()
    (difference,) = report.differences
    assert difference.call == "QueryDevicePropertyStatus (properties)"
    assert (difference.what, difference.live, difference.emulator) == (
        "another outcome",
        live_outcome,
        "yes",
    )
    assert "properties" in report.unreadable


async def test_wrong_key(live: Live) -> None:
    """Where nothing works, the report says why."""
    live.account = replace(live.account, access_key_secret="wrong")
    report = await live.check()
    text = report.as_markdown()
    assert "SignatureDoesNotMatch" in text
    assert "wrong" not in text
    # The gateway's explanation quotes what was signed.
    assert "x-acs" not in text
