"""Names and messages in texts that the frontend shows as Markdown: issues, dialogs and notifications."""

import re

from .api.fields import one_line

_MAX_LENGTH = 2000

# Characters that begin links, images, code, HTML and emphasis, also where URLs and addresses become links by themselves.
_MARKDOWN = re.compile(r"[\\`*\[\]<>~|#!@]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def escape_markdown(text: str) -> str:
    """Return a text as one line that is shown as it is."""
    return _MARKDOWN.sub(r"\\\g<0>", one_line(text, _MAX_LENGTH))
