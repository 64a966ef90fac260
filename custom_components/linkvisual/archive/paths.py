"""Names of archived files: safe on every file system, whatever the cloud sends."""

from collections.abc import Mapping
from datetime import datetime
import hashlib
import re

from homeassistant.util import dt as dt_util, slugify

# Device names of Windows, which its network shares refuse.
_RESERVED = re.compile(r"con|nul|aux|prn|clock|com\d|lpt\d")
_MAX_CAMERA = 60
_MAX_ID = 48
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9-]+")


def _camera_slug(name: str) -> str:
    slug = slugify(name)[:_MAX_CAMERA].strip("_")
    if not slug or slug == "unknown" or _RESERVED.fullmatch(slug):
        slug = f"camera_{slug or 'unknown'}"
    return slug


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def camera_folder(iot_id: str, names: Mapping[str, str]) -> str:
    """Return the name of a camera's folder; `names` are those of all cameras by IotId."""
    slug = _camera_slug(names[iot_id])
    others = (name for other, name in names.items() if other != iot_id)
    if slug in map(_camera_slug, others):
        return f"{slug}_{_digest(iot_id)}"
    return slug


def item_path(folder: str, begin: datetime, kind: str, identifier: str) -> str:
    """Return the path of a recording below a job's folder, without its suffix. Days and times are local."""
    local = dt_util.as_local(begin)
    name = _NOT_IN_ID.sub("_", identifier)[-_MAX_ID:].strip("_") or _digest(identifier)
    return f"{folder}/{local:%Y-%m-%d}/{local:%H%M%S}_{kind}_{name}"
