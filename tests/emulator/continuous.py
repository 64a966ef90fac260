"""Continuous recording: the files that record plans leave behind. Sources: linkvisual-api.md sections 8, 11 and 20.1."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from .archive import MAX_FILE_SECONDS, RecordedFile
from .cloud import Cloud
from .plans import WHOLE_WEEK, Template
from .world import Device

_CONTINUOUS = 0  # RecordType


def record(
    cloud: Cloud, camera: Device, begin: float, end: float
) -> list[RecordedFile]:
    """Put the files into a camera's storage that its record plans make between two moments, in Unix seconds.

    None is longer than half an hour. They can be seen once they are uploaded. What the camera's state was does not matter.
    """
    delay = cloud.inferred.upload_delay / cloud.speed
    files: list[RecordedFile] = []
    for stream_type in (0, 1):
        plan = cloud.plans.record_plan_of(camera, stream_type)
        template = cloud.plans.templates.get(plan.template_id) if plan else None
        if template is None:
            continue
        files += [
            cloud.world.add_file(
                *(camera, start, stop, _CONTINUOUS, stream_type),
                available_at=stop + delay,
            )
            for span in _spans(cloud, template, begin, end)
            for start, stop in _halves(*span)
        ]
    return files


def _halves(begin: float, end: float) -> Iterator[tuple[float, float]]:
    """Return the parts of a time range, of half an hour at most."""
    start = begin
    while start < end:
        stop = min(start + MAX_FILE_SECONDS, end)
        yield start, stop
        start = stop


def _spans(
    cloud: Cloud, template: Template, begin: float, end: float
) -> Iterator[tuple[float, float]]:
    """Return what of a time range lies in a template's week; what touches is one."""
    reached: tuple[float, float] | None = None
    for section_begin, section_end in sorted(_sections(cloud, template, begin, end)):
        start, stop = max(section_begin, begin), min(section_end, end)
        if reached is not None and start <= reached[1]:
            reached = reached[0], max(stop, reached[1])
        elif start < stop:
            if reached is not None:
                yield reached
            reached = start, stop
    if reached is not None:
        yield reached


def _sections(
    cloud: Cloud, template: Template, begin: float, end: float
) -> Iterator[tuple[float, float]]:
    """Return when each section begins and ends, on all days of a time range. None reaches into the next day."""
    zone = ZoneInfo(cloud.inferred.plan_zone)
    last = 1 if cloud.inferred.section_end_included else 0
    day = datetime.fromtimestamp(begin, zone).date()
    final = datetime.fromtimestamp(end, zone).date()
    while day <= final:
        midnight = datetime.combine(day, time(), zone)
        for each in WHOLE_WEEK if template.all_day else template.sections:
            if each.day_of_week == day.isoweekday() % 7:
                # Sums of one zone are those of its clocks.
                yield (
                    (midnight + timedelta(seconds=each.begin)).timestamp(),
                    (midnight + timedelta(seconds=each.end + last)).timestamp(),
                )
        day += timedelta(days=1)
