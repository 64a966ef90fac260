"""Every text that the code names is there, in every language, with the same placeholders."""

import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

import pytest

from custom_components.linkvisual import const

FOLDER = Path(__file__).parents[1] / "custom_components" / "linkvisual"
LANGUAGES = sorted((FOLDER / "translations").glob("*.json"))


def flat(texts: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Return texts by their whole path."""
    result: dict[str, str] = {}
    for key, value in texts.items():
        if isinstance(value, dict):
            result |= flat(value, f"{prefix}{key}.")
        else:
            result[f"{prefix}{key}"] = value
    return result


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


ENGLISH = flat(json.loads((FOLDER / "translations" / "en.json").read_text()))


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_complete(file: Path) -> None:
    """A language has all texts, none empty, with the placeholders of the English one."""
    texts = flat(json.loads(file.read_text()))
    assert texts.keys() == ENGLISH.keys()
    for key, text in texts.items():
        assert text.strip()
        assert placeholders(text) == placeholders(ENGLISH[key]), key


def test_languages() -> None:
    """The search of the media browser knows all languages."""
    assert sorted(const.LANGUAGES) == sorted(file.stem for file in LANGUAGES)


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_calendar(file: Path) -> None:
    """A language names all days of the week and all months."""
    texts = flat(json.loads(file.read_text()))
    for key, count in (("weekdays", 7), ("months", 12)):
        names = texts[f"common.{key}"].split(",")
        assert len({name.strip() for name in names}) == count


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_entity_names(file: Path) -> None:
    """No two entities of a camera have the same name."""
    texts = flat(json.loads(file.read_text()))
    names = [
        text
        for key, text in texts.items()
        if re.fullmatch(r"entity\.[a-z_]+\.[a-z_]+\.name", key)
    ]
    assert len(names) > 20
    assert len(set(names)) == len(names)


def test_exceptions() -> None:
    """Every key that the code raises has a text, and every text is raised."""
    code = "\n".join(path.read_text() for path in FOLDER.rglob("*.py"))
    named = set(re.findall(r'"([a-z0-9_]+)"', code))
    described = {key.split(".")[1] for key in ENGLISH if key.startswith("exceptions.")}
    built = {"recording_deleted", "recording_rejected", "recording_timeout"} | {
        "recording_unknown",
        "invalid_record_duration",
        "invalid_pre_record_duration",
        "invalid_storage_days",
        "invalid_picture_days",
    }
    assert described - built <= named
    for key in re.findall(r'translation_key="([a-z0-9_]+)"', code):
        assert key in described or any(f".{key}." in name for name in ENGLISH), key
    for key in re.findall(r'Text\("([a-z_]+)"', code):
        assert key in described
    for form in re.findall(r'Text\([^)]*?"[a-z_]+", "([a-z_]+)"', code):
        assert f"config.error.{form}" in ENGLISH
