"""A dashboard with one timeline card per view, and what is asked of the card."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
import re
import time
from typing import Any

from playwright.async_api import FloatRect, Locator, Page

from .page import ZONE, until
from .walk import Walk

URL_PATH = "linkvisual-card"
TYPE = "custom:linkvisual-timeline-card"
# Where recordings are drawn, in pixels from the top of the bar.
RECORDINGS_Y = 40
DAY = 86400
QUARTER = 900
LENGTH = 840

# Chromium tells of each request that is aborted because it goes elsewhere, and of video that ends when nobody looks.
_EXPECTED = ("net::ERR_FAILED", "net::ERR_ABORTED")


async def fill_yesterday(walk: Walk, nickname: str) -> None:
    """Give a camera recordings all through yesterday, whatever time it is now, and an alarm at both ends."""
    begin = time.time() // QUARTER * QUARTER - 2 * DAY
    quarters = [begin + number * QUARTER for number in range(3 * DAY // QUARTER)]
    day = datetime.now(ZONE).date() - timedelta(days=1)
    begins = [
        each for each in quarters if datetime.fromtimestamp(each, ZONE).date() == day
    ]
    path = f"cameras/{walk.iot_id(nickname)}"
    files = [
        {"begin": each, "end": each + LENGTH, "record_type": number % 2}
        for number, each in enumerate(begins)
    ]
    await walk.control("POST", f"{path}/files", json=files)
    alarms = [
        {"event_type": 1, "age": time.time() - each, "delay": 0, "pushed": False}
        for each in (begins[0], begins[-1])
    ]
    await walk.control("POST", f"{path}/alarms", json=alarms)


async def make_dashboard(walk: Walk, *cameras: str) -> None:
    """Make a dashboard with a view for the card of each of these cameras, by their object IDs."""
    await walk.client.command(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title="Card",
        require_admin=False,
        show_in_sidebar=False,
    )
    await walk.client.command(
        "lovelace/config/save",
        url_path=URL_PATH,
        config={
            "views": [
                {
                    "path": camera,
                    "title": camera,
                    "cards": [{"type": TYPE, "entity": f"camera.{camera}"}],
                }
                for camera in cameras
            ]
        },
    )


async def open_card(walk: Walk, page: Page, camera: str) -> Locator:
    """Open the view of a camera; return its card when the day is loaded."""
    await page.goto(f"{walk.client.base_url}/{URL_PATH}/{camera}")
    card = page.locator("linkvisual-timeline-card")
    await card.locator(".status", has_text=re.compile("Recordings: |No rec")).wait_for(
        timeout=30_000
    )
    return card


@asynccontextmanager
async def no_errors(page: Page) -> AsyncIterator[None]:
    """Check that the browser's console gets no error. Raises AssertionError."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text) if message.type == "error" else None
        ),
    )
    yield
    unexpected = [
        error for error in errors if not any(each in error for each in _EXPECTED)
    ]
    assert not unexpected, "\n".join(["the console has", *unexpected])


def bar_of(card: Locator) -> Locator:
    """Return the bar of a card."""
    return card.locator("linkvisual-timeline-bar")


def tip_of(card: Locator) -> Locator:
    """Return what is shown of the place under the pointer."""
    return card.locator(".tip")


async def box_of(card: Locator) -> FloatRect:
    """Return where the bar is on the page, after scrolling to it."""
    await bar_of(card).scroll_into_view_if_needed()
    box = await bar_of(card).bounding_box()
    assert box
    return box


async def time_in(tip: Locator) -> float:
    """Return the time that a tip says, in seconds of the day."""
    await tip.wait_for()
    words = (await tip.inner_text()).replace("\N{NARROW NO-BREAK SPACE}", " ")
    found = re.match(r"\d+:\d\d:\d\d [AP]M", words)
    assert found, words
    clock = time.strptime(found[0], "%I:%M:%S %p")
    return clock.tm_hour * 3600 + clock.tm_min * 60 + clock.tm_sec


async def until_thumbnail(card: Locator) -> None:
    """Wait until the tip shows a picture."""
    image = tip_of(card).locator("img")

    async def is_drawn() -> Any:
        return await image.evaluate("image => !image.hidden && image.naturalWidth > 50")

    await until("a thumbnail shows", is_drawn)


async def until_plays(card: Locator) -> None:
    """Wait until a recording plays in the card, and the live picture is gone."""
    stage = card.locator("linkvisual-timeline-stage")
    # That plays with the same player within.
    await stage.locator("ha-camera-stream").wait_for(state="detached")
    await stage.locator("ha-hls-player, video.player").first.wait_for()

    async def plays() -> Any:
        return await stage.locator("video").first.evaluate(
            "video => video.readyState >= 2 && video.currentTime > 0.1"
        )

    await until("the recording plays in the card", plays)


async def plays_recording(card: Locator) -> bool:
    """Return whether a recording was picked: then the card offers to download it."""
    return (
        await card.locator(".icon")
        .filter(has=card.locator('[icon="mdi:download"]'))
        .is_visible()
    )


def button_of(card: Locator, name: str) -> Locator:
    """Return a button of a card by its English name."""
    # The pad has buttons to zoom, too; they come last.
    return card.get_by_role("button", name=name, exact=True).first


async def back_to_live(card: Locator) -> None:
    """Stop the recording; the live picture is there again."""
    await button_of(card, "Back to live video").click()
    await card.locator("ha-camera-stream").wait_for()


async def count_of(card: Locator) -> tuple[int, int]:
    """Return the number of recordings and alarms that the card tells."""
    words = await card.locator(".status").inner_text()
    found = re.fullmatch(r"Recordings: (\d+), alarms: (\d+)", words)
    assert found, words
    return int(found[1]), int(found[2])
