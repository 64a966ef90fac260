"""Stored recordings, with a cache."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from homeassistant.util.limited_size_dict import LimitedSizeDict

from ..api.client import LinkVisualClient
from ..api.media_models import RecordFile, StreamType, begin_in_name
from .expiring_dict import ExpiringDict
from .listing import Listing, RecordingQuery, list_newest

# Seconds. New recordings should show up soon; a snapshot's URL is valid for an hour.
_LISTING_LIFE = 30
_SNAPSHOT_LIFE = 3000
_MAX_CACHED_FILES = 5000
_MAX_CACHED_LISTINGS = 1000


class Library:
    """Stored recordings of an entry's cameras."""

    def __init__(self, client: LinkVisualClient) -> None:
        self._client = client
        self._listings: ExpiringDict[RecordingQuery, Listing] = ExpiringDict(
            _LISTING_LIFE, _MAX_CACHED_LISTINGS
        )
        self._files: LimitedSizeDict[tuple[str, str], RecordFile] = LimitedSizeDict(
            size_limit=_MAX_CACHED_FILES
        )
        self._snapshot_urls: ExpiringDict[tuple[str, str], str] = ExpiringDict(
            _SNAPSHOT_LIFE, _MAX_CACHED_FILES
        )

    def now(self) -> datetime:
        """Return the time of the cloud, which wrote the times of the files."""
        return self._client.now()

    async def newest(self, query: RecordingQuery) -> Listing:
        """Return the newest files that match a query. Raises a LinkVisualError."""
        if listing := self._listings.get(query):
            return listing
        listing = await list_newest(self._client, query)
        self.remember(query.iot_id, listing.files)
        self._listings[query] = listing
        return listing

    async def find(self, query: RecordingQuery, limit: int) -> list[RecordFile]:
        """Return the files that match a query, newest first, up to a limit. Raises a LinkVisualError."""
        files: list[RecordFile] = []
        upper: datetime | None = query.end
        while upper is not None and len(files) < limit:
            listing = await self.newest(replace(query, end=upper))
            files += listing.files
            upper = listing.earlier
        return files[:limit]

    async def snapshot(self, iot_id: str, file_name: str) -> str:
        """Return the URL of a file's thumbnail; "" if it has none, or cannot be found. Raises a LinkVisualError."""
        url = self._snapshot_urls.get((iot_id, file_name))
        if url is not None:
            return url
        file = self._files.get((iot_id, file_name))
        begin = file.begin if file else begin_in_name(file_name)
        if begin is None:
            return ""
        stream_types = (file.stream_type or StreamType.MAIN,) if file else StreamType
        for stream_type in stream_types:
            page = await self._client.query_record(
                iot_id,
                begin,
                (file.end if file else begin) + timedelta(seconds=1),
                stream_type=stream_type,
                need_snapshot=True,
            )
            self.remember(iot_id, page.rows)
            if url := self._snapshot_urls.get((iot_id, file_name)):
                return url
        return ""

    def begin_of(self, iot_id: str, file_name: str) -> datetime | None:
        """Return when a file begins: as listed, else from its name."""
        file = self._files.get((iot_id, file_name))
        return file.begin if file else begin_in_name(file_name)

    def remember(self, iot_id: str, files: Iterable[RecordFile]) -> None:
        """Cache listed files, for their thumbnails."""
        for file in files:
            self._files[iot_id, file.file_name] = file
            self._files.move_to_end((iot_id, file.file_name))
            self._snapshot_urls[iot_id, file.file_name] = file.snapshot_url

    def forget(self, iot_id: str) -> None:
        """Drop a camera's cache, after files were deleted."""
        self._listings.forget(lambda query: query.iot_id == iot_id)
