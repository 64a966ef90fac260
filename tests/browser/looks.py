"""The same in other looks: on a phone, in the dark, in Chinese."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from playwright.async_api import Locator, Page, ViewportSize

from tests.instance.dashboard import URL_PATH

from .page import PHONE, SIZE, open_browser, playing, until
from .walk import Walk

NOTIFICATION = "alarm_of_the_front_door"


@dataclass(frozen=True)
class Look:
    """How a person looks at Home Assistant."""

    name: str
    size: ViewportSize
    dark: bool
    language: str
    motion: str  # the alarm's type in this language


ENGLISH = ("en", "Motion")
CHINESE = ("zh-Hans", "移动")
LOOKS = (
    Look("phone-light-en", PHONE, False, *ENGLISH),
    Look("phone-dark-zh", PHONE, True, *CHINESE),
    Look("desktop-dark-en", SIZE, True, *ENGLISH),
    Look("desktop-light-zh", SIZE, False, *CHINESE),
)


async def alarm_to_clip(walk: Walk) -> None:
    """From a notification of an alarm to its clip: a tap opens the day, another one plays."""
    client = walk.client
    await client.request(
        "POST",
        "/api/config/automation/config/tell_of_alarms",
        json={
            "alias": "Tell of alarms",
            "triggers": {
                "trigger": "linkvisual.alarm_received",
                "target": {"entity_id": "camera.front_door"},
            },
            "actions": {
                "action": "persistent_notification.create",
                "data": {
                    "notification_id": NOTIFICATION,
                    "message": "[Look]({{ trigger.alarm.day_url }})",
                },
            },
        },
    )
    await walk.control(
        "POST",
        f"cameras/{walk.iot_id('Front door')}/alarms",
        json={"event_type": 1, "record": True},
    )
    async with open_browser(client, PHONE) as page:
        await page.goto(f"{client.base_url}/{URL_PATH}/0")
        await _open_notifications(page)
        link = page.locator("notification-drawer").get_by_role("link", name="Look")
        await link.wait_for(timeout=60_000)
        # The clip is uploaded some seconds after the alarm.
        await asyncio.sleep(12)
        await link.tap()
        clip = page.locator(".title", has_text="Motion ·").first
        await clip.wait_for()
        await asyncio.sleep(1)
        await walk.pictures.take(page, "phone-day")
        await clip.tap()
        await until("the clip plays", lambda: playing(page))
        await walk.pictures.take(page, "phone-clip")
    walk.tell("from the alarm to its clip in two taps, on a phone")


async def _open_notifications(page: Page) -> None:
    """Open the notifications, which are in a drawer behind the menu on a phone."""
    await page.locator("ha-menu-button").first.tap()
    await page.locator("ha-sidebar").get_by_text("Notifications").first.tap()


async def look_around(walk: Walk) -> None:
    """Look at what people look at most in each look; leave pictures."""
    for look in LOOKS:
        await _set_language(walk, look.language)
        async with open_browser(walk.client, look.size, dark=look.dark) as page:
            await _look(walk, page, look)
        walk.tell(f"looked around: {look.name}")
    await _set_language(walk, "en")


async def _set_language(walk: Walk, language: str) -> None:
    """Choose the language of the user, and of Home Assistant."""
    await walk.client.command(
        "frontend/set_user_data", key="language", value={"language": language}
    )
    await walk.client.command("config/core/update", language=language)


async def _look(walk: Walk, page: Page, look: Look) -> None:
    base = walk.client.base_url

    async def show(name: str, address: str, shown: Locator) -> None:
        await page.goto(base + address)
        await shown.first.wait_for()
        await asyncio.sleep(2)
        await walk.pictures.take(page, f"{name}-{look.name}")

    await show("dashboard", f"/{URL_PATH}/0", page.locator("hui-tile-card"))
    await show("day", _day_address(), page.locator(".title", has_text=look.motion))
    dialog = page.locator("ha-more-info-dialog")
    await show(
        "alarm",
        f"/{URL_PATH}/0?more-info-entity-id=event.front_door_alarm",
        dialog.get_by_text(look.motion),
    )
    await show(
        "integration",
        "/config/integrations/integration/linkvisual",
        page.locator("ha-config-entry-row"),
    )


def _day_address() -> str:
    """Return the address of the front door's day, level by level."""
    root = "media-source://linkvisual"
    levels: list[Any] = [
        ("app", root),
        ("video", f"{root}/camera.front_door"),
        ("video", f"{root}/camera.front_door/day/today"),
    ]
    path = "/".join(quote(f"{kind},{content}", safe="") for kind, content in levels)
    return f"/media-browser/browser/{path}"
