"""Media source identifiers.

`media-source://linkvisual/<config entry id>/<IotId>/<kind>/<name>`: the kinds are `month` (YYYY-MM), `day`
(YYYY-MM-DD, optionally @ and the Unix time of its end; or `today`), `recording` (FileName), `pictures` and `picture`
(PicId). `~latest` in the place of an IotId, which has no tilde, is the folder of all cameras' latest recordings. For
URLs that people write, the entity ID of a camera may stand for `<config entry id>/<IotId>`.
"""

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, unquote

from ..const import DOMAIN

DAY = "day"
TODAY = "today"
RECORDING = "recording"
PICTURE = "picture"
LATEST = "~latest"


@dataclass(frozen=True, slots=True)
class MediaId:
    """Identifier of an item of the media browser; missing parts are ""."""

    entry_id: str = ""
    iot_id: str = ""
    kind: str = ""
    name: str = ""

    @classmethod
    def parse(cls, identifier: str) -> Self:
        """Parse the part after `media-source://linkvisual/`. Raises ValueError."""
        parts = identifier.split("/") if identifier else []
        if len(parts) > 4 or "" in parts:
            raise ValueError("invalid identifier")
        return cls(*(unquote(part) for part in parts))

    @classmethod
    def parse_content_id(cls, media_content_id: str) -> Self:
        """Parse a whole content ID. Raises ValueError."""
        prefix = f"media-source://{DOMAIN}/"
        if not media_content_id.startswith(prefix):
            raise ValueError("content ID of another media source")
        return cls.parse(media_content_id.removeprefix(prefix))

    @property
    def identifier(self) -> str:
        """The part after `media-source://linkvisual/`."""
        parts = (self.entry_id, self.iot_id, self.kind, self.name)
        return "/".join(quote(part, safe="") for part in parts if part)

    @property
    def content_id(self) -> str:
        """The whole content ID."""
        return f"media-source://{DOMAIN}/{self.identifier}"
