"""What is stored in the cloud, and what is remembered of it for a while."""

from dataclasses import replace
from datetime import datetime, timedelta
import time

from .api.client import LinkVisualClient
from .api.media_models import RecordFile, StreamType, begin_in_name
from .listing import Listing, Wanted, list_newest

# Seconds. What is new shows soon; a snapshot's address lives for an hour.
_LIST_LIFE = 30
_SNAPSHOT_LIFE = 3000
_REMEMBERED_FILES = 5000


class Library:
    """The stored recordings of an entry's cameras."""

    def __init__(self, client: LinkVisualClient) -> None:
        self._client = client
        self._listings: dict[Wanted, tuple[float, Listing]] = {}
        self._files: dict[tuple[str, str], tuple[float, RecordFile]] = {}

    async def newest(self, wanted: Wanted) -> Listing:
        """Return the newest files that are wanted. Raises a LinkVisualError."""
        self._listings = {
            other: kept
            for other, kept in self._listings.items()
            if time.monotonic() - kept[0] < _LIST_LIFE
        }
        if kept := self._listings.get(wanted):
            return kept[1]
        listing = await list_newest(self._client, wanted)
        self._remember(wanted.iot_id, listing.files)
        self._listings[wanted] = (time.monotonic(), listing)
        return listing

    async def find(self, wanted: Wanted, limit: int) -> list[RecordFile]:
        """Return the files that are wanted, newest first, up to a limit. Raises a LinkVisualError."""
        files: list[RecordFile] = []
        upper: datetime | None = wanted.end
        while upper is not None and len(files) < limit:
            listing = await self.newest(replace(wanted, end=upper))
            files += listing.files
            upper = listing.earlier
        return files[:limit]

    async def snapshot(self, iot_id: str, file_name: str) -> str:
        """Return the address of a listed file's thumbnail; "" where there is none. Raises a LinkVisualError."""
        known_at, file = self._files.get((iot_id, file_name), (0.0, None))
        if file is None:
            return ""
        if time.monotonic() - known_at < _SNAPSHOT_LIFE:
            return file.snapshot_url
        page = await self._client.query_record(
            iot_id,
            file.begin,
            file.end + timedelta(seconds=1),
            stream_type=file.stream_type or StreamType.MAIN,
            need_snapshot=True,
        )
        self._remember(iot_id, page.rows)
        return next((row.snapshot_url for row in page.rows if row == file), "")

    def begin_of(self, iot_id: str, file_name: str) -> datetime | None:
        """Return when a file begins: as it was listed, else as its name says."""
        _, file = self._files.get((iot_id, file_name), (0.0, None))
        return file.begin if file else begin_in_name(file_name)

    def _remember(self, iot_id: str, files: list[RecordFile]) -> None:
        now = time.monotonic()
        for file in files:
            self._files.pop((iot_id, file.file_name), None)
            self._files[iot_id, file.file_name] = (now, file)
        while len(self._files) > _REMEMBERED_FILES:
            del self._files[next(iter(self._files))]

    def forget(self, iot_id: str) -> None:
        """Forget what is known of a camera, after something was deleted."""
        self._listings = {
            wanted: kept
            for wanted, kept in self._listings.items()
            if wanted.iot_id != iot_id
        }
