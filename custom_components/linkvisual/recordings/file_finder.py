"""Finding the files of a recording in the cloud."""

from collections.abc import Iterable, Sequence

from ..api.client import LinkVisualClient
from ..api.errors import (
    InvalidRequestError,
    NoCloudStorageError,
    NotFoundError,
    UnreadableReplyError,
    VideoNotActiveError,
)
from ..api.media_models import RecordFile, RecordType
from .models import Recording
from .schedule import (
    could_be_confused,
    could_share_files,
    in_right_zone,
    matching_files,
    search_window,
)
from .settings import STREAM_TYPES

# The longest recording and one more every few seconds fill fewer.
_MAX_PAGES = 50
# Refusals that are about a recording: there are no files of it. The cloud may know one only when it has some.
WITHOUT_FILES = (
    InvalidRequestError,
    NoCloudStorageError,
    NotFoundError,
    VideoNotActiveError,
)


class FileFinder:
    """Asks for the files of recordings: by their file ID, or by their time where that is not known."""

    def __init__(self, client: LinkVisualClient) -> None:
        self._client = client

    async def find(
        self,
        recording: Recording,
        siblings: Iterable[Recording],
        *,
        is_last: bool = False,
    ) -> list[RecordFile]:
        """Return the files that there are so far. Raises a LinkVisualError.

        `siblings` are other recordings of the same camera. At the last look, fewer files are left to them.
        """
        if recording.file_id is None:
            return await self._search(recording, siblings, is_last=is_last)
        return await self._files_of(recording)

    async def _files_of(self, recording: Recording) -> list[RecordFile]:
        """Return the files of a recording whose file ID is known."""
        assert recording.file_id is not None
        files = await self._client.query_record_by_record_id(
            recording.iot_id, recording.file_id
        )
        # A part that is listed twice does not stand for another one.
        return in_right_zone(
            recording, list({file.file_name: file for file in files}.values())
        )

    async def _search(
        self, recording: Recording, siblings: Iterable[Recording], *, is_last: bool
    ) -> list[RecordFile]:
        """Look among all that the camera has recorded: the answer with the file ID never arrived."""
        # Before the files of siblings: what is not among those by then is none of theirs.
        listed, is_whole = await self._list(recording)
        if not (is_whole or is_last):
            raise UnreadableReplyError("a file cannot be read")
        if is_whole and not listed:
            return []
        taken: set[str] = set()
        rivals: list[Recording] = []
        for sibling in siblings:
            if not could_share_files(recording, sibling):
                continue
            if files := await self._files_of_sibling(sibling, is_last=is_last):
                taken.update(file.file_name for file in files)
            elif sibling.file_id is not None:
                if not is_last and could_be_confused(recording, sibling):
                    return []
                rivals.append(sibling)
            elif not is_last:
                rivals.append(sibling)
        files = matching_files(
            recording, in_right_zone(recording, listed), taken, rivals
        )
        if not (files or is_whole):
            raise UnreadableReplyError("a file cannot be read")
        return files

    async def _files_of_sibling(
        self, sibling: Recording, *, is_last: bool
    ) -> Sequence[RecordFile]:
        """Return its files, as far as they are known: a refusal is about the sibling alone."""
        if sibling.files or sibling.file_id is None:
            return sibling.files
        try:
            return await self._files_of(sibling)
        except WITHOUT_FILES:
            return ()
        except UnreadableReplyError:
            if not is_last:
                raise
            return ()

    async def _list(self, recording: Recording) -> tuple[list[RecordFile], bool]:
        """Return the triggered files of the time in which its own must be, and whether all can be read.

        The cloud lists them in any order.
        """
        begin, end = search_window(recording)
        files: dict[str, RecordFile] = {}
        is_whole = True
        for number in range(1, _MAX_PAGES + 1):
            page = await self._client.query_record(
                recording.iot_id,
                begin,
                end,
                stream_type=STREAM_TYPES[recording.settings.stream_type],
                record_type=RecordType.MANUAL,
                current_page=number,
            )
            is_whole = is_whole and page.complete
            known = len(files)
            files.update({file.file_name: file for file in page.rows})
            # A page without new files means that the cloud ignores the page number.
            if page.last or len(files) == known:
                break
        return list(files.values()), is_whole
