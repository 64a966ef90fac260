"""Arbitrary JSON in any place of any reply: it costs the row it is in, or the call, and is never a crash."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import astuple, is_dataclass
from datetime import UTC, datetime
import json
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.errors import LinkVisualError
from custom_components.linkvisual.api.media_models import StreamType
from custom_components.linkvisual.api.models import Page
from custom_components.linkvisual.api.thing_models import PtzAction
from tests.emulator.alarms import raise_alarm
from tests.emulator.app import create_app
from tests.emulator.cloud import Cloud
from tests.emulator.json_paths import paths, replaced
from tests.emulator.sessions import TimeJob
from tests.emulator.world import Device

COPIES = 3

ODD: list[Any] = [
    *("0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-02-30 00:00:00"),
    *("１２", " 7 ", "7.0", "-7", "1e400", "٣", "", " ", "\x00", "a\nb", "\ud800", "x" * 5000),
    *("../..", "a/b", "1999999999_", "1１２３４５６７８９_", "a_1999999999999", "9" * 5000),
    *(0, -1, 7.0, 7.5, 2**31, 2**63, 2**64, -(2**64), 10**30, 10**4000, 1e300),
    *(float("nan"), float("inf"), -float("inf"), True, False, None, [], {}, [[]], [None]),
]  # fmt: skip


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=40),
)
JSON = st.one_of(
    st.sampled_from(ODD),
    st.recursive(
        _LEAVES,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(max_size=10), inner, max_size=4)
        ),
        max_leaves=10,
    ),
    st.integers(50, 2000).map(_nested),
)


class Answers:
    """What is answered: what the cloud says, which is kept, or something else."""

    body: bytes | None = None

    def __init__(self) -> None:
        self.last: dict[str, Any] = {}
        self.rows: Counter[str] = Counter()


@pytest.fixture
def answers() -> Answers:
    """Make the answers."""
    return Answers()


@pytest.fixture
async def base_url(
    cloud: Cloud, answers: Answers, socket_enabled: None
) -> AsyncIterator[str]:
    """Serve the cloud, with its answers replaced where a test says so."""

    @web.middleware
    async def replace(request: web.Request, handler: Handler) -> web.StreamResponse:
        if answers.body is not None:
            return web.Response(body=answers.body, content_type="application/json")
        response = await handler(request)
        assert isinstance(response, web.Response)
        assert isinstance(response.body, bytes)
        answers.last = json.loads(response.body)
        return response

    app = create_app(cloud)
    app.middlewares.append(replace)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")


def with_more_rows(value: Any) -> Any:
    """Return a reply with each row of its lists several times."""
    if isinstance(value, dict):
        return {key: with_more_rows(inner) for key, inner in value.items()}
    return [*value * COPIES] if isinstance(value, list) else value


def rows_in(result: Any) -> list[Any]:
    """Return the rows of a result."""
    if isinstance(result, Page):
        return result.rows
    return result if isinstance(result, list) else []


def check_sane(value: Any) -> None:
    """Check that a value can be shown, stored and sent."""
    if is_dataclass(value) and not isinstance(value, type):
        check_sane(astuple(value))
    elif isinstance(value, list | tuple):
        for inner in value:
            check_sane(inner)
    elif isinstance(value, str):
        value.encode()
    elif isinstance(value, datetime):
        assert 1969 < value.year < 2201
    elif isinstance(value, int):
        assert abs(value) < 2**53


def add_job(cloud: Cloud, camera: Device) -> str:
    """Finish a download job; return its JobId."""
    begin, job_id = int(cloud.now()) - 600, cloud.world.hexadecimal()
    cloud.time_jobs[job_id] = TimeJob(
        *(job_id, camera.iot_id, begin, begin + 60),
        stream_type=0,
        record_type=0,
        seconds=60,
        started_at=begin + 100,
        ends_at=begin + 110,
        error_code=None,
    )
    return job_id


@pytest.fixture
def calls(cloud: Cloud) -> dict[str, Callable[[LinkVisualClient], Awaitable[Any]]]:
    """Return a call of every operation, with something to answer."""
    camera = next(iter(cloud.world.devices.values()))
    iot_id, product_key = camera.iot_id, camera.product.product_key
    now = cloud.now()
    today = (
        datetime.fromtimestamp(now - 7200, UTC),
        datetime.fromtimestamp(now + 60, UTC),
    )
    file_name = cloud.world.add_file(camera, now - 600, now - 540).file_name
    pic_id = cloud.world.add_picture(camera, now - 60).pic_id
    event_id = raise_alarm(cloud, camera, age=300, delay=0)
    main = StreamType.MAIN
    job_range = (
        datetime.fromtimestamp(now - 600, UTC),
        datetime.fromtimestamp(now - 540, UTC),
    )
    job_id = add_job(cloud, camera)

    async def record(client: LinkVisualClient) -> Any:
        return await client.trigger_record(
            iot_id, record_duration=60, pre_record_duration=0, stream_type=main
        )

    return {
        "GetCallerIdentity": lambda client: client.get_caller_identity(),
        "QueryProductList": lambda client: client.query_product_list(),
        "QueryProduct": lambda client: client.query_product(product_key),
        "QueryDevice": lambda client: client.query_device(product_key),
        "BatchQueryDeviceDetail": lambda client: client.batch_query_device_detail(
            product_key, [camera.device_name]
        ),
        "BatchGetDeviceState": lambda client: client.batch_get_device_state([iot_id]),
        "QueryDevicePropertyStatus": lambda client: client.query_device_property_status(
            iot_id
        ),
        "SetDeviceProperty": lambda client: client.set_device_property(
            iot_id, {"MicSwitch": 0}
        ),
        "InvokeThingService": lambda client: client.ptz_action_control(
            iot_id, PtzAction.LEFT
        ),
        "TriggerRecord": record,
        "StopTriggeredRecord": lambda client: client.stop_triggered_record(
            iot_id, cloud.world.hexadecimal()
        ),
        "QueryRecordByRecordId": lambda client: client.query_record_by_record_id(
            iot_id, cloud.world.hexadecimal()
        ),
        "QueryDeviceRecordLifeCycle": lambda client: (
            client.query_device_record_life_cycle([iot_id])
        ),
        "SetDeviceRecordLifeCycle": lambda client: client.set_device_record_life_cycle(
            iot_id, 7
        ),
        "QueryRecord": lambda client: client.query_record(
            iot_id, *today, stream_type=main, need_snapshot=True
        ),
        "QueryMonthRecord": lambda client: client.query_month_record(iot_id, "202611"),
        "QueryRecordUrl": lambda client: client.query_record_url(
            iot_id, file_name, 300
        ),
        "QueryRecordDownloadUrl": lambda client: client.query_record_download_url(
            iot_id, file_name
        ),
        "CreateRecordDownloadByTimeJob": lambda client: (
            client.create_record_download_by_time_job(
                iot_id, *job_range, stream_type=main
            )
        ),
        "QueryRecordDownloadJobById": lambda client: (
            client.query_record_download_job_by_id(job_id)
        ),
        "QueryRecordDownloadJobList": lambda client: (
            client.query_record_download_job_list(iot_id)
        ),
        "DeleteRecord": lambda client: client.delete_record(iot_id, ["none"]),
        "TriggerCapturePicture": lambda client: client.trigger_capture_picture(iot_id),
        "QueryDevicePictureFile": lambda client: client.query_device_picture_file(
            iot_id, pic_id
        ),
        "QueryPictureFiles": lambda client: client.query_picture_files(iot_id, *today),
        "QueryDevicePictureLifeCycle": lambda client: (
            client.query_device_picture_life_cycle(iot_id)
        ),
        "SetDevicePictureLifeCycle": lambda client: (
            client.set_device_picture_life_cycle(iot_id, 7)
        ),
        "QueryDeviceEvent": lambda client: client.query_device_event(iot_id, *today),
        "QueryDeviceEventRecord": lambda client: client.query_device_event_record(
            iot_id, event_id
        ),
        "QueryLiveStreaming": lambda client: client.query_live_streaming(
            iot_id, stream_type=main, url_valid_duration=300
        ),
    }


# Their files exist only long after the test: the documented rows.
FILES = [
    {
        "FileName": "1790000000_x_0/a",
        "BeginTime": "2026-11-22 20:00:00",
        "EndTime": "2026-11-22 20:01:00",
        "VodUrl": "https://example.invalid/signed-url",
    }
]
ACTIONS = [
    "GetCallerIdentity",
    "QueryProductList",
    "QueryProduct",
    "QueryDevice",
    "BatchQueryDeviceDetail",
    "BatchGetDeviceState",
    "QueryDevicePropertyStatus",
    "SetDeviceProperty",
    "InvokeThingService",
    "TriggerRecord",
    "StopTriggeredRecord",
    "QueryRecordByRecordId",
    "QueryDeviceRecordLifeCycle",
    "SetDeviceRecordLifeCycle",
    "QueryRecord",
    "QueryMonthRecord",
    "QueryRecordUrl",
    "QueryRecordDownloadUrl",
    "CreateRecordDownloadByTimeJob",
    "QueryRecordDownloadJobById",
    "QueryRecordDownloadJobList",
    "DeleteRecord",
    "TriggerCapturePicture",
    "QueryDevicePictureFile",
    "QueryPictureFiles",
    "QueryDevicePictureLifeCycle",
    "SetDevicePictureLifeCycle",
    "QueryDeviceEvent",
    "QueryDeviceEventRecord",
    "QueryLiveStreaming",
]


# A file of them that cannot be read would count as one that is not there.
OF_ONE_RECORDING = ("QueryRecordByRecordId", "QueryDeviceEventRecord")


@pytest.mark.parametrize("action", ACTIONS)
@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_any_json_anywhere(
    cloud: Cloud,
    base_url: str,
    session: aiohttp.ClientSession,
    answers: Answers,
    calls: dict[str, Callable[[LinkVisualClient], Awaitable[Any]]],
    action: str,
    data: st.DataObject,
) -> None:
    """The result is one of the model's values or an error of the client; other rows are as they were."""

    async def call() -> Any:
        client = LinkVisualClient(
            session,
            cloud.access_key_id,
            cloud.access_key_secret,
            cloud.region,
            cloud.iot_instance_id,
            base_url,
        )
        return await calls[action](client)

    if answers.body is None:
        with suppress(LinkVisualError):
            await call()
        if action in OF_ONE_RECORDING:
            answers.last |= {"Data": FILES, "Success": True}
        answers.last = with_more_rows(answers.last)
        answers.body = json.dumps(answers.last).encode()
        answers.rows = Counter(map(repr, rows_in(await call())))
    path = data.draw(st.sampled_from(paths(answers.last)))
    odd = data.draw(JSON)
    answers.body = json.dumps(replaced(answers.last, path, odd)).encode()
    is_row = any(isinstance(key, int) for key in path)
    try:
        result = await call()
    except LinkVisualError:
        assert not is_row or action in OF_ONE_RECORDING
        return
    check_sane(result)
    if is_row:
        assert (answers.rows - Counter(map(repr, rows_in(result)))).total() <= 1
