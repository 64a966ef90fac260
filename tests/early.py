"""A pytest plugin that is loaded before all others (`-p tests.early`), so that both Home Assistant versions run.

The test plugin of 2026.10.4 serves 2026.11.0, too, but for two things.
"""

# respx must not import httpx before Home Assistant has put its own in its place.
import homeassistant  # noqa: F401  # isort: skip
from homeassistant.components import logger

if not hasattr(logger, "_clear_logger_overwrites"):
    # Moved in 2026.11; the plugin still looks for it here.
    from homeassistant.components.logger import helpers

    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # type: ignore[attr-defined]
