"""A browser that is signed in, and what is asked of its pages."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
import json
from pathlib import Path
import shutil
import time
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, Route, ViewportSize, async_playwright

from tests.instance.client import Client

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
SIZE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
# In this one it is between noon and one o'clock now: the walk looks at what has passed of a day, and meets no midnight.
ZONE = ZoneInfo(f"Etc/GMT{datetime.now(UTC).hour - 12:+}")

# Videos live deep in shadow roots, where selectors of the page do not reach.
FIND_VIDEOS = """
() => {
  const found = [];
  const walk = (root) => root.querySelectorAll("*").forEach((element) => {
    if (element.tagName === "VIDEO") {
      found.push({ready: element.readyState, time: element.currentTime, error: element.error && element.error.message});
    }
    if (element.shadowRoot) walk(element.shadowRoot);
  });
  walk(document);
  return found;
}
"""


def find_chromium() -> str:
    """Return the path of a browser of this machine."""
    for name in CHROMIUM:
        if path := shutil.which(name):
            return path
    raise RuntimeError("there is no Chromium; script/e2e installs one on Debian")


@asynccontextmanager
async def open_browser(
    client: Client,
    size: ViewportSize = SIZE,
    *,
    dark: bool = False,
    tokens: dict[str, Any] | None = None,
) -> AsyncIterator[Page]:
    """Open a browser that is signed in, with tokens of another user if given; it reaches nothing but Home Assistant."""
    signed_in = {
        **(tokens or client.tokens),
        "hassUrl": client.base_url,
        "clientId": f"{client.base_url}/",
        "expires": int(time.time() * 1000) + 1_800_000,
    }

    async def only_home_assistant(route: Route) -> None:
        url = route.request.url
        if url.startswith((client.base_url, "data:", "blob:")):
            await route.continue_()
        else:
            await route.abort()

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=ARGUMENTS
        )
        context = await browser.new_context(
            viewport=size,
            has_touch=size == PHONE,
            color_scheme="dark" if dark else "light",
            service_workers="block",
            timezone_id=str(ZONE),
        )
        await context.add_init_script(
            f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(signed_in))})"
        )
        await context.route("**/*", only_home_assistant)
        page = await context.new_page()
        try:
            yield page
        finally:
            await browser.close()


async def until(
    what: str, condition: Callable[[], Awaitable[Any]], seconds: float = 20
) -> Any:
    """Return the first true answer. Raises AssertionError when none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := await condition():
            return answer
        await asyncio.sleep(0.1)
    raise AssertionError(f"in {seconds} s it did not come to this: {what}")


async def playing(page: Page) -> list[dict[str, Any]]:
    """Return the videos of a page that have a picture and move."""
    before = await page.evaluate(FIND_VIDEOS)
    await asyncio.sleep(0.3)
    after = await page.evaluate(FIND_VIDEOS)
    return [
        now
        for then, now in zip(before, after, strict=False)
        if now["ready"] >= 2 and now["time"] > then["time"]
    ]


class Pictures:
    """Screenshots, in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    async def take(self, shown: Page | Locator, name: str) -> None:
        """Save what a page, or a part of it, shows."""
        await shown.screenshot(path=self._folder / f"{name}.png")
