"""What is wrong and can be mended by the user: issues that come with their cause, and go with it."""

from datetime import datetime, timedelta
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval

from .api.errors import (
    ClockSkewError,
    LimitReachedError,
    NotActivatedError,
    PermissionDeniedError,
    ThrottledError,
)
from .api.meter import HOUR, Meter
from .const import DOMAIN
from .coordinator import LinkVisualCoordinator

NO_CLOUD_STORAGE = "no_cloud_storage"
TOO_MANY_CALLS = "too_many_calls"

# More of them would hide everything else; the others come when these are mended.
MOST_CAMERAS = 20
# Seconds. The cloud refuses a request whose time is further off; a clock that is right again says nothing.
WRONG_CLOCK = 900.0
_MINUTE = timedelta(minutes=1)

RAM_URL = "https://ram.console.aliyun.com"
IOT_URL = "https://iot.console.aliyun.com"

# An issue: its translation key, where to read on, whether a click can mend it, and what its text is filled with.
type Issue = tuple[str, str | None, bool, dict[str, str]]


class Issues:
    """The issues of one entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        meter: Meter,
        coordinator: LinkVisualCoordinator,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._meter = meter
        self._coordinator = coordinator
        self._known: set[str] = set()

    @callback
    def async_start(self) -> None:
        """Look now, whenever the cameras change, and each minute, until the entry is unloaded."""
        self.async_look()
        self._entry.async_on_unload(
            self._coordinator.async_add_listener(self.async_look)
        )
        self._entry.async_on_unload(
            async_track_time_interval(self._hass, self._each_minute, _MINUTE)
        )
        self._entry.async_on_unload(self._forget)

    @callback
    def _each_minute(self, _now: datetime) -> None:
        self.async_look()

    @callback
    def async_look(self) -> None:
        """Tell what is wrong now, and take back what no longer is."""
        issues = {
            f"{issue[0]}_{self._entry.entry_id}_{name}": issue
            for name, issue in (*self._of_calls().items(), *self._of_cameras().items())
        }
        for issue_id in self._known - issues.keys():
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        for issue_id, (key, url, is_fixable, placeholders) in issues.items():
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                issue_id,
                data={"entry_id": self._entry.entry_id, **placeholders},
                is_fixable=is_fixable,
                learn_more_url=url,
                severity=ir.IssueSeverity.WARNING,
                translation_key=key,
                translation_placeholders={"account": self._entry.title, **placeholders},
            )
        self._known = set(issues)

    def _of_cameras(self) -> dict[str, Issue]:
        without = [
            camera
            for camera in self._coordinator.data.values()
            if camera.retention_days == 0
        ]
        return {
            camera.iot_id: (
                NO_CLOUD_STORAGE,
                None,
                True,
                {
                    "camera": self._coordinator.name_of(camera.iot_id),
                    "iot_id": camera.iot_id,
                },
            )
            for camera in without[:MOST_CAMERAS]
        }

    def _of_calls(self) -> dict[str, Issue]:
        """Return what the cloud has refused lately, and not granted since."""
        issues: dict[str, Issue] = {}
        for action, (err, at) in self._meter.unresolved.items():
            if time.monotonic() - at > HOUR:
                continue
            match err:
                case PermissionDeniedError():
                    ram_action = err.ram_action or action
                    issues[ram_action] = (
                        "permission_denied",
                        RAM_URL,
                        False,
                        {"ram_action": ram_action},
                    )
                case NotActivatedError():
                    issues[""] = ("not_activated", IOT_URL, False, {})
                case LimitReachedError() | ThrottledError():
                    issues["calls"] = (
                        TOO_MANY_CALLS,
                        None,
                        True,
                        {"action": action, "reason": err.code},
                    )
                case ClockSkewError():
                    issues["clock"] = ("clock_wrong", None, False, {})
        if abs(self._meter.clock_offset) > WRONG_CLOCK:
            issues["clock"] = ("clock_wrong", None, False, {})
        return issues

    @callback
    def _forget(self) -> None:
        for issue_id in self._known:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        self._known = set()
