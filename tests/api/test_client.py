"""Every operation of the client against the emulator, and what it makes of odd replies."""

from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.errors import (
    DeviceNotFoundError,
    DeviceUnavailableError,
    InstanceNotAccessibleError,
    OutcomeUnknownError,
    UnreadableReplyError,
    VideoNotActiveError,
)
from custom_components.linkvisual.api.media_models import (
    LifeCycle,
    RecordType,
    StreamType,
)
from custom_components.linkvisual.api.models import Device, DeviceStatus
from tests.emulator.cloud import ACCOUNT_ID, Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device as EmulatedDevice, Status

from .conftest import MakeClient


@pytest.fixture
def camera(cloud: Cloud) -> EmulatedDevice:
    """Return the first camera: online, with cloud storage."""
    return next(iter(cloud.world.devices.values()))


async def test_caller_identity(client: LinkVisualClient) -> None:
    """The account is the key's."""
    assert (await client.get_caller_identity()).account_id == ACCOUNT_ID


async def test_discovery(cloud: Cloud, client: LinkVisualClient) -> None:
    """Products, their categories, and their devices are listed."""
    products = await client.query_product_list()
    assert products.last
    categories = {
        product.product_name: await client.query_product(product.product_key)
        for product in products.rows
    }
    assert categories == {
        "Indoor camera": "Camera",
        "Outdoor camera": "",
        "Lamp": "Light",
    }

    indoor = next(iter(cloud.world.products))
    devices = await client.query_device(indoor)
    assert devices.last
    first = next(iter(cloud.world.devices.values()))
    assert devices.rows[-1] == Device(
        first.iot_id, indoor, "ipc_0000", "Front door", DeviceStatus.ONLINE
    )


async def test_pages(cloud: Cloud, client: LinkVisualClient) -> None:
    """A list of two pages, the second one full, is read with two calls."""
    product = cloud.world.add_product("Many", "Camera", video=True)
    for _ in range(100):
        cloud.world.add_device(product)
    first = await client.query_device(product.product_key)
    second = await client.query_device(product.product_key, 2)
    assert (first.last, second.last) == (False, True)
    assert len({device.iot_id for device in first.rows + second.rows}) == 100


async def test_unknown_product(client: LinkVisualClient) -> None:
    """A product that is not there has no devices to list."""
    with pytest.raises(DeviceNotFoundError):
        await client.query_device("a1Unknown00")


async def test_details_and_states(cloud: Cloud, client: LinkVisualClient) -> None:
    """Devices are described and their states told in batches; unknown ones are left out."""
    indoor = next(iter(cloud.world.products))
    details = await client.batch_query_device_detail(indoor, ["ipc_0000", "ipc_9999"])
    assert [detail.firmware_version for detail in details] == ["V1.2.0"]

    states = await client.batch_get_device_state(list(cloud.world.devices))
    assert [state.status for state in states] == [
        DeviceStatus.ONLINE,
        DeviceStatus.ONLINE,
        DeviceStatus.OFFLINE,
        DeviceStatus.ONLINE,
        DeviceStatus.UNACTIVE,
        DeviceStatus.ONLINE,
        DeviceStatus.ONLINE,
    ]


async def test_unknown_status(
    cloud: Cloud, camera: EmulatedDevice, client: LinkVisualClient
) -> None:
    """A status of a later cloud does no harm."""
    rows = {0: {"Status": "UPGRADING"}}
    cloud.faults.append(
        Fault("patch", patch={"DeviceStatusList": {"DeviceStatus": rows}})
    )
    states = await client.batch_get_device_state([camera.iot_id])
    assert states[0].status is DeviceStatus.UNKNOWN


async def test_recording(
    camera: EmulatedDevice, client: LinkVisualClient, freezer: FrozenDateTimeFactory
) -> None:
    """A recording is triggered, has no file while it runs, and one when it is uploaded."""
    begin = datetime.now(UTC).replace(microsecond=0)
    triggered = await client.trigger_record(
        camera.iot_id,
        record_duration=60,
        pre_record_duration=5,
        stream_type=StreamType.SUB,
    )
    assert triggered.request_id
    record_id = triggered.record_id
    assert await client.query_record_by_record_id(camera.iot_id, record_id) == []

    freezer.tick(62)
    (file,) = await client.query_record_by_record_id(camera.iot_id, record_id)
    assert file.begin == begin - timedelta(seconds=5)
    assert file.end == begin + timedelta(seconds=55)

    for stream_type, expected in (
        (StreamType.SUB, [file.file_name]),
        (StreamType.MAIN, []),
    ):
        page = await client.query_record(
            camera.iot_id,
            begin - timedelta(minutes=1),
            begin + timedelta(minutes=2),
            stream_type=stream_type,
            record_type=RecordType.MANUAL,
        )
        assert [row.file_name for row in page.rows] == expected
        assert page.last


async def test_stop(
    camera: EmulatedDevice, client: LinkVisualClient, freezer: FrozenDateTimeFactory
) -> None:
    """A stopped recording keeps what was recorded."""
    triggered = await client.trigger_record(
        camera.iot_id,
        record_duration=600,
        pre_record_duration=0,
        stream_type=StreamType.MAIN,
    )
    freezer.tick(20)
    await client.stop_triggered_record(camera.iot_id, triggered.record_id)
    freezer.tick(10)
    (file,) = await client.query_record_by_record_id(camera.iot_id, triggered.record_id)
    assert file.end - file.begin == timedelta(seconds=20)


async def test_life_cycle(cloud: Cloud, client: LinkVisualClient) -> None:
    """The days for which recordings are kept; the reply's Code is a number."""
    iot_ids = list(cloud.world.devices)
    assert await client.query_device_record_life_cycle(iot_ids[2:4]) == [
        LifeCycle(iot_ids[2], 7),
        LifeCycle(iot_ids[3], 0),
    ]
    with pytest.raises(VideoNotActiveError):
        await client.query_device_record_life_cycle(iot_ids[-1:])


@pytest.mark.parametrize("day", [-1, 10**6])
async def test_life_cycle_that_cannot_be(
    cloud: Cloud, client: LinkVisualClient, day: int
) -> None:
    """A retention that no camera can have harms its own row only."""
    first, second = list(cloud.world.devices)[:2]
    cloud.faults.append(Fault("patch", patch={"Data": {0: {"Day": day}}}))
    assert [
        row.iot_id
        for row in await client.query_device_record_life_cycle([first, second])
    ] == [second]


async def test_picture_life_cycle(
    cloud: Cloud, camera: EmulatedDevice, client: LinkVisualClient
) -> None:
    """The days for which pictures are kept: for ever until they are set, which the cloud tells in one of two ways."""
    for unset in (0, None):
        cloud.inferred.unset_picture_days = unset
        assert await client.query_device_picture_life_cycle(camera.iot_id) is None
    await client.set_device_picture_life_cycle(camera.iot_id, 30)
    assert camera.picture_days == 30
    assert await client.query_device_picture_life_cycle(camera.iot_id) == 30
    cloud.faults.append(Fault("patch", patch={"Data": {"Day": -1}}))
    with pytest.raises(UnreadableReplyError):
        await client.query_device_picture_life_cycle(camera.iot_id)


async def test_live_stream(
    cloud: Cloud, camera: EmulatedDevice, client: LinkVisualClient
) -> None:
    """A live address is asked for to last, and its text never shows."""
    stream = await client.query_live_streaming(
        camera.iot_id, stream_type=StreamType.SUB, url_valid_duration=3600
    )
    (call,) = cloud.calls_of("QueryLiveStreaming")
    assert call.params["PlayUnLimited"] is True
    assert call.params["UrlValidDuration"] == 3600
    assert f"{camera.iot_id}_1.m3u8?token=" in stream.path
    assert "token" not in repr(stream)


@pytest.mark.parametrize("status", ["OFFLINE", "UNACTIVE", "DISABLE"])
async def test_unavailable_camera(
    camera: EmulatedDevice, client: LinkVisualClient, status: Status
) -> None:
    """A camera that cannot act is told apart from other refusals."""
    camera.status = status
    with pytest.raises(DeviceUnavailableError):
        await client.query_live_streaming(
            camera.iot_id, stream_type=StreamType.MAIN, url_valid_duration=60
        )


async def test_instances(
    cloud: Cloud, camera: EmulatedDevice, make_client: MakeClient
) -> None:
    """The wrong instance is refused by Iot and by Linkvisual, each in its own words; none is right if it has no ID."""
    wrong = make_client(iot_instance_id="iot-other")
    with pytest.raises(InstanceNotAccessibleError):
        await wrong.query_product_list()
    with pytest.raises(InstanceNotAccessibleError):
        await wrong.stop_triggered_record(camera.iot_id, "0" * 32)
    cloud.iot_instance_id = ""
    assert (await make_client(iot_instance_id="").query_product_list()).rows


async def test_odd_rows(cloud: Cloud, client: LinkVisualClient) -> None:
    """A row that says nothing is left out, the others stay."""
    rows = [
        {"IotId": "a", "Status": "ONLINE", "New": {"field": 1}},
        {"Status": "ONLINE"},
        {"IotId": 7, "Status": "ONLINE"},
        "text",
        None,
        {"IotId": "b"},
    ]
    cloud.faults.append(
        Fault("patch", patch={"DeviceStatusList": {"DeviceStatus": rows}})
    )
    states = await client.batch_get_device_state(["a"])
    assert [(state.iot_id, state.status) for state in states] == [
        ("a", DeviceStatus.ONLINE),
        ("b", DeviceStatus.UNKNOWN),
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"BeginTime": "2026-11-22 18:00:00", "EndTime": "2026-11-22 18:01:00"},
        {"FileName": "a", "BeginTime": "yesterday", "EndTime": "2026-11-22 18:01:00"},
        {"FileName": "a", "BeginTime": "2026-11-22 18:00:00"},
    ],
)
async def test_odd_files(
    cloud: Cloud,
    camera: EmulatedDevice,
    client: LinkVisualClient,
    row: dict[str, str],
) -> None:
    """A recording with a file that cannot be read is not one with fewer files; a list goes on without it."""
    good = {
        "FileName": "1/2",
        "BeginTime": "2026-11-22 18:00:00",
        "EndTime": "2026-11-22 18:01:00",
    }
    cloud.faults.append(Fault("patch", patch={"Data": [row, good]}))
    with pytest.raises(UnreadableReplyError):
        await client.query_record_by_record_id(camera.iot_id, "0" * 32)
    cloud.faults.append(Fault("patch", patch={"Data": {"List": [row, good]}}))
    begin = datetime(2026, 11, 22, tzinfo=UTC)
    page = await client.query_record(
        camera.iot_id, begin, begin + timedelta(days=1), stream_type=StreamType.MAIN
    )
    (file,) = page.rows
    assert not page.complete
    assert file.file_name == "1/2"
    assert file.begin == datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize("day", [True, "seven", None, [7]])
async def test_odd_day(
    cloud: Cloud, camera: EmulatedDevice, client: LinkVisualClient, day: object
) -> None:
    """A number of days that is none is left out."""
    cloud.faults.append(
        Fault("patch", patch={"Data": [{"IotId": camera.iot_id, "Day": day}]})
    )
    assert await client.query_device_record_life_cycle([camera.iot_id]) == []


@pytest.mark.parametrize("data", [None, "", [], {"DeviceInfo": None}])
async def test_empty_lists(
    cloud: Cloud, client: LinkVisualClient, data: object
) -> None:
    """A list that is not there has no rows."""
    cloud.faults.append(Fault("patch", patch={"Data": data}))
    indoor = next(iter(cloud.world.products))
    assert (await client.query_device(indoor)).rows == []


@pytest.mark.parametrize("data", ["text", 7, [{}], {"DeviceInfo": "text"}])
async def test_no_list(cloud: Cloud, client: LinkVisualClient, data: object) -> None:
    """Something else in the place of a list must not look like an empty one."""
    cloud.faults.append(Fault("patch", patch={"Data": data}))
    indoor = next(iter(cloud.world.products))
    with pytest.raises(UnreadableReplyError):
        await client.query_device(indoor)


async def test_nothing_said(cloud: Cloud, client: LinkVisualClient) -> None:
    """A success without what was asked for is no success."""
    cloud.faults.append(Fault("patch", patch={"AccountId": None}))
    with pytest.raises(UnreadableReplyError, match="AccountId"):
        await client.get_caller_identity()


@pytest.mark.parametrize("data", [None, "", 7, {"RecordId": "x"}])
async def test_no_record_id(
    cloud: Cloud, camera: EmulatedDevice, client: LinkVisualClient, data: object
) -> None:
    """A yes to TriggerRecord without a RecordId: it was accepted, nobody knows as what."""
    cloud.faults.append(Fault("patch", patch={"Data": data}))
    with pytest.raises(OutcomeUnknownError):
        await client.trigger_record(
            camera.iot_id,
            record_duration=60,
            pre_record_duration=0,
            stream_type=StreamType.MAIN,
        )
    assert len(cloud.calls_of("TriggerRecord")) == 1


async def test_odd_category(cloud: Cloud, client: LinkVisualClient) -> None:
    """A category that is no text is none."""
    cloud.faults.append(Fault("patch", patch={"Data": {"CategoryKey": 7}}))
    assert await client.query_product(next(iter(cloud.world.products))) == ""
