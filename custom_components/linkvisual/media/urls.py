"""Paths of the media views and of the media browser."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
import binascii
from datetime import date, datetime, timedelta
from urllib.parse import quote

from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .expiring_dict import ExpiringDict
from .identifiers import DAY

_BASE = f"/api/{DOMAIN}"
_FILE = "{entry_id}/{iot_id}/{file}"

# Routes of the views; the functions below fill them in.
LIVE_PLAYLIST_ROUTE = f"{_BASE}/live/{{entry_id}}/{{iot_id}}/{{stream_type}}/index.m3u8"
LIVE_FLV_ROUTE = f"{_BASE}/live/{{entry_id}}/{{iot_id}}/{{stream_type}}/stream.flv"
LIVE_SEGMENT_ROUTE = f"{_BASE}/live/{{entry_id}}/{{iot_id}}/{{stream_type}}/{{segment}}"
PLAYLIST_ROUTE = f"{_BASE}/recording/{_FILE}/index.m3u8"
SEGMENT_ROUTE = f"{_BASE}/play/{{entry_id}}/{{key}}/{{segment}}"
MP4_ROUTE = f"{_BASE}/recording/{_FILE}/video.mp4"
SAVED_ROUTE = f"{_BASE}/recording/{_FILE}/saved.mp4"
THUMBNAIL_ROUTE = f"{_BASE}/recording/{_FILE}/thumbnail.jpg"
PICTURE_ROUTE = f"{_BASE}/picture/{{entry_id}}/{{iot_id}}/{{picture}}.jpg"

# Validity of a signed path of a picture.
PICTURE_LIFE = timedelta(hours=24)
# Age up to which a state keeps its path, and how many are kept.
PICTURE_RENEWAL = PICTURE_LIFE / 2
_MAX_PICTURES = 10_000

_PICTURES: HassKey[ExpiringDict[str, str]] = HassKey(f"{DOMAIN}_pictures")


def live_playlist_path(entry_id: str, iot_id: str, stream_type: str) -> str:
    """Return the path of a live stream's HLS playlist."""
    return LIVE_PLAYLIST_ROUTE.format(
        entry_id=entry_id, iot_id=iot_id, stream_type=stream_type
    )


def live_flv_path(entry_id: str, iot_id: str, stream_type: str) -> str:
    """Return the path of a live stream as FLV."""
    return LIVE_FLV_ROUTE.format(
        entry_id=entry_id, iot_id=iot_id, stream_type=stream_type
    )


def playlist_path(entry_id: str, iot_id: str, file_name: str) -> str:
    """Return the path of a recording's HLS playlist."""
    return PLAYLIST_ROUTE.format(
        entry_id=entry_id, iot_id=iot_id, file=encode_name(file_name)
    )


def segment_path(entry_id: str, key: str, segment: str) -> str:
    """Return the path of a segment of a recording, for the player with this key."""
    return SEGMENT_ROUTE.format(entry_id=entry_id, key=key, segment=segment)


def mp4_path(entry_id: str, iot_id: str, file_name: str) -> str:
    """Return the path of a recording's MP4."""
    return MP4_ROUTE.format(
        entry_id=entry_id, iot_id=iot_id, file=encode_name(file_name)
    )


def saved_path(entry_id: str, iot_id: str, file_name: str) -> str:
    """Return the path of a recording on Home Assistant's disk."""
    return SAVED_ROUTE.format(
        entry_id=entry_id, iot_id=iot_id, file=encode_name(file_name)
    )


def thumbnail_path(entry_id: str, iot_id: str, file_name: str) -> str:
    """Return the path of a recording's thumbnail."""
    return THUMBNAIL_ROUTE.format(
        entry_id=entry_id, iot_id=iot_id, file=encode_name(file_name)
    )


def picture_path(entry_id: str, iot_id: str, picture_id: str) -> str:
    """Return the path of a picture."""
    return PICTURE_ROUTE.format(
        entry_id=entry_id, iot_id=iot_id, picture=encode_name(picture_id)
    )


@callback
def signed_picture_path(
    hass: HomeAssistant,
    entry_id: str,
    iot_id: str,
    picture_id: str,
    *,
    for_user: bool = True,
) -> str:
    """Return a path of a picture that is valid for a day without a login.

    It is the current user's if there is one. An automation runs on the connection of whoever caused it, who is not the
    reader: not `for_user`, it is Home Assistant's.
    """
    path = picture_path(entry_id, iot_id, picture_id)
    return async_sign_path(hass, path, PICTURE_LIFE, use_content_user=not for_user)


@callback
def state_picture_path(
    hass: HomeAssistant, entry_id: str, iot_id: str, picture_id: str
) -> str:
    """Return a signed path for a state, whoever caused it: the same one for half its life, also across reloads."""
    signed = hass.data.setdefault(
        _PICTURES, ExpiringDict(PICTURE_RENEWAL.total_seconds(), _MAX_PICTURES)
    )
    path = picture_path(entry_id, iot_id, picture_id)
    if (known := signed.get(path)) is None:
        known = signed[path] = async_sign_path(
            hass, path, PICTURE_LIFE, use_content_user=True
        )
    return known


def day_url(entity_id: str, day: date) -> str:
    """Return the URL path of a camera's day in the media browser; "back" leads to the camera, then to all cameras.

    The frontend's path has a segment for each opened folder: its media type and content ID.
    """
    source = f"media-source://{DOMAIN}"
    camera = f"{source}/{entity_id}"
    folders = (
        f"app,{source}",
        f"video,{camera}",
        f"video,{camera}/{DAY}/{day.isoformat()}",
    )
    return "/".join(
        ("/media-browser/browser", *(quote(folder, safe="") for folder in folders))
    )


@callback
def day_link(hass: HomeAssistant, iot_id: str, moment: datetime) -> str | None:
    """Return the URL of the day of a recording or alarm in the media browser; None if the camera has no entity.

    The frontend makes links of whole URLs only, not of paths: a path is returned if Home Assistant has no URL.
    """
    entity_id = er.async_get(hass).async_get_entity_id(
        "camera", DOMAIN, f"{iot_id}_camera"
    )
    if entity_id is None:
        return None
    path = day_url(entity_id, dt_util.as_local(moment).date())
    try:
        return f"{get_url(hass, prefer_external=True)}{path}"
    except NoURLAvailableError:
        return path


def encode_name(name: str) -> str:
    """Encode a name of the cloud for a path: it may contain slashes."""
    return urlsafe_b64encode(name.encode()).decode().rstrip("=")


def decode_name(text: str) -> str:
    """Decode a name of a path. Raises ValueError."""
    try:
        return urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}").decode()
    except (binascii.Error, UnicodeDecodeError) as err:
        raise ValueError("invalid name") from err
