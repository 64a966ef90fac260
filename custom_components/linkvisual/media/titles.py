"""Titles of the media browser's items: what happened first, and short enough for a phone."""

from collections.abc import Mapping
import datetime as dt
from typing import Self
from unicodedata import east_asian_width

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..alarm_types import OTHER, alarm_type_name
from ..api.media_models import Picture, RecordFile, RecordType
from ..const import DOMAIN

# Shorter recordings are measured in seconds: most recordings are of a minute at most.
_MAX_SECONDS = 120
# Columns of text that a tile of the frontend has room for, on a phone as on a desktop; the rest is cut.
_ROOM = 22


class Titles:
    """Titles in one language and in Home Assistant's time zone. Created by `load`, which reads the translations."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    @classmethod
    async def load(cls, hass: HomeAssistant, language: str) -> Self:
        """Read the translations."""
        texts: dict[str, str] = {}
        for category in ("common", "entity"):
            texts |= await async_get_translations(hass, language, category, {DOMAIN})
        return cls(texts)

    def text(self, key: str) -> str:
        """Return a translation of the section `common`."""
        return self._texts.get(f"component.{DOMAIN}.common.{key}", key)

    def recording(self, file: RecordFile, camera: str | None = None) -> str:
        """Return the title of a recording; with a camera's name, it stands among those of other cameras and days."""
        begin = dt_util.as_local(file.begin)
        moment = f"{begin:%H:%M}"
        if camera is not None and begin.date() != dt_util.now().date():
            moment = f"{self._weekday(begin)} {moment}"
        title = " · ".join(filter(None, (self.reason(file), moment, camera)))
        with_length = f"{title} · {self._length(file)}"
        return with_length if _columns(with_length) <= _ROOM else title

    def reason(self, file: RecordFile) -> str:
        """Return what made a camera record: the type of the alarm, else the kind of recording, "" if unknown."""
        if file.event_type is not None and alarm_type_name(file.event_type) != OTHER:
            return self.alarm_type(file.event_type)
        return self.kind(file.record_type)

    def alarm_type(self, number: int) -> str:
        """Return the name of an alarm type of the cloud."""
        name = alarm_type_name(number)
        return self._texts.get(
            f"component.{DOMAIN}.entity.event.alarm.state_attributes.event_type.state.{name}",
            name,
        )

    def kind(self, record_type: RecordType | None) -> str:
        """Return the name of a kind of recording, "" if unknown."""
        return "" if record_type is None else self.text(record_type.name.lower())

    def _length(self, file: RecordFile) -> str:
        seconds = (file.end - file.begin).total_seconds()
        if seconds < _MAX_SECONDS:
            return self.text("seconds").format(count=round(seconds))
        return self.text("minutes").format(count=round(seconds / 60))

    def picture(self, picture: Picture) -> str:
        """Return the title of a picture."""
        if picture.created is None:
            return picture.pic_id
        taken = dt_util.as_local(picture.created)
        return f"{self.day(taken.date())} · {taken:%H:%M}"

    def day(self, day: dt.date) -> str:
        """Return the title of a day, with a name for today and yesterday."""
        match (dt_util.now().date() - day).days:
            case 0:
                return self.text("today")
            case 1:
                return self.text("yesterday")
        return self.date(day)

    def date(self, day: dt.date) -> str:
        """Return a date without its year."""
        return self.text("date").format(
            weekday=self._weekday(day), day=day.day, month=self._month_name(day)
        )

    def month(self, first: dt.date) -> str:
        """Return the title of a month."""
        return self.text("month").format(month=self._month_name(first), year=first.year)

    def earlier(self, before: dt.datetime) -> str:
        """Return the title of the folder of earlier recordings."""
        return f"{self.text('earlier')} {dt_util.as_local(before):%H:%M}"

    def _weekday(self, day: dt.date) -> str:
        return self.text("weekdays").split(",")[day.weekday()]

    def _month_name(self, day: dt.date) -> str:
        return self.text("months").split(",")[day.month - 1]


def _columns(text: str) -> int:
    """Return the width of a text; East Asian characters are twice as wide as others."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
