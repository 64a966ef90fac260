"""What a reply told in confidence, so that nothing of it gets into a report."""

from collections.abc import Iterable
import re
from typing import Any

from .shapes import WORDS

_TOLD_OF_REFUSALS = {"Code", "Message", "ErrorMessage"}
# What is no plain word: addresses, numbers, times, anything quoted from a request.
_SUSPICIOUS = re.compile(r"\S*[\d/@:=&%<>\[\]{}\"'`\\|]\S*")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,79}|\d{1,5}|")
HIDDEN = "…"
_LONGEST = 120


class Confidential:
    """All texts that an account's replies held, and its credentials."""

    def __init__(self, *credentials: str) -> None:
        self._texts = {text for text in credentials if text}

    def add(self, value: Any, name: str = "") -> None:
        """Remember the texts in a reply, but not the cloud's own words."""
        if isinstance(value, dict):
            for inner_name, inner in value.items():
                self.add(inner, inner_name)
        elif isinstance(value, list):
            for item in value:
                self.add(item, name)
        elif isinstance(value, str) and name not in WORDS | _TOLD_OF_REFUSALS:
            self._texts.add(value)

    def message(self, text: str) -> str:
        """Return what may be told of the cloud's explanation."""
        # Cut at last: half of a secret would not be found.
        return _SUSPICIOUS.sub(HIDDEN, self._hide(text, self._texts))[:_LONGEST]

    def code(self, text: str) -> str:
        """Return a code of the cloud."""
        return self._hide(text, self._texts) if _CODE.fullmatch(text) else HIDDEN

    @staticmethod
    def _hide(text: str, secrets: Iterable[str]) -> str:
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) > 2:
                text = text.replace(secret, HIDDEN)
        return text
