"""The life of an alarm: a camera sees something, uploads a picture, tells it; the cloud lists it. Source: section 14."""

from datetime import UTC, datetime
from math import inf
from random import Random

from . import messages
from .archive import Alarm, RecordedFile
from .cloud import Cloud
from .world import Device

DESCRIPTIONS = {
    1: "motion detection",
    2: "sound detection",
    3: "human detection",
    4: "pet detection",
    5: "line crossing",
    6: "area intrusion",
    11: "crying",
}
# Of random ones: motion comes most often.
_USUAL_TYPES = (1, 1, 1, 1, 2, 3, 3, 4)


class CameraOfflineError(Exception):
    """A camera that is not connected raises no alarms."""


def raise_alarm(
    cloud: Cloud,
    camera: Device,
    event_type: int = 1,
    *,
    delay: float | None = None,
    age: float = 0.0,
    times: int = 1,
    picture: bool = True,
    record: bool = False,
    description: str | None = None,
    data: str = "{}",
    listed: bool = True,
    pushed: bool = True,
    push_delay: float = 0.0,
    push_copies: int = 1,
) -> str:
    """Let a camera raise an alarm; return its EventId.

    It is listed in `delay` seconds (default: Inferred.alarm_delay, faster in a fast cloud), as of `age` seconds ago,
    `times` times over; with a picture; with a recording around it, also where an event plan says so, as long as that says.
    What the camera's properties say does not matter.
    Where the product is subscribed, the alarm is in the message queue at once, or later, or several times. It may
    also be only listed, or only in the queue.
    """
    if camera.status != "ONLINE":
        raise CameraOfflineError
    if delay is None:
        delay = cloud.inferred.alarm_delay / cloud.speed
    time, visible_at = cloud.now() - age, cloud.now() + delay
    pic_id = file_name = None
    if picture:
        arrives = visible_at + cloud.inferred.alarm_picture_delay / cloud.speed
        pic_id = cloud.world.add_picture(camera, time, 1, arrives).pic_id
    if files := _record(cloud, camera, time, event_type, asked=record):
        file_name = files[0].file_name
    alarm = Alarm(
        event_id=f"{cloud.world.hexadecimal()}_{int(time * 1000)}",
        event_type=event_type,
        time=time,
        visible_at=visible_at if listed else inf,
        pic_id=pic_id,
        file_name=file_name,
        description=description or DESCRIPTIONS.get(event_type, f"event {event_type}"),
        data=data,
        times=times,
    )
    camera.alarms[alarm.event_id] = alarm
    if pushed:
        messages.tell_alarm(cloud, camera, alarm, delay=push_delay, copies=push_copies)
    return alarm.event_id


def _record(
    cloud: Cloud, camera: Device, time: float, event_type: int, *, asked: bool
) -> list[RecordedFile]:
    """Record an alarm as event plans say, else if asked to; a file is there once it has ended and is uploaded."""
    when = datetime.fromtimestamp(time, UTC)
    spans: list[tuple[int, float, float]] = []
    for stream_type in (0, 1):
        if plan := cloud.plans.event_plan_at(camera, event_type, when, stream_type):
            begin = time - plan.pre_record_duration
            spans.append((stream_type, begin, begin + plan.record_duration))
    if asked and not spans:
        begin = time - cloud.inferred.alarm_record_before
        spans.append((0, begin, time + cloud.inferred.alarm_record_after))
    delay = cloud.inferred.upload_delay / cloud.speed
    return [
        cloud.world.add_file(
            *(camera, begin, end, 1, stream_type, event_type),
            available_at=end + delay,
        )
        for stream_type, begin, end in spans
    ]


def visible(cloud: Cloud, camera: Device) -> list[Alarm]:
    """Return all alarms that can be seen now, sorted by time."""
    now = cloud.now()
    found = [alarm for alarm in camera.alarms.values() if alarm.visible_at <= now]
    return sorted(found, key=lambda alarm: alarm.time)


def find(cloud: Cloud, camera: Device, event_id: str) -> Alarm | None:
    """Return an alarm of this camera, if it can be seen now."""
    alarm = camera.alarms.get(event_id)
    if alarm is None or alarm.visible_at > cloud.now():
        return None
    return alarm


def raise_any(cloud: Cloud, random: Random) -> str | None:
    """Let some camera raise some alarm, with a picture, unless it is offline or its alarms are switched off."""
    cloud.catch_up()
    cameras = [each for each in cloud.world.devices.values() if each.product.video]
    if not cameras:
        return None
    camera, event_type = random.choice(cameras), random.choice(_USUAL_TYPES)
    switch = camera.properties.get("AlarmSwitch")
    if camera.status != "ONLINE" or (switch is not None and switch.value == "0"):
        return None
    return raise_alarm(cloud, camera, event_type, record=random.random() < 0.5)
