"""The timeline card in Home Assistant's dialog "Add card"."""

import re
from typing import Any

from .card import TYPE, URL_PATH
from .page import open_browser, until
from .walk import Walk

VIEW = "front_door"
OTHER = "camera.hall"


async def pick_card(walk: Walk) -> None:
    """Find the card by its name, choose a camera in its form, and save it."""
    async with open_browser(walk.client) as page:
        await page.goto(f"{walk.client.base_url}/{URL_PATH}/{VIEW}?edit=1")
        await page.get_by_role("button", name="Add card").first.click()
        dialog = page.locator("hui-dialog-create-card")
        await dialog.get_by_text("By card").click()
        await dialog.locator("hui-card-picker input").fill("LinkVisual")
        await dialog.locator(".card", has_text="LinkVisual timeline").first.click()
        editor = page.locator("hui-dialog-edit-card")
        await editor.locator("linkvisual-timeline-card").first.wait_for()
        await editor.locator("hui-form-editor ha-entity-picker").first.click()
        await page.get_by_text(re.compile("Hall")).first.click()
        await walk.pictures.take(page, "card-picker")
        await editor.get_by_role("button", name="Save").click()

        async def is_saved() -> Any:
            config = await walk.client.command("lovelace/config", url_path=URL_PATH)
            cards = [each for view in config["views"] for each in view["cards"]]
            return cards.count({"type": TYPE, "entity": OTHER}) > 1

        await until("the card is saved", is_saved)
    walk.tell("the card is found in the dialog, and shows the camera that was chosen")
