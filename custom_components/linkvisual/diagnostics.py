"""Diagnostics of a config entry. An allow list: everything else stays private."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_REGION
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .alarms.health import PushHealth
from .api.error_codes import public_name
from .api.meter import Meter
from .api.regions import REGIONS
from .const import (
    CONF_CALLS_PER_HOUR,
    CONF_ENDPOINT,
    CONF_IOT_INSTANCE_ID,
    CONF_LIVE_PROTOCOL,
    CONF_POLL_ALARMS,
    CONF_PRODUCTS,
    CONF_PUSH,
    CONF_STATUS_INTERVAL,
)
from .data import LinkVisualConfigEntry, LinkVisualData
from .plans.manager import Plans
from .plans.week import hours

_OPTIONS = (
    CONF_CALLS_PER_HOUR,
    CONF_LIVE_PROTOCOL,
    CONF_POLL_ALARMS,
    CONF_PUSH,
    CONF_STATUS_INTERVAL,
)


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: LinkVisualConfigEntry
) -> dict[str, Any]:
    """Return counts, intervals, latencies and failures; no keys, names, URLs or identifiers."""
    report = _settings(entry)
    # Who reports that an account does not load has no runtime data.
    if entry.state is ConfigEntryState.LOADED:
        report |= _running(entry.runtime_data, entry.options)
    return report


def _settings(entry: LinkVisualConfigEntry) -> dict[str, Any]:
    return {
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
        "region": region if (region := entry.data[CONF_REGION]) in REGIONS else "other",
        "has_iot_instance_id": bool(entry.data[CONF_IOT_INSTANCE_ID]),
        "has_own_endpoint": CONF_ENDPOINT in entry.data,
        "options": {
            "number_of_products": len(entry.options.get(CONF_PRODUCTS, [])),
            **{
                option: entry.options[option]
                for option in _OPTIONS
                if option in entry.options
            },
        },
    }


def _running(data: LinkVisualData, options: Mapping[str, Any]) -> dict[str, Any]:
    cameras = data.coordinator.data.values()
    return {
        "cameras": {
            "by_status": dict(Counter(camera.status.value for camera in cameras)),
            "by_retention_days": dict(
                Counter(str(camera.retention_days) for camera in cameras)
            ),
        },
        "polling": {
            "last_update_success": data.coordinator.last_update_success,
            "last_error": getattr(
                data.coordinator.last_exception, "translation_key", None
            ),
            "status_interval": _seconds(data.coordinator.update_interval),
            "calls_per_hour": data.budget.calls_per_hour,
            "wait_for_budget": round(data.budget.wait(reserved=True), 1),
            "intervals": {
                job.name: round(job.interval, 1) if job.interval else None
                for job in data.poller.jobs
            },
        },
        "push": _push(data.push_health) if options.get(CONF_PUSH) else None,
        "archive": [
            {
                "kinds": sorted(job.settings.kinds),
                "number_of_cameras": len(job.settings.cameras),
                "keep_days": job.settings.keep_days,
                "max_bytes": job.settings.max_bytes,
                "files": job.files,
                "bytes": job.size,
                "waiting": len(job.stored.waiting),
                "lost": job.stored.lost,
                "problem": failure.problem if failure else None,
            }
            for job in data.archive.jobs.values()
            for failure in [data.archive.failure(job)]
        ],
        "plans": _plans(data.plans),
        "calls": _calls(data.client.meter),
        "recordings": [
            {
                "state": recording.state.value,
                "age": round(
                    (dt_util.utcnow() - recording.triggered_at).total_seconds()
                ),
                "record_duration": recording.settings.record_duration,
                "has_file_id": recording.file_id is not None,
            }
            for recording in data.recordings.unfinished()
        ],
    }


def _seconds(interval: timedelta | None) -> float | None:
    return interval.total_seconds() if interval else None


def _push(health: PushHealth) -> dict[str, Any]:
    return {
        "state": health.state.value,
        "errors": [public_name(err) for err in health.errors],
        "queues": [
            {
                "state": queue.state.value,
                "brings_states": queue.brings_states,
                "messages": queue.messages,
                "median_delay": queue.median_delay,
            }
            for queue in health.all_queues
        ],
    }


def _plans(plans: Plans) -> list[dict[str, Any]]:
    return [
        {
            "kind": stored.kind.value,
            "is_applied": stored.applied is not None,
            "streams": len(stored.applied.streams) if stored.applied else None,
            "hours": round(hours(stored.applied.week), 2) if stored.applied else None,
            "schedule": state.schedule,
            "is_changed": state.is_changed,
            "blocked": len(state.outcome.blocked),
            "errors": [public_name(err) for err in state.errors],
        }
        for plan_id, stored in plans.stored.items()
        if (state := plans.states.get(plan_id))
    ]


def _calls(meter: Meter) -> dict[str, Any]:
    return {
        "attempts": meter.attempts,
        "attempts_last_hour": meter.attempts_last_hour,
        "queue_calls": meter.queue_calls,
        "by_action": dict(meter.by_action),
        "median_latency": meter.median_latency,
        "clock_offset": round(meter.clock_offset, 1),
        "last_success_at": meter.last_success_at,
        "failures": {
            name: {"count": failure.count, "last_at": failure.last_at}
            for name, failure in meter.failures.items()
        },
    }
