"""Automations of one's own, of the README and of a blueprint, and Assist."""

import asyncio
import re
from typing import Any

from homeassistant.util.yaml import parse_yaml
from playwright.async_api import Locator

from tests.instance.dashboard import URL_PATH
from tests.instance.processes import ROOT

from .page import until
from .walk import Walk

EXAMPLE = "Notify about new recordings in the garden"
BLUEPRINT = "linkvisual/record_and_notify.yaml"
SENTENCE = "Record the front door for ten seconds"
ANSWER = "Recording Front door for 10 seconds."


async def open_editor(walk: Walk) -> None:
    """Choose a camera in the automation editor: it offers the integration's triggers."""
    page = walk.page
    await page.goto(f"{walk.client.base_url}/config/automation/edit/new")

    def text(words: str) -> Locator:
        return page.get_by_text(words, exact=True).locator("visible=true").last

    await page.get_by_text("Add trigger").first.click()
    await text("Devices").click()
    await text("Front door").click()
    for name in (
        "Camera sent an alarm",
        "Recording failed",
        "Recording ready",
        "Recording triggered",
    ):
        await (
            page.locator("ha-dialog, ha-adaptive-dialog")
            .get_by_text(name)
            .first.wait_for()
        )
    await asyncio.sleep(1)
    await walk.pictures.take(page, "automation-editor")
    dialog = page.locator("ha-dialog, ha-adaptive-dialog")
    await dialog.get_by_text("Recording ready").first.click()
    # One camera of the device, of all of its entities.
    await page.locator("ha-automation-row-targets").get_by_text("(1)").wait_for()
    await asyncio.sleep(1)
    await walk.pictures.take(page, "automation-row")
    walk.tell("the automation editor offers the triggers, and counts the cameras")


async def automate_example(walk: Walk) -> None:
    """Make the README's automation of recordings in the garden, and call the front door's place so."""
    client = walk.client
    devices = await client.command("config/device_registry/list")
    area = await client.command("config/area_registry/create", name="Garden")
    await client.command(
        "config/device_registry/update",
        device_id=next(row["id"] for row in devices if row["name"] == "Front door"),
        area_id=area["area_id"],
    )
    examples: list[Any] = [
        parse_yaml(text)
        for text in re.findall(
            r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL
        )
    ]
    await _make_automation(
        walk, next(each for each in examples if each.get("alias") == EXAMPLE)
    )


async def automate_blueprint(walk: Walk) -> None:
    """Import a blueprint, make an automation of it, and fire its trigger: the camera records."""
    client = walk.client
    await client.command(
        "blueprint/save",
        domain="automation",
        path=BLUEPRINT,
        yaml=(ROOT / "blueprints" / "automation" / BLUEPRINT).read_text(),
    )
    await _make_automation(
        walk,
        {
            "alias": "Record the garage",
            "use_blueprint": {
                "path": BLUEPRINT,
                "input": {
                    "more_triggers": [
                        {"trigger": "event", "event_type": "somebody_came"}
                    ],
                    "cameras": ["camera.garage"],
                    "record_duration": 10,
                },
            },
        },
    )
    await client.request("POST", "/api/events/somebody_came")
    await walk.until_recording("garage")
    walk.tell("the blueprint makes a camera record")


async def _make_automation(walk: Walk, config: dict[str, Any]) -> None:
    """Save an automation as the editor does; wait until it is on."""
    name = config["alias"].lower().replace(" ", "_")
    await walk.client.request(
        "POST", f"/api/config/automation/config/{name}", json=config
    )
    await walk.until_state(
        f"{name} is on", f"automation.{name}", lambda row: row["state"] == "on"
    )


async def talk(walk: Walk) -> None:
    """Tell Assist to record; it answers, the camera records."""
    page, client = walk.page, walk.client
    await client.command(
        "homeassistant/expose_entity",
        assistants=["conversation"],
        entity_ids=["camera.front_door"],
        should_expose=True,
    )
    await page.goto(f"{client.base_url}/{URL_PATH}/0?conversation=1")
    chat = page.locator("ha-assist-chat")
    await chat.locator("input, textarea").first.fill(SENTENCE)
    await page.keyboard.press("Enter")
    await chat.get_by_text(ANSWER).first.wait_for()
    await walk.until_recording("front_door")
    await asyncio.sleep(0.5)
    await walk.pictures.take(page, "assist")
    walk.tell("Assist records")


async def read_notification(walk: Walk) -> None:
    """See what the README's automation tells of the recording that Assist has made."""
    page = walk.page
    await page.goto(f"{walk.client.base_url}/{URL_PATH}/0")
    await page.get_by_text("Notifications", exact=True).first.click()
    drawer = page.locator("notification-drawer")

    async def is_told() -> bool:
        return await drawer.get_by_text("A new recording: media-source://").count() > 0

    await until("a notification of the recording", is_told, 40)
    walk.tell("the automation tells of the recording")
