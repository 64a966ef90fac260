"""How recordings and pictures are named in the media browser and in addresses.

`media-source://linkvisual/<config entry id>/<IotId>/<kind>/<name>`: the kinds are `month` (YYYY-MM), `day`
(YYYY-MM-DD, or with the moment from which on to go back), `recording` (FileName) and `pictures`, `picture` (PicId).
"""

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, unquote

from ..const import DOMAIN

RECORDING = "recording"
PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class MediaId:
    """A place in the tree of the media browser; the parts that are not given are ""."""

    entry_id: str = ""
    iot_id: str = ""
    kind: str = ""
    name: str = ""

    @classmethod
    def parse(cls, identifier: str) -> Self:
        """Read what stands behind `media-source://linkvisual/`. Raises ValueError for what nobody wrote."""
        parts = identifier.split("/") if identifier else []
        if len(parts) > 4 or "" in parts:
            raise ValueError("no such media")
        return cls(*(unquote(part) for part in parts))

    @classmethod
    def parse_content_id(cls, media_content_id: str) -> Self:
        """Read a whole content ID. Raises ValueError."""
        prefix = f"media-source://{DOMAIN}/"
        if not media_content_id.startswith(prefix):
            raise ValueError("not of this integration")
        return cls.parse(media_content_id.removeprefix(prefix))

    @property
    def identifier(self) -> str:
        """What stands behind `media-source://linkvisual/`."""
        parts = (self.entry_id, self.iot_id, self.kind, self.name)
        return "/".join(quote(part, safe="") for part in parts if part)

    @property
    def content_id(self) -> str:
        """The whole content ID."""
        return f"media-source://{DOMAIN}/{self.identifier}"
