"""Translation of the client's errors."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, overload

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)

from .api import errors as api
from .api.error_codes import public_name
from .const import DOMAIN


@dataclass(frozen=True, slots=True)
class Text:
    """Translation keys of an error: of the exception, and of the config flow's form."""

    key: str
    form: str = "unknown"


# The first matching class applies.
_TEXTS: tuple[tuple[type[api.LinkVisualError], Text], ...] = (
    (api.AuthenticationError, Text("invalid_auth", "invalid_auth")),
    (api.PermissionDeniedError, Text("permission_denied", "permission_denied")),
    (api.AccountBlockedError, Text("account_blocked", "permission_denied")),
    (
        api.InstanceNotAccessibleError,
        Text("instance_not_accessible", "instance_not_accessible"),
    ),
    (api.NotActivatedError, Text("not_activated", "instance_not_accessible")),
    (api.ClockSkewError, Text("clock_skew", "clock_skew")),
    (api.ThrottledError, Text("throttled", "throttled")),
    (api.ServiceUnavailableError, Text("service_unavailable", "cannot_connect")),
    (api.InternalServiceError, Text("service_unavailable", "cannot_connect")),
    (api.TlsError, Text("tls_failed", "cannot_connect")),
    (api.CannotConnectError, Text("cannot_connect", "cannot_connect")),
    (api.NoReplyError, Text("no_reply", "cannot_connect")),
    (api.UnreadableReplyError, Text("unreadable_reply", "cannot_connect")),
    (api.CommandOutcomeUnknownError, Text("order_outcome_unknown")),
    (api.OutcomeUnknownError, Text("outcome_unknown")),
    (api.NoPictureError, Text("no_picture")),
    (api.DeviceInactiveError, Text("camera_never_connected")),
    (api.DeviceDisabledError, Text("camera_disabled")),
    (api.DeviceUnavailableError, Text("camera_offline")),
    (api.DeviceNotFoundError, Text("camera_not_found")),
    (api.VideoNotActiveError, Text("video_not_active")),
    (api.StreamFailedError, Text("stream_failed")),
    (api.NoCloudStorageError, Text("no_cloud_storage")),
    (api.NotFoundError, Text("not_found")),
    (api.QueueNotFoundError, Text("queue_not_found")),
    (api.LimitReachedError, Text("limit_reached")),
    (api.ControlFailedError, Text("order_failed")),
    (api.LinkVisualError, Text("refused")),
)


def text_of(err: api.LinkVisualError) -> Text:
    """Return the translation keys of an error."""
    return next(text for kind, text in _TEXTS if isinstance(err, kind))


@overload
def translate(err: api.LinkVisualError, camera: str = "") -> HomeAssistantError: ...


@overload
def translate[T: HomeAssistantError](
    err: api.LinkVisualError, camera: str = "", *, exc_type: type[T]
) -> T: ...


def translate(
    err: api.LinkVisualError,
    camera: str = "",
    *,
    exc_type: type[HomeAssistantError] = HomeAssistantError,
) -> HomeAssistantError:
    """Return the translated exception for an error; `camera` is the affected camera's name, if any."""
    key = text_of(err).key
    if camera and isinstance(err, api.InstanceNotAccessibleError):
        # The instance itself is accessible: it no longer has this device.
        key = "camera_not_found"
    return exc_type(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={
            "camera": camera,
            "reason": str(err),
            "ram_action": getattr(err, "ram_action", "") or "?",
        },
    )


def not_loaded(
    entry: ConfigEntry,
    exc_type: type[HomeAssistantError] = HomeAssistantError,
) -> HomeAssistantError:
    """Return the exception for an entry that is not loaded."""
    return exc_type(
        translation_domain=DOMAIN,
        translation_key="not_loaded",
        translation_placeholders={"account": entry.title},
    )


async def async_message(
    hass: HomeAssistant, language: str, err: HomeAssistantError
) -> str:
    """Return the message of an error in a language; untranslated if the error is not this integration's."""
    texts = await async_get_translations(hass, language, "exceptions", [DOMAIN])
    text = texts.get(f"component.{DOMAIN}.exceptions.{err.translation_key}.message")
    return text.format(**(err.translation_placeholders or {})) if text else str(err)


@callback
def async_cached_message(hass: HomeAssistant, err: HomeAssistantError) -> str:
    """Return the message of an error in Home Assistant's language."""
    texts = async_get_cached_translations(
        hass, hass.config.language, "exceptions", DOMAIN
    )
    text = texts.get(f"component.{DOMAIN}.exceptions.{err.translation_key}.message")
    return text.format(**(err.translation_placeholders or {})) if text else str(err)


@callback
def async_public_message(hass: HomeAssistant, err: api.LinkVisualError) -> str:
    """Return an error in words that may be published, in Home Assistant's language: it names no camera."""
    texts = {
        category: async_get_cached_translations(
            hass, hass.config.language, category, DOMAIN
        )
        for category in ("common", "exceptions")
    }
    text = texts["exceptions"].get(
        f"component.{DOMAIN}.exceptions.{text_of(err).key}.message", "{reason}"
    )
    return text.format(
        camera=texts["common"].get(f"component.{DOMAIN}.common.a_camera", ""),
        reason=public_name(err),
        ram_action=getattr(err, "ram_action", "") or "?",
    )


def camera_name(hass: HomeAssistant, entry: ConfigEntry, iot_id: str) -> str:
    """Return the name of a camera, as set by the user, also while the entry is not loaded."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, iot_id), entry.entry_id
    )
    return (device and (device.name_by_user or device.name)) or iot_id


async def async_result[T](task: asyncio.Task[T]) -> T:
    """Return the result of a task that goes on if the caller is cancelled. Raises its error.

    `asyncio.shield` would log the error as unhandled if the caller has gone.
    """
    task.add_done_callback(_retrieve_error)
    await asyncio.wait([task])
    return task.result()


def _retrieve_error(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


@contextmanager
def raise_translated(
    hass: HomeAssistant, entry: ConfigEntry, iot_id: str
) -> Iterator[None]:
    """Raise the client's errors about a camera as translated ones; start reauthentication if the key is invalid.

    Background tasks are cancelled when the entry is unloaded: whoever awaits one is told.
    """
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise not_loaded(entry) from None
    except api.LinkVisualError as err:
        if isinstance(err, api.AuthenticationError):
            entry.async_start_reauth_if_available(hass)
        raise translate(err, camera_name(hass, entry, iot_id)) from err
