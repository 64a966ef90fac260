"""What each operation does when all is well, told once; every SDK plays it."""

from . import (  # noqa: F401  (they register themselves)
    scenarios_downloads,
    scenarios_events,
    scenarios_iot,
    scenarios_media,
    scenarios_pictures,
    scenarios_plans,
    scenarios_records,
    scenarios_subscriptions,
    scenarios_templates,
    scenarios_things,
)
from .scenario import SCENARIOS, Call, Reply

__all__ = ["SCENARIOS", "Call", "Reply"]
