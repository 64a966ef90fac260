"""Items of the media browser, in Home Assistant's language and time zone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Self

from homeassistant.components.media_player import MediaClass, MediaType
from homeassistant.components.media_source import BrowseMediaSource
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..api.media_models import Picture, RecordFile, RecordType
from ..const import DOMAIN
from .identifiers import PICTURE, RECORDING, MediaId
from .urls import picture_path, thumbnail_path


class BrowseItems:
    """Builds items of the media browser. Created by `load`, which reads the translations."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    @classmethod
    async def load(cls, hass: HomeAssistant) -> Self:
        """Read the translations."""
        return cls(
            await async_get_translations(hass, hass.config.language, "common", {DOMAIN})
        )

    def text(self, key: str) -> str:
        """Return a translation of the section `common`."""
        return self._texts.get(f"component.{DOMAIN}.common.{key}", key)

    def folder(
        self,
        place: MediaId,
        title: str,
        children: list[BrowseMediaSource] | None = None,
        *,
        of: MediaClass = MediaClass.DIRECTORY,
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
        )

    def recording(
        self, place: MediaId, file: RecordFile, title: str
    ) -> BrowseMediaSource:
        """Return a recording."""
        return BrowseMediaSource(
            domain=DOMAIN,
            identifier=MediaId(
                place.entry_id, place.iot_id, RECORDING, file.file_name
            ).identifier,
            media_class=MediaClass.VIDEO,
            media_content_type=MediaType.VIDEO,
            title=title,
            can_play=True,
            can_expand=False,
            thumbnail=thumbnail_path(place.entry_id, place.iot_id, file.file_name)
            if file.snapshot_url
            else None,
        )

    def recording_title(self, file: RecordFile, *, with_day: bool = False) -> str:
        """Return the title of a recording: begin, length and kind."""
        begin = dt_util.as_local(file.begin)
        seconds = round((file.end - file.begin).total_seconds())
        minutes, rest = divmod(seconds, 60)
        length = f"{minutes}:{rest:02} min" if minutes else f"{rest} s"
        parts = [begin.strftime("%H:%M:%S"), length]
        if file.record_type is not None:
            parts.append(self.kind(file.record_type))
        if with_day:
            parts.insert(0, begin.date().isoformat())
        return " · ".join(parts)

    def kind(self, record_type: RecordType) -> str:
        """Return the name of a kind of recording."""
        return self.text(record_type.name.lower())

    def picture(self, place: MediaId, picture: Picture) -> BrowseMediaSource:
        """Return a picture."""
        taken = dt_util.as_local(picture.created) if picture.created else None
        return BrowseMediaSource(
            domain=DOMAIN,
            identifier=MediaId(
                place.entry_id, place.iot_id, PICTURE, picture.pic_id
            ).identifier,
            media_class=MediaClass.IMAGE,
            media_content_type=MediaType.IMAGE,
            title=taken.strftime("%Y-%m-%d %H:%M:%S") if taken else picture.pic_id,
            can_play=True,
            can_expand=False,
            thumbnail=picture_path(place.entry_id, place.iot_id, picture.pic_id),
        )

    def day_title(self, day: date) -> str:
        """Return the title of a day, with a name for today and yesterday."""
        today = dt_util.now().date()
        match (today - day).days:
            case 0:
                return f"{self.text('today')} ({day.isoformat()})"
            case 1:
                return f"{self.text('yesterday')} ({day.isoformat()})"
        return day.isoformat()

    def earlier_title(self, before: datetime) -> str:
        """Return the title of the folder of earlier recordings."""
        moment = dt_util.as_local(before).strftime("%H:%M")
        return f"{self.text('earlier')} {moment}"
