"""Media source: account, camera, day, recording; and a folder of pictures."""

from datetime import date, datetime, timedelta
from typing import override

from homeassistant.components.media_player import (
    BrowseError,
    MediaClass,
    SearchMedia,
    SearchMediaQuery,
)
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .api.errors import LinkVisualError
from .api.media_models import Picture, RecordFile
from .const import DOMAIN
from .data import LinkVisualConfigEntry, LinkVisualData, async_camera_data
from .errors import translate
from .media.access import current_user, may_read
from .media.browse import BrowseItems
from .media.calendar import day_bounds
from .media.identifiers import MediaId
from .media.listing import RecordingQuery, gather_or_cancel
from .media.urls import mp4_path, picture_path, playlist_path

# Days that are listed directly; older ones are in a folder per month.
RECENT = timedelta(days=31)
MAX_MONTHS = 24
_YEARS = range(2000, 2100)
PICTURE_DAYS = timedelta(days=30)
MAX_PICTURE_PAGES = 4


async def async_get_media_source(hass: HomeAssistant) -> LinkVisualMediaSource:
    """Set up the media source."""
    return LinkVisualMediaSource(hass)


class LinkVisualMediaSource(MediaSource):
    """Recordings and pictures of all config entries."""

    name = "Alibaba Cloud LinkVisual"

    def __init__(self, hass: HomeAssistant) -> None:
        super().__init__(DOMAIN)
        self.hass = hass

    def _cameras(self, place: MediaId) -> list[tuple[LinkVisualConfigEntry, str]]:
        """Return the cameras below a folder that the user may read."""
        user = current_user()
        return [
            (entry, iot_id)
            for entry in self.hass.config_entries.async_loaded_entries(DOMAIN)
            if place.entry_id in ("", entry.entry_id)
            for iot_id in entry.runtime_data.coordinator.data
            if place.iot_id in ("", iot_id)
            if user is None or may_read(self.hass, user, iot_id)
        ]

    def _data[T: HomeAssistantError](
        self, place: MediaId, exc_type: type[T]
    ) -> LinkVisualData:
        """Return the runtime data of a place that the user may read."""
        data = async_camera_data(self.hass, place.entry_id, place.iot_id, exc_type)
        if place.iot_id and not self._cameras(place):
            raise _no_media(exc_type)
        return data

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        items = await BrowseItems.load(self.hass)
        place = _place(item, BrowseError)
        if not place.entry_id:
            return self._root(items)
        data = self._data(place, BrowseError)
        try:
            return await self._open(place, data, items)
        except ValueError as err:
            raise _no_media(BrowseError) from err
        except LinkVisualError as err:
            name = data.coordinator.name_of(place.iot_id)
            raise translate(err, name, exc_type=BrowseError) from err

    def _root(self, items: BrowseItems) -> BrowseMediaSource:
        return items.folder(
            MediaId(),
            str(self.name),
            [
                items.folder(MediaId(entry.entry_id), entry.title)
                for entry in self.hass.config_entries.async_loaded_entries(DOMAIN)
                if not entry.runtime_data.coordinator.data
                or self._cameras(MediaId(entry.entry_id))
            ],
        )

    async def _open(
        self, place: MediaId, data: LinkVisualData, items: BrowseItems
    ) -> BrowseMediaSource:
        """Return an opened folder. Raises ValueError for an invalid identifier."""
        match place.kind:
            case "":
                if place.iot_id:
                    return await self._camera(place, data, items)
                return self._account(place, data, items)
            case "month":
                first = _date(f"{place.name}-01")
                days = await data.calendar.of_month(
                    place.iot_id, first.year, first.month
                )
                return items.folder(place, place.name, _day_folders(place, days, items))
            case "day":
                return await self._day(place, data, items)
            case "pictures":
                return await self._pictures(place, data, items)
        raise ValueError("not a folder")

    def _account(
        self, place: MediaId, data: LinkVisualData, items: BrowseItems
    ) -> BrowseMediaSource:
        names = sorted(
            (data.coordinator.name_of(iot_id), iot_id)
            for _, iot_id in self._cameras(place)
        )
        return items.folder(
            place,
            data.coordinator.config_entry.title,
            [
                items.folder(MediaId(place.entry_id, iot_id), name)
                for name, iot_id in names
            ],
        )

    async def _camera(
        self, place: MediaId, data: LinkVisualData, items: BrowseItems
    ) -> BrowseMediaSource:
        today = dt_util.now().date()
        kept = data.coordinator.data[place.iot_id].retention_days or RECENT.days
        oldest = today - timedelta(days=kept)
        recent = max(oldest, today - RECENT)
        days: list[date] = []
        for year, month in _months(recent, today):
            days += await data.calendar.of_month(place.iot_id, year, month)
        folders = _day_folders(place, days, items)
        older = _months(oldest, recent.replace(day=1) - timedelta(days=1))
        folders += [
            items.folder(
                MediaId(place.entry_id, place.iot_id, "month", f"{year}-{month:02}"),
                f"{year}-{month:02}",
            )
            for year, month in older[:MAX_MONTHS]
        ]
        pictures = MediaId(place.entry_id, place.iot_id, "pictures")
        folders.append(
            items.folder(pictures, items.text("pictures"), of=MediaClass.IMAGE)
        )
        return items.folder(place, data.coordinator.name_of(place.iot_id), folders)

    async def _day(
        self, place: MediaId, data: LinkVisualData, items: BrowseItems
    ) -> BrowseMediaSource:
        day_text, _, before = place.name.partition("@")
        day = _date(day_text)
        begin, end = day_bounds(day)
        if before:
            if not begin.timestamp() < int(before) < end.timestamp():
                raise ValueError("not a time of the day")
            end = datetime.fromtimestamp(int(before), end.tzinfo)
        listing = await data.library.newest(RecordingQuery(place.iot_id, begin, end))
        rows = [
            items.recording(place, file, items.recording_title(file))
            for file in listing.files
        ]
        if listing.earlier is not None:
            name = f"{day_text}@{int(listing.earlier.timestamp())}"
            more = MediaId(place.entry_id, place.iot_id, "day", name)
            rows.append(items.folder(more, items.earlier_title(listing.earlier)))
        title = items.day_title(day)
        return items.folder(place, title, rows, of=MediaClass.VIDEO)

    async def _pictures(
        self, place: MediaId, data: LinkVisualData, items: BrowseItems
    ) -> BrowseMediaSource:
        now = dt_util.utcnow()
        pictures: list[Picture] = []
        for current_page in range(1, MAX_PICTURE_PAGES + 1):
            page = await data.client.query_picture_files(
                place.iot_id, now - PICTURE_DAYS, now, current_page
            )
            pictures += page.rows
            if page.last:
                break
        oldest = now - PICTURE_DAYS
        pictures.sort(key=lambda picture: picture.created or oldest, reverse=True)
        return items.folder(
            place,
            items.text("pictures"),
            [items.picture(place, picture) for picture in pictures],
            of=MediaClass.IMAGE,
        )

    @override
    async def async_search_media(
        self, item: MediaSourceItem, query: SearchMediaQuery
    ) -> SearchMedia:
        place = _place(item, BrowseError)
        items = await BrowseItems.load(self.hass)
        return await async_search(self._cameras(place), query.search_query, items)

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return a path of Home Assistant. Opens the media first, so that errors of the cloud are raised to the user."""
        place = _place(item, Unresolvable)
        data = self._data(place, Unresolvable)
        parts = (place.entry_id, place.iot_id, place.name)
        try:
            match place.kind:
                case "recording" if place.name:
                    if data.playback.has_mp4(place.iot_id, place.name):
                        return PlayMedia(mp4_path(*parts), "video/mp4")
                    await data.playback.playlist(place.iot_id, place.name)
                    return PlayMedia(
                        playlist_path(*parts),
                        "application/x-mpegURL",
                    )
                case "picture" if place.name:
                    await data.client.query_device_picture_file(
                        place.iot_id, place.name
                    )
                    return PlayMedia(picture_path(*parts), "image/jpeg")
        except LinkVisualError as err:
            name = data.coordinator.name_of(place.iot_id)
            raise translate(err, name, exc_type=Unresolvable) from err
        raise _no_media(Unresolvable)


def _place[T: HomeAssistantError](item: MediaSourceItem, exc_type: type[T]) -> MediaId:
    try:
        return MediaId.parse(item.identifier)
    except ValueError as err:
        raise _no_media(exc_type) from err


def _no_media[T: HomeAssistantError](exc_type: type[T]) -> T:
    return exc_type(translation_domain=DOMAIN, translation_key="no_such_media")


def _date(text: str) -> date:
    """Parse a date. Raises ValueError, also for years without recordings: they overflow in other time zones."""
    day = date.fromisoformat(text)
    if day.year not in _YEARS:
        raise ValueError("not a year with recordings")
    return day


def _day_folders(
    place: MediaId, days: list[date], items: BrowseItems
) -> list[BrowseMediaSource]:
    return [
        items.folder(
            MediaId(place.entry_id, place.iot_id, "day", day.isoformat()),
            items.day_title(day),
            of=MediaClass.VIDEO,
        )
        for day in days
    ]


def _months(first: date, last: date) -> list[tuple[int, int]]:
    """Return the months from the first to the last day, newest first."""
    months: list[tuple[int, int]] = []
    month = last.replace(day=1)
    while month >= first.replace(day=1):
        months.append((month.year, month.month))
        month = (month - timedelta(days=1)).replace(day=1)
    return months


# Limits of a search: period, number of cameras, and files per camera.
SEARCH_DAYS = timedelta(days=7)
SEARCH_CAMERAS = 10
MAX_FILES = 1000


async def async_search(
    cameras: list[tuple[LinkVisualConfigEntry, str]], query: str, items: BrowseItems
) -> SearchMedia:
    """Return recordings of cameras that match all words, newest first. Raises BrowseError."""
    words = query.lower().split()
    named = [
        (entry, iot_id)
        for entry, iot_id in cameras
        if any(word in _name(entry, iot_id).lower() for word in words)
    ]
    cameras = (named or cameras)[:SEARCH_CAMERAS]
    files = await gather_or_cancel(_recent(*camera) for camera in cameras)
    found = []
    for (entry, iot_id), recent in zip(cameras, files, strict=True):
        camera = MediaId(entry.entry_id, iot_id)
        for file in recent:
            title = (
                f"{_name(entry, iot_id)} · {items.recording_title(file, with_day=True)}"
            )
            if all(word in title.lower() for word in words):
                found.append((file.begin, title, items.recording(camera, file, title)))
    # Newest first, then by title.
    found.sort(key=lambda row: row[1])
    found.sort(key=lambda row: row[0], reverse=True)
    return SearchMedia(result=[row for _, _, row in found])


def _name(entry: LinkVisualConfigEntry, iot_id: str) -> str:
    return entry.runtime_data.coordinator.name_of(iot_id)


async def _recent(entry: LinkVisualConfigEntry, iot_id: str) -> list[RecordFile]:
    now = dt_util.utcnow()
    data: LinkVisualData = entry.runtime_data
    try:
        return await data.library.find(
            RecordingQuery(iot_id, now - SEARCH_DAYS, now), MAX_FILES
        )
    except LinkVisualError as err:
        raise translate(err, _name(entry, iot_id), exc_type=BrowseError) from err
