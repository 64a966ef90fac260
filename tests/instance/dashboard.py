"""The demo's dashboard: what the README shows, made of stock cards."""

from typing import Any

from .client import Client

URL_PATH = "linkvisual-demo"


async def make_dashboard(client: Client) -> str:
    """Make a dashboard of all cameras; return its address."""
    rows = await client.command("config/entity_registry/list")
    cameras: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["platform"] == "linkvisual":
            key = row["unique_id"].partition("_")[2]
            domain = row["entity_id"].partition(".")[0]
            cameras.setdefault(row["device_id"], {})[f"{domain}.{key}"] = row[
                "entity_id"
            ]
    states = {
        row["entity_id"]: row["state"] for row in await client.command("get_states")
    }
    ordered = sorted(
        cameras.values(),
        key=lambda entities: (
            states.get(entities["camera.camera"]) == "unavailable",
            entities["camera.camera"],
        ),
    )
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
                    "sections": [_section(entities) for entities in ordered],
                }
            ]
        },
    )
    return f"{client.base_url}/{URL_PATH}/0"


def _section(entities: dict[str, str]) -> dict[str, Any]:
    """Return the cards of one camera: its picture, its buttons, what it has recorded."""

    def tile(key: str, columns: int, **more: Any) -> dict[str, Any]:
        return {
            "type": "tile",
            "entity": entities[key],
            "grid_options": {"columns": columns},
            **more,
        }

    press = {"action": "toggle"}
    return {
        "type": "grid",
        "cards": [
            {
                "type": "picture-entity",
                "entity": entities["camera.camera"],
                "camera_view": "live",
                "show_state": False,
            },
            tile("button.record", 6, tap_action=press, color="red", name="Record"),
            tile("button.stop_recording", 6, tap_action=press, name="Stop"),
            tile("binary_sensor.recording", 6, name="Now"),
            tile("sensor.last_recording", 6, name="Last recording"),
            tile("event.recording", 12, name="Recordings"),
        ],
    }
