"""Recordings of alarms: each alarm gets its own, also on busy cameras, over a reload, and after newer alarms."""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .alarms import AlarmEvents
from .test_alarms import ALARM

type Heard = Event[Mapping[str, Any]]


class Recorded:
    """What automations on alarms and on their recordings get."""

    def __init__(self, alarms: list[Heard], recordings: list[Heard]) -> None:
        self._alarms = alarms
        self._recordings = recordings

    @property
    def alarms(self) -> list[str]:
        """The EventIds of the alarms, in order."""
        return [event.data["alarm"]["event_id"] for event in self._alarms]

    @property
    def files(self) -> list[tuple[str, str]]:
        """The EventIds of alarms with a recording and its file name, in order."""
        files = []
        seen = {event.data["alarm"]["event_id"]: event for event in self._alarms}
        # All but the picture's path, which is signed anew.
        same = ("event_time", "alarm_type", "type", "entity_id")
        for event in self._recordings:
            alarm, recording = event.data["alarm"], event.data["recording"]
            (file,) = recording["files"]
            assert file["file_name"] == alarm["file_name"]
            earlier = seen[alarm["event_id"]].data["alarm"]
            assert [alarm[key] for key in same] == [earlier[key] for key in same]
            assert alarm["picture"].partition("?")[0] in earlier["picture"]
            assert alarm["media_content_id"] == recording["media_content_id"]
            files.append((alarm["event_id"], alarm["file_name"]))
        return files


@pytest.fixture
async def recorded(
    hass: HomeAssistant, clock: Clock, loaded: MockConfigEntry
) -> Recorded:
    """Automate both triggers, after the cameras were polled for the first time."""
    hass.loop.set_debug(False)
    await clock.run(10)
    lists: dict[str, list[Heard]] = {"alarm_received": [], "recording_ready": []}
    options = {"recording_ready": {"kind": "alarm"}}
    for trigger, heard in lists.items():
        hass.bus.async_listen(f"heard_{trigger}", heard.append)
    automations = [
        {
            "alias": trigger,
            "mode": "queued",
            "max": 100,
            "triggers": {
                "trigger": f"linkvisual.{trigger}",
                "target": {"entity_id": ALARM},
                "options": options.get(trigger, {}),
            },
            "actions": {
                "event": f"heard_{trigger}",
                "event_data": {
                    "alarm": "{{ trigger.alarm }}",
                    "recording": "{{ trigger.get('recording') }}",
                },
            },
        }
        for trigger in lists
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    return Recorded(*lists.values())


def raise_recorded(cloud: Cloud, camera: Device, count: int = 1) -> dict[str, str]:
    """Raise alarms with recordings; return their file names by EventId."""
    ids = [raise_alarm(cloud, camera, record=True) for _ in range(count)]
    return {event_id: camera.alarms[event_id].file_name or "" for event_id in ids}


async def test_busy_camera(
    clock: Clock, cloud: Cloud, front_door: Device, recorded: Recorded
) -> None:
    """With an alarm every 30 s each alarm is reported once, and each recording once."""
    files: dict[str, str] = {}
    for _ in range(20):
        files |= raise_recorded(cloud, front_door)
        await clock.run(30, step=5)
    await clock.run(300, step=5)
    assert recorded.alarms == list(files)
    assert dict(recorded.files) == files
    assert len(recorded.files) == len(files)


async def test_reload(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    recorded: Recorded,
) -> None:
    """Recordings that come after a reload are reported, and no alarm or recording again."""
    files = raise_recorded(cloud, front_door)
    await clock.run(120, step=5)
    for _ in range(3):
        files |= raise_recorded(cloud, front_door)
        await clock.run(20, step=5)
    before = hass.states.get(ALARM)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    after = hass.states.get(ALARM)
    assert before is not None
    assert after is not None
    assert after.state == before.state
    assert after.attributes == before.attributes
    await clock.run(300, step=5)
    assert recorded.alarms == list(files)
    assert sorted(recorded.files) == sorted(files.items())


@pytest.mark.parametrize("reload_after", [30, 120])
async def test_queries_over_a_reload(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    recorded: Recorded,
    reload_after: int,
) -> None:
    """How often a recording was queried outlasts a reload: three times are enough, and not too many."""
    raise_alarm(cloud, front_door)
    await clock.run(reload_after, step=5)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await clock.run(400, step=5)
    assert len(cloud.calls_of("QueryDeviceEventRecord")) == 3


async def test_hours_away(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    recorded: Recorded,
) -> None:
    """The recording of an alarm from the day before is not queried, and does not hold up that of a new one."""
    old = raise_alarm(cloud, front_door)
    await clock.run(35, step=5)
    assert recorded.alarms == [old]
    assert await hass.config_entries.async_unload(loaded.entry_id)
    await clock.tick(90_000)
    cloud.calls.clear()
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await clock.run(10, step=5)
    files = raise_recorded(cloud, front_door)
    await clock.run(300, step=5)
    assert dict(recorded.files) == files
    queries = cloud.calls_of("QueryDeviceEventRecord")
    assert {call.params["EventId"] for call in queries} == files.keys()


async def test_attributes_are_kept(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    loaded: MockConfigEntry,
    recorded: Recorded,
) -> None:
    """A reload changes neither the last alarm nor where its recording is."""
    raise_recorded(cloud, front_door)
    await clock.run(120, step=5)
    before = hass.states.get(ALARM)
    assert before is not None
    assert {"file_name", "media_content_id", "picture"} < before.attributes.keys()
    for _ in range(2):
        assert await hass.config_entries.async_reload(loaded.entry_id)
        await clock.run(60, step=5)
        after = hass.states.get(ALARM)
        assert after is not None
        assert after.state == before.state
        assert after.attributes == before.attributes
    assert len(recorded.alarms) == len(recorded.files) == 1


async def test_late_upload_of_an_earlier_recording(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    recorded: Recorded,
) -> None:
    """A recording that comes after that of a newer alarm belongs to its own alarm, and is reported once."""
    cloud.inferred.upload_delay = 100
    early = raise_recorded(cloud, front_door)
    await clock.run(20, step=5)
    cloud.inferred.upload_delay = 1
    late = raise_recorded(cloud, front_door)
    await clock.run(400, step=5)
    assert recorded.alarms == [*early, *late]
    assert recorded.files == [*late.items(), *early.items()]
    await clock.run(300, step=5)
    assert len(recorded.files) == 2


async def test_two_alarms_in_one_recording(
    clock: Clock, cloud: Cloud, front_door: Device, recorded: Recorded
) -> None:
    """Alarms that share a recording get it both."""
    (first, file_name), *_ = raise_recorded(cloud, front_door).items()
    second = raise_alarm(cloud, front_door, 3)
    alarm = front_door.alarms[second]
    front_door.alarms[second] = type(alarm)(
        **{name: getattr(alarm, name) for name in alarm.__slots__}
        | {"file_name": file_name}
    )
    await clock.run(200, step=5)
    assert sorted(recorded.alarms) == sorted([first, second])
    assert sorted(recorded.files) == sorted([(first, file_name), (second, file_name)])


async def test_camera_without_event_recording(
    clock: Clock, cloud: Cloud, front_door: Device, recorded: Recorded
) -> None:
    """A camera that records no alarms costs one call per alarm; once it records them, they are found."""
    for _ in range(5):
        raise_alarm(cloud, front_door)
        await clock.run(60, step=5)
    await clock.run(600, step=5)
    cloud.calls.clear()
    for _ in range(10):
        raise_alarm(cloud, front_door)
        await clock.run(60, step=5)
    await clock.run(600, step=5)
    assert len(cloud.calls_of("QueryDeviceEventRecord")) == 10
    files: dict[str, str] = {}
    for _ in range(3):
        files |= raise_recorded(cloud, front_door)
        await clock.run(60, step=5)
    await clock.run(600, step=5)
    assert recorded.files == list(files.items())
    files |= raise_recorded(cloud, front_door)
    await clock.run(100, step=5)
    assert recorded.files == list(files.items())


async def test_slow_upload(
    clock: Clock, cloud: Cloud, front_door: Device, recorded: Recorded
) -> None:
    """A recording that is uploaded within ten minutes is found."""
    cloud.inferred.upload_delay = 500
    files = raise_recorded(cloud, front_door)
    await clock.run(620, step=5)
    assert recorded.files == list(files.items())


@pytest.mark.parametrize(
    "code", ["NoPermission", "iot.system.SystemException", "iot.vision.Unheard"]
)
async def test_refused_for_long(
    clock: Clock, cloud: Cloud, front_door: Device, recorded: Recorded, code: str
) -> None:
    """A query that is refused says nothing about the recording: it is made again, now and then."""
    fault = Fault("gateway", "QueryDeviceEventRecord", None, status=403, code=code)
    cloud.faults.append(fault)
    files: dict[str, str] = {}
    for _ in range(5):
        files |= raise_recorded(cloud, front_door)
        await clock.run(300, step=10)
    await clock.run(5400, step=60)
    assert not recorded.files
    assert len(cloud.calls_of("QueryDeviceEventRecord")) < 150
    cloud.faults.clear()
    await clock.run(660, step=10)
    assert sorted(recorded.files) == sorted(files.items())


async def test_unrecorded_alarms(
    clock: Clock, cloud: Cloud, front_door: Device, recorded: Recorded
) -> None:
    """The recordings of three alarms are queried four times each, those of further ones once."""
    queries = []
    for _ in range(5):
        raise_alarm(cloud, front_door)
        await clock.run(690, step=15)
        queries.append(len(cloud.calls_of("QueryDeviceEventRecord")))
    assert queries == [4, 8, 12, 13, 14]


async def test_broken_connection(
    clock: Clock, cloud: Cloud, front_door: Device, recorded: Recorded
) -> None:
    """A query that is not answered is made again."""
    cloud.faults.append(Fault("cut", "QueryDeviceEventRecord", None))
    files = raise_recorded(cloud, front_door)
    await clock.run(600, step=5)
    assert not recorded.files
    cloud.faults.clear()
    await clock.run(200, step=5)
    assert recorded.files == list(files.items())


async def test_reload_in_a_burst(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
) -> None:
    """Alarms that are found while the entry is unloaded are reported once, before or after it."""
    hass.loop.set_debug(False)
    await clock.run(10)
    alarm_events = AlarmEvents(hass)
    raised = []
    for number in range(20):
        raised += [
            raise_alarm(cloud, camera, delay=0, picture=False)
            for camera in cameras.values()
            if camera.status == "ONLINE"
        ]
        clock.jump(31)
        for _ in range(number * 5):
            await asyncio.sleep(0.001)
        assert await hass.config_entries.async_reload(loaded.entry_id)
        await clock.tick(5)
    await clock.run(60, step=5)
    assert sorted(alarm_events.event_ids) == sorted(raised)


@pytest.mark.parametrize("stored", [[{}], [{"event_id": 1}], "x", [None], 5])
async def test_odd_storage(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    front_door: Device,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    stored: Any,
) -> None:
    """Malformed waiting alarms stop neither the entry nor the camera's alarms."""
    hass_storage[f"linkvisual.{entry.entry_id}.alarms"] = {
        "version": 1,
        "data": {
            front_door.iot_id: {
                "newest": "2026-11-22T10:00:00+00:00",
                "known": {},
                "clips": stored,
            }
        },
    }
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await clock.run(10)
    alarm_events = AlarmEvents(hass)
    event_id = raise_alarm(cloud, front_door)
    await clock.run(40)
    assert alarm_events.event_ids == [event_id]
