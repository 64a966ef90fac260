"""The newest ready recording of each camera: searched for in the cloud where it is not known, or may have been deleted."""

from collections.abc import Callable, Collection
from datetime import timedelta

from homeassistant.core import callback

from ..api.client import LinkVisualClient
from ..api.errors import CloudError, LinkVisualError, ThrottledError
from ..api.media_models import RecordType
from ..coordinator import Camera, LinkVisualCoordinator
from ..media.listing import RecordingQuery, list_newest
from .models import Recording
from .store import RecordingStore

# How far back to search where the retention is not known.
DEFAULT_RETENTION_DAYS = 30
# Seconds between two searches, where the first one fails.
SEARCH_INTERVAL = 60.0


class NewestRecordings:
    """The newest ready recordings of an entry's cameras."""

    def __init__(
        self,
        client: LinkVisualClient,
        coordinator: LinkVisualCoordinator,
        store: RecordingStore,
        on_change: Callable[[Recording], None],
    ) -> None:
        """`on_change` is called with a recording that became or is no longer its camera's newest."""
        self._client = client
        self._coordinator = coordinator
        self._store = store
        self._on_change = on_change
        # Cameras that were searched, and those whose newest recording may have been deleted.
        self._searched: set[str] = set()
        self._doubtful: set[str] = set()

    def poll_interval(self, camera: Camera) -> float | None:
        """Return the interval of a camera that is still to be searched, else None."""
        if camera.iot_id in self._doubtful:
            return SEARCH_INTERVAL
        is_known = camera.iot_id in self._store.last or camera.iot_id in self._searched
        return (
            None if is_known or self._coordinator.has_many_cameras else SEARCH_INTERVAL
        )

    async def async_poll(self, iot_id: str) -> None:
        """Search for the newest triggered recording of a camera. Raises a LinkVisualError."""
        now = self._client.now()
        camera = self._coordinator.data.get(iot_id)
        days = (camera and camera.retention_days) or DEFAULT_RETENTION_DAYS
        query = RecordingQuery(
            iot_id, now - timedelta(days=days), now, RecordType.MANUAL
        )
        doubted = self._store.last.get(iot_id) if iot_id in self._doubtful else None
        try:
            listing = await list_newest(self._client, query)
        except LinkVisualError as err:
            if isinstance(err, CloudError) and not isinstance(err, ThrottledError):
                self._searched.add(iot_id)
                self._doubtful.discard(iot_id)
            raise
        self._searched.add(iot_id)
        self._doubtful.discard(iot_id)
        if doubted:
            names = {file.file_name for file in doubted.files}
            names.difference_update(file.file_name for file in listing.files)
            await self.async_files_deleted(iot_id, names)
        if listing.files and iot_id not in self._store.last:
            newest = Recording.of_file(iot_id, listing.files[0])
            self._store.last[iot_id] = newest
            self._on_change(newest)

    @callback
    def async_doubt(self, iot_id: str) -> None:
        """Look up whether a camera's newest recording exists: files may have been deleted."""
        self._doubtful.add(iot_id)

    async def async_files_deleted(
        self, iot_id: str, file_names: Collection[str]
    ) -> None:
        """Forget the newest recording of a camera where its files were deleted."""
        last = self._store.last.get(iot_id)
        if last is None or not any(file.file_name in file_names for file in last.files):
            return
        if left := last.without_files(file_names):
            self._store.last[iot_id] = left
        else:
            del self._store.last[iot_id]
            self._searched.discard(iot_id)
        await self._store.async_commit()
        self._on_change(last)
