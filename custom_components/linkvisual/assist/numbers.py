"""Numbers in digits and words. Imported once `conversation` is set up, which brings unicode_rbnf."""

from unicode_rbnf import RbnfEngine

from .languages import Language

# The largest number that is recognized as a word.
_MAX_NUMBER_WORD = 120


def parse_number(language: Language, text: str) -> float | None:
    """Parse a number in digits or words. Reads files."""
    if text.isdecimal():
        return int(text)
    spoken = text.casefold().replace("-", " ").strip()
    if (number := language.numbers.get(spoken)) is not None:
        return number
    engine = RbnfEngine.for_language(language.code.partition("-")[0])
    for candidate in range(1, _MAX_NUMBER_WORD + 1):
        words = engine.format_number(candidate).text_by_ruleset.values()
        if spoken in (word.casefold().replace("-", " ") for word in words):
            return candidate
    return None
