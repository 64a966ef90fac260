"""The demo's dashboard: what the README shows, made of stock cards."""

from typing import Any

from .client import Client

URL_PATH = "linkvisual-demo"


async def make_dashboard(client: Client, iot_ids: list[str]) -> str:
    """Make a dashboard of cameras, in this order; return its address."""
    cameras: dict[str, dict[str, str]] = {iot_id: {} for iot_id in iot_ids}
    for row in await client.command("config/entity_registry/list"):
        if row["platform"] == "linkvisual":
            iot_id, _, key = row["unique_id"].partition("_")
            domain = row["entity_id"].partition(".")[0]
            cameras[iot_id][f"{domain}.{key}"] = row["entity_id"]
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
                    "sections": [_section(entities) for entities in cameras.values()],
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
