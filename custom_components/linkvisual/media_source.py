"""Media source: camera, day, recording; the latest recordings of all cameras; and a folder of pictures per camera."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import override

from homeassistant.components import media_source
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
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .api.errors import LinkVisualError
from .api.media_models import Picture
from .const import DOMAIN, LANGUAGES
from .data import LinkVisualConfigEntry, LinkVisualData, async_camera_data
from .errors import translate
from .media import browse
from .media.access import current_user, may_read
from .media.across_cameras import CameraRecordings, async_latest, async_search
from .media.calendar import day_bounds
from .media.identifiers import DAY, LATEST, PICTURE, RECORDING, TODAY, MediaId
from .media.listing import RecordingQuery
from .media.resolver import MediaGoneError
from .media.titles import Titles
from .media.urls import mp4_path, picture_path, playlist_path, saved_path

# Days that are listed directly; older ones are in a folder per month.
RECENT = timedelta(days=31)
MAX_MONTHS = 24
_YEARS = range(2000, 2100)
PICTURE_DAYS = timedelta(days=30)
MAX_PICTURE_PAGES = 4
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


async def async_get_media_source(hass: HomeAssistant) -> LinkVisualMediaSource:
    """Set up the media source."""
    return LinkVisualMediaSource(hass)


class LinkVisualMediaSource(MediaSource):
    """Recordings and pictures of all config entries."""

    name = "Alibaba Cloud LinkVisual"

    def __init__(self, hass: HomeAssistant) -> None:
        super().__init__(DOMAIN)
        self.hass = hass

    def _cameras(
        self, place: MediaId
    ) -> list[tuple[LinkVisualConfigEntry, CameraRecordings]]:
        """Return the cameras below a folder that the user may read, by name."""
        user = current_user()
        cameras = [
            (
                entry,
                CameraRecordings(
                    MediaId(entry.entry_id, iot_id),
                    entry.runtime_data.coordinator.name_of(iot_id),
                    entry.runtime_data.library,
                    entry.runtime_data.annotations,
                ),
            )
            for entry in self.hass.config_entries.async_loaded_entries(DOMAIN)
            if place.entry_id in ("", entry.entry_id)
            for iot_id in entry.runtime_data.coordinator.data
            if place.iot_id in ("", iot_id)
            if user is None or may_read(self.hass, user, iot_id)
        ]
        return sorted(cameras, key=lambda row: (row[1].name, row[1].camera.iot_id))

    def _most_active(self, place: MediaId) -> list[CameraRecordings]:
        """Return the same, those with the newest known recording or picture first."""
        return [
            camera
            for _, camera in sorted(
                self._cameras(place),
                key=lambda row: _last_activity(row[0].runtime_data, row[1].camera),
                reverse=True,
            )
        ]

    def _place[T: HomeAssistantError](
        self, item: MediaSourceItem, exc_type: type[T]
    ) -> MediaId:
        """Return the place of an item, whose camera may be given by its entity ID. Raises `exc_type`."""
        try:
            place = MediaId.parse(item.identifier)
        except ValueError as err:
            raise _no_media(exc_type) from err
        if not place.entry_id.startswith(f"{Platform.CAMERA}."):
            return place
        entity = er.async_get(self.hass).async_get(place.entry_id)
        if (
            entity is None
            or entity.platform != DOMAIN
            or not entity.config_entry_id
            or place.name
        ):
            raise _no_media(exc_type)
        iot_id = entity.unique_id.removesuffix(f"_{Platform.CAMERA}")
        return MediaId(entity.config_entry_id, iot_id, place.iot_id, place.kind)

    def _data[T: HomeAssistantError](
        self, place: MediaId, exc_type: type[T]
    ) -> LinkVisualData:
        """Return the runtime data of a place that the user may read. Raises `exc_type`."""
        data = async_camera_data(self.hass, place.entry_id, place.iot_id, exc_type)
        if place.iot_id and not self._cameras(place):
            raise _no_media(exc_type)
        return data

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        titles = await Titles.load(self.hass, self.hass.config.language)
        place = self._place(item, BrowseError)
        if not place.entry_id:
            return self._root(titles)
        if place == MediaId(place.entry_id, LATEST):
            account = MediaId(place.entry_id)
            self._data(account, BrowseError)
            recordings = await async_latest(self._most_active(account), titles)
            title = titles.text("latest")
            return browse.folder(place, title, recordings, of=MediaClass.VIDEO)
        data = self._data(place, BrowseError)
        try:
            with _translated_errors(place, data, BrowseError):
                return await self._open(place, data, titles)
        except ValueError as err:
            raise _no_media(BrowseError) from err

    def _root(self, titles: Titles) -> BrowseMediaSource:
        """Return the accounts that have anything for the user; the cameras of the account if it is the only one."""
        accounts = [
            entry
            for entry in self.hass.config_entries.async_loaded_entries(DOMAIN)
            if not entry.runtime_data.coordinator.data
            or self._cameras(MediaId(entry.entry_id))
        ]
        if len(accounts) == 1:
            children = self._camera_folders(MediaId(accounts[0].entry_id), titles)
        else:
            children = [
                browse.folder(MediaId(entry.entry_id), entry.title)
                for entry in accounts
            ]
        return browse.folder(MediaId(), str(self.name), children)

    def _camera_folders(
        self, account: MediaId, titles: Titles
    ) -> list[BrowseMediaSource]:
        """Return the folders of an account's cameras, each with its last picture, after that of all cameras."""
        folders = [
            browse.folder(
                row.camera,
                row.name,
                thumbnail=_last_picture_path(entry.runtime_data, row.camera),
            )
            for entry, row in self._cameras(account)
        ]
        if len(folders) > 1:
            latest = MediaId(account.entry_id, LATEST)
            title = titles.text("latest")
            folders.insert(0, browse.folder(latest, title, of=MediaClass.VIDEO))
        return folders

    async def _open(
        self, place: MediaId, data: LinkVisualData, titles: Titles
    ) -> BrowseMediaSource:
        """Return an opened folder. Raises ValueError for an invalid identifier."""
        match place.kind:
            case "":
                if place.iot_id:
                    return await self._camera(place, data, titles)
                title = data.coordinator.config_entry.title
                return browse.folder(place, title, self._camera_folders(place, titles))
            case "month":
                first = _date(f"{place.name}-01")
                days = await data.calendar.of_month(
                    place.iot_id, first.year, first.month
                )
                folders = _day_folders(place, days, titles)
                return browse.folder(place, titles.month(first), folders)
            case "day":
                return await self._day(place, data, titles)
            case "pictures":
                return await self._pictures(place, data, titles)
        raise ValueError("not a folder")

    async def _camera(
        self, place: MediaId, data: LinkVisualData, titles: Titles
    ) -> BrowseMediaSource:
        today = dt_util.now().date()
        kept = data.coordinator.data[place.iot_id].retention_days or RECENT.days
        oldest = today - timedelta(days=kept)
        recent = max(oldest, today - RECENT)
        days: list[date] = []
        for month in _months(recent, today):
            days += await data.calendar.of_month(place.iot_id, month.year, month.month)
        folders = _day_folders(place, days, titles)
        older = _months(oldest, recent.replace(day=1) - timedelta(days=1))
        folders += [
            browse.folder(
                MediaId(place.entry_id, place.iot_id, "month", f"{month:%Y-%m}"),
                titles.month(month),
            )
            for month in older[:MAX_MONTHS]
        ]
        pictures = MediaId(place.entry_id, place.iot_id, "pictures")
        folders.append(
            browse.folder(pictures, titles.text("pictures"), of=MediaClass.IMAGE)
        )
        return browse.folder(place, data.coordinator.name_of(place.iot_id), folders)

    async def _day(
        self, place: MediaId, data: LinkVisualData, titles: Titles
    ) -> BrowseMediaSource:
        day_text, _, before = place.name.partition("@")
        day = dt_util.now().date() if day_text == TODAY else _date(day_text)
        begin, end = day_bounds(day)
        if before:
            if not begin.timestamp() < int(before) < end.timestamp():
                raise ValueError("not a time of the day")
            end = datetime.fromtimestamp(int(before), end.tzinfo)
        listing = await data.library.newest(RecordingQuery(place.iot_id, begin, end))
        rows = [
            browse.recording(place, file, titles.recording(file))
            for file in listing.files
        ]
        if listing.earlier is not None:
            name = f"{day.isoformat()}@{int(listing.earlier.timestamp())}"
            more = MediaId(place.entry_id, place.iot_id, DAY, name)
            rows.append(browse.folder(more, titles.earlier(listing.earlier)))
        return browse.folder(place, titles.day(day), rows, of=MediaClass.VIDEO)

    async def _pictures(
        self, place: MediaId, data: LinkVisualData, titles: Titles
    ) -> BrowseMediaSource:
        now = data.client.now()
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
        return browse.folder(
            place,
            titles.text("pictures"),
            [
                browse.picture(place, picture, titles.picture(picture))
                for picture in pictures
            ],
            of=MediaClass.IMAGE,
        )

    @override
    async def async_search_media(
        self, item: MediaSourceItem, query: SearchMediaQuery
    ) -> SearchMedia:
        place = self._place(item, BrowseError)
        if place.iot_id == LATEST:
            place = replace(place, iot_id="")
        # Users' languages are not known here.
        languages = dict.fromkeys((self.hass.config.language, *LANGUAGES))
        return SearchMedia(
            result=await async_search(
                [camera for _, camera in self._cameras(place)],
                query.search_query,
                [await Titles.load(self.hass, language) for language in languages],
            )
        )

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return a path of Home Assistant. Opens the media first, so that errors of the cloud are raised to the user."""
        place = self._place(item, Unresolvable)
        data = self._data(place, Unresolvable)
        parts = (place.entry_id, place.iot_id, place.name)
        with _translated_errors(place, data, Unresolvable):
            if place.kind == RECORDING and place.name:
                path = await data.saved_clips.async_path(place.iot_id, place.name)
                if data.playback.has_mp4(place.iot_id, place.name):
                    return PlayMedia(mp4_path(*parts), "video/mp4", path=path)
                if path:
                    return PlayMedia(saved_path(*parts), "video/mp4", path=path)
                await data.playback.playlist(place.iot_id, place.name)
                return PlayMedia(playlist_path(*parts), "application/x-mpegURL")
            if place.kind == PICTURE and place.name:
                await data.client.query_device_picture_file(place.iot_id, place.name)
                return PlayMedia(picture_path(*parts), "image/jpeg")
        raise _no_media(Unresolvable)

    # Home Assistant 2026.10 has no MediaImage, and does not call this.
    @override
    async def async_get_media_image(
        self, item: MediaSourceItem
    ) -> media_source.MediaImage | None:
        """Return a picture, or a recording's thumbnail; None if there is none."""
        place = self._place(item, Unresolvable)
        data = self._data(place, Unresolvable)
        with _translated_errors(place, data, Unresolvable):
            if place.kind == PICTURE and place.name:
                image = data.pictures.async_stored(place.iot_id, place.name)
            elif place.kind == RECORDING and (
                url := await data.library.snapshot(place.iot_id, place.name)
            ):
                image = data.media.fetch_picture(url)
            else:
                return None
            return media_source.MediaImage(*await image)


@contextmanager
def _translated_errors(
    place: MediaId, data: LinkVisualData, exc_type: type[HomeAssistantError]
) -> Iterator[None]:
    """Raise errors of the cloud, and media that are gone, as `exc_type`."""
    try:
        yield
    except LinkVisualError as err:
        name = data.coordinator.name_of(place.iot_id)
        raise translate(err, name, exc_type=exc_type) from err
    except MediaGoneError:
        raise _no_media(exc_type) from None


def _last_activity(data: LinkVisualData, camera: MediaId) -> datetime:
    """Return when the newest known recording or picture of a camera was made."""
    recording = data.recordings.last_ready(camera.iot_id)
    picture = data.pictures.newest.get(camera.iot_id)
    return max(
        recording.files[0].begin if recording else _LONG_AGO,
        picture.taken_at if picture else _LONG_AGO,
    )


def _last_picture_path(data: LinkVisualData, camera: MediaId) -> str | None:
    """Return the path of a camera's last picture; None if none is known."""
    newest = data.pictures.newest.get(camera.iot_id)
    if newest is None:
        return None
    return picture_path(camera.entry_id, camera.iot_id, newest.picture_id)


def _no_media[T: HomeAssistantError](exc_type: type[T]) -> T:
    return exc_type(translation_domain=DOMAIN, translation_key="no_such_media")


def _date(text: str) -> date:
    """Parse a date. Raises ValueError, also for years without recordings: they overflow in other time zones."""
    day = date.fromisoformat(text)
    if day.year not in _YEARS:
        raise ValueError("not a year with recordings")
    return day


def _day_folders(
    place: MediaId, days: list[date], titles: Titles
) -> list[BrowseMediaSource]:
    return [
        browse.folder(
            MediaId(place.entry_id, place.iot_id, DAY, day.isoformat()),
            titles.day(day),
            of=MediaClass.VIDEO,
        )
        for day in days
    ]


def _months(first: date, last: date) -> list[date]:
    """Return the first days of the months from the first to the last day, newest first."""
    months: list[date] = []
    month = last.replace(day=1)
    while month >= first.replace(day=1):
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return months
