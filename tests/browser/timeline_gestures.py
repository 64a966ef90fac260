"""The timeline card under mouse, keyboard and fingers."""

import asyncio
from typing import Any

from playwright.async_api import CDPSession, Locator, Page

from .card import (
    RECORDINGS_Y,
    back_to_live,
    bar_of,
    box_of,
    button_of,
    fill_yesterday,
    make_dashboard,
    open_card,
    plays_recording,
    time_in,
    tip_of,
    until_plays,
    until_thumbnail,
)
from .page import PHONE, open_browser, until
from .timeline import measure_zoom
from .walk import Walk

# What nothing else has filled.
NICKNAME, CAMERA = "Hall", "hall"


async def make_cards(walk: Walk) -> None:
    """Make the dashboard that these steps, and the next ones, look at."""
    await fill_yesterday(walk, NICKNAME)
    await make_dashboard(walk, CAMERA, "front_door", "garage")


async def zoom_alone(walk: Walk) -> None:
    """Zoom the day that the dashboard of all cameras has shown, where no other video plays."""
    async with open_browser(walk.client) as page:
        await measure_zoom(walk, bar_of(await open_card(walk, page, "garage")))


async def open_yesterday(walk: Walk, page: Page) -> Locator:
    """Open the card with a day that is full, whatever time it is now."""
    card = await open_card(walk, page, CAMERA)
    await button_of(card, "Previous day").click()
    await card.locator(".status", has_text="Recordings: 96, alarms: 2").wait_for()
    return card


async def use_mouse(walk: Walk) -> None:
    """Hover, drag and click with a mouse; go through the days."""
    card = await open_yesterday(walk, walk.page)
    await _hover(walk, walk.page, card)
    await _drag(walk, walk.page, card)
    await _walk_days(walk, card)


async def _hover(walk: Walk, page: Page, card: Locator) -> None:
    """See what there was, with its picture, without a click."""
    box = await box_of(card)
    await page.mouse.move(box["x"] + 20, box["y"] + RECORDINGS_Y)
    await time_in(tip_of(card))
    await until_thumbnail(card)
    await walk.pictures.take(card, "card-hover")
    await page.mouse.move(box["x"] + 20, box["y"] - 200)
    await tip_of(card).wait_for(state="hidden")
    walk.tell("hovering shows a thumbnail")


async def _span(page: Page, card: Locator) -> tuple[float, float]:
    """Return the times in seconds at 10 pixels from the left of the bar, and per pixel."""
    box = await box_of(card)
    times = []
    for x in (10, 210):
        await page.mouse.move(box["x"] + x, box["y"] + RECORDINGS_Y)
        times.append(await time_in(tip_of(card)))
    return times[0], (times[1] - times[0]) / 200


async def _drag(walk: Walk, page: Page, card: Locator) -> None:
    """Zoom in, and drag the day along. A drag is no click."""
    _, before = await _span(page, card)
    for _ in range(3):
        await button_of(card, "Zoom in").click()
    begin, after = await _span(page, card)
    assert 6 < before / after < 10, (before, after)
    box = await box_of(card)
    y = box["y"] + RECORDINGS_Y
    await page.mouse.move(box["x"] + 200, y)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 150, y, steps=3)
    await page.mouse.move(box["x"] + 100, y, steps=3)
    await page.mouse.up()
    moved, _ = await _span(page, card)
    assert abs(moved - begin - 100 * after) < 4 * after + 30, (begin, moved, after)
    assert not await plays_recording(card)
    for _ in range(3):
        await button_of(card, "Zoom out").click()
    _, whole = await _span(page, card)
    assert abs(whole - before) < 0.1 * before, (before, whole)
    walk.tell("the day is zoomed by buttons and dragged")


async def _walk_days(walk: Walk, card: Locator) -> None:
    """Go to other days and back; jump to the newest recording from there."""
    name = card.locator(".day")
    yesterday = await name.inner_text()
    await button_of(card, "Next day").click()
    await card.locator(".status", has_text="No recordings and alarms").wait_for()
    assert await button_of(card, "Next day").is_disabled()
    await button_of(card, "Previous day").click()
    # Faster than anything is loaded: only the last of these days counts.
    await button_of(card, "Previous day").click()
    await button_of(card, "Next day").click()
    await button_of(card, "Previous day").click()
    assert await name.inner_text() != yesterday
    await card.locator(".status", has_text="No recordings and alarms").wait_for()
    await button_of(card, "Newest recording").click()
    await until_plays(card)
    assert await name.inner_text() == yesterday
    await back_to_live(card)
    walk.tell("other days, and back to the newest recording")


async def use_keyboard(walk: Walk) -> None:
    """Do all with keys: walk through alarms and recordings, zoom, play."""
    card = await open_yesterday(walk, walk.page)
    bar, tip = bar_of(card), tip_of(card)
    await button_of(card, "Newest recording").focus()
    await walk.page.keyboard.press("Tab")
    assert await bar.evaluate("bar => bar.matches(':focus-visible')")
    await bar.press("ArrowDown")
    newest = await time_in(tip)
    await bar.press("ArrowDown")
    before = await time_in(tip)
    assert before < newest
    await bar.press("ArrowUp")
    assert await time_in(tip) == newest
    spoken = await bar.get_attribute("aria-valuetext")
    assert spoken == await tip.inner_text()
    await bar.press("ArrowLeft")
    far = newest - await time_in(tip)
    await bar.press("ArrowRight")
    for _ in range(2):
        await bar.press("+")
    await bar.press("ArrowLeft")
    near = newest - await time_in(tip)
    assert 0 < near < far / 2, (near, far)
    await bar.press("Home")
    assert await time_in(tip) == 0
    await bar.press("End")
    assert await time_in(tip) >= newest
    await bar.press("ArrowDown")
    await bar.press("Enter")
    await until_plays(card)
    await back_to_live(card)
    walk.tell("the keyboard does it all")


class Fingers:
    """Fingers on a page, as Chromium gets them from a touch screen."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    async def _send(self, kind: str, *places: tuple[float, float]) -> None:
        await self._session.send(
            "Input.dispatchTouchEvent",
            {
                "type": kind,
                "touchPoints": [
                    {"x": x, "y": y, "id": number}
                    for number, (x, y) in enumerate(places)
                ],
            },
        )

    async def move(
        self, *paths: tuple[tuple[float, float], tuple[float, float]]
    ) -> None:
        """Put down fingers, move each from its first place to its second, lift them."""
        await self._send("touchStart", *(first for first, _ in paths))
        for step in range(1, 9):
            await self._send(
                "touchMove",
                *(
                    (
                        first[0] + (last[0] - first[0]) * step / 8,
                        first[1] + (last[1] - first[1]) * step / 8,
                    )
                    for first, last in paths
                ),
            )
            await asyncio.sleep(0.02)
        await self._send("touchEnd")

    async def press(self, x: float, y: float) -> None:
        """Put down a finger."""
        await self._send("touchStart", (x, y))

    async def lift(self) -> None:
        """Lift all fingers."""
        await self._send("touchEnd")


async def use_fingers(walk: Walk) -> None:
    """Hold, pinch, drag and tap on a phone."""
    async with open_browser(walk.client, PHONE) as page:
        card = await open_yesterday(walk, page)
        fingers = Fingers(await page.context.new_cdp_session(page))
        box = await box_of(card)
        left, y = box["x"], box["y"] + RECORDINGS_Y

        async def time_at(x: float) -> float:
            """Return the time at a place, by holding a finger there."""
            await fingers.press(left + x, y)
            time = await time_in(tip_of(card))
            await asyncio.sleep(0.6)
            await fingers.lift()
            await tip_of(card).wait_for(state="hidden")
            return time

        await fingers.press(left + 15, y)
        await until_thumbnail(card)
        await asyncio.sleep(0.6)
        await walk.pictures.take(page, "card-hold-phone")
        await fingers.lift()
        await tip_of(card).wait_for(state="hidden")
        assert not await plays_recording(card)
        walk.tell("a finger that holds shows a thumbnail, and plays nothing")

        whole = (await time_at(120) - await time_at(20)) / 100
        middle = 70
        await fingers.move(
            ((left + middle - 15, y), (left + middle - 60, y)),
            ((left + middle + 15, y), (left + middle + 60, y)),
        )
        begin = await time_at(20)
        pinched = (await time_at(120) - begin) / 100
        assert 2.5 < whole / pinched < 6, (whole, pinched)
        assert not await plays_recording(card)
        walk.tell("a pinch zooms")

        await fingers.move(((left + 120, y), (left + 60, y)))
        dragged = await time_at(20)
        assert abs(dragged - begin - 60 * pinched) < 8 * pinched, (begin, dragged)
        assert not await plays_recording(card)
        walk.tell("a finger drags")

        await fingers.press(left + 100, y)
        await fingers.lift()
        await until_plays(card)
        await walk.pictures.take(page, "card-playing-phone")
        await _scroll(page, fingers, left + 100, y)
        walk.tell("a tap plays")


async def _scroll(page: Page, fingers: Fingers, x: float, y: float) -> None:
    """Scroll the page with a finger that begins on the bar."""
    await page.set_viewport_size({"width": PHONE["width"], "height": 420})
    before = await page.evaluate("scrollY")

    async def is_scrolled() -> Any:
        return await page.evaluate("scrollY") != before

    y = min(y, 380)
    await fingers.move(((x, y), (x, y - 150)))
    await until("the page is scrolled", is_scrolled, 3)
