"""Finding the files of a recording in the cloud."""

from collections.abc import Iterable

from ..api.client import LinkVisualClient
from ..api.errors import UnreadableReplyError
from ..api.media_models import RecordFile, RecordType
from .models import Recording
from .schedule import could_be_confused, in_right_zone, matching_files, search_window
from .settings import STREAM_TYPES


class FileFinder:
    """Asks for the files of recordings: by their file ID, or by their time where that is not known."""

    def __init__(self, client: LinkVisualClient) -> None:
        self._client = client

    async def find(
        self, recording: Recording, siblings: Iterable[Recording]
    ) -> list[RecordFile]:
        """Return the files that there are so far. Raises a LinkVisualError.

        `siblings` are other recordings of the same camera.
        """
        if recording.file_id is None:
            return await self._search(recording, siblings)
        files = await self._client.query_record_by_record_id(
            recording.iot_id, recording.file_id
        )
        return in_right_zone(recording, files)

    async def _search(
        self, recording: Recording, siblings: Iterable[Recording]
    ) -> list[RecordFile]:
        """Look among all that the camera has recorded: the answer with the file ID never arrived."""
        taken: set[str] = set()
        for sibling in siblings:
            files = sibling.files
            if not files and sibling.file_id is not None:
                files = tuple(await self.find(sibling, ()))
                if not files and could_be_confused(recording, sibling):
                    return []
            taken.update(file.file_name for file in files)
        begin, end = search_window(recording)
        page = await self._client.query_record(
            recording.iot_id,
            begin,
            end,
            stream_type=STREAM_TYPES[recording.settings.stream_type],
            record_type=RecordType.MANUAL,
        )
        if not page.complete:
            raise UnreadableReplyError("a file cannot be read")
        return matching_files(recording, in_right_zone(recording, page.rows), taken)
