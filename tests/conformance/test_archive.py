"""What is found of the files in a camera's storage: in which order, on which days, how fast."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .conftest import Ask

HOUR = 3600
DAY = 24 * HOUR
# Midnight of a first of March in China, after a leap day.
MARCH = datetime.fromisoformat("2024-03-01T00:00:00+08:00").timestamp()


@pytest.fixture(autouse=True)
def retention(camera: Device) -> None:
    """Keep everything."""
    camera.retention_days = 3650


async def _rows(ask: Ask, begin: float, end: float, **more: Any) -> list[str]:
    times = {"BeginTime": int(begin), "EndTime": int(end)}
    reply = await ask("QueryRecord", **times, **more)
    return [row["FileName"] for row in reply["Data"]["List"]]


@pytest.mark.parametrize("order", ["ascending", "descending", "shuffled"])
async def test_order(ask: Ask, cloud: Cloud, camera: Device, order: Any) -> None:
    """Whatever it is, pages fit together; triggered recordings are among the others."""
    cloud.inferred.record_order = order
    triggered = (await ask("TriggerRecord", RecordDuration=10))["Data"]
    begin = camera.records[triggered].begin
    cloud.clock_offset = HOUR
    files = [
        cloud.world.add_file(camera, begin + offset, begin + offset + 60)
        for offset in (120, -60, 60, -120, 0.5, 180, 240, 300, -180)
    ]
    found: list[str] = []
    for page in range(1, 7):
        paging = {"PageSize": 2, "CurrentPage": page}
        found += await _rows(ask, begin - HOUR, begin + HOUR, **paging)
    assert len(found) == len(set(found)) == 10
    assert {file.file_name for file in files} < set(found)
    begins = [int(name.partition("_")[0]) for name in found]
    assert (begins == sorted(begins)) == (order == "ascending")
    assert (begins == sorted(begins, reverse=True)) == (order == "descending")


async def test_shuffled_by_the_seed(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """Another seed, another order."""
    cloud.inferred.record_order = "shuffled"
    for offset in range(9):
        cloud.world.add_file(camera, MARCH + offset * 60, MARCH + offset * 60 + 60)
    found = []
    for cloud.seed in (1, 2, 1):
        found.append(await _rows(ask, MARCH, MARCH + HOUR))
    assert found[0] == found[2] != found[1]
    assert sorted(found[0]) == sorted(found[1])


@pytest.mark.parametrize("order", ["ascending", "descending"])
async def test_order_of_a_split_recording(
    ask: Ask, cloud: Cloud, camera: Device, order: Any
) -> None:
    """The files of one recording are listed in the same order as others."""
    cloud.inferred.record_order = order
    record_id = (await ask("TriggerRecord", RecordDuration=4000))["Data"]
    cloud.clock_offset = 5000
    reply = await ask("QueryRecordByRecordId", RecordId=record_id)
    begins = [row["BeginTime"] for row in reply["Data"]]
    assert len(begins) == 3
    assert begins == sorted(begins, reverse=order == "descending")


async def test_overlap(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """A file is found by any part of it, however long it is; ends do not count."""
    long = cloud.world.add_file(camera, MARCH, MARCH + DAY).file_name
    short = cloud.world.add_file(camera, MARCH + 9 * HOUR, MARCH + 10 * HOUR).file_name
    for begin, end, expected in (
        (-1, 0, []),
        (-1, 1, [long]),
        (9 * HOUR - 1, 9 * HOUR, [long]),
        (9 * HOUR, 9 * HOUR + 1, [long, short]),
        (10 * HOUR, 11 * HOUR, [long]),
        (DAY - 1, DAY + 1, [long]),
        (DAY, DAY + 1, []),
    ):
        assert await _rows(ask, MARCH + begin, MARCH + end) == expected


async def test_from_its_end_on(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """A continuous recording shows when a file of it is complete."""
    now = cloud.now()
    file = cloud.world.add_file(camera, now - 60, now + 60)
    for offset, expected in ((59, []), (60, [file.file_name])):
        cloud.clock_offset = offset
        assert await _rows(ask, now - HOUR, now + HOUR) == expected


async def test_ten_thousand_files(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """A day of a month with ten thousand files is found at once."""
    begin = int(cloud.now()) - 31 * DAY
    step = 30 * DAY // 10_000
    for number in range(10_000):
        at = begin + number * step
        cloud.world.add_file(camera, at, at + step)
    middle = begin + 15 * DAY
    found = await _rows(ask, middle, middle + DAY, PageSize=50, CurrentPage=7)
    assert len(found) == 35
    # The service alone, without the gateway.
    from tests.emulator.services import SERVICES, Origin

    params: Any = {
        "IotId": camera.iot_id,
        "IotInstanceId": cloud.iot_instance_id,
        "BeginTime": middle,
        "EndTime": middle + DAY,
        "PageSize": 50,
        "CurrentPage": 1,
    }
    times = []
    for _ in range(5):
        started = perf_counter()
        SERVICES["QueryRecord"](cloud, params, Origin("", ""))
        times.append(perf_counter() - started)
    assert min(times) < 0.005
    assert (await ask("QueryRecordUrl", FileName=found[0]))["Success"] is True


async def _days(ask: Ask, month: str) -> list[int]:
    digits = (await ask("QueryMonthRecord", Month=month))["Data"]
    return [number for number, there in enumerate(digits, 1) if there == "1"]


@pytest.mark.parametrize(
    ("zone", "month", "day"), [(8, "202403", 1), (0, "202402", 29)]
)
async def test_month_has_a_zone(
    ask: Ask, cloud: Cloud, camera: Device, zone: int, month: str, day: int
) -> None:
    """An hour into March in China it is still the leap day in Greenwich."""
    cloud.inferred.text_time_zone = zone
    cloud.world.add_file(camera, MARCH + HOUR, MARCH + HOUR + 60)
    assert await _days(ask, month) == [day]
    other = {"202403": "202402", "202402": "202403"}[month]
    assert await _days(ask, other) == []


@pytest.mark.parametrize("by_begin", [False, True])
async def test_month_and_midnight(
    ask: Ask, cloud: Cloud, camera: Device, by_begin: bool
) -> None:
    """A recording over midnight is of two days, months even, or of the first: the two readings."""
    cloud.inferred.month_by_begin = by_begin
    cloud.world.add_file(camera, MARCH - 60, MARCH + 60)
    assert await _days(ask, "202402") == [29]
    assert await _days(ask, "202403") == ([] if by_begin else [1])
    cloud.world.add_file(camera, MARCH + 10 * DAY - 60, MARCH + 10 * DAY)
    cloud.world.add_file(camera, MARCH + 30 * DAY, MARCH + 32 * DAY)
    march = [10, 31] if by_begin else [1, 10, 31]
    assert await _days(ask, "202403") == march
    assert await _days(ask, "202404") == ([] if by_begin else [1])


async def test_month_as_in_the_sample(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """The published sample lacks the last day: the other reading."""
    cloud.world.add_file(camera, MARCH + 29 * DAY, MARCH + 31 * DAY)
    for length, days in ((31, [30, 31]), (30, [30])):
        cloud.inferred.month_at_most = 31 if length == 31 else 30
        digits = (await ask("QueryMonthRecord", Month="202403"))["Data"]
        assert len(digits) == length
        assert await _days(ask, "202403") == days
    digits = (await ask("QueryMonthRecord", Month="202402"))["Data"]
    assert len(digits) == 29


async def test_month_of_what_is_there(ask: Ask, cloud: Cloud, camera: Device) -> None:
    """Of either stream and every kind, but nothing that was deleted or purged."""
    now = datetime.fromtimestamp(cloud.now(), UTC)
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    first = month.timestamp() - 8 * HOUR
    cloud.clock_offset = first + 28 * DAY - cloud.now()
    files = [
        cloud.world.add_file(
            camera, first + day * DAY, first + day * DAY + 60, kind, at
        )
        for day, kind, at in ((0, 0, 0), (9, 1, 1), (19, 0, 1), (26, 1, 0))
    ]
    name = f"{now.year}{now.month:02}"
    assert await _days(ask, name) == [1, 10, 20, 27]
    await ask("DeleteRecord", FileNameList=[files[1].file_name])
    assert await _days(ask, name) == [1, 20, 27]
    camera.retention_days = 7
    assert await _days(ask, name) == [27]
