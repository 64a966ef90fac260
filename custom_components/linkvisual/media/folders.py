"""Folders that Home Assistant may write to, and the names of files in them."""

from datetime import datetime
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util import slugify

# Home Assistant's media folder, under the path that it has in containers.
MEDIA_FOLDER = Path("/media")
DEFAULT_FOLDER = "/media/linkvisual"
# Characters of a camera's name in a file name: file systems take 255 bytes in all.
_MAX_NAME = 100


def local_folder(hass: HomeAssistant, text: str) -> Path:
    """Return a folder. `/media` is the local media folder also where that is somewhere else: outside of containers."""
    folder = Path(text)
    local = hass.config.media_dirs.get("local")
    if (
        local is None
        or not folder.is_relative_to(MEDIA_FOLDER)
        or any(map(folder.is_relative_to, hass.config.allowlist_external_dirs))
    ):
        return folder
    return Path(local) / folder.relative_to(MEDIA_FOLDER)


def is_allowed(hass: HomeAssistant, path: Path) -> bool:
    """Return whether Home Assistant may write to an absolute path. To be run in the executor."""
    text = str(path)
    return path.is_absolute() and "\0" not in text and hass.config.is_allowed_path(text)


def file_stem(camera: str, moment: datetime) -> str:
    """Return the name of a file, without its suffix, by a camera's name and a local time."""
    return f"{slugify(camera)[:_MAX_NAME]}_{moment:%Y%m%d_%H%M%S}"
