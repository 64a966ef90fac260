"""Check that the users' texts have one word per thing in each language, as script/lib/glossary.yaml says."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import sys
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

from custom_components.linkvisual.assist.languages import LANGUAGES

ROOT = Path(__file__).parents[2]
_TRANSLATIONS = ROOT / "custom_components" / "linkvisual" / "translations"
# Chinese and Japanese write no spaces between words, and their punctuation is full-width.
_WITHOUT_SPACES = ("zh-Hans", "zh-Hant", "ja")
_HALF_WIDTH = re.compile(
    r"[\u3040-\u30ff\u4e00-\u9fff][,:;?!]|[,:;?!][\u3040-\u30ff\u4e00-\u9fff]"
)
# The fields of a language that are spoken; the others are what people say.
_SPOKEN = (
    *("recording", "stopped", "not_recording", "none_recording", "pictured", "which"),
    *("more", "in_area", "same_name", "cancelled", "not_exposed", "not_a_number"),
)
# Lists for the code, and what nobody reads as prose.
_LISTS = ("common.months", "common.weekdays")
_LINK = re.compile(r"\]\([^)]*\)|\{[^}]*\}")


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}".lstrip("."))
    elif path not in _LISTS:
        yield path, str(value)


def _texts(language: str) -> Iterator[tuple[str, str]]:
    """Yield the places and texts of a language, without links and placeholders."""
    translations = json.loads((_TRANSLATIONS / f"{language}.json").read_text())
    yield from _leaves(translations)
    if language in LANGUAGES:
        for name in _SPOKEN:
            yield f"spoken.{name}", getattr(LANGUAGES[language], name)


def _pattern(variant: str, language: str) -> re.Pattern[str]:
    escaped = re.escape(variant)
    # Variants in capitals are about capitals.
    flags = re.IGNORECASE if variant.islower() else re.NOFLAG
    if language in _WITHOUT_SPACES:
        return re.compile(escaped)
    return re.compile(rf"\b{escaped}s?\b", flags)


def _problems(language: str, glossary: dict[str, Any]) -> Iterator[str]:
    texts = [(place, _LINK.sub("] ", text)) for place, text in _texts(language)]
    everything = "\n".join(text for _, text in texts).lower()
    for thing, entry in glossary.items():
        if entry["word"].lower() not in everything:
            yield f"{language}: {entry['word']} ({thing}) is in no text"
        for variant in entry["not"]:
            pattern = _pattern(variant, language)
            for place, text in texts:
                if pattern.search(text):
                    yield f"{language}: {place} has {variant}, the word is {entry['word']}"
    if language in _WITHOUT_SPACES:
        for place, text in texts:
            if found := _HALF_WIDTH.search(text):
                yield f"{language}: {place} has half-width punctuation: {found[0]}"


def main() -> int:
    """Print every problem; return 1 if there is one."""
    glossary = load_yaml_dict(ROOT / "script" / "lib" / "glossary.yaml")
    languages = sorted(path.stem for path in _TRANSLATIONS.glob("*.json"))
    problems = [f"{name}: no glossary" for name in languages if name not in glossary]
    for language, entries in glossary.items():
        problems += _problems(language, entries)
    print(*problems, sep="\n", end="\n" if problems else "")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
