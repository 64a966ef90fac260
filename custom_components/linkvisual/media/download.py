"""Download of a recording to a folder of Home Assistant, atomically."""

import logging
from pathlib import Path
import tempfile
from typing import IO

import aiohttp
from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import slugify

from ..const import DOMAIN
from .playback import Playback
from .proxy import MediaGoneError, open_media

_LOGGER = logging.getLogger(__name__)

# Seconds. A large file may take long, but must not stall.
_SOCK_READ = 30
_CHUNK = 1024 * 1024
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
            return await _download(hass, address, path)
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
                self._hass, f"{self._name}: {percent} %", "LinkVisual", self._id
            )

    def end(self) -> None:
        if self._updates >= _FIRST_SHOWN:
            persistent_notification.async_dismiss(self._hass, self._id)


async def _download(hass: HomeAssistant, address: str, path: Path) -> int:
    """Download to a temporary file, then rename it. Raises MediaGoneError or OSError; leaves no partial file."""
    run = hass.async_add_executor_job
    part = await run(_open_part, path)
    try:
        size = await _receive(hass, address, part)
        await run(_finish, part, path)
    except BaseException:
        await run(_discard, part)
        raise
    return size


async def _receive(hass: HomeAssistant, address: str, part: IO[bytes]) -> int:
    session = async_get_clientsession(hass)
    size = 0
    try:
        timeout = aiohttp.ClientTimeout(sock_connect=10, sock_read=_SOCK_READ)
        async with open_media(session, address, timeout) as response:
            if response.status != 200:
                raise MediaGoneError(f"HTTP {response.status}")
            async for chunk in response.content.iter_chunked(_CHUNK):
                await hass.async_add_executor_job(part.write, chunk)
                size += len(chunk)
    except (aiohttp.ClientError, TimeoutError, ValueError) as err:
        raise MediaGoneError(type(err).__name__) from None
    return size


def _open_part(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.stem}-", suffix=".part", delete=False
    )


def _finish(part: IO[bytes], path: Path) -> None:
    part.close()
    temporary = Path(part.name)
    # Temporary files are readable by their owner only.
    temporary.chmod(0o644)
    temporary.replace(path)


def _discard(part: IO[bytes]) -> None:
    part.close()
    Path(part.name).unlink(missing_ok=True)
