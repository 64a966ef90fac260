"""What the cloud says no to, told once; every SDK plays it."""

from . import (  # noqa: F401  (they register themselves)
    refused_calls,
    refused_downloads,
    refused_events,
    refused_media,
    refused_plans,
    refused_subscriptions,
    refused_things,
)
from .refusal import REFUSALS, RefusedError

__all__ = ["REFUSALS", "RefusedError"]
