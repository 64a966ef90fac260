"""The timeline of a camera: what a day has, what it costs, who may see it, and what is new."""

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.auth.permissions.const import CAT_ENTITIES
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import call, content_id
from .recording import record
from .test_odd_rows import ODD
from .timeline import DAY, Card, TimelineError, cost, fill_day, yesterday


@pytest.fixture
async def card(
    hass: HomeAssistant,
    clock: Clock,
    polled: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> Card:
    """Open a timeline card."""
    return await Card.open(hass, hass_ws_client)


async def test_rows(
    card: Card,
    cloud: Cloud,
    front_door: Device,
    polled: MockConfigEntry,
    player: TestClient[Any, Any],
) -> None:
    """A recording has its kind and media, an alarm its type and picture; both are sorted."""
    begin = yesterday(cloud)
    noon = begin.timestamp() + 12 * 3600
    alarm = cloud.world.add_file(front_door, noon + 60, noon + 90, 1, event_type=3)
    manual = cloud.world.add_file(front_door, noon, noon + 60, 2, stream_type=1)
    event_id = raise_alarm(cloud, front_door, 3, delay=0, age=cloud.now() - noon)
    shown = await card.show(begin, begin + DAY)
    thumbnails = [row.pop("thumbnail") for row in shown["recordings"]]
    assert shown["recordings"] == [
        {
            "start": f"{begin:%Y-%m-%d}T12:00:00+00:00",
            "end": f"{begin:%Y-%m-%d}T12:01:00+00:00",
            "kind": "manual",
            "media_content_id": content_id(polled, front_door, manual.file_name),
        },
        {
            "start": f"{begin:%Y-%m-%d}T12:01:00+00:00",
            "end": f"{begin:%Y-%m-%d}T12:01:30+00:00",
            "kind": "alarm",
            "media_content_id": content_id(polled, front_door, alarm.file_name),
        },
    ]
    (row,) = shown["alarms"]
    for path in (*thumbnails, row.pop("picture")):
        assert (await player.get(path)).status == HTTPStatus.OK
    assert row == {
        "time": f"{begin:%Y-%m-%d}T12:00:00+00:00",
        "type": "human",
        "event_id": event_id,
    }
    # The thumbnails were looked up with the list.
    assert len(cost(cloud)) == 3


async def test_full_day(card: Card, cloud: Cloud, front_door: Device) -> None:
    """A full day costs ten calls at most, a part of it and another look none."""
    begin = yesterday(cloud) - DAY
    fill_day(cloud, front_door, begin, files=300, alarms=100)
    shown = await card.show(begin, begin + DAY)
    assert len(shown["recordings"]) == 300
    assert len(shown["alarms"]) == 100
    for rows, key in (("recordings", "start"), ("alarms", "time")):
        times = [row[key] for row in shown[rows]]
        assert times == sorted(times)
    assert len(cost(cloud)) <= 10
    cloud.calls.clear()
    again = await card.show(begin, begin + DAY)
    assert len(again["recordings"]) == 300
    part = await card.show(begin + timedelta(hours=6), begin + timedelta(hours=12))
    assert len(part["recordings"]) == 75
    assert len(part["alarms"]) == 25
    assert not cost(cloud)


async def test_today(
    card: Card, clock: Clock, cloud: Cloud, front_door: Device
) -> None:
    """Of a day that goes on, only the last hours are asked for again, and what is new is there."""
    end = datetime.fromtimestamp(cloud.now(), UTC) + DAY / 2
    fill_day(cloud, front_door, end - 1.5 * DAY, files=200, alarms=60)
    before = await card.show(end - DAY, end)
    await clock.tick(60)
    cloud.calls.clear()
    now = cloud.now()
    cloud.world.add_file(front_door, now - 30, now - 20)
    after = await card.show(end - DAY, end)
    assert len(after["recordings"]) == len(before["recordings"]) + 1
    assert len(cost(cloud)) == 3
    oldest = min(
        call.params["BeginTime"]
        for call in cloud.calls_of("QueryRecord")
        if "RecordType" not in call.params
    )
    assert now - oldest < 4 * 3600


async def test_at_once(
    hass: HomeAssistant,
    card: Card,
    hass_ws_client: WebSocketGenerator,
    cloud: Cloud,
    front_door: Device,
) -> None:
    """Who looks at the same time shares the calls."""
    begin = yesterday(cloud)
    fill_day(cloud, front_door, begin, files=20, alarms=5)
    cards = [card, *[await Card.open(hass, hass_ws_client) for _ in range(3)]]
    shown = await asyncio.gather(*[each.show(begin, begin + DAY) for each in cards])
    assert [len(each["recordings"]) for each in shown] == [20] * 4
    assert len(cost(cloud)) == 3


async def test_bounds(card: Card, cloud: Cloud, front_door: Device) -> None:
    """The bounds are the card's, in any time zone; a recording across one is on both sides."""
    # A day of 25 hours in Berlin.
    begin = datetime(2026, 10, 24, 22, tzinfo=UTC)
    end = datetime(2026, 10, 25, 23, tzinfo=UTC)
    for moment, length in (
        (begin.timestamp() - 60, 60),
        (begin.timestamp() - 30, 60),
        (end.timestamp() - 30, 60),
        (end.timestamp(), 60),
    ):
        cloud.world.add_file(front_door, moment, moment + length, 2)
    front_door.retention_days = 60
    inside = await card.show(begin, end)
    assert [row["start"][11:19] for row in inside["recordings"]] == [
        "21:59:30",
        "22:59:30",
    ]
    after = await card.show(end, end + DAY)
    assert [row["start"][11:19] for row in after["recordings"]] == [
        "22:59:30",
        "23:00:00",
    ]


async def content_ids(card: Card, begin: datetime) -> list[str]:
    """Return which recordings of a day the card shows."""
    shown = await card.show(begin, begin + DAY)
    return [recording["media_content_id"] for recording in shown["recordings"]]


async def test_deleted(
    hass: HomeAssistant, card: Card, cloud: Cloud, front_door: Device
) -> None:
    """A deleted recording disappears at once."""
    begin = yesterday(cloud)
    fill_day(cloud, front_door, begin, files=3, alarms=0)
    gone, *others = await content_ids(card, begin)
    await call(hass, "delete_recordings", media_content_id=gone)
    assert await content_ids(card, begin) == others


@pytest.mark.parametrize("value", ODD, ids=lambda value: f"{value!r:.20}")
async def test_odd_rows(
    card: Card, cloud: Cloud, front_door: Device, value: object
) -> None:
    """A row that makes no sense is left out; the others are shown."""
    begin = yesterday(cloud)
    fill_day(cloud, front_door, begin, files=60, alarms=60)
    fields = "FileName BeginTime EndTime StreamType RecordType SnapshotUrl"
    alarm_fields = "EventId EventTime EventType EventPicId"
    for action, names in (("QueryRecord", fields), ("QueryDeviceEvent", alarm_fields)):
        odd = dict.fromkeys(names.split(), value)
        patch: dict[Any, Any] = {"Data": {"List": {0: odd}}}
        cloud.faults.append(Fault("patch", action, times=None, patch=patch))
    shown = await card.show(begin, begin + DAY)
    assert len(shown["recordings"]) in range(56, 60)
    assert len(shown["alarms"]) in range(56, 60)


async def test_kinds(card: Card, cloud: Cloud, front_door: Device) -> None:
    """A kind that is not known yet, and a missing thumbnail or picture, are no harm."""
    begin = yesterday(cloud)
    noon = begin.timestamp() + 12 * 3600
    cloud.world.add_file(front_door, noon, noon + 60)
    raise_alarm(cloud, front_door, 987, delay=0, age=cloud.now() - noon, picture=False)
    patch: dict[Any, Any] = {
        "Data": {"List": {0: {"RecordType": 4, "SnapshotUrl": None}}}
    }
    cloud.faults.append(Fault("patch", "QueryRecord", times=None, patch=patch))
    shown = await card.show(begin, begin + DAY)
    (recording,), (alarm,) = shown["recordings"], shown["alarms"]
    assert (recording["kind"], recording["thumbnail"]) == ("continuous", None)
    assert (alarm["type"], alarm["picture"]) == ("other", None)


async def test_permissions(
    hass: HomeAssistant,
    card: Card,
    cloud: Cloud,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    """A user who may read a camera sees its timeline, no other; the reply tells who may press buttons."""
    hass_read_only_user.mock_policy(
        {CAT_ENTITIES: {"entity_ids": {"camera.garage": {"read": True}}}}
    )
    guest = await Card.open(hass, hass_ws_client, hass_read_only_access_token)
    begin = yesterday(cloud)
    shown = await guest.show(begin, begin + DAY, "camera.garage")
    assert not shown["can_control"]
    assert (await card.show(begin, begin + DAY, "camera.garage"))["can_control"]
    cloud.calls.clear()
    with pytest.raises(TimelineError, match="unauthorized"):
        await guest.show(begin, begin + DAY)
    with pytest.raises(TimelineError, match="unauthorized"):
        await guest.subscribe()
    assert not cost(cloud)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"entity_id": "camera.of_somebody_else"}, "not_found"),
        ({"entity_id": "event.front_door_alarm"}, "not_found"),
        ({"end": "2026-11-01T00:00:00Z"}, "invalid_format"),
        ({"end": "2026-11-09T00:00:01Z"}, "invalid_format"),
        ({"start": "0001-01-01T00:00:00+08:00"}, "invalid_format"),
        ({"start": "yesterday"}, "invalid_format"),
        ({"entity_id": "front door"}, "invalid_format"),
    ],
)
async def test_refused(card: Card, data: dict[str, str], code: str) -> None:
    """What cannot be answered is refused with a code."""
    span = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-02T00:00:00Z"}
    with pytest.raises(TimelineError, match=code):
        await card.ask(type="linkvisual/timeline", **span | data)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ({}, "The cloud refused"),
        ({"language": "de"}, "Die Cloud hat die Anfrage abgelehnt"),
        ("odd", "The cloud refused"),
    ],
)
async def test_language_of_errors(
    hass: HomeAssistant,
    card: Card,
    cloud: Cloud,
    hass_admin_user: MockUser,
    language: object,
    text: str,
) -> None:
    """An error of the cloud is told in the language of the user's profile, if one is chosen there."""
    store = await async_user_store(hass, hass_admin_user.id)
    await store.async_set_item("language", language)
    cloud.faults.append(
        Fault("service", "QueryDeviceEvent", times=None, code="403", message="No.")
    )
    begin = yesterday(cloud)
    with pytest.raises(TimelineError) as refused:
        await card.show(begin, begin + DAY)
    code, message = refused.value.args
    assert code == "cloud"
    assert message.startswith(text)
    cloud.faults.clear()
    assert await card.show(begin, begin + DAY)


async def test_new_recording(
    hass: HomeAssistant, card: Card, clock: Clock, cloud: Cloud
) -> None:
    """A recording is told when it can be watched, and is in the timeline then."""
    cloud.speed = 20
    await card.subscribe()
    now = datetime.fromtimestamp(cloud.now(), UTC)
    assert not (await card.show(now - DAY, now + DAY))["recordings"]
    await record(hass, record_duration=10)
    await clock.run(30)
    row = (await card.told())["recording"]
    assert row["kind"] == "manual"
    (shown,) = (await card.show(now - DAY, now + DAY))["recordings"]
    assert row | {"thumbnail": None} == shown | {"thumbnail": None}


async def test_new_alarm(
    hass: HomeAssistant,
    card: Card,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    player: TestClient[Any, Any],
    hass_ws_client: WebSocketGenerator,
) -> None:
    """An alarm is told, and again with its recording."""
    cloud.speed = 20
    await card.subscribe()
    event_id = raise_alarm(cloud, front_door, 3, record=True)
    # Not until Home Assistant's heartbeat finds that nobody reads.
    await clock.run(75)
    first = (await card.told())["alarm"]
    assert (first["event_id"], first["type"]) == (event_id, "human")
    assert (await player.get(first["picture"])).status == HTTPStatus.OK
    assert (await card.told())["alarm"]["event_id"] == event_id
    recording = (await card.told())["recording"]
    assert recording["kind"] == "alarm"
    now = datetime.fromtimestamp(cloud.now(), UTC)
    other = await Card.open(hass, hass_ws_client)
    (shown,) = (await other.show(now - DAY, now + DAY))["recordings"]
    assert shown["start"] == recording["start"]
    assert shown["media_content_id"] == recording["media_content_id"]


async def test_signer(
    hass: HomeAssistant,
    card: Card,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    player: TestClient[Any, Any],
    hass_ws_client: WebSocketGenerator,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    """A path is signed for its reader: it opens nothing once the user may not read the camera, nor is more told."""
    guest = await Card.open(hass, hass_ws_client, hass_read_only_access_token)
    await guest.subscribe()
    raise_alarm(cloud, front_door)
    await clock.run(40)
    picture = (await guest.told())["alarm"]["picture"]
    assert (await player.get(picture)).status == HTTPStatus.OK
    hass_read_only_user.mock_policy({})
    assert (await player.get(picture)).status == HTTPStatus.FORBIDDEN
    raise_alarm(cloud, front_door)
    await clock.run(40)
    with pytest.raises(TimelineError, match="unauthorized"):
        await guest.subscribe()


async def test_reload(
    hass: HomeAssistant,
    card: Card,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    polled: MockConfigEntry,
) -> None:
    """A subscription goes on after a reload; meanwhile there is no timeline."""
    await card.subscribe()
    begin = yesterday(cloud)
    assert await hass.config_entries.async_unload(polled.entry_id)
    with pytest.raises(TimelineError, match="is not connected"):
        await card.show(begin, begin + DAY)
    assert await hass.config_entries.async_setup(polled.entry_id)
    await hass.async_block_till_done()
    event_id = raise_alarm(cloud, front_door)
    await clock.run(60)
    assert (await card.told())["alarm"]["event_id"] == event_id
    assert await card.show(begin, begin + DAY)


async def test_disconnect(
    hass: HomeAssistant,
    card: Card,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A card that is gone is told nothing, and others go on."""
    await card.subscribe()
    other = await Card.open(hass, hass_ws_client)
    await other.subscribe()
    await card.socket.close()
    await hass.async_block_till_done()
    event_id = raise_alarm(cloud, front_door)
    await clock.run(40)
    assert (await other.told())["alarm"]["event_id"] == event_id
    assert not [each for each in caplog.records if each.levelname == "ERROR"]
