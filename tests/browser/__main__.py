"""Walk through the integration as a person does. See script/e2e."""

import argparse
import asyncio
from pathlib import Path
import shutil
import sys
import time
from typing import Any

from playwright.async_api import Page

from tests.emulator.cloud import DEFAULT_ACCESS_KEY_SECRET
from tests.instance.client import Client
from tests.instance.dashboard import make_dashboard
from tests.instance.demo import tell_log
from tests.instance.processes import (
    ROOT,
    free_port,
    run_emulator,
    run_home_assistant,
    write_config,
)

from .page import Pictures, open_browser, playing, until

FOLDER = ROOT / ".dev" / "e2e"


class Walk:
    """One walk through all that the README promises."""

    def __init__(
        self, client: Client, page: Page, cloud: dict[str, Any], pictures: Pictures
    ) -> None:
        self._client = client
        self._page = page
        self._cloud = cloud
        self._pictures = pictures
        self._begun = time.monotonic()

    def _tell(self, text: str) -> None:
        print(f"{time.monotonic() - self._begun:6.1f} s  {text}", flush=True)

    async def all(self) -> None:
        """Do everything, in the order in which a newcomer does it."""
        await self._sign_in()
        address = await make_dashboard(
            self._client, [camera["iot_id"] for camera in self._cloud["cameras"]]
        )
        await self._watch_live(address)
        await self._record()
        await self._play()
        await self._snapshot()

    async def _sign_in(self) -> None:
        """Set up the integration through its dialog."""
        page, base = self._page, self._client.base_url
        await page.goto(f"{base}/config/integrations/dashboard/add?domain=linkvisual")
        await page.get_by_role("button", name="OK").click()
        await page.locator("input[name=access_key_id]").wait_for()
        await asyncio.sleep(1)
        await self._pictures.take(page, "sign-in")
        for name, value in (
            ("access_key_id", self._cloud["access_key_id"]),
            ("access_key_secret", DEFAULT_ACCESS_KEY_SECRET),
            ("iot_instance_id", self._cloud["iot_instance_id"]),
        ):
            await page.locator(f"input[name={name}]").fill(value)
        await page.get_by_text("Advanced", exact=True).click()
        await page.locator("input[name=endpoint]").fill(self._cloud["endpoint"])
        await page.get_by_role("button", name="Submit").click()
        await until("an entry is set up", self._is_loaded)
        self._tell("set up through the dialog")

    async def _is_loaded(self) -> bool:
        entries = await self._client.command("config_entries/get", domain="linkvisual")
        return any(entry["state"] == "loaded" for entry in entries)

    async def _watch_live(self, address: str) -> None:
        """Open the dashboard: the pictures of the cameras that are online move."""
        page = self._page
        await page.goto("about:blank")
        opened = time.monotonic()
        await page.goto(address)
        await until("a live picture moves", lambda: playing(page))
        self._tell(
            f"first moving picture {time.monotonic() - opened:.1f} s after opening"
        )
        online = [
            camera for camera in self._cloud["cameras"] if camera["status"] == "ONLINE"
        ]

        async def all_play() -> bool:
            return len(await playing(page)) >= len(online)

        await until("all live pictures move", all_play, 30)
        self._tell(f"{len(online)} live pictures move")

    async def _record(self) -> None:
        """Press the record button of the first camera; its recording becomes ready."""
        page = self._page
        await self._client.action(
            "number.set_value", entity_id="number.front_door_record_duration", value=10
        )
        ready = await self._client.events("linkvisual_record_ready")
        await page.locator("hui-tile-card").first.click()

        async def is_recording() -> bool:
            states = await self._client.command("get_states")
            return any(
                row["entity_id"] == "binary_sensor.front_door_recording"
                and row["state"] == "on"
                for row in states
            )

        await until("the camera records", is_recording)
        await asyncio.sleep(2)
        await self._pictures.take(page, "dashboard")
        self._tell("recording")
        event = await asyncio.wait_for(ready.get(), 60)
        self._tell(f"ready: {event['data']['file_id']}")

    async def _play(self) -> None:
        """Open the recording in the media browser."""
        page = self._page
        await page.goto(f"{self._client.base_url}/media-browser")
        await self._open("Alibaba Cloud LinkVisual")
        await self._open(self._cloud["iot_instance_id"])
        await self._open("Front door")
        await self._open("Today")
        await page.locator(".title", has_text="Manual").first.wait_for()
        await asyncio.sleep(1.5)
        await self._pictures.take(page, "media-browser")
        self._tell("the recording is in the media browser")
        await page.locator(".title", has_text="Manual").first.click()
        await until("the recording plays", lambda: playing(page))
        await asyncio.sleep(1)
        await self._pictures.take(page, "playing")
        self._tell("the recording plays")

    async def _open(self, title: str) -> None:
        titles = self._page.locator(".title", has_text=title)
        await titles.first.wait_for()
        await titles.first.click()

    async def _snapshot(self) -> None:
        """Press the snapshot button; the last picture shows."""
        page, client = self._page, self._client
        await client.action("button.press", entity_id="button.front_door_snapshot")
        await page.goto(
            f"{client.base_url}/linkvisual-demo/0?more-info-entity-id=image.front_door_last_picture"
        )
        picture = page.locator("ha-more-info-dialog img, more-info-content img").first
        await picture.wait_for()

        async def is_drawn() -> bool:
            return bool(await picture.evaluate("image => image.naturalWidth > 100"))

        await until("the picture is drawn", is_drawn)
        await asyncio.sleep(1)
        await self._pictures.take(page, "snapshot")
        self._tell("a snapshot shows")


async def main(images: Path) -> None:
    """Run everything; leave screenshots behind."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    port = free_port()
    config = FOLDER / "config"
    write_config(config, port)
    pictures = Pictures(images)
    async with (
        run_emulator("--speed", "4") as cloud,
        run_home_assistant(config) as home_assistant,
        Client.connect(f"http://127.0.0.1:{port}", home_assistant) as client,
        open_browser(client) as page,
    ):
        try:
            await Walk(client, page, cloud, pictures).all()
        except BaseException:
            await Pictures(FOLDER).take(page, "failed")
            raise


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="script/e2e")
    parser.add_argument(
        "--images",
        type=Path,
        default=FOLDER / "images",
        help="where screenshots go; .github/images are the README's",
    )
    try:
        asyncio.run(main(parser.parse_args().images))
    except Exception as err:  # noqa: BLE001  (whatever went wrong, the log tells more)
        tell_log(FOLDER / "config")
        sys.exit(
            f"The walk failed: {err}\nA picture of the page is {FOLDER}/failed.png"
        )
