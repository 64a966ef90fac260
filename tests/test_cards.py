"""The timeline card, as the frontend gets it."""

from http import HTTPStatus
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.test_translations import ENGLISH

FOLDER = Path(__file__).parents[1] / "custom_components" / "linkvisual" / "frontend"


async def start_page(hass_client: ClientSessionGenerator) -> str:
    """Return the page that every browser loads first."""
    client = await hass_client()
    response = await client.get("/")
    assert response.status == HTTPStatus.OK
    return await response.text()


async def test_served(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """The frontend loads the card once, also after a reload, from an address that may be cached, with all it imports."""
    hass_storage["onboarding"] = {
        "version": 4,
        "data": {"done": ["user", "core_config", "analytics", "integration"]},
    }
    assert await async_setup_component(hass, "frontend", {})
    await hass.async_block_till_done()
    await hass.config_entries.async_reload(loaded.entry_id)
    page = await start_page(hass_client)
    (url,) = re.findall(r'"(/linkvisual/[^"]+)"', page)
    assert re.fullmatch(
        r"/linkvisual/frontend/\w{12}/linkvisual-timeline-card\.js", url
    )
    client = await hass_client()
    seen, waiting = set[str](), {url}
    while waiting:
        seen.add(path := waiting.pop())
        response = await client.get(path)
        assert response.status == HTTPStatus.OK, path
        assert response.content_type.endswith("javascript")
        assert "max-age" in response.headers["Cache-Control"]
        imports = re.findall(
            r'^import .*?"\./([\w.-]+)";$',
            await response.text(),
            re.MULTILINE | re.DOTALL,
        )
        waiting |= {f"{path.rpartition('/')[0]}/{name}" for name in imports} - seen
    assert {Path(path).name for path in seen} == {
        file.name for file in FOLDER.glob("*.js")
    }


async def test_without_frontend(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """Without the frontend, the integration works and serves no card."""
    assert "frontend" not in hass.config.components
    assert hass.states.get("camera.front_door")


def test_texts() -> None:
    """Every text that the card names exists, and none is left over."""
    code = "\n".join(file.read_text() for file in FOLDER.glob("*.js"))
    quoted = set(re.findall(r'"([a-z_]+)"', code))
    texts = {
        key.removeprefix("common.timeline_")
        for key in ENGLISH
        if key.startswith("common.timeline_")
    }
    assert texts <= quoted
    named = set(re.findall(r'\btext\((?:hass|main\.hass), "([a-z_]+)"', code))
    assert len(named) > 20
    assert named <= texts
