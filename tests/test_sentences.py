"""The sentences that can be said to Assist, all of them, in all languages; and that no answer lacks a word."""

from pathlib import Path
from string import Formatter

from hassil.parse_expression import parse_sentence
from hassil.sample import sample_expression
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components import linkvisual
from custom_components.linkvisual.assist.languages import LANGUAGES, Language
from tests.assist import FRONT, FRONT_NAME, say
from tests.conftest import Clock

IS_RECORDING = "binary_sensor.front_door_recording"
TRANSLATIONS = Path(linkvisual.__file__).parent / "translations"


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda item: item.code)
async def test_every_sentence(
    hass: HomeAssistant, clock: Clock, assist: None, language: Language
) -> None:
    """All that the sentences of a language offer is understood, and means what it says."""
    er.async_get(hass).async_update_entity(FRONT, aliases=["前门"])
    await hass.async_block_till_done()
    triggered = async_capture_events(hass, "linkvisual_record_triggered")
    for template in (*language.record, *language.record_any):
        length = 20 if "{seconds}" in template else 60
        length = 120 if "{minutes}" in template else length
        for text in spoken(template):
            triggered.clear()
            await say(hass, text, language.code)
            assert [e.data["record_duration"] for e in triggered] == [length], text
        # Recordings that are followed are all written down with each new one.
        await clock.tick(300)
    for template in (*language.stop, *language.stop_any):
        for text in spoken(template):
            await say(hass, f"Record {FRONT_NAME}")
            assert hass.states.is_state(IS_RECORDING, "on")
            _, answer = await say(hass, text, language.code)
            assert answer == language.stopped.format(camera=FRONT_NAME), text
            assert hass.states.is_state(IS_RECORDING, "off")


def spoken(template: str) -> list[str]:
    """Return some of the many sentences that a template stands for."""
    for old, new in (("NAME", "前门"), ("{seconds}", "20"), ("{minutes}", "2")):
        template = template.replace(old, new)
    return list(sample_expression(parse_sentence(template).expression))[::41]


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda item: item.code)
def test_answers_are_complete(language: Language) -> None:
    """Every answer has its words, and the errors have a translation."""
    for text, names in (
        (language.recording, {"camera", "duration"}),
        (language.stopped, {"camera"}),
        (language.not_recording, {"camera"}),
        (language.which, {"cameras"}),
        (language.not_a_number, {"value"}),
    ):
        assert placeholders(text) == names
    assert (TRANSLATIONS / f"{language.code}.json").exists()
