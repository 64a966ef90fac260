"""Pictures: when they are there, how they look, how long they can be seen."""

from base64 import b64decode
from io import BytesIO
import re
from typing import Any

from PIL import Image
import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.control import set_status
from tests.emulator.world import Device

from .conftest import Ask
from .fetch import get

MINUTE = 60
DAY = 86400


async def _capture(ask: Ask) -> str:
    return str((await ask("TriggerCapturePicture"))["Data"])


async def _there(ask: Ask, pic_id: str) -> bool:
    reply = await ask("QueryDevicePictureFile", CaptureId=pic_id)
    return bool(reply["Success"])


async def _image(url: str) -> Image.Image:
    fetched = await get(url)
    assert fetched.status == 200
    image = Image.open(BytesIO(fetched.body))
    assert image.format == "JPEG"
    image.load()
    return image


async def test_identifier(ask: Ask) -> None:
    """It is base64, and says something that is nobody's business."""
    pic_id = await _capture(ask)
    text = b64decode(pic_id, validate=True).decode()
    assert re.fullmatch(r"[0-9a-f]+/[0-9a-f]{32}_[0-9]{13}", text)


@pytest.mark.parametrize("refused", [True, False])
async def test_pending(ask: Ask, cloud: Cloud, refused: bool) -> None:
    """Until it is uploaded, a picture is refused, or there is no Data: the two readings."""
    cloud.inferred.pending_picture_refused = refused
    pic_id = await _capture(ask)
    cloud.clock_offset = 1.9
    reply = await ask("QueryDevicePictureFile", CaptureId=pic_id)
    assert reply["Success"] is not refused
    assert "Data" not in reply
    cloud.clock_offset = 2
    reply = await ask("QueryDevicePictureFile", CaptureId=pic_id)
    assert reply["Data"]["PicId"] == pic_id
    reply = await ask("QueryDevicePictureFile", CaptureId="unknown")
    assert (reply["Code"], reply["ErrorMessage"]) == ("403", "picture owner error.")


async def test_pending_is_nowhere(ask: Ask, cloud: Cloud) -> None:
    """It is neither listed nor deleted before it has arrived."""
    pic_id = await _capture(ask)
    now = int(cloud.now() * 1000)
    times = {"BeginTime": now - 5000, "EndTime": now + 5000}
    reply = await ask("DeletePicture", PictureIdList=[pic_id])
    assert reply["Data"] == {"DeletedCount": 0}
    assert (await ask("QueryPictureFiles", **times))["Data"]["List"] == []
    cloud.clock_offset = 2
    (row,) = (await ask("QueryPictureFiles", **times, PictureSource=2))["Data"]["List"]
    assert (row["PicId"], row["PicCreateTime"]) == (pic_id, now)


async def test_delay(ask: Ask, cloud: Cloud) -> None:
    """How long it takes is a guess, and shorter in a fast cloud."""
    cloud.inferred.picture_delay = 10
    cloud.speed = 4
    pic_id = await _capture(ask)
    for offset, there in ((2.4, False), (2.5, True)):
        cloud.clock_offset = offset
        assert await _there(ask, pic_id) is there


@pytest.mark.parametrize("spacing", [1.0, 0.0])
async def test_too_fast(ask: Ask, cloud: Cloud, spacing: float) -> None:
    """A camera takes one picture a second; or all of them, in the other reading."""
    cloud.inferred.capture_spacing = spacing
    pic_ids = []
    for offset in (0, 0.9, 1, 1.5, 2):
        cloud.clock_offset = offset
        pic_ids.append(await _capture(ask))
    assert len(set(pic_ids)) == 5
    cloud.clock_offset = 600
    found = [await _there(ask, pic_id) for pic_id in pic_ids]
    assert found == ([True, False, True, False, True] if spacing else [True] * 5)


async def test_connection_lost(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """What was not uploaded before is lost; what was can be seen."""
    first = await _capture(ask)
    cloud.clock_offset = 2
    second = await _capture(ask)
    cloud.clock_offset = 3
    set_status(cloud, camera, "OFFLINE")
    cloud.clock_offset = 600
    assert [await _there(ask, pic_id) for pic_id in (first, second)] == [True, False]


async def test_sizes(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """Thumbnails are as wide as they shall be, wider than the picture even."""
    pic_id = cloud.world.add_picture(camera, cloud.now()).pic_id
    for width, size in (
        (0, (320, 180)),
        (160, (160, 90)),
        (1280, (1280, 720)),
        (1, (1, 1)),
    ):
        reply = await ask("QueryDevicePictureFile", CaptureId=pic_id, ThumbWidth=width)
        assert (await _image(reply["Data"]["PicUrl"])).size == (640, 360)
        assert (await _image(reply["Data"]["ThumbUrl"])).size == size
    cloud.inferred.thumb_width = 64
    reply = await ask("QueryDevicePictureFile", CaptureId=pic_id)
    assert (await _image(reply["Data"]["ThumbUrl"])).size == (64, 36)


async def test_no_two_are_the_same(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """Each tells the camera and the time; the same address leads to the same picture."""
    bodies = []
    for name, ago in (("Hall", 0.001), ("Hall", 0), ("Garage", 0), ("", 0)):
        camera.nickname = name
        picture = cloud.world.add_picture(camera, cloud.now() - ago)
        reply = await ask("QueryDevicePictureFile", CaptureId=picture.pic_id)
        url = reply["Data"]["PicUrl"]
        bodies.append((await get(url)).body)
        assert (await get(url)).body == bodies[-1]
    assert len(set(bodies)) == 4


@pytest.mark.parametrize(
    ("asked", "minutes"), [(0, 60), (1, 1), (5, 5), (43200, 43200)]
)
async def test_expiry(
    ask: Ask, cloud: Cloud, camera: Device, asked: int, minutes: int
) -> None:
    """ExpireTime is in minutes."""
    pic_id = cloud.world.add_picture(camera, cloud.now()).pic_id
    reply = await ask("QueryDevicePictureFile", CaptureId=pic_id, ExpireTime=asked)
    for offset, status in ((minutes * MINUTE, 200), (minutes * MINUTE + 1, 403)):
        cloud.clock_offset = offset
        for name in ("PicUrl", "ThumbUrl"):
            assert (await get(reply["Data"][name])).status == status


async def test_expiry_of_others(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """What is valid without being asked: guesses, but for lists of pictures."""
    cloud.inferred.picture_minutes_valid = 10
    cloud.inferred.snapshot_url_valid = 1200
    begin = int(cloud.now())
    picture = cloud.world.add_picture(camera, begin)
    cloud.world.add_file(camera, begin - 60, begin)
    times = {"BeginTime": begin - 60, "EndTime": begin + 1}
    record = await ask("QueryRecord", **times, NeedSnapshot=True)
    times = {name: value * 1000 for name, value in times.items()}
    listed = await ask("QueryPictureFiles", **times)
    single = await ask("QueryDevicePictureFile", CaptureId=picture.pic_id)
    for url, seconds in (
        (single["Data"]["PicUrl"], 600),
        (record["Data"]["List"][0]["SnapshotUrl"], 1200),
        (listed["Data"]["List"][0]["PicUrl"], 3600),
    ):
        for offset, status in ((seconds, 200), (seconds + 1, 403)):
            cloud.clock_offset = offset
            assert (await get(url)).status == status


async def test_thumbnails_are_signed(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """Nobody can make another size of it."""
    pic_id = cloud.world.add_picture(camera, cloud.now()).pic_id
    reply = await ask("QueryDevicePictureFile", CaptureId=pic_id, ThumbWidth=100)
    url = reply["Data"]["ThumbUrl"]
    assert (await get(url)).status == 200
    assert (await get(url.replace("w_100", "w_101"))).status == 403
    assert (await get(url.partition("&x-oss-process")[0])).status == 403


@pytest.mark.parametrize(("unset", "told"), [(0, 0), (36500, 36500), (None, None)])
async def test_kept_for_ever(
    ask: Ask, raw: Any, cloud: Cloud, camera: Device, unset: int | None, told: Any
) -> None:
    """What is told before any days are set is a guess; that pictures are kept is not."""
    cloud.inferred.unset_picture_days = unset
    picture = cloud.world.add_picture(camera, cloud.now() - 3000 * DAY)
    answer = await raw.acs3("QueryDevicePictureLifeCycle", {"IotId": camera.iot_id})
    assert answer.json["Data"].get("Day") == told
    assert await _there(ask, picture.pic_id)


async def test_retention(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """With a number of days pictures go, and their addresses with them; 0 keeps what there is."""
    picture = cloud.world.add_picture(camera, cloud.now() - 7 * DAY)
    reply = await ask("QueryDevicePictureFile", CaptureId=picture.pic_id)
    url = reply["Data"]["PicUrl"]
    await ask("SetDevicePictureLifeCycle", Day=7)
    assert (await get(url)).status == 200
    cloud.clock_offset = 1
    assert (await get(url)).status == 404
    assert not await _there(ask, picture.pic_id)
    begin = int(picture.created * 1000)
    times = {"BeginTime": begin - 1, "EndTime": begin + 1}
    assert (await ask("QueryPictureFiles", **times))["Data"]["List"] == []
    await ask("SetDevicePictureLifeCycle", Day=0)
    assert await _there(ask, picture.pic_id)


@pytest.mark.parametrize("order", ["ascending", "descending", "shuffled"])
async def test_order(ask: Ask, cloud: Cloud, camera: Device, order: Any) -> None:
    """Whatever it is, pages fit together."""
    cloud.inferred.picture_order = order
    now = int(cloud.now())
    added = [
        cloud.world.add_picture(camera, now - seconds).pic_id
        for seconds in (5, 9, 1, 3, 7, 8, 2, 4, 6)
    ]
    by_time = sorted(added, key=lambda pic_id: camera.pictures[pic_id].created)
    times = {"BeginTime": (now - 60) * 1000, "EndTime": now * 1000}
    found = []
    for page in range(1, 6):
        paging = {"PageSize": 2, "CurrentPage": page}
        reply = await ask("QueryPictureFiles", **times, **paging)
        found += [row["PicId"] for row in reply["Data"]["List"]]
    assert sorted(found) == sorted(added)
    assert (found == by_time) == (order == "ascending")
    assert (found == by_time[::-1]) == (order == "descending")
