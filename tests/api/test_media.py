"""The client's calls about stored recordings and pictures, against the emulator, with both readings of what is inferred."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.errors import (
    NotFoundError,
    OutcomeUnknownError,
    UnreadableReplyError,
)
from custom_components.linkvisual.api.media_models import (
    RecordFile,
    RecordType,
    StreamType,
    begin_in_name,
)
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL_LIFE = 300


@pytest.fixture
def camera(cloud: Cloud, freezer: FrozenDateTimeFactory) -> Device:
    """Return the first camera, an hour after noon."""
    freezer.move_to(NOON + timedelta(hours=1))
    return next(iter(cloud.world.devices.values()))


@pytest.fixture
def file_name(cloud: Cloud, camera: Device) -> str:
    """Store a file of an alarm, a minute long."""
    begin = NOON.timestamp()
    return cloud.world.add_file(camera, begin, begin + 60, record_type=1).file_name


async def list_files(client: LinkVisualClient, camera: Device) -> list[RecordFile]:
    """List a day around noon."""
    page = await client.query_record(
        camera.iot_id,
        NOON - timedelta(hours=12),
        NOON + timedelta(hours=12),
        stream_type=StreamType.MAIN,
        need_snapshot=True,
    )
    return page.rows


@pytest.mark.parametrize("hours_east", [8, 0])
async def test_list(
    cloud: Cloud,
    camera: Device,
    file_name: str,
    client: LinkVisualClient,
    hours_east: int,
) -> None:
    """A row has all that is known; the name tells the moment, whatever zone the texts are of."""
    cloud.inferred.text_time_zone = hours_east
    (file,) = await list_files(client, camera)
    assert file == RecordFile(
        file_name,
        NOON,
        NOON + timedelta(minutes=1),
        StreamType.MAIN,
        RecordType.ALARM,
        1,
    )
    assert file.snapshot_url.startswith("http")
    assert "http" not in repr(file)


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        (f"{int(NOON.timestamp())}_abc_0/uuid", NOON),
        ("123_abc_0/uuid", None),
        ("uuid", None),
    ],
)
def test_begin_in_name(name: str, begin: datetime | None) -> None:
    """A name that does not begin with a Unix time tells nothing."""
    assert begin_in_name(name) == begin


async def test_kinds_of_a_later_cloud(
    cloud: Cloud, camera: Device, file_name: str, client: LinkVisualClient
) -> None:
    """A kind that is not known does not hide the file."""
    row = {
        "FileName": file_name,
        "BeginTime": "2026-11-22 20:00:00",
        "EndTime": "2026-11-22 20:01:00",
        "RecordType": 9,
        "StreamType": "third",
    }
    cloud.faults.append(Fault("patch", "QueryRecord", patch={"Data": {"List": [row]}}))
    (file,) = await list_files(client, camera)
    assert (file.record_type, file.stream_type) == (None, None)


async def test_month(
    cloud: Cloud, camera: Device, file_name: str, client: LinkVisualClient
) -> None:
    """A flag for each day."""
    flags = await client.query_month_record(camera.iot_id, "202611")
    assert [day for day, has in enumerate(flags, start=1) if has] == [22]
    assert len(flags) == 30
    cloud.faults.append(Fault("patch", "QueryMonthRecord", patch={"Data": 7}))
    assert await client.query_month_record(camera.iot_id, "202611") == []


async def test_playback_address(
    cloud: Cloud, camera: Device, file_name: str, client: LinkVisualClient
) -> None:
    """An address comes for a file that is there."""
    url = await client.query_record_url(camera.iot_id, file_name, URL_LIFE)
    assert url.startswith("http")
    (call,) = cloud.calls_of("QueryRecordUrl")
    assert call.params["UrlValidDuration"] == URL_LIFE
    with pytest.raises(NotFoundError):
        await client.query_record_url(camera.iot_id, "1_2_3/4", URL_LIFE)
    cloud.faults.append(Fault("patch", "QueryRecordUrl", patch={"Data": None}))
    with pytest.raises(UnreadableReplyError):
        await client.query_record_url(camera.iot_id, file_name, URL_LIFE)


@pytest.mark.parametrize("url", ["empty", "absent", "early"])
@pytest.mark.parametrize("status", [0, 1])
async def test_mp4(
    cloud: Cloud,
    camera: Device,
    file_name: str,
    client: LinkVisualClient,
    freezer: FrozenDateTimeFactory,
    url: Any,
    status: Any,
) -> None:
    """An MP4 has an address when it is made, not before, however the cloud says so."""
    cloud.inferred.unfinished_download_url = url
    cloud.inferred.unfinished_download_status = status
    begun = await client.query_record_download_url(camera.iot_id, file_name)
    assert (begun.progress, begun.failed, begun.url) == (0, False, "")
    freezer.tick(3)
    half = await client.query_record_download_url(camera.iot_id, file_name)
    assert (half.progress, half.failed, half.url) == (50, False, "")
    freezer.tick(4)
    made = await client.query_record_download_url(camera.iot_id, file_name)
    assert (made.progress, made.failed) == (100, False)
    assert made.url.startswith("http")
    assert "http" not in repr(made)


async def test_mp4_fails(
    cloud: Cloud,
    camera: Device,
    file_name: str,
    client: LinkVisualClient,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The cloud may not be able to make one."""
    cloud.downloads_fail = True
    await client.query_record_download_url(camera.iot_id, file_name)
    freezer.tick(10)
    download = await client.query_record_download_url(camera.iot_id, file_name)
    assert download.failed
    assert not download.url


async def test_delete(
    cloud: Cloud, camera: Device, file_name: str, client: LinkVisualClient
) -> None:
    """The answer is how many there were."""
    assert await client.delete_record(camera.iot_id, [file_name, "1_2_3/4"]) == 1
    assert await client.delete_record(camera.iot_id, [file_name]) == 0
    assert await list_files(client, camera) == []


@pytest.mark.parametrize("refused", [True, False])
async def test_picture(
    cloud: Cloud,
    camera: Device,
    client: LinkVisualClient,
    freezer: FrozenDateTimeFactory,
    refused: bool,
) -> None:
    """A picture is there a while after it was taken; before, it is not found, however the cloud says so."""
    cloud.inferred.pending_picture_refused = refused
    taken = datetime.now(UTC)
    capture_id = await client.trigger_capture_picture(camera.iot_id)
    with pytest.raises(NotFoundError):
        await client.query_device_picture_file(camera.iot_id, capture_id)
    freezer.tick(3)
    picture = await client.query_device_picture_file(camera.iot_id, capture_id)
    assert picture.pic_id == capture_id
    assert picture.created
    assert abs(picture.created - taken) < timedelta(milliseconds=2)
    assert picture.pic_url.startswith("http")
    assert "http" not in repr(picture)

    now = datetime.now(UTC)
    page = await client.query_picture_files(
        camera.iot_id, now - timedelta(hours=1), now
    )
    assert page.rows == [picture]
    assert page.last


async def test_picture_without_time(
    cloud: Cloud, camera: Device, client: LinkVisualClient
) -> None:
    """A picture whose time is not told is shown all the same."""
    picture = cloud.world.add_picture(camera, NOON.timestamp())
    patch = {"Data": {"PicCreateTime": None}}
    cloud.faults.append(Fault("patch", "QueryDevicePictureFile", patch=patch))
    found = await client.query_device_picture_file(camera.iot_id, picture.pic_id)
    assert found.created is None


@pytest.mark.parametrize("data", [None, "", 7])
async def test_no_picture_id(
    cloud: Cloud, camera: Device, client: LinkVisualClient, data: object
) -> None:
    """A yes without an ID: a picture may have been taken, nobody knows which."""
    cloud.faults.append(Fault("patch", patch={"Data": data}))
    with pytest.raises(OutcomeUnknownError):
        await client.trigger_capture_picture(camera.iot_id)
