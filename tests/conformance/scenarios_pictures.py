"""Pictures: what each operation does."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.emulator.archive import Picture
from tests.emulator.cloud import Cloud

from .fetch import get
from .scenario import Call, cameras, device, scenario

UPLOAD = 2
JPEG = b"\xff\xd8\xff"


def _add_pictures(cloud: Cloud, *sources: int) -> list[Picture]:
    """Put pictures from these sources into the first camera's storage, a second apart."""
    camera, begin = cameras(cloud)[0], cloud.now() - 60
    return [
        cloud.world.add_picture(camera, begin + number, source)
        for number, source in enumerate(sources)
    ]


@scenario("TriggerCapturePicture")
async def trigger_capture_picture(cloud: Cloud, call: Call) -> None:
    """Have an ID at once, and a picture as soon as it is uploaded, of this camera alone."""
    captured = cloud.now()
    reply = await call("TriggerCapturePicture", device(cloud))
    assert (reply["Success"], reply["Code"]) == (True, "200")
    params = {"CaptureId": reply["Data"], **device(cloud)}
    refused = await call("QueryDevicePictureFile", params)
    assert (refused["Success"], refused["Code"]) == (False, "403")
    assert refused["ErrorMessage"] == "picture owner error."
    cloud.clock_offset += UPLOAD
    data = (await call("QueryDevicePictureFile", params))["Data"]
    assert data["PicId"] == reply["Data"]
    assert data["IotId"] == params["IotId"]
    assert 0 <= data["PicCreateTime"] / 1000 - captured < 2
    picture = await get(data["PicUrl"])
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.body.startswith(JPEG)
    params = {"CaptureId": reply["Data"], **device(cloud, 1)}
    assert (await call("QueryDevicePictureFile", params))["Success"] is False


@scenario("QueryDevicePictureFile")
async def query_device_picture_file(cloud: Cloud, call: Call) -> None:
    """Get those addresses that are asked for, for as many minutes."""
    (picture,) = _add_pictures(cloud, 1)
    params = {"CaptureId": picture.pic_id, **device(cloud)}

    async def data(**more: int) -> dict[str, Any]:
        reply = await call("QueryDevicePictureFile", {**params, **more})
        assert (reply["Success"], reply["Code"]) == (True, "200")
        found: dict[str, Any] = reply["Data"]
        assert found["PicCreateTime"] == int(picture.created * 1000)
        return found

    assert {"PicUrl", "ThumbUrl"} <= (await data()).keys()
    assert "PicUrl" not in await data(PictureType=0)
    assert "ThumbUrl" not in await data(PictureType=1)
    both = await data(PictureType=2, ThumbWidth=100, ExpireTime=5)
    for url, process in (
        (both["PicUrl"], None),
        (
            both["ThumbUrl"],
            ["image/auto-orient,1/resize,m_lfit,w_100,limit_0/quality,q_90"],
        ),
    ):
        query = parse_qs(urlsplit(url).query)
        assert query.keys() >= {"Expires", "OSSAccessKeyId", "Signature"}
        assert abs(int(query["Expires"][0]) - cloud.now() - 300) < 3
        assert query.get("x-oss-process") == process
        fetched = await get(url)
        assert fetched.status == 200
        assert fetched.body.startswith(JPEG)


@scenario("QueryDevicePictureByList")
async def query_device_picture_by_list(cloud: Cloud, call: Call) -> None:
    """Get the addresses of what there is of what is named, in that order, of one camera."""
    first, second = _add_pictures(cloud, 1, 2)
    other = cloud.world.add_picture(cameras(cloud)[1], cloud.now() - 60)
    late = cloud.world.add_picture(cameras(cloud)[0], cloud.now(), 1, cloud.now() + 60)
    named = (second, other, late, first)
    names = [*(each.pic_id for each in named), *(f"no{number}" for number in range(9))]
    params = {"PictureIdList": names, **device(cloud)}
    reply = await call("QueryDevicePictureByList", params)
    assert (reply["Success"], reply["Code"]) == (True, "200")
    assert reply["Data"].keys() == {"picData"}
    rows = reply["Data"]["picData"]
    assert [row["PicId"] for row in rows] == [second.pic_id, first.pic_id]
    assert rows[0]["PicCreateTime"] == int(second.created * 1000)
    for name in ("PicUrl", "ThumbUrl"):
        assert (await get(rows[0][name])).body.startswith(JPEG)
    params |= {"PictureIdList": [first.pic_id], "PictureType": 1, "ExpireTime": 5}
    reply = await call("QueryDevicePictureByList", params)
    (row,) = reply["Data"]["picData"]
    assert row.keys() == {"PicId", "PicUrl", "PicCreateTime", "IotId"}
    expires = parse_qs(urlsplit(row["PicUrl"]).query)["Expires"][0]
    assert abs(int(expires) - cloud.now() - 300) < 3
    params["PictureIdList"] = ["nothing"]
    reply = await call("QueryDevicePictureByList", params)
    assert reply["Data"] == {"picData": []}


@scenario("QueryPictureFiles")
async def query_picture_files(cloud: Cloud, call: Call) -> None:
    """Find pictures by time in milliseconds, and by source, page by page, without a total."""
    pictures = _add_pictures(cloud, 1, 2, 1)
    begin, end = (int(pictures[at].created * 1000) for at in (0, -1))
    params = {"BeginTime": begin, "EndTime": end, **device(cloud)}

    async def rows(**more: int) -> list[dict[str, Any]]:
        data = (await call("QueryPictureFiles", {**params, **more}))["Data"]
        assert data.keys() == {"Page", "PageSize", "List"}
        assert data["Page"] == more.get("CurrentPage", 1)
        assert data["PageSize"] == more.get("PageSize", 10)
        found: list[dict[str, Any]] = data["List"]
        return found

    all_ids = [picture.pic_id for picture in pictures]
    found = await rows()
    assert [row["PicId"] for row in found] == all_ids
    assert found[0].keys() == {"PicId", "PicUrl", "PicCreateTime", "ThumbUrl", "IotId"}
    assert (await get(found[0]["ThumbUrl"])).body.startswith(JPEG)
    captured = await rows(PictureSource=2, PictureType=1)
    assert [row["PicId"] for row in captured] == all_ids[1:2]
    assert "ThumbUrl" not in captured[0]
    assert len(await rows(PictureSource=1)) == 2
    assert await rows(PictureSource=4) == []
    assert [row["PicId"] for row in await rows(EndTime=end - 1)] == all_ids[:2]
    assert [row["PicId"] for row in await rows(BeginTime=begin + 1)] == all_ids[1:]
    pages = [await rows(PageSize=2, CurrentPage=page) for page in (1, 2, 3)]
    assert [[row["PicId"] for row in page] for page in pages] == [
        all_ids[:2],
        all_ids[2:],
        [],
    ]


@scenario("DeletePicture")
async def delete_picture(cloud: Cloud, call: Call) -> None:
    """Delete what there is of what is named, of one camera."""
    first, second = _add_pictures(cloud, 1, 1)
    other = cloud.world.add_picture(cameras(cloud)[1], cloud.now() - 60)
    names = [first.pic_id, other.pic_id, first.pic_id, *(f"no{n}" for n in range(9))]
    named = {"CaptureId": first.pic_id, **device(cloud)}
    url = (await call("QueryDevicePictureFile", named))["Data"]["PicUrl"]
    params = {"PictureIdList": names, **device(cloud)}
    reply = await call("DeletePicture", params)
    assert (reply["Success"], reply["Code"]) == (True, "200")
    assert reply["Data"] == {"DeletedCount": 1}
    assert (await call("DeletePicture", params))["Data"] == {"DeletedCount": 0}
    assert (await call("QueryDevicePictureFile", named))["Code"] == "403"
    assert (await get(url)).status == 404
    for number, left in ((0, second), (1, other)):
        params = {"CaptureId": left.pic_id, **device(cloud, number)}
        assert (await call("QueryDevicePictureFile", params))["Success"] is True


@scenario("QueryDevicePictureLifeCycle")
async def query_device_picture_life_cycle(cloud: Cloud, call: Call) -> None:
    """Read the days of one camera, by its IotId alone."""
    for days in (7, 365):
        cameras(cloud)[1].picture_days = days
        params = {"IotId": cameras(cloud)[1].iot_id}
        reply = await call("QueryDevicePictureLifeCycle", params)
        assert (reply["Success"], reply["Code"]) == (True, "200")
        assert reply["Data"] == {"Day": days, **params}


@scenario("SetDevicePictureLifeCycle")
async def set_device_picture_life_cycle(cloud: Cloud, call: Call) -> None:
    """Set what can be read afterwards, for one camera, of pictures alone."""
    reply = await call("SetDevicePictureLifeCycle", {"Day": 30, **device(cloud)})
    assert (reply["Success"], reply["Code"]) == (True, "200")
    first, second = cameras(cloud)[:2]
    assert (first.picture_days, second.picture_days) == (30, None)
    assert first.retention_days == 7
    reply = await call("QueryDevicePictureLifeCycle", {"IotId": first.iot_id})
    assert reply["Data"]["Day"] == 30
