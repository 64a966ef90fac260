"""The demo's dashboards: the README's example, once per camera; and the one of the strategy."""

from typing import Any

from homeassistant.util.yaml import parse_yaml

from .client import Client
from .processes import ROOT

URL_PATH = "linkvisual-demo"
TIMELINES_URL_PATH = "linkvisual-timelines"


def section_of(camera: str) -> dict[str, Any]:
    """Return the README's section of a dashboard, for the camera with this object ID instead of `front_door`."""
    _, _, text = (ROOT / "README.md").read_text().partition("### A dashboard\n")
    _, _, text = text.partition("```yaml\n")
    section = parse_yaml(text.partition("```")[0].replace("front_door", camera))
    assert isinstance(section, dict)
    return section


async def make_dashboard(client: Client, iot_ids: list[str]) -> str:
    """Make a dashboard of cameras, in this order; return its address."""
    names = {
        row["unique_id"]: row["entity_id"].removeprefix("camera.")
        for row in await client.command("config/entity_registry/list")
    }
    await client.command(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title="Cameras",
        icon="mdi:cctv",
        require_admin=False,
        show_in_sidebar=True,
    )
    await client.command(
        "lovelace/config/save",
        url_path=URL_PATH,
        config={
            "views": [
                {
                    "type": "sections",
                    "title": "Cameras",
                    "max_columns": 3,
                    "sections": [
                        section_of(names[f"{iot_id}_camera"]) for iot_id in iot_ids
                    ],
                }
            ]
        },
    )
    return f"{client.base_url}/{URL_PATH}/0"


async def make_timelines(client: Client) -> str:
    """Make the dashboard of the integration's strategy; return its address."""
    await client.command(
        "lovelace/dashboards/create",
        url_path=TIMELINES_URL_PATH,
        title="Timelines",
        icon="mdi:timeline-clock",
        require_admin=False,
        show_in_sidebar=True,
    )
    await client.command(
        "lovelace/config/save",
        url_path=TIMELINES_URL_PATH,
        config={"strategy": {"type": "custom:linkvisual"}},
    )
    return f"{client.base_url}/{TIMELINES_URL_PATH}"
