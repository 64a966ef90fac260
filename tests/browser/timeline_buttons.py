"""The timeline card's buttons, and what comes to it by itself: new recordings, alarms, an outage."""

import asyncio
from pathlib import Path
import re
from typing import Any

from playwright.async_api import Locator, Page

from .card import back_to_live, button_of, count_of, open_card, until_plays
from .page import until
from .walk import Walk

NICKNAME, CAMERA = "Front door", "front_door"
PTZ = ("up", "left", "right", "down", "zoom_in", "zoom_out")


async def use_buttons(walk: Walk) -> None:
    """Move the camera, record, take a picture, download; see an alarm and an outage come by themselves."""
    page = walk.page
    card = await open_card(walk, page, CAMERA)
    await _enable_ptz(walk, card)
    recordings, alarms = await count_of(card)
    await walk.control(
        "POST",
        f"cameras/{walk.iot_id(NICKNAME)}/alarms",
        json={"event_type": 1, "record": True},
    )
    await _record(walk, card, recordings)
    await _download(walk, page, card)
    # Not sooner: a live picture begins with a still, and cameras take none so soon after another.
    await _take_snapshot(walk, page, card)
    await back_to_live(card)
    await card.locator(".status", has_text=f"alarms: {alarms + 1}").wait_for(
        timeout=45_000
    )
    walk.tell("a new alarm appears by itself")
    await _move(walk, card)
    await _lose_and_find(walk, card)


async def _enable_ptz(walk: Walk, card: Locator) -> None:
    """Enable the buttons that move the camera: Home Assistant adds them half a minute later."""
    client, pad = walk.client, card.get_by_role("group", name="Move or zoom the camera")
    assert not await pad.is_visible()
    for key in PTZ:
        await client.command(
            "config/entity_registry/update",
            entity_id=f"button.{CAMERA}_{_suffix(key)}",
            disabled_by=None,
        )


def _suffix(key: str) -> str:
    """Return how the entity ID of a button ends."""
    return key if key.startswith("zoom") else f"move_{key}"


async def _move(walk: Walk, card: Locator) -> None:
    """Press each button of the pad, which is there without a reload of the page; the camera does so."""
    for key in PTZ:
        await card.locator(f".ptz_{key}").wait_for(timeout=60_000)
    await card.locator("ha-camera-stream").wait_for()
    path = f"cameras/{walk.iot_id(NICKNAME)}/services"
    await walk.control("DELETE", path)
    for key in PTZ:
        await card.locator(f".ptz_{key}").click()

    async def has_moved() -> Any:
        return len(await walk.control("GET", path)) == len(PTZ)

    await until("the camera has moved", has_moved)
    await walk.pictures.take(card, "card-pad")
    walk.tell("the pad moves the camera")


async def _record(walk: Walk, card: Locator, before: int) -> None:
    """Record: the rest of the seconds is counted down; stop. The recording appears by itself."""
    await walk.client.action(
        "number.set_value", entity_id=f"number.{CAMERA}_record_duration", value=60
    )
    stop, badge = button_of(card, "Stop recording"), card.locator(".badge")
    assert await stop.is_disabled()
    await button_of(card, "Record").click()

    async def seconds_left() -> int:
        found = re.fullmatch(r"Recording, (\d+) s left", await badge.inner_text())
        return int(found[1]) if found else 0

    first = await until("seconds are counted", seconds_left)
    await walk.pictures.take(card, "card-recording")
    await asyncio.sleep(2)
    assert 0 < await seconds_left() < first
    await stop.click()
    await card.locator(".badge", has_text=re.compile("^Live$")).wait_for(timeout=60_000)
    assert await stop.is_disabled()
    walk.tell(f"the card counts down from {first} s, and stops")
    await card.locator(".status", has_text=_more_than(before)).wait_for(timeout=60_000)
    walk.tell("a new recording appears by itself")


def _more_than(number: int) -> re.Pattern[str]:
    """Return a pattern of one recording more, or two: the alarm has one as well."""
    return re.compile(rf"Recordings: ({number + 1}|{number + 2}),")


async def _take_snapshot(walk: Walk, page: Page, card: Locator) -> None:
    await button_of(card, "Snapshot").click()
    toast = page.locator("ha-toast", has_text="Snapshot taken")
    await toast.wait_for(state="attached")
    walk.tell("a snapshot is taken")


async def _download(walk: Walk, page: Page, card: Locator) -> None:
    """Play the newest recording, and get it as a file."""
    await button_of(card, "Newest recording").click()
    await until_plays(card)
    async with page.expect_download(timeout=90_000) as waiting:
        await button_of(card, "Download this recording").click()
        await card.locator(".status", has_text="is preparing").wait_for()
    file = await waiting.value
    assert re.fullmatch(
        r"Front door \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.mp4", file.suggested_filename
    ), file.suggested_filename
    content = await asyncio.to_thread(Path(await file.path()).read_bytes)
    assert content[4:8] == b"ftyp" and b"moov" in content
    walk.tell(f"downloaded {file.suggested_filename}, {len(content)} bytes")


async def _lose_and_find(walk: Walk, card: Locator) -> None:
    """Switch the camera off and on again."""
    stage, path = card.locator(".message"), f"cameras/{walk.iot_id(NICKNAME)}"

    async def change(status: str) -> None:
        await walk.control("PATCH", path, json={"status": status})
        await walk.client.action(
            "homeassistant.update_entity", entity_id=f"camera.{CAMERA}"
        )

    await change("OFFLINE")
    await stage.get_by_text(re.compile(r"^Offline since \d+:\d\d [AP]M\.")).wait_for()
    assert await button_of(card, "Record").is_disabled()
    assert await card.locator(".ptz_up").is_disabled()
    await walk.pictures.take(card, "card-offline")
    await change("ONLINE")
    await card.locator("ha-camera-stream").wait_for()
    assert await button_of(card, "Record").is_enabled()
    walk.tell("the card says since when the camera is offline, and shows it again")
