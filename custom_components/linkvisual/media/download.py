"""Download of a recording to a folder of Home Assistant, atomically."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import errno
import hashlib
import os
from pathlib import Path
import shutil
import tempfile
from typing import IO

import aiohttp
from aiohttp import hdrs
from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import slugify

from ..const import DOMAIN
from ..markdown import escape_markdown
from .client import MediaClient
from .playback import Playback
from .resolver import MediaGoneError

# Seconds. A large file may take long, but must not stall.
_TIMEOUT = aiohttp.ClientTimeout(total=4 * 3600, sock_connect=10, sock_read=30)
_CHUNK = 1024 * 1024
# Bytes up to the type of the first box of an MP4, which is `ftyp`.
_HEAD = 8
# Bytes. A file has at most 30 minutes: this is about 36 Mbit/s.
_MAX_SIZE = 8 * 1024**3
# Bytes that must stay free: Home Assistant's database is often on the same disk.
_MIN_FREE = 500 * 1024**2
PART_SUFFIX = ".part"
# The progress notification appears with this update: short conversions have none.
_FIRST_SHOWN = 3


async def async_save(
    hass: HomeAssistant,
    playback: Playback,
    name: str,
    iot_id: str,
    file_name: str,
    path: Path,
) -> int:
    """Convert a recording to MP4 in the cloud and save it; return its size in bytes. `name` is the camera's.

    Raises a LinkVisualError, TimeoutError, or HomeAssistantError if the download or the disk fails.
    """
    progress = _Progress(hass, f"{DOMAIN}_{slugify(path.name)}", name)
    try:
        address = await playback.mp4(iot_id, file_name, progress.update)
        try:
            return await _download(hass, playback.media, address, path)
        except MediaGoneError as err:
            playback.forget_mp4(iot_id, file_name)
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="transfer_broke_off",
                translation_placeholders={"camera": name, "reason": str(err)},
            ) from None
        except OSError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="cannot_write",
                translation_placeholders={
                    "path": str(path),
                    "reason": err.strerror or type(err).__name__,
                },
            ) from err
    finally:
        progress.end()


class _Progress:
    """Progress notification of a slow conversion."""

    def __init__(self, hass: HomeAssistant, notification_id: str, name: str) -> None:
        self._hass = hass
        self._id = notification_id
        self._name = name
        self._updates = 0

    def update(self, percent: int) -> None:
        self._updates += 1
        if self._updates >= _FIRST_SHOWN:
            persistent_notification.async_create(
                self._hass,
                f"{escape_markdown(self._name)}: {percent} %",
                "LinkVisual",
                self._id,
            )

    def end(self) -> None:
        if self._updates >= _FIRST_SHOWN:
            persistent_notification.async_dismiss(self._hass, self._id)


async def _download(
    hass: HomeAssistant, client: MediaClient, address: str, path: Path
) -> int:
    """Download a file, and give it its name. Raises MediaGoneError or OSError; leaves no partial file."""
    async with fetched(hass, client, address, path) as part:
        await hass.async_add_executor_job(part.finish)
        return part.size


def part_prefix(path: Path) -> str:
    """Return how the names of a file's temporary files begin. They end with `PART_SUFFIX`."""
    return f".{path.stem}-"


def _open_part(path: Path) -> IO[bytes]:
    return tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=part_prefix(path), suffix=PART_SUFFIX, delete=False
    )


class PartialFile:
    """A temporary file beside the final one, with the size and the SHA-256 of what was written."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file = _open_part(path)
        self._part = Path(self._file.name)
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The SHA-256 in hexadecimal digits."""
        return self._hash.hexdigest()

    def reserve(self, size: int) -> None:
        """Raise OSError if writing `size` bytes would fill the disk."""
        if shutil.disk_usage(self._part).free - size < _MIN_FREE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def write(self, chunk: bytes) -> None:
        """Append bytes. Raises OSError."""
        self.reserve(len(chunk))
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def finish(self) -> None:
        """Give the file its name, as soon as all of it is on the disk. Raises OSError."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        # Temporary files are readable by their owner only.
        self._part.chmod(0o644)
        self._part.replace(self._path)

    def discard(self) -> None:
        """Remove the file, unless it has its name."""
        # What was buffered may not fit the disk.
        with suppress(OSError):
            self._file.close()
        self._part.unlink(missing_ok=True)


@asynccontextmanager
async def fetched(
    hass: HomeAssistant, client: MediaClient, address: str, path: Path
) -> AsyncIterator[PartialFile]:
    """Yield the temporary file of a downloaded MP4, whole; remove it if it is not finished.

    Raises MediaGoneError or OSError.
    """
    part = await hass.async_add_executor_job(PartialFile, path)
    try:
        await _receive(hass, client, address, part)
        yield part
    finally:
        await hass.async_add_executor_job(part.discard)


async def _receive(
    hass: HomeAssistant, client: MediaClient, address: str, part: PartialFile
) -> None:
    run = hass.async_add_executor_job
    try:
        async with client.open(address, _TIMEOUT) as response:
            if response.status != 200 or hdrs.CONTENT_RANGE in response.headers:
                raise MediaGoneError(f"HTTP {response.status}")
            announced = response.content_length
            if announced is not None and announced > _MAX_SIZE:
                raise MediaGoneError("too large")
            await run(part.reserve, announced or 0)
            head = await response.content.readexactly(_HEAD)
            if not head.endswith(b"ftyp"):
                raise MediaGoneError("not an MP4 file")
            await run(part.write, head)
            async for chunk in response.content.iter_chunked(_CHUNK):
                if part.size + len(chunk) > _MAX_SIZE:
                    raise MediaGoneError("too large")
                await run(part.write, chunk)
    except (aiohttp.ClientError, EOFError, TimeoutError, ValueError) as err:
        raise MediaGoneError(type(err).__name__) from None
    if announced not in (None, part.size):
        raise MediaGoneError("incomplete")
