"""The timeline card and the dashboard strategy, served to Home Assistant's frontend."""

from hashlib import sha256
from pathlib import Path

from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant

from .const import DOMAIN

_FOLDER = Path(__file__).parent / "frontend"
_MODULE = "linkvisual-timeline-card.js"


async def async_setup_cards(hass: HomeAssistant, component: str) -> None:
    """Serve the modules, and have the frontend load the one of the card."""
    version = await hass.async_add_executor_job(_version)
    # Modules import each other by relative paths: the version is a folder, not a query, so that all of them have it.
    url = f"/{DOMAIN}/frontend/{version}"
    await hass.http.async_register_static_paths(
        [StaticPathConfig(url, str(_FOLDER), cache_headers=True)]
    )
    add_extra_js_url(hass, f"{url}/{_MODULE}")


def _version() -> str:
    """Return a hash of the modules: browsers keep what has the same address for a month."""
    content = sha256()
    for path in sorted(_FOLDER.glob("*.js")):
        content.update(path.read_bytes())
    return content.hexdigest()[:12]
