"""The timeline card in the dashboard of the strategy, on a desktop and on a phone."""

from datetime import datetime
import re
import time
from typing import Any

from playwright.async_api import Locator, Page

from tests.instance.dashboard import TIMELINES_URL_PATH, make_timelines

from .page import PHONE, ZONE, open_browser, until
from .walk import Walk

CAMERA = "Garage"
RECORDINGS, ALARMS = 300, 100
LENGTH = 60

# Milliseconds from the data to the drawn bar, of each camera.
DRAWN = """
() => performance.getEntriesByName("linkvisual-timeline-drawn").map((each) => each.duration)
"""
# Counts the frames of two seconds, zooming in and out with the wheel in each of them if told so.
FRAMES = """
(bar, zooms) => new Promise((resolve) => {
  const start = performance.now();
  const box = bar.getBoundingClientRect();
  let frames = 0, longest = 0, before = start;
  const step = (now) => {
    frames += 1;
    longest = Math.max(longest, now - before);
    before = now;
    if (zooms) bar.dispatchEvent(new WheelEvent("wheel", {
      deltaY: frames % 60 < 30 ? -40 : 40, clientX: box.x + box.width / 2, clientY: box.y + 20, cancelable: true,
    }));
    if (now - start < 2000) requestAnimationFrame(step);
    else resolve({rate: frames / (now - start) * 1000, longest});
  };
  requestAnimationFrame(step);
})
"""


async def fill_day(walk: Walk) -> None:
    """Give a camera a day with many recordings and alarms."""
    now = time.time()
    midnight = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    day = now - midnight.timestamp() - 2 * LENGTH
    path = f"cameras/{walk.iot_id(CAMERA)}"
    begins = [now - 30 - LENGTH - day * part / RECORDINGS for part in range(RECORDINGS)]
    await walk.control(
        "POST",
        f"{path}/files",
        json=[
            {
                "begin": begin,
                "end": begin + min(LENGTH, day / RECORDINGS),
                "record_type": number % 2,
            }
            for number, begin in enumerate(begins)
        ],
    )
    await walk.control(
        "POST",
        f"{path}/alarms",
        json=[
            {"event_type": 1, "age": now - begin, "delay": 0, "pushed": False}
            for begin in begins[:: RECORDINGS // ALARMS]
        ],
    )


def card_of(page: Page) -> Locator:
    """Return the card of the camera with the full day."""
    return page.locator("linkvisual-timeline-card", has_text=CAMERA)


async def scrub(walk: Walk) -> None:
    """Open the strategy's dashboard, look at a full day, play a recording of it, zoom."""
    await fill_day(walk)
    await make_timelines(walk.client)
    await _scrub(walk, walk.page)
    await walk.pictures.take(walk.page, "timelines")
    walk.tell("the timeline plays and zooms")
    async with open_browser(walk.client, PHONE) as page:
        await _scrub(walk, page, is_phone=True)
        await walk.pictures.take(page, "timelines-phone")
    walk.tell("the timeline plays and zooms on a phone")


async def _scrub(walk: Walk, page: Page, *, is_phone: bool = False) -> None:
    await page.goto(f"{walk.client.base_url}/{TIMELINES_URL_PATH}")
    card = card_of(page)
    await card.wait_for()
    await card.scroll_into_view_if_needed()
    full = re.compile(rf"alarms: {ALARMS}\b")
    await card.locator(".status", has_text=full).wait_for(timeout=30_000)

    async def is_drawn() -> Any:
        return await page.evaluate(DRAWN)

    drawn = await until("the bar is drawn", is_drawn)
    walk.tell(f"timelines drawn within {max(drawn):.0f} ms after their data")
    bar = card.locator("linkvisual-timeline-bar")
    # Videos of several cameras are decoded meanwhile, which takes what a small machine has.
    await measure_zoom(walk, bar)
    assert max(drawn) < 2000
    await _play_by_click(walk, card, is_phone=is_phone)


async def _tap(bar: Locator) -> None:
    """Tap on the middle of what has passed of the day: the middle of the bar may be still to come."""
    box = await bar.bounding_box()
    assert box is not None
    now = datetime.now(ZONE)
    passed = (now.hour * 60 + now.minute) / (24 * 60)
    await bar.tap(position={"x": box["width"] * passed / 2, "y": box["height"] / 2})


async def measure_zoom(walk: Walk, bar: Locator) -> None:
    """Tell how smoothly a bar is zoomed. Raises AssertionError if it hardly moves."""
    idle = await bar.evaluate(FRAMES, False)
    frames = await bar.evaluate(FRAMES, True)
    walk.tell(
        f"zoom: {frames['rate']:.0f} frames a second, {idle['rate']:.0f} without; longest {frames['longest']:.0f} ms"
    )
    assert frames["rate"] > 5


async def _play_by_click(walk: Walk, card: Locator, *, is_phone: bool) -> None:
    """Play the recording at a place of the bar, of which there is one everywhere; then be live again."""
    bar = card.locator("linkvisual-timeline-bar")
    await bar.focus()
    for _ in range(8):
        await bar.press("-")
    await bar.press("End")
    await bar.press("ArrowDown")
    await (
        card.locator(".tip", has_text="Motion")
        .or_(card.locator(".tip"))
        .first.wait_for()
    )
    begun = time.monotonic()
    await (_tap(bar) if is_phone else bar.press("Enter"))
    stage = card.locator("linkvisual-timeline-stage")
    await stage.locator("ha-hls-player, video.player").first.wait_for()
    assert not await stage.locator("ha-camera-stream").count()

    async def plays() -> Any:
        video = stage.locator("video").first
        return await video.evaluate(
            "video => video.readyState >= 2 && video.currentTime > 0.1"
        )

    await until("the recording plays in the card", plays)
    walk.tell(f"plays {time.monotonic() - begun:.1f} s after the click")
