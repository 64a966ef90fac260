"""Models of thing model properties and services. Source: linkvisual-api.md section 15."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from .fields import Row, identifier, text

MAX_PTZ_STEP = 10
DEFAULT_PTZ_STEP = 5


class PtzAction(IntEnum):
    """Direction of a PTZ step (ActionType of PTZActionControl)."""

    LEFT = 0
    RIGHT = 1
    UP = 2
    DOWN = 3
    UP_LEFT = 4
    UP_RIGHT = 5
    DOWN_LEFT = 6
    DOWN_RIGHT = 7
    ZOOM_IN = 8
    ZOOM_OUT = 9


@dataclass(frozen=True, slots=True)
class PropertyStatus:
    """Last reported value of a property: a string for all types, "" if never reported."""

    identifier: str
    value: str

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Read a row of Data.List.PropertyStatusInfo (Iot QueryDevicePropertyStatus)."""
        return cls(identifier(row, "Identifier"), text(row, "Value"))
