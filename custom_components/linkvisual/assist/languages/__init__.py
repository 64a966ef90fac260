"""Sentences and answers of Assist, by language."""

from homeassistant.util import language as language_util

from .de import GERMAN
from .en import ENGLISH
from .es import SPANISH
from .fr import FRENCH
from .model import Language
from .zh_hans import CHINESE

__all__ = ["LANGUAGES", "Language", "best_language"]

# The first one is the fallback.
LANGUAGES = {
    language.code: language for language in (ENGLISH, GERMAN, CHINESE, FRENCH, SPANISH)
}


def best_language(code: str) -> Language:
    """Return the language that is nearest to a user's, else English."""
    found = language_util.matches(code, LANGUAGES)
    return LANGUAGES[found[0] if found else "en"]
