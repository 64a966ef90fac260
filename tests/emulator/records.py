"""The life of a recording in the cloud: asked for, running, uploaded as files, purged or deleted."""

from .archive import MAX_FILE_SECONDS, RecordedFile, TriggeredRecord
from .cloud import Cloud
from .inferred import Inferred
from .world import Device, World


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


def files(cloud: Cloud, camera: Device, record: TriggeredRecord) -> list[RecordedFile]:
    """Return the files of a recording that can be seen now: one for every started half hour."""
    if not record.stored:
        return []
    delay = cloud.inferred.upload_delay / cloud.speed
    result: list[RecordedFile] = []
    begin = record.begin
    while begin < record.end:
        end = min(begin + MAX_FILE_SECONDS, record.end)
        early = cloud.inferred.split_files_appear_early
        result.append(
            RecordedFile(
                file_name=_file_name(camera, record, begin),
                begin=begin,
                end=end,
                available_at=(end if early else record.end) + delay,
                stream_type=record.stream_type,
                record_type=2,
            )
        )
        begin = end
    return [file for file in result if is_kept(cloud, camera, file)]


def is_kept(cloud: Cloud, camera: Device, file: RecordedFile) -> bool:
    """Return whether a file is there: uploaded, not purged, not deleted, its camera not removed."""
    now = cloud.now()
    return (
        file.available_at <= now
        and file.end > now - camera.retention_days * 86400
        and file.file_name not in camera.deleted_files
        and camera.iot_id in cloud.world.devices
    )


def between(
    cloud: Cloud, camera: Device, begin: float, end: float
) -> list[RecordedFile]:
    """Return the files of a time range that can be seen now, sorted by their begin."""
    found = [
        file
        for file in camera.stored.overlapping(begin, end)
        if is_kept(cloud, camera, file)
    ]
    for record in camera.records.values():
        if record.begin < end and record.end > begin:
            found += [
                file
                for file in files(cloud, camera, record)
                if file.begin < end and file.end > begin
            ]
    found.sort(key=lambda file: file.begin)
    return found


def find(cloud: Cloud, camera: Device, file_name: str) -> RecordedFile | None:
    """Return the file of a name, if it can be seen now. A name begins with the second in which the file does."""
    second = file_name.partition("_")[0]
    if not second.isdecimal() or len(second) > 12:
        return None
    for file in between(cloud, camera, int(second), int(second) + 1):
        if file.file_name == file_name:
            return file
    return None


def _file_name(camera: Device, record: TriggeredRecord, begin: float) -> str:
    """Return `<unix s>_<IotId>_<StreamType>/<uuid>`, the same each time it is asked for."""
    number = int(begin - record.begin) // MAX_FILE_SECONDS
    digest = f"{int(record.record_id, 16) ^ number:032x}"
    uuid = "-".join(
        (digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:])
    )
    return f"{int(begin)}_{camera.iot_id}_{record.stream_type}/{uuid}"
