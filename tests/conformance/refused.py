"""What the cloud says no to, told once; every SDK plays it."""

from . import refused_calls, refused_events, refused_media, refused_things  # noqa: F401  (they register themselves)
from .refusal import REFUSALS, RefusedError

__all__ = ["REFUSALS", "RefusedError"]
