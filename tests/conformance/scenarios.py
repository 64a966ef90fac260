"""What each operation does when all is well, told once; every SDK plays it."""

from . import scenarios_iot, scenarios_media, scenarios_pictures, scenarios_records  # noqa: F401  (they register themselves)
from .scenario import SCENARIOS, Call, Reply

__all__ = ["SCENARIOS", "Call", "Reply"]
