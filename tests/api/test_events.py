"""The client's calls about alarms, against the emulator."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.linkvisual.api.calls_events import EVENTS_PER_PAGE
from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.media_models import DeviceEvent
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device


@pytest.fixture
def camera(cloud: Cloud) -> Device:
    """Return the first camera."""
    return next(iter(cloud.world.devices.values()))


def last_hour() -> tuple[datetime, datetime]:
    """Return a range that holds what happens now."""
    now = datetime.now(UTC)
    return now - timedelta(hours=1), now + timedelta(hours=1)


@pytest.mark.parametrize("zone", [8, 0])
async def test_list(
    client: LinkVisualClient, cloud: Cloud, camera: Device, zone: int
) -> None:
    """An alarm has an ID, a time in UTC, a number and a picture."""
    cloud.inferred.text_time_zone = zone
    event_id = raise_alarm(cloud, camera, 3, age=60, delay=0)
    page = await client.query_device_event(camera.iot_id, *last_hour())
    (event,) = page.rows
    assert page.last
    assert event.event_id == event_id
    assert event.event_type == 3
    assert event.pic_id == camera.alarms[event_id].pic_id
    seen_at = datetime.fromtimestamp(camera.alarms[event_id].time, UTC)
    assert event.event_time == seen_at.replace(microsecond=0)


async def test_pages(client: LinkVisualClient, cloud: Cloud, camera: Device) -> None:
    """The last page is known, also where it is full."""
    raise_alarm(cloud, camera, age=9, delay=0, times=EVENTS_PER_PAGE)
    page = await client.query_device_event(camera.iot_id, *last_hour())
    assert page.last
    assert len(page.rows) == EVENTS_PER_PAGE
    raise_alarm(cloud, camera, age=8, delay=0)
    assert not (await client.query_device_event(camera.iot_id, *last_hour())).last
    page = await client.query_device_event(camera.iot_id, *last_hour(), 2)
    assert page.last
    assert len(page.rows) == 1


def test_id_of_another_form() -> None:
    """Where an ID does not tell the moment, texts are UTC+8."""
    row = {"EventId": "abc", "EventTime": "2026-11-22 20:00:00", "EventType": "1"}
    event = DeviceEvent.from_row(row)
    assert event.event_time == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert event.sort_key == (event.event_time, "abc")
    assert not event.pic_id


async def test_odd_rows(client: LinkVisualClient, cloud: Cloud, camera: Device) -> None:
    """A row that is no alarm hides no other."""
    raise_alarm(cloud, camera, delay=0)
    rows = [{"EventId": "x"}, None, {"EventTime": "2026-11-22 20:00:00"}]
    cloud.faults.append(Fault("patch", patch={"Data": {"List": rows}}))
    page = await client.query_device_event(camera.iot_id, *last_hour())
    assert page.rows == []


async def test_recording(
    client: LinkVisualClient, cloud: Cloud, camera: Device
) -> None:
    """An alarm has a file when it was recorded and uploaded."""
    without = raise_alarm(cloud, camera, delay=0)
    recorded = raise_alarm(cloud, camera, delay=0, record=True, age=120)
    assert await client.query_device_event_record(camera.iot_id, without) == []
    (file,) = await client.query_device_event_record(camera.iot_id, recorded)
    assert file.file_name == camera.alarms[recorded].file_name
    assert "media" not in repr(file)
