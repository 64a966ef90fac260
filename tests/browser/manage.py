"""Settings, options, and what a camera tells by itself."""

import asyncio

from playwright.async_api import ViewportSize

from tests.instance.dashboard import URL_PATH

from .page import SIZE, playing, until
from .walk import Walk

# For all settings of a camera at once, without a sidebar.
TALL: ViewportSize = {"width": 860, "height": 2200}


async def open_options(walk: Walk) -> None:
    """Open the options: the dialog shows them with their texts."""
    page = walk.page
    await page.goto(
        f"{walk.client.base_url}/config/integrations/integration/linkvisual"
    )
    await page.get_by_role("button", name="Configure").first.click()
    await page.get_by_text("Look for alarms", exact=True).first.wait_for()
    walk.tell("the options show")


async def change_setting(walk: Walk) -> None:
    """Switch a camera's light off on its device page; the camera hears of it."""
    page, client = walk.page, walk.client
    devices = await client.command("config/device_registry/list")
    device_id = next(row["id"] for row in devices if row["name"] == "Front door")
    await page.set_viewport_size(TALL)
    await page.goto(f"{client.base_url}/config/devices/device/{device_id}")
    light = page.locator("hui-toggle-entity-row", has_text="Status light")
    await light.wait_for()
    await asyncio.sleep(2)
    await walk.pictures.take(
        page.locator("ha-device-entities-card", has=light), "device"
    )
    await light.locator("ha-switch").click()

    async def is_dark() -> bool:
        properties = await walk.control(
            "GET", f"cameras/{walk.iot_id('Front door')}/properties"
        )
        return bool(properties["StatusLightSwitch"] == "0")

    await until("the light is off", is_dark)
    await page.set_viewport_size(SIZE)
    walk.tell("a setting was changed on the device page")


async def raise_alarm(walk: Walk) -> None:
    """Let the camera see something. Home Assistant looks for it every half minute: `see_alarm` comes later."""
    await walk.control(
        "POST", f"cameras/{walk.iot_id('Front door')}/alarms", json={"event_type": 1}
    )


async def see_alarm(walk: Walk) -> None:
    """Look at the alarm."""
    page, base = walk.page, walk.client.base_url
    await walk.until_state(
        "the alarm is known",
        "event.front_door_alarm",
        lambda row: row["attributes"].get("event_type") == "motion",
        45,
    )
    # Nobody has watched for half a minute. A stream that Home Assistant stops at this very moment drops whoever comes
    # meanwhile (stream.Stream.worker_finished): looking once more helps.
    for attempt in (1, 2):
        await page.goto(
            f"{base}/{URL_PATH}/0?more-info-entity-id=event.front_door_alarm"
        )
        dialog = page.locator("ha-more-info-dialog")
        await dialog.get_by_text("Motion").first.wait_for()
        try:
            await until("live pictures move", lambda: playing(page), 10)
            break
        except AssertionError:
            if attempt == 2:
                raise
    await asyncio.sleep(1)
    await walk.pictures.take(page, "alarm")
    walk.tell("the alarm shows")


async def see_motion(walk: Walk) -> None:
    """Watch the motion sensor turn on with another alarm, and off when there are no more."""
    page, motion = walk.page, "binary_sensor.front_door_motion"
    # The alarm before turned it on, too.
    await walk.until_state(
        "all is still", motion, lambda row: row["state"] == "off", 45
    )
    await page.goto(f"{walk.client.base_url}/{URL_PATH}/0?more-info-entity-id={motion}")
    dialog = page.locator("ha-more-info-dialog")
    await raise_alarm(walk)
    await walk.until_state(
        "something moves", motion, lambda row: row["state"] == "on", 45
    )
    await dialog.get_by_text("Detected", exact=True).first.wait_for()
    await asyncio.sleep(1)
    await walk.pictures.take(page, "motion-on")
    await walk.until_state(
        "nothing moves", motion, lambda row: row["state"] == "off", 60
    )
    await dialog.get_by_text("Clear", exact=True).first.wait_for()
    await walk.pictures.take(page, "motion-off")
    walk.tell("motion is seen, and is over")
