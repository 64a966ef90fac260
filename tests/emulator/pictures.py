"""The life of a picture in the cloud: captured, uploaded, purged or deleted."""

from math import inf

from .archive import Picture
from .cloud import Cloud
from .world import Device


def capture(cloud: Cloud, camera: Device) -> Picture:
    """Take a still. One that comes too soon after the last has an ID, and never arrives."""
    now = cloud.now()
    available_at = inf
    if now - camera.last_capture >= cloud.inferred.capture_spacing:
        camera.last_capture = now
        available_at = now + cloud.inferred.picture_delay / cloud.speed
    return cloud.world.add_picture(camera, now, 2, available_at)


def connection_lost(camera: Device, now: float) -> None:
    """Give up what is not uploaded yet."""
    for picture in camera.pictures.values():
        if picture.available_at > now:
            picture.available_at = inf


def find(cloud: Cloud, camera: Device, pic_id: str) -> Picture | None:
    """Return a picture that is kept, whether it has arrived or not."""
    picture = camera.pictures.get(pic_id)
    if picture is None or camera.iot_id not in cloud.world.devices:
        return None
    if camera.picture_days and picture.created < cloud.now() - (
        camera.picture_days * 86400
    ):
        return None
    return picture


def arrived(cloud: Cloud, camera: Device) -> list[Picture]:
    """Return all pictures that can be seen now, sorted by time."""
    now = cloud.now()
    found = [
        picture
        for pic_id, picture in camera.pictures.items()
        if picture.available_at <= now and find(cloud, camera, pic_id)
    ]
    return sorted(found, key=lambda picture: picture.created)
