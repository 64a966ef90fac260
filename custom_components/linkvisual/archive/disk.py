"""The folder of an archive job on the disk. To be run in the executor.

Which files a job wrote is known by their sidecars: a JSON file beside each MP4 with the job's ID and the MP4's size.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
import errno
import itertools
import json
import os
from pathlib import Path
import re
from typing import Any, NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..media.download import PART_SUFFIX, PartialFile, part_prefix
from ..media.folders import is_allowed
from ..storage import stored_time
from .models import Item


class DayTotal(NamedTuple):
    """What the job keeps of a camera's day, counted when its folder had been changed at a time (ns of the file system)."""

    files: int
    size: int
    changed_at: int


_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MP4 = ".mp4"
_SIDECAR = ".json"


class FolderMissingError(Exception):
    """The job's folder does not exist, or the drive that it was on is not mounted."""


class JobFolder:
    """The folder of a job. Days are named `<camera>/<date>`."""

    def __init__(self, hass: HomeAssistant, root: Path, job_id: str) -> None:
        self._hass = hass
        self.root = root
        self._job_id = job_id

    def check(self, known_mount: str | None) -> str:
        """Return where the drive of the folder is mounted; `known_mount` is where it was. Raises FolderMissingError or OSError.

        The folder is never created, nor taken without its drive: where a network drive is not mounted, files would fill
        another disk.
        """
        if not self.root.is_dir():
            raise FolderMissingError
        mount = _mount_point(self.root)
        if known_mount and not mount.is_relative_to(known_mount):
            raise FolderMissingError
        if not is_allowed(self._hass, self.root):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return str(mount)

    def place(self, item: Item, taken: Collection[Path] = ()) -> Path | None:
        """Return the path of an item's MP4; None if it is there already. Raises OSError.

        `taken` are the paths of other items that are being saved.
        """
        base = self.root / item.path
        if not base.parent.resolve().is_relative_to(self.root.resolve()):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        for number in itertools.count(1):
            stem = base.name if number == 1 else f"{base.name}_{number}"
            path = base.with_name(stem + _MP4)
            sidecar = path.with_suffix(_SIDECAR)
            if (row := self._read(sidecar)) and row.get("file_name") == item.file_name:
                return None if _size(path) == row["size"] else path
            if path not in taken and not _exists(path) and not _exists(sidecar):
                return path
        raise AssertionError

    def finish(self, part: PartialFile, path: Path, item: Item, camera: str) -> None:
        """Write the sidecar of a downloaded MP4, then give the MP4 its name. Raises OSError.

        In this order every MP4 has its sidecar, also if Home Assistant is killed in between.
        """
        row = {
            **item.as_dict(),
            "path": path.relative_to(self.root).as_posix(),
            "camera": camera,
            "size": part.size,
            "sha256": part.sha256,
            "job": self._job_id,
        }
        sidecar = PartialFile(path.with_suffix(_SIDECAR))
        try:
            sidecar.write(json.dumps(row, ensure_ascii=False, indent=2).encode())
            sidecar.finish()
        finally:
            sidecar.discard()
        part.finish()
        _sync_folder(path.parent)

    def forget(self, item: Item) -> None:
        """Remove the sidecar of an item that will have no MP4."""
        path = self.place(item)
        if path and self._read(path.with_suffix(_SIDECAR)):
            path.with_suffix(_SIDECAR).unlink()

    def discard_parts(self, items: Iterable[Item]) -> None:
        """Remove what an interrupted download of items has left."""
        for item in items:
            base = self.root / item.path
            prefix = re.escape(part_prefix(base).removesuffix("-"))
            # With the number that `place` may have added, and the random characters of a temporary name.
            part = re.compile(rf"{prefix}(_\d+)?-\w+{re.escape(PART_SUFFIX)}")
            for path in _files(base.parent, PART_SUFFIX):
                if part.fullmatch(path.name):
                    path.unlink(missing_ok=True)

    def days(self) -> dict[str, int]:
        """Return the days that have a folder, and when it was changed. Raises OSError."""
        return {
            f"{camera.name}/{day}": changed_at
            for camera in _folders(self.root)
            for day, changed_at in _days_of(camera)
        }

    def count(self, day: str) -> DayTotal:
        """Return the total of the files of a day that the job wrote."""
        folder = self.root / day
        changed_at = folder.stat().st_mtime_ns if folder.is_dir() else 0
        sizes = [
            row["size"]
            for path in _files(folder, _SIDECAR)
            if (row := self._read(path)) and _is_whole(path, row)
        ]
        return DayTotal(len(sizes), sum(sizes), changed_at)

    def delete_before(self, day: str, moment: datetime) -> bool:
        """Delete the files of a day that the job wrote and that began before a moment; return whether any did. Raises OSError."""
        # Names begin with the local time, which is ambiguous by an hour at a time change.
        limit = dt_util.as_local(moment) + timedelta(hours=2)
        limit_name = f"{limit:%Y-%m-%d}/{limit:%H%M%S}"
        date = day.rpartition("/")[2]
        has_deleted = False
        for path in sorted(_files(self.root / day, _SIDECAR)):
            if f"{date}/{path.name}" > limit_name:
                break
            if (row := self._read(path)) and _begin(row) < moment:
                has_deleted |= _delete(path, row)
        self._remove_empty(day)
        return has_deleted

    def delete_oldest(self, days: Iterable[str], excess: int) -> None:
        """Delete the oldest files that the job wrote on days of one date, of `excess` bytes together. Raises OSError."""
        days = list(days)
        names = (
            (path.name, path)
            for day in days
            for path in _files(self.root / day, _SIDECAR)
        )
        for _, path in sorted(names):
            if excess <= 0:
                break
            if (row := self._read(path)) and _delete(path, row):
                excess -= row["size"]
        for day in days:
            self._remove_empty(day)

    def _remove_empty(self, day: str) -> None:
        for folder in (self.root / day, (self.root / day).parent):
            try:
                folder.rmdir()
            except OSError:
                return

    def _read(self, sidecar: Path) -> dict[str, Any] | None:
        """Return what is in a sidecar; None if the job did not write it."""
        try:
            row: Any = json.loads(sidecar.read_bytes())
            if row["job"] != self._job_id or not isinstance(row["size"], int):
                return None
            _begin(row)
        except OSError, ValueError, TypeError, KeyError:
            return None
        return dict(row)


def _mount_point(folder: Path) -> Path:
    resolved = folder.resolve()
    return next(each for each in (resolved, *resolved.parents) if os.path.ismount(each))


def _begin(row: dict[str, Any]) -> datetime:
    return stored_time(row["begin"])


def _is_whole(sidecar: Path, row: dict[str, Any]) -> bool:
    return bool(_size(sidecar.with_suffix(_MP4)) == row["size"])


def _delete(sidecar: Path, row: dict[str, Any]) -> bool:
    """Delete an MP4 and its sidecar, unless somebody replaced it; return whether it was there."""
    size = _size(video := sidecar.with_suffix(_MP4))
    if size not in (None, row["size"]):
        return False
    video.unlink(missing_ok=True)
    sidecar.unlink()
    return size is not None


def _size(path: Path) -> int | None:
    """Return the size of a regular file; None if there is none."""
    try:
        return path.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        return None


def _exists(path: Path) -> bool:
    return os.path.lexists(path)


def _folders(folder: Path) -> list[os.DirEntry[str]]:
    """Return the folders in a folder, without links; none if it is gone."""
    try:
        with os.scandir(folder) as entries:
            return [each for each in entries if each.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def _days_of(camera: os.DirEntry[str]) -> list[tuple[str, int]]:
    """Return the days in a camera's folder, and when they were changed; none if it is somebody else's, as lost+found is."""
    try:
        return [
            (day.name, day.stat(follow_symlinks=False).st_mtime_ns)
            for day in _folders(Path(camera))
            if _DATE.fullmatch(day.name)
        ]
    except PermissionError:
        return []


def _files(folder: Path, suffix: str) -> list[Path]:
    """Return the files of a folder with a suffix, without links; none if it is gone, a link, or may not be read."""
    if folder.is_symlink() or folder.parent.is_symlink():
        return []
    try:
        with os.scandir(folder) as entries:
            return [
                Path(each)
                for each in entries
                if each.name.endswith(suffix) and each.is_file(follow_symlinks=False)
            ]
    except FileNotFoundError, NotADirectoryError, PermissionError:
        return []


def _sync_folder(folder: Path) -> None:
    """Put the names of a folder on the disk, where the file system can."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        # Some network file systems cannot: they do so by themselves.
        pass
    finally:
        os.close(descriptor)
