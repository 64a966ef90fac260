"""What people say to Assist in their language: a table of sentences each, and that no answer lacks a word."""

from dataclasses import fields
from pathlib import Path
from string import Formatter
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components import linkvisual
from custom_components.linkvisual.assist.languages import LANGUAGES, Language
from tests.assist import Talk, device_of, expose, say
from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

TABLES = Path(__file__).parent / "sentences"
TRANSLATIONS = Path(linkvisual.__file__).parent / "translations"
OPERATIONS = {
    "record": "TriggerRecord",
    "stop": "StopTriggeredRecord",
    "picture": "TriggerCapturePicture",
}
# As the cameras are set to.
DURATION = 60


@pytest.mark.parametrize("code", LANGUAGES)
async def test_sentences(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    assist: None,
    cameras: dict[str, Device],
    code: str,
) -> None:
    """Each sentence reaches the cameras that are meant, and asks of them what was said; others are left alone."""
    cloud.speed = 200
    table = load_yaml_dict(TABLES / f"{code}.yaml")
    called = await move_in(hass, loaded, cameras, table)
    rows: list[dict[str, Any]] = table["sentences"]
    assert len(rows) >= 40
    failures = []
    is_recording = False
    for row in rows:
        if stopped := row.get("stop"):
            if is_recording:
                await clock.tick(3660)
            entity_id = er.async_get(hass).async_get_entity_id(
                "camera", "linkvisual", f"{called[stopped]}_camera"
            )
            await hass.services.async_call(
                "linkvisual", "trigger_record", {"entity_id": entity_id}, blocking=True
            )
        cloud.calls.clear()
        talk = Talk(hass, code)
        heard = [await talk.say(row["say"])]
        if answer := row.get("answer"):
            assert not done(cloud), row["say"]
            heard.append(await talk.say(answer))
        if (was := done(cloud)) != meant(row, called):
            failures.append(f"{row['say']} -> {' '.join(heard)} {was}")
        is_recording = "record" in row
    cloud.calls.clear()
    for text in table["others"]:
        kind, answer = await say(hass, text, code)
        if kind != "error" or done(cloud):
            failures.append(f"{text} -> {answer}")
    assert not failures, "\n".join(failures)


async def move_in(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cameras: dict[str, Device],
    table: dict[str, Any],
) -> dict[str, str]:
    """Name and expose the cameras of a table; return their IotIds by name."""
    called = {}
    for nickname, name in table["cameras"].items():
        area = table["areas"].get(nickname)
        dr.async_get(hass).async_update_device(
            device_of(hass, entry, cameras[nickname]),
            name_by_user=name,
            area_id=area and ar.async_get(hass).async_create(area).id,
        )
        iot_id = cameras[nickname].iot_id
        entity_id = er.async_get(hass).async_get_entity_id(
            "camera", "linkvisual", f"{iot_id}_camera"
        )
        assert entity_id
        await expose(hass, entity_id)
        called[name] = iot_id
    return called


def done(cloud: Cloud) -> set[tuple[str, str, int | None]]:
    """Return what the cameras were asked for: operation, IotId and seconds."""
    return {
        (call.action, call.params["IotId"], seconds(call.params))
        for call in cloud.calls
        if call.action in OPERATIONS.values()
    }


def seconds(params: dict[str, Any]) -> int | None:
    """Return the length of a recording."""
    duration = params.get("RecordDuration")
    return int(duration) if duration is not None else None


def meant(
    row: dict[str, Any], called: dict[str, str]
) -> set[tuple[str, str, int | None]]:
    """Return what the cameras must be asked for."""
    return {
        (
            operation,
            called[name],
            row.get("for", DURATION) if action == "record" else None,
        )
        for action, operation in OPERATIONS.items()
        if action in row
        for name in ([row[action]] if isinstance(row[action], str) else row[action])
    }


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda item: item.code)
def test_answers_are_complete(language: Language) -> None:
    """Every answer says what it says in English, and the errors have a translation."""
    english = LANGUAGES["en"]
    for field in fields(Language):
        text = getattr(language, field.name)
        if isinstance(text, str) and not field.name.startswith("code"):
            assert placeholders(text) == placeholders(getattr(english, field.name))
    assert (TRANSLATIONS / f"{language.code}.json").exists()
