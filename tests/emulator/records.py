"""The life of a recording in the cloud: asked for, running, uploaded as files, purged."""

from .inferred import Inferred
from .world import MAX_FILE_SECONDS, Device, RecordedFile, TriggeredRecord, World


def start(
    world: World,
    inferred: Inferred,
    camera: Device,
    now: float,
    *,
    record_duration: int,
    pre_record_duration: int,
    stream_type: int,
) -> TriggeredRecord:
    """Begin a recording; the pre-recording lies before now."""
    after = record_duration
    if inferred.pre_record_included:
        after -= pre_record_duration
    record = TriggeredRecord(
        record_id=world.hexadecimal(),
        stream_type=stream_type,
        begin=now - pre_record_duration,
        end=now + after,
        stored=camera.retention_days > 0,
    )
    camera.records[record.record_id] = record
    return record


def stop(record: TriggeredRecord, now: float) -> None:
    """End a recording now; one that has ended stays as it is."""
    record.end = max(record.begin, min(record.end, now))


def connection_lost(camera: Device, now: float) -> None:
    """End everything that runs: what was recorded so far is kept."""
    for record in camera.records.values():
        stop(record, now)


def files(
    inferred: Inferred,
    camera: Device,
    record: TriggeredRecord,
    now: float,
    speed: float,
) -> list[RecordedFile]:
    """Return the files of a recording that can be seen now: one for every started half hour."""
    if not record.stored:
        return []
    delay = inferred.upload_delay / speed
    result: list[RecordedFile] = []
    begin = record.begin
    while begin < record.end:
        end = min(begin + MAX_FILE_SECONDS, record.end)
        ended = end if inferred.split_files_appear_early else record.end
        result.append(
            RecordedFile(
                file_name=_file_name(camera, record, begin),
                record_id=record.record_id,
                begin=begin,
                end=end,
                available_at=ended + delay,
                stream_type=record.stream_type,
            )
        )
        begin = end
    oldest = now - camera.retention_days * 86400
    return [
        file
        for file in result
        if file.available_at <= now
        and file.end > oldest
        and file.file_name not in camera.deleted_files
    ]


def all_files(
    inferred: Inferred, camera: Device, now: float, speed: float
) -> list[RecordedFile]:
    """Return all files of a camera that can be seen now."""
    return [
        file
        for record in camera.records.values()
        for file in files(inferred, camera, record, now, speed)
    ]


def _file_name(camera: Device, record: TriggeredRecord, begin: float) -> str:
    """Return `<unix s>_<IotId>_<StreamType>/<uuid>`, the same each time it is asked for."""
    number = int(begin - record.begin) // MAX_FILE_SECONDS
    digest = f"{int(record.record_id, 16) ^ number:032x}"
    uuid = "-".join(
        (digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:])
    )
    return f"{int(begin)}_{camera.iot_id}_{record.stream_type}/{uuid}"
