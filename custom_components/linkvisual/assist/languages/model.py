"""What a language consists of."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Sentences of a language in Home Assistant's template syntax, and answers.

    NAME is replaced by the names of cameras and areas, then words in capitals by the parts of the same name.
    Sentences without a NAME mean any camera. Error messages come from the translations.
    """

    code: str
    # Parts that sentences share. A part may contain parts that come after it.
    parts: Mapping[str, str]
    record: tuple[str, ...]
    stop: tuple[str, ...]
    picture: tuple[str, ...]
    # A camera by name and area, where several have the same name.
    named_in_area: str
    all_cameras: str
    # Answers to `which`.
    choose: tuple[str, ...]
    all_of_them: str
    cancel: tuple[str, ...]

    recording: str
    stopped: str
    not_recording: str
    none_recording: str
    pictured: str
    which: str
    join: tuple[str, str]
    more: str
    in_area: str
    same_name: str
    cancelled: str
    not_exposed: str
    not_a_number: str
    # Words for numbers that are not numerals.
    numbers: Mapping[str, float]
