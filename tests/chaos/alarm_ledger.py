"""Which alarms cameras raised, which were told with which clip, and whether these agree."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
import json
from pathlib import Path
from random import Random
from typing import Any

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from tests.emulator.alarms import raise_alarm
from tests.emulator.archive import Alarm
from tests.emulator.cloud import Cloud

_SUFFIX = "_alarm"
# Seconds for which an alarm is news.
_NEWS = 3600.0
# Seconds within which a start is on disk.
_FIRST_WRITE = 2.0
# Seconds between alarms of a camera, which tells their messages and the rows of the list apart.
_SPACING = 3.0


@dataclass(slots=True)
class AlarmLedger:
    """The alarms of one scenario, over all runs of Home Assistant."""

    cloud: Cloud
    random: Random
    # Whether alarms are polled, which cameras record theirs, and whether a message queue brings them.
    is_polled: bool
    recording: set[str] = field(default_factory=set)
    is_pushed: bool = False
    # What happened before the account was set up need not be told.
    begun_at: float = 0.0
    # When Home Assistant was started last.
    started_at: float = 0.0
    raised: dict[str, tuple[str, Alarm]] = field(default_factory=dict)  # by EventId
    # In order: the IotId and EventId of each alarm that was told; then the EventId and file name of each clip. Of those
    # that a message told, the EventId is looked up here.
    told: list[tuple[str, str]] = field(default_factory=list)
    told_at: dict[str, float] = field(default_factory=dict)  # by EventId
    clips: list[tuple[str, str]] = field(default_factory=list)
    told_by_message: set[str] = field(default_factory=set)
    # What a kill prevented: it was stored as told, and not told yet.
    unreported: set[str] = field(default_factory=set)
    unreported_clips: set[str] = field(default_factory=set)
    # Cameras that were removed in between: whatever they raised before is forgotten.
    removed: set[str] = field(default_factory=set)
    # Whether an odd value may have been taken for an EventId or a file name.
    takes_odd_names: bool = False

    def raise_some(self, iot_ids: list[str]) -> None:
        """Let a camera raise one alarm or several, listed late or doubled."""
        if not (self.is_polled or self.is_pushed) or self.random.random() < 0.4:
            return
        random, iot_id = self.random, self.random.choice(iot_ids)
        camera = self.cloud.world.devices[iot_id]
        for _ in range(random.choice((1, 1, 2, 3))):
            if camera.status == "ONLINE":
                event_type = random.choice((1, 1, 2, 3, 99))
                age = random.choice((0, 0, random.uniform(0, 300)))
                event_id = raise_alarm(
                    self.cloud,
                    camera,
                    event_type,
                    age=self._apart(iot_id, age) if self.is_pushed else age,
                    delay=random.choice((0, 0, 2, 10, 60, 300)),
                    times=random.choice((1, 1, 1, 2, 3)),
                    record=iot_id in self.recording,
                )
                self.raised[event_id] = iot_id, camera.alarms[event_id]

    def raise_one(self, iot_id: str) -> str:
        """Let a camera that is online raise an alarm which is listed late; return its EventId."""
        camera = self.cloud.world.devices[iot_id]
        event_id = raise_alarm(
            self.cloud, camera, age=self._apart(iot_id, 0), delay=300
        )
        self.raised[event_id] = iot_id, camera.alarms[event_id]
        return event_id

    def _apart(self, iot_id: str, age: float) -> float:
        """Return the age of an alarm that does not happen together with another one of its camera."""
        times = [each.time for owner, each in self.raised.values() if owner == iot_id]
        now = self.cloud.now()
        while any(abs(now - age - each) < _SPACING for each in times):
            age += _SPACING
        return age

    def listen(self, hass: HomeAssistant) -> None:
        """Note what the event entities of a run of Home Assistant tell."""
        newest: dict[str, list[Any]] = {}

        @callback
        def note(event: Event[EventStateChangedData]) -> None:
            new, old = event.data["new_state"], event.data["old_state"]
            # What an entity shows first is restored.
            if new is None or old is None or "unavailable" in (old.state, new.state):
                return
            entity = er.async_get(hass).async_get(new.entity_id)
            if entity is None or not entity.unique_id.endswith(_SUFFIX):
                return
            iot_id = entity.unique_id.removesuffix(_SUFFIX)
            if file_name := new.attributes.get("file_name"):
                self.clips.append((new.attributes["event_id"], file_name))
            elif new.state != old.state:
                newest[iot_id] = _names(new.attributes)
                self._note(iot_id, new.attributes)
            elif _names(new.attributes) not in (
                _names(old.attributes),
                newest.get(iot_id),
            ):
                # Attributes may be those of an earlier alarm for a while, then the newest's again; no others' unannounced.
                self._note(iot_id, new.attributes)

        hass.bus.async_listen("state_changed", note)

    def _note(self, iot_id: str, told: Mapping[str, Any]) -> None:
        """Note an alarm that was told, by the list or by a message."""
        if event_id := told.get("event_id"):
            self.told.append((iot_id, event_id))
            self.told_at[event_id] = self.cloud.now()
        elif told.get("event_time"):
            event_id = self._event_id(iot_id, told)
            self.told.append((iot_id, event_id))
            self.told_by_message.add(event_id)

    def _event_id(self, iot_id: str, told: Mapping[str, Any]) -> str:
        """Return the EventId of what is told by its type and its time in milliseconds; something else if there is none."""
        moment = datetime.fromisoformat(told["event_time"]).timestamp()
        wanted = iot_id, told["alarm_type"], round(moment * 1000)
        for event_id, (owner, alarm) in self.raised.items():
            if (owner, alarm.event_type, int(alarm.time * 1000)) == wanted:
                return event_id
        return f"{told['alarm_type']}@{told['event_time']}"

    def note_kill(self, folder: Path) -> None:
        """Note what was stored as told when Home Assistant was killed."""
        told, clips = {each for _, each in self.told}, {each for each, _ in self.clips}
        watched = set[str]()
        for path in (folder / ".storage").glob("linkvisual.*.alarms"):
            for iot_id, row in json.loads(path.read_text())["data"].items():
                watched.add(iot_id)
                waiting = {each["event_id"] for each in row["clips"]}
                listed = {
                    key for key, each in row["known"].items() if each["is_listed"]
                }
                brought = {
                    self._event_id(iot_id, each)
                    for each in row["known"].values()
                    if not each["is_listed"]
                }
                self.unreported |= (listed | brought) - told
                self.unreported_clips |= listed - waiting - clips
        if self.cloud.now() - self.started_at < _FIRST_WRITE:
            # Since when a camera is watched was not on disk yet: that begins with the next start.
            self.unreported |= {
                event_id
                for event_id, (iot_id, _) in self.raised.items()
                if iot_id not in watched and event_id not in told
            }

    def are_open(self) -> bool:
        """Return whether an alarm has yet to be told, or its clip."""
        return any(self._missing()) or any(self._missing_clips())

    def _must_be_told(self, iot_id: str, alarm: Alarm) -> bool:
        return (
            iot_id not in self.removed
            and int(alarm.time) >= int(self.begun_at)
            and not self._was_late(iot_id, alarm)
        )

    def _was_late(self, iot_id: str, alarm: Alarm) -> bool:
        """Return whether nobody could see it in the hour after which it is no news any more."""
        last_moment = alarm.time + _NEWS
        return self.cloud.now() > last_moment and not any(
            call.code == "200"
            and call.params.get("IotId") == iot_id
            and alarm.visible_at <= call.at < last_moment
            for call in self.cloud.calls_of("QueryDeviceEvent")
        )

    def _missing(self) -> Iterator[str]:
        told = {each for _, each in self.told}
        for event_id, (iot_id, alarm) in self.raised.items():
            if event_id not in told | self.unreported and self._must_be_told(
                iot_id, alarm
            ):
                yield event_id

    def _missing_clips(self) -> Iterator[str]:
        found = {each for each, _ in self.clips}
        for event_id, (iot_id, alarm) in self.raised.items():
            if (
                alarm.file_name
                and event_id not in found | self.unreported | self.unreported_clips
                and self._must_be_told(iot_id, alarm)
            ):
                yield event_id

    def problems(self) -> Iterator[str]:
        """Return every violated invariant: each alarm is told once, in order, and its clip once."""
        for event_id in self._missing():
            yield f"alarm {self._described(event_id)} was never told"
        for event_id in self._missing_clips():
            yield f"the clip of alarm {self._described(event_id)} was never told"
        for (_, event_id), count in Counter(self.told).items():
            if count > 1:
                yield f"alarm {self._described(event_id)} was told {count} times"
        for (event_id, _), count in Counter(self.clips).items():
            if count > 1:
                yield f"the clip of alarm {self._described(event_id)} was told {count} times"
        yield from self._wrong()
        yield from self._out_of_order()

    def _described(self, event_id: str) -> str:
        iot_id, alarm = self.raised.get(event_id, ("?", None))
        at = f" of {alarm.time:.0f}, listed {alarm.visible_at:.0f}" if alarm else ""
        return f"{event_id[:6]}… of {iot_id[:6]}{at}"

    def _wrong(self) -> Iterator[str]:
        if self.takes_odd_names:
            return
        for iot_id, event_id in self.told:
            if self.raised.get(event_id, ("", None))[0] != iot_id:
                yield f"{iot_id[:6]} told {event_id!r}, which it never raised"
        for event_id, file_name in self.clips:
            _, alarm = self.raised.get(event_id, ("", None))
            if alarm is None or alarm.file_name != file_name:
                yield f"{file_name!r} is no clip of {self._described(event_id)}"

    def _out_of_order(self) -> Iterator[str]:
        """Of two listed alarms of a camera the later is told later, unless the cloud listed it earlier."""
        by_camera: dict[str, list[Alarm]] = {}
        for iot_id, event_id in self.told:
            if event_id in self.raised and event_id not in self.told_by_message:
                by_camera.setdefault(iot_id, []).append(self.raised[event_id][1])
        for alarms in by_camera.values():
            for earlier, later in pairwise(alarms):
                # Seconds are all that the cloud tells.
                if (
                    int(earlier.time) > int(later.time)
                    and earlier.visible_at > later.visible_at
                    and not self._was_unreadable(later)
                ):
                    yield (
                        f"alarm {self._described(later.event_id)} was told after "
                        f"{self._described(earlier.event_id)}"
                    )

    def _was_unreadable(self, alarm: Alarm) -> bool:
        """Return whether an odd value may have hidden the row of an alarm from the first listing that had it."""
        iot_id, _ = self.raised[alarm.event_id]
        listings = [
            call
            for call in self.cloud.calls_of("QueryDeviceEvent")
            if call.params.get("IotId") == iot_id
            and alarm.visible_at <= call.at <= self.told_at[alarm.event_id]
        ]
        return self.takes_odd_names and len(listings) > 1


def _names(attributes: Mapping[str, Any]) -> list[Any]:
    """Return by what the attributes tell alarms apart."""
    return [attributes.get(name) for name in ("event_time", "alarm_type")]
