"""Finding the files of a recording in the cloud."""

from collections.abc import Iterable

from ..api.client import LinkVisualClient
from ..api.errors import NotFoundError, UnreadableReplyError
from ..api.media_models import RecordFile, RecordType
from .models import Recording
from .schedule import could_be_confused, in_right_zone, matching_files, search_window
from .settings import STREAM_TYPES

# The longest recording and one more every few seconds fill fewer.
_MAX_PAGES = 50


class FileFinder:
    """Asks for the files of recordings: by their file ID, or by their time where that is not known."""

    def __init__(self, client: LinkVisualClient) -> None:
        self._client = client

    async def find(
        self,
        recording: Recording,
        siblings: Iterable[Recording],
        *,
        is_late: bool = False,
    ) -> list[RecordFile]:
        """Return the files that there are so far. Raises a LinkVisualError.

        `siblings` are other recordings of the same camera. What could be theirs is left to them, unless it is late.
        """
        if recording.file_id is None:
            return await self._search(recording, siblings, is_late=is_late)
        files = await self._client.query_record_by_record_id(
            recording.iot_id, recording.file_id
        )
        # A part that is listed twice does not stand for another one.
        return in_right_zone(
            recording, list({file.file_name: file for file in files}.values())
        )

    async def _search(
        self, recording: Recording, siblings: Iterable[Recording], *, is_late: bool
    ) -> list[RecordFile]:
        """Look among all that the camera has recorded: the answer with the file ID never arrived."""
        # Before the files of siblings: what is not among those by then is none of theirs.
        listed = in_right_zone(recording, await self._list(recording))
        taken: set[str] = set()
        rivals: list[Recording] = []
        for sibling in siblings:
            files = sibling.files
            if not files and sibling.file_id is None:
                rivals.append(sibling)
            elif not files:
                files = tuple(await self._find_of(sibling))
                if not (files or is_late) and could_be_confused(recording, sibling):
                    return []
            taken.update(file.file_name for file in files)
        return matching_files(recording, listed, taken, () if is_late else rivals)

    async def _find_of(self, sibling: Recording) -> list[RecordFile]:
        try:
            return await self.find(sibling, ())
        except NotFoundError:
            # The cloud may know a recording only when it has files.
            return []

    async def _list(self, recording: Recording) -> list[RecordFile]:
        """Return all triggered files of the time in which its own must be: the cloud lists them in any order."""
        begin, end = search_window(recording)
        files: dict[str, RecordFile] = {}
        for number in range(1, _MAX_PAGES + 1):
            page = await self._client.query_record(
                recording.iot_id,
                begin,
                end,
                stream_type=STREAM_TYPES[recording.settings.stream_type],
                record_type=RecordType.MANUAL,
                current_page=number,
            )
            if not page.complete:
                raise UnreadableReplyError("a file cannot be read")
            known = len(files)
            files.update({file.file_name: file for file in page.rows})
            # A page without new files means that the cloud ignores the page number.
            if page.last or len(files) == known:
                break
        return list(files.values())
