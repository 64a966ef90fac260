"""Search for the files of recordings."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
import logging

from homeassistant.util import dt as dt_util

from ..api.client import LinkVisualClient
from ..api.errors import (
    CloudError,
    DeviceNotFoundError,
    InstanceNotAccessibleError,
    LinkVisualError,
    ServiceUnavailableError,
    ThrottledError,
)
from ..api.media_models import RecordFile, RecordType
from .models import FailureReason, Recording, RecordingState
from .schedule import (
    RETRY_PATIENCE,
    SETTLED,
    could_be_confused,
    give_up_at,
    in_right_zone,
    is_complete,
    matching_files,
    search_window,
)
from .settings import STREAM_TYPES

_LOGGER = logging.getLogger(__name__)


class FileFinder:
    """Queries the cloud for the files of recordings that have ended."""

    def __init__(self, client: LinkVisualClient) -> None:
        self._client = client
        # Last known number of files of each recording, and since when.
        self._counts: dict[str, tuple[int, datetime]] = {}

    async def resolve(
        self, recording: Recording, siblings: Iterable[Recording]
    ) -> Recording | None:
        """Return the ready or failed recording; None while the outcome is open.

        `siblings` are other recordings of the same camera.
        """
        now = dt_util.utcnow()
        out_of_time = now >= give_up_at(recording)
        files: list[RecordFile] = []
        reason = FailureReason.TIMEOUT
        try:
            files = await self._files(recording, siblings)
        except LinkVisualError as err:
            _LOGGER.debug(
                "Cannot query the files of recording %s: %s", recording.key, err
            )
            extra = RETRY_PATIENCE if _is_temporary(err) else timedelta()
            out_of_time = now >= give_up_at(recording) + extra
            if isinstance(err, DeviceNotFoundError | InstanceNotAccessibleError):
                reason = FailureReason.DELETED
        if files and (
            out_of_time
            or is_complete(recording, files)
            or self._has_settled(recording.key, len(files), now)
        ):
            return recording.ready(files)
        if not out_of_time:
            return None
        if recording.state is RecordingState.REQUESTED:
            reason = FailureReason.REJECTED
        return recording.failed(reason)

    def forget(self, key: str) -> None:
        """Forget the state of a recording."""
        self._counts.pop(key, None)

    def _has_settled(self, key: str, count: int, now: datetime) -> bool:
        known, since = self._counts.get(key, (0, now))
        if known != count:
            since = now
        self._counts[key] = (count, since)
        return now - since >= SETTLED

    async def _files(
        self, recording: Recording, siblings: Iterable[Recording]
    ) -> list[RecordFile]:
        if recording.file_id is None:
            return await self._search(recording, siblings)
        files = await self._client.query_record_by_record_id(
            recording.iot_id, recording.file_id
        )
        return in_right_zone(recording, files)

    async def _search(
        self, recording: Recording, siblings: Iterable[Recording]
    ) -> list[RecordFile]:
        """Search the camera's files, because the reply with the file ID was lost."""
        taken: set[str] = set()
        for sibling in siblings:
            files = sibling.files
            if not files and sibling.file_id is not None:
                files = tuple(await self._files(sibling, ()))
                if not files and could_be_confused(recording, sibling):
                    return []
            taken.update(file.file_name for file in files)
        # Files have the cloud's time.
        ahead = timedelta(seconds=self._client.meter.cloud_ahead)
        recording = replace(recording, triggered_at=recording.triggered_at + ahead)
        begin, end = search_window(recording)
        page = await self._client.query_record(
            recording.iot_id,
            begin,
            end,
            stream_type=STREAM_TYPES[recording.settings.stream_type],
            record_type=RecordType.MANUAL,
        )
        return matching_files(recording, in_right_zone(recording, page.rows), taken)


def _is_temporary(err: LinkVisualError) -> bool:
    """Return whether an error is unrelated to the recording."""
    return not isinstance(err, CloudError) or isinstance(
        err, ThrottledError | ServiceUnavailableError
    )
