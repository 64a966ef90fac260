"""The first half: set up, watch, record, play, take a picture."""

import asyncio
import re
import time

from tests.emulator.cloud import DEFAULT_ACCESS_KEY_SECRET
from tests.instance.dashboard import URL_PATH, make_dashboard

from .page import playing, until
from .walk import Walk

# Seconds ago, seconds long, the cloud's type: 0 continuous, 1 of an alarm.
EARLIER = ((180, 20, 1), (420, 15, 1), (900, 300, 0), (1260, 30, 1), (1920, 600, 0))


async def sign_in(walk: Walk) -> None:
    """Set up the integration through its dialog."""
    page, base = walk.page, walk.client.base_url
    await page.goto(f"{base}/config/integrations/dashboard/add?domain=linkvisual")
    await page.get_by_role("button", name="OK").click()
    await page.locator("input[name=access_key_id]").wait_for()
    await asyncio.sleep(1)
    await walk.pictures.take(page, "sign-in")
    for name, value in (
        ("access_key_id", walk.cloud["access_key_id"]),
        ("access_key_secret", "a wrong secret"),
        ("iot_instance_id", walk.cloud["iot_instance_id"]),
    ):
        await page.locator(f"input[name={name}]").fill(value)
    await page.get_by_text("Advanced", exact=True).click()
    await page.locator("input[name=endpoint]").fill("nonsense")
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_text("The endpoint must be an address").wait_for()
    # Nothing has to be typed or opened again.
    await page.locator("input[name=endpoint]").fill(walk.cloud["endpoint"])
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_text("the secret is wrong").wait_for()
    await asyncio.sleep(1)
    await walk.pictures.take(page, "sign-in-error")
    secret = page.locator("input[name=access_key_secret]")
    assert await secret.input_value() == "a wrong secret"
    await secret.fill(DEFAULT_ACCESS_KEY_SECRET)
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_text("Cameras found: 6.").wait_for()
    await asyncio.sleep(1)
    await walk.pictures.take(page, "found")

    async def is_loaded() -> bool:
        entries = await walk.client.command("config_entries/get", domain="linkvisual")
        return any(entry["state"] == "loaded" for entry in entries)

    await until("an entry is set up", is_loaded)
    walk.tell("set up through the dialog")


async def watch_live(walk: Walk) -> None:
    """Open the dashboard: the pictures of the cameras that are online move."""
    page, cameras = walk.page, walk.cloud["cameras"]
    address = await make_dashboard(
        walk.client, [camera["iot_id"] for camera in cameras]
    )
    await page.goto("about:blank")
    opened = time.monotonic()
    await page.goto(address)
    await until("a live picture moves", lambda: playing(page))
    walk.tell(f"first moving picture {time.monotonic() - opened:.1f} s after opening")
    online = sum(camera["status"] == "ONLINE" for camera in cameras)

    async def all_play() -> bool:
        return bool(len(await playing(page)) >= online)

    await until("all live pictures move", all_play, 30)
    walk.tell(f"{online} live pictures move")


async def record(walk: Walk) -> None:
    """Press the record button of the first camera; its recording becomes ready."""
    page, client = walk.page, walk.client
    await client.action(
        "number.set_value", entity_id="number.front_door_record_duration", value=10
    )
    ready = await client.events("linkvisual_record_ready")
    await page.locator("hui-tile-card").first.click()
    await walk.until_recording("front_door")
    await asyncio.sleep(2)
    await walk.pictures.take(page, "dashboard")
    walk.tell("recording")
    event = await asyncio.wait_for(ready.get(), 60)
    walk.tell(f"ready: {event['data']['file_id']}")


async def play(walk: Walk) -> None:
    """Open the recording in the media browser, among others that the camera made by itself."""
    page, now = walk.page, time.time()
    await walk.control(
        "POST",
        f"cameras/{walk.iot_id('Front door')}/files",
        json=[
            {"begin": now - ago, "end": now - ago + length, "record_type": kind}
            for ago, length, kind in EARLIER
        ],
    )
    await page.locator("hui-tile-card", has_text="Watch recordings").first.click()
    recording = page.locator(".title", has_text="Manual").first
    await recording.wait_for()
    walk.tell("the dashboard leads to the camera's day")
    for title in ("Pictures", "Latest, all cameras"):
        await page.locator("ha-icon-button-arrow-prev").first.click()
        await page.locator(".title", has_text=title).first.wait_for()
    await asyncio.sleep(2)
    await walk.pictures.take(page, "media-cameras")
    await page.locator(".title", has_text="Latest, all cameras").first.click()
    await page.locator(
        ".title", has_text=re.compile("Manual · .* · Front door")
    ).first.wait_for()
    walk.tell("the latest recordings of all cameras")
    await page.locator("ha-icon-button-arrow-prev").first.click()
    for title in ("Front door", "Today"):
        await page.locator(".title", has_text=title).first.click()
    await recording.wait_for()
    await page.mouse.move(0, 0)  # away from what would show a tooltip
    await asyncio.sleep(2)
    await walk.pictures.take(page, "media-browser")
    walk.tell("the recording is in the media browser")
    await recording.click()
    await until("the recording plays", lambda: playing(page))
    await asyncio.sleep(1)
    await walk.pictures.take(page, "playing")
    walk.tell("the recording plays")


async def take_snapshot(walk: Walk) -> None:
    """Press the snapshot button; the last picture shows."""
    page, client = walk.page, walk.client
    await client.action("button.press", entity_id="button.front_door_snapshot")
    await page.goto(
        f"{client.base_url}/{URL_PATH}/0?more-info-entity-id=image.front_door_last_picture"
    )
    picture = page.locator("ha-more-info-dialog img, more-info-content img").first
    await picture.wait_for()

    async def is_drawn() -> bool:
        return bool(await picture.evaluate("image => image.naturalWidth > 100"))

    await until("the picture is drawn", is_drawn)
    await asyncio.sleep(1)
    await walk.pictures.take(page, "snapshot")
    walk.tell("a snapshot shows")
