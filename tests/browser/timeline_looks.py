"""The timeline card in all languages and themes, and for a user who may only read."""

import json
import re
from typing import Any

from playwright.async_api import Locator, Page

from tests.instance.processes import ROOT

from .card import bar_of, button_of, no_errors, open_card, until_plays
from .page import PHONE, open_browser, until
from .timeline_gestures import open_yesterday
from .walk import Walk

CAMERA = "front_door"
TRANSLATIONS = ROOT / "custom_components" / "linkvisual" / "translations"
READER = {"username": "reader", "password": "reader"}
MIN_CONTRAST = 3

CHOOSE_LANGUAGE = """
language => document.querySelector("home-assistant").dispatchEvent(
  new CustomEvent("hass-language-select", {detail: language}))
"""
# Returns what does not fit, and all that is said.
READ = """
card => {
  const rows = [...card.shadowRoot.querySelectorAll("ha-card, .row, .row > *, .over > *, .pad")];
  return {
    overflows: [document.documentElement, ...rows]
      .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth)
      .map((each) => `${each.className || each.localName}: ${each.scrollWidth} > ${each.clientWidth}`),
    words: [...card.shadowRoot.querySelectorAll("*")].flatMap((each) =>
      [each.title, each.ariaLabel, each.ariaValueText, each.childElementCount ? "" : each.textContent]).filter(Boolean),
  };
}
"""
# Returns the contrasts of all colours of recordings and alarms in the bar with what lies behind them. Everything else
# there is grey. Colours of edges, of which there are few pixels, do not count.
CONTRASTS = """
bar => {
  const canvas = bar.shadowRoot.querySelector("canvas");
  const ratio = devicePixelRatio;
  const light = (rgb) => {
    const [r, g, b] = rgb.map((each) => each / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const probe = document.createElement("canvas").getContext("2d");
  const parse = (color) => {
    probe.fillStyle = color;
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const theme = (name) => parse(getComputedStyle(bar).getPropertyValue(name));
  const found = {};
  for (const [part, top, high, back] of [
    ["recordings", 14, 44, theme("--secondary-background-color")], ["alarms", 2, 8, theme("--card-background-color")],
  ]) {
    const {data} = canvas.getContext("2d").getImageData(0, top * ratio, canvas.width, high * ratio);
    const counts = new Map();
    for (let at = 0; at < data.length; at += 4) {
      const rgb = [...data.slice(at, at + 3)];
      if (data[at + 3] === 255 && Math.max(...rgb) - Math.min(...rgb) > 60) {
        counts.set(rgb.join(), (counts.get(rgb.join()) ?? 0) + 1);
      }
    }
    const most = Math.max(0, ...counts.values());
    for (const [rgb, count] of counts) {
      if (count < most / 4) continue;
      const [low, high] = [light(rgb.split(",").map(Number)), light(back)].sort((a, b) => a - b);
      found[`${part} ${rgb}`] = (high + 0.05) / (low + 0.05);
    }
  }
  return found;
}
"""
# Days and the times at which they begin and end, where clocks are changed: at night, at midnight, by half an hour.
DAYS = (
    ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00Z", 23),
    ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00Z", 25),
    ("2026-09-06", "America/Santiago", "2026-09-06T04:00Z", 23),
    ("2026-10-04", "Australia/Lord_Howe", "2026-10-03T13:30Z", 23.5),
    ("2026-11-24", "Asia/Kathmandu", "2026-11-23T18:15Z", 24),
)
START_OF_DAY = """
async ([module, day, zone]) => {
  const {addDays, startOfDay} = await import(module);
  const start = startOfDay(day, zone);
  return [start, (startOfDay(addDays(day, 1), zone) - start) / 3_600_000];
}
"""


async def see_looks(walk: Walk) -> None:
    """Look at the card on a phone, in each language, dark and light."""
    async with open_browser(walk.client, PHONE) as page, no_errors(page):
        card = await open_card(walk, page, CAMERA)
        await _see_days(walk, page)
        await button_of(card, "Newest recording").click()
        await until_plays(card)
        for path in sorted(TRANSLATIONS.glob("*.json")):
            await _see_language(walk, page, card, path.stem)
        await page.evaluate(CHOOSE_LANGUAGE, "en")
        await card.locator(".status", has_text="Recordings: ").wait_for()
        walk.tell("the card fits a phone in seven languages")
        card = await open_yesterday(walk, page)
        await bar_of(card).press("Home")
        for _ in range(5):
            await bar_of(card).press("+")
        await _see_themes(walk, page, card)


async def _see_days(walk: Walk, page: Page) -> None:
    """Ask the card's module for days that have not 24 hours."""
    module = await page.evaluate(
        "performance.getEntriesByType('resource').map(each => each.name).find(each => each.endsWith('/times.js'))"
    )
    for day, zone, begin, hours in DAYS:
        start, length = await page.evaluate(START_OF_DAY, [module, day, zone])
        expected = await page.evaluate("text => Date.parse(text)", begin)
        assert (start, length) == (expected, hours), (day, zone, start, length)
    walk.tell("days are as long as their time zone makes them")


async def _see_language(walk: Walk, page: Page, card: Locator, language: str) -> None:
    """Choose a language; the card speaks it, and nothing overflows."""
    texts = json.loads((TRANSLATIONS / f"{language}.json").read_text())
    common, buttons = texts["common"], texts["entity"]["button"]
    wanted = {
        *(common[f"timeline_{key}"] for key in ("previous_day", "next_day", "newest")),
        *(common[f"timeline_{key}"] for key in ("zoom_in", "zoom_out", "move")),
        *(common[f"timeline_{key}"] for key in ("back_to_live", "download")),
        *(buttons[key]["name"] for key in ("record", "stop_recording", "snapshot")),
        *(buttons[key]["name"] for key in ("ptz_up", "ptz_zoom_out")),
    }
    await page.evaluate(CHOOSE_LANGUAGE, language)

    async def speaks() -> Any:
        words = (await card.evaluate(READ))["words"]
        return words if wanted <= set(words) else None

    words = await until(f"the card speaks {language}", speaks)
    count = re.escape(common["timeline_count"])
    count = count.replace(r"\{recordings\}", r"\d+").replace(r"\{alarms\}", r"\d+")
    assert any(re.fullmatch(count, each) for each in words), words
    assert not [
        each for each in words if re.search(r"component\.|timeline_|[{}]", each)
    ]
    overflows = (await card.evaluate(READ))["overflows"]
    assert not overflows, (language, overflows)
    await walk.pictures.take(card, f"card-phone-{language}")


async def _see_themes(walk: Walk, page: Page, card: Locator) -> None:
    """Switch between light and dark while the card shows: its colours stay apart from what lies behind them."""
    bar = bar_of(card)
    backs = set()
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)

        async def is_themed(dark: bool = scheme == "dark") -> Any:
            return (
                await page.evaluate(
                    "document.querySelector('home-assistant').hass.themes.darkMode"
                )
                is dark
            )

        await until(f"the theme is {scheme}", is_themed)
        # The theme is applied by one frame, the bar drawn by the next.
        await page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))"
        )
        contrasts = await bar.evaluate(CONTRASTS)
        assert any("recordings" in each for each in contrasts), contrasts
        assert any("alarms" in each for each in contrasts), contrasts
        assert min(contrasts.values()) >= MIN_CONTRAST, (scheme, contrasts)
        backs.add(tuple(sorted(contrasts)))
        await walk.pictures.take(card, f"card-phone-{scheme}")
        walk.tell(
            f"{scheme}: {len(contrasts)} colours, contrast {min(contrasts.values()):.1f} or more"
        )
    assert len(backs) == 2, "the bar keeps the colours of the other theme"


async def see_as_reader(walk: Walk) -> None:
    """Look and play as a user who may only read, who gets no buttons that would be refused."""
    client = walk.client
    made = await client.command(
        "config/auth/create", name="Reader", group_ids=["system-read-only"]
    )
    await client.command(
        "config/auth_provider/homeassistant/create",
        user_id=made["user"]["id"],
        **READER,
    )
    tokens = await client.sign_in(**READER)
    async with open_browser(client, tokens=tokens) as page, no_errors(page):
        card = await open_card(walk, page, CAMERA)
        for name in ("Record", "Stop recording", "Snapshot"):
            await button_of(card, name).wait_for(state="hidden")
        assert not await card.locator(".pad").is_visible()
        await card.locator("ha-camera-stream").wait_for()
        await button_of(card, "Newest recording").click()
        await until_plays(card)
        assert await button_of(card, "Download this recording").is_visible()
        await walk.pictures.take(card, "card-reader")
    walk.tell("a user who may only read looks and plays")
