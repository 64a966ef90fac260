"""Repair issues of a config entry."""

from datetime import datetime, timedelta
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.loader import async_get_loaded_integration
from homeassistant.util.hass_dict import HassKey

from .alarms.health import PushHealth, PushState
from .api.error_codes import public_name
from .api.errors import (
    ClockSkewError,
    CloudError,
    LimitReachedError,
    LinkVisualError,
    NotActivatedError,
    PermissionDeniedError,
    ThrottledError,
)
from .api.meter import HOUR, Meter
from .api.mns.client import QUEUE_ACTIONS
from .archive.manager import Archive
from .archive.models import archive_signal
from .const import DOMAIN
from .coordinator import LinkVisualCoordinator
from .errors import async_cached_message, async_public_message
from .markdown import escape_markdown
from .plans.manager import Plans
from .plans.models import PlanState, plan_signal

NO_CLOUD_STORAGE = "no_cloud_storage"
TOO_MANY_CALLS = "too_many_calls"
PLAN_CHANGED = "plan_changed"

# Maximum number of cameras with an issue of their own; the others follow when these are fixed.
MAX_CAMERAS = 20
# Seconds. The cloud rejects requests whose time is further off.
MAX_CLOCK_OFFSET = 900.0
_UPDATE_INTERVAL = timedelta(minutes=1)
# Attempts to reach the cloud for a plan.
_PASSING_FAILURES = 3

RAM_URL = "https://ram.console.aliyun.com"
IOT_URL = "https://iot.console.aliyun.com"
# The steps, below the documentation's URL.
PUSH = "#push"
ARCHIVE = "#archive"
PRICES_URL = "https://www.alibabacloud.com/help/en/linkvisual/pay-as-you-go"

# Issues that a person has ignored, by entry ID: deleting them when the entry is unloaded would undo that.
_IGNORED: HassKey[dict[str, set[str]]] = HassKey(f"{DOMAIN}_ignored_issues")

# Translation key, URL to learn more, whether it has a repair flow, and placeholders.
type Issue = tuple[str, str | None, bool, dict[str, str]]


class Issues:
    """Creates and deletes the issues of a config entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        meter: Meter,
        coordinator: LinkVisualCoordinator,
        push_health: PushHealth,
        archive: Archive,
        plans: Plans,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._meter = meter
        self._coordinator = coordinator
        self._push_health = push_health
        self._archive = archive
        self._plans = plans
        self._issue_ids: set[str] = set()
        self._ignored_before = hass.data.setdefault(_IGNORED, {}).pop(
            entry.entry_id, set()
        )

    @callback
    def async_start(self) -> None:
        """Update the issues now, when the cameras change and every minute, until the entry is unloaded."""
        self.async_update()
        self._entry.async_on_unload(
            self._coordinator.async_add_listener(self.async_update)
        )
        self._entry.async_on_unload(
            async_track_time_interval(
                self._hass, self._handle_interval, _UPDATE_INTERVAL
            )
        )
        self._entry.async_on_unload(
            async_dispatcher_connect(
                self._hass, archive_signal(self._entry.entry_id), self.async_update
            )
        )
        self._entry.async_on_unload(
            async_dispatcher_connect(
                self._hass, plan_signal(self._entry.entry_id), self.async_update
            )
        )
        self._entry.async_on_unload(self._delete_all)

    @callback
    def _handle_interval(self, _now: datetime) -> None:
        self.async_update()

    @callback
    def async_update(self) -> None:
        """Create the current issues, and delete those that are resolved."""
        issues = {
            self._issue_id(issue[0], name): issue
            for name, issue in (
                *self._call_issues().items(),
                *self._camera_issues().items(),
                *self._push_issues().items(),
                *self._archive_issues().items(),
                *self._plan_issues().items(),
            )
        }
        for issue_id in self._issue_ids - issues.keys():
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
                translation_placeholders={
                    name: escape_markdown(text)
                    for name, text in (
                        ("account", self._entry.title),
                        *placeholders.items(),
                    )
                },
            )
            if issue_id in self._ignored_before:
                self._ignored_before.discard(issue_id)
                ir.async_ignore_issue(self._hass, DOMAIN, issue_id, True)
        self._issue_ids = set(issues)

    def _issue_id(self, key: str, name: str) -> str:
        return f"{key}_{self._entry.entry_id}_{name}"

    def _is_ignored(self, issue_id: str) -> bool:
        issue = ir.async_get(self._hass).async_get_issue(DOMAIN, issue_id)
        return issue is not None and issue.dismissed_version is not None

    def _camera_issues(self) -> dict[str, Issue]:
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
            for camera in without[:MAX_CAMERAS]
        }

    def _call_issues(self) -> dict[str, Issue]:
        """Return the issues of calls that failed within the last hour, and have not succeeded since.

        One that is ignored stays for longer: it would come back with the next such call, and be shown again.
        """
        issues: dict[str, Issue] = {}
        for action, (err, at) in self._meter.unresolved.items():
            if err in self._push_health.errors or not (found := _of_call(action, err)):
                continue
            name, issue = found
            if time.monotonic() - at <= HOUR or self._is_ignored(
                self._issue_id(issue[0], name)
            ):
                issues[name] = issue
        if abs(self._meter.clock_offset) > MAX_CLOCK_OFFSET:
            issues["clock"] = ("clock_wrong", None, False, {})
        return issues

    def _push_issues(self) -> dict[str, Issue]:
        """Return the issues of the message queues. While nothing of the cloud can be reached, none of them is wrong."""
        integration = async_get_loaded_integration(self._hass, DOMAIN)
        url = f"{integration.documentation}{PUSH}"
        health, issues = self._push_health, dict[str, Issue]()
        if health.errors and self._coordinator.last_update_success:
            reason = async_public_message(self._hass, health.errors[0])
            issues["queue"] = ("push_failed", url, False, {"reason": reason})
        if products := ", ".join(
            sorted(
                {
                    camera.product_name or camera.product_key
                    for camera in self._coordinator.data.values()
                    if (queue := health.queues.get(camera.product_key))
                    and queue.state is PushState.INCOMPLETE
                }
            )
        ):
            issues["alarms"] = (
                "push_misses_alarms",
                url,
                False,
                {"products": products},
            )
        return issues

    def _archive_issues(self) -> dict[str, Issue]:
        integration = async_get_loaded_integration(self._hass, DOMAIN)
        url = f"{integration.documentation}{ARCHIVE}"
        return {
            job.job_id: (
                "archive_failed",
                url,
                False,
                {
                    "archive": job.title,
                    "reason": async_cached_message(self._hass, failure.error),
                },
            )
            for job in self._archive.jobs.values()
            if (failure := self._archive.issue(job))
        }

    def _plan_issues(self) -> dict[str, Issue]:
        """Return the issues of plans, by kind and subentry ID."""
        issues: dict[str, Issue] = {}
        for plan_id, state in self._plans.states.items():
            texts = {"plan": state.title, "plan_id": plan_id}
            if state.schedule:
                key = f"schedule_{state.schedule}"
                issues[f"{plan_id}_schedule"] = (key, None, False, texts)
            if state.is_changed:
                issues[plan_id] = (PLAN_CHANGED, None, True, texts)
            if state.outcome.blocked:
                cameras = self._blocked_cameras(state)
                issues[f"{plan_id}_blocked"] = (
                    "plan_blocked",
                    None,
                    False,
                    {**texts, "cameras": cameras},
                )
            if (error := state.errors[0] if state.errors else None) and (
                # What passes by itself is told only if it does not.
                isinstance(error, CloudError) or state.failures > _PASSING_FAILURES
            ):
                reason = async_public_message(self._hass, error)
                issues[f"{plan_id}_failed"] = (
                    "plan_failed",
                    None,
                    False,
                    {**texts, "reason": reason},
                )
        return issues

    def _blocked_cameras(self, state: PlanState) -> str:
        """Return the cameras that have another plan, with its name."""
        return ", ".join(
            f"{self._coordinator.name_of(stream.iot_id)} ({self._plans.title_of(name)})"
            for stream, name in sorted(state.outcome.blocked.items())
        )

    @staticmethod
    @callback
    def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Forget what was ignored."""
        hass.data.get(_IGNORED, {}).pop(entry_id, None)

    @callback
    def _delete_all(self) -> None:
        ignored = set(filter(self._is_ignored, self._issue_ids)) | self._ignored_before
        self._hass.data[_IGNORED][self._entry.entry_id] = ignored
        for issue_id in self._issue_ids:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        self._issue_ids = set()


def _of_call(action: str, err: LinkVisualError) -> tuple[str, Issue] | None:
    """Return the name of the issue of a call that failed, and the issue; None if there is nothing to do about it."""
    match err:
        case PermissionDeniedError():
            ram_action = err.ram_action or action
            texts = {"ram_action": ram_action}
            return ram_action, ("permission_denied", RAM_URL, False, texts)
        case NotActivatedError():
            return "", ("not_activated", IOT_URL, False, {})
        case LimitReachedError() | ThrottledError() if action not in QUEUE_ACTIONS:
            texts = {"action": action, "reason": public_name(err)}
            return "calls", (TOO_MANY_CALLS, None, True, texts)
        case ClockSkewError():
            return "clock", ("clock_wrong", None, False, {})
    return None
