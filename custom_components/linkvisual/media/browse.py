"""Items of the media browser."""

from homeassistant.components.media_player import MediaClass, MediaType
from homeassistant.components.media_source import BrowseMediaSource

from ..api.media_models import Picture, RecordFile
from ..const import DOMAIN
from .identifiers import PICTURE, RECORDING, MediaId
from .urls import picture_path, thumbnail_path


def folder(
    place: MediaId,
    title: str,
    children: list[BrowseMediaSource] | None = None,
    *,
    of: MediaClass = MediaClass.DIRECTORY,
    thumbnail: str | None = None,
) -> BrowseMediaSource:
    """Return a folder, opened if it has children."""
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=place.identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type=MediaType.VIDEO,
        title=title,
        can_play=False,
        can_expand=True,
        can_search=True,
        children=children,
        children_media_class=of,
        thumbnail=thumbnail,
    )


def recording(camera: MediaId, file: RecordFile, title: str) -> BrowseMediaSource:
    """Return a recording."""
    place = MediaId(camera.entry_id, camera.iot_id, RECORDING, file.file_name)
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=place.identifier,
        media_class=MediaClass.VIDEO,
        media_content_type=MediaType.VIDEO,
        title=title,
        can_play=True,
        can_expand=False,
        thumbnail=thumbnail_path(place.entry_id, place.iot_id, place.name)
        if file.snapshot_url
        else None,
    )


def picture(camera: MediaId, stored: Picture, title: str) -> BrowseMediaSource:
    """Return a picture."""
    place = MediaId(camera.entry_id, camera.iot_id, PICTURE, stored.pic_id)
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=place.identifier,
        media_class=MediaClass.IMAGE,
        media_content_type=MediaType.IMAGE,
        title=title,
        can_play=True,
        can_expand=False,
        thumbnail=picture_path(place.entry_id, place.iot_id, place.name),
    )
