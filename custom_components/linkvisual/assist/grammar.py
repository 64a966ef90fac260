"""Sentences for the names of cameras, and their recognition. Imported once `conversation` is set up, which brings hassil."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
import re

from hassil.intents import Intents, TextSlotList, WildcardSlotList
from hassil.recognize import recognize_all
from hassil.util import remove_punctuation

from .actions import ExposedCamera, normalized
from .languages import Language

_TEMPLATE_SYNTAX = re.compile(r"[\\()\[\]{}<>|@]")
LENGTH_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600}


@dataclass(frozen=True, slots=True)
class Choice:
    """The cameras of a name; `is_all` where all of them were asked for."""

    cameras: tuple[ExposedCamera, ...]
    is_all: bool = False


# By templates of names.
type Vocabulary = dict[str, Choice]


@dataclass(frozen=True, slots=True)
class Match:
    """The kind of a recognized sentence, the cameras if it names any, and its lengths by unit."""

    kind: str
    choice: Choice | None
    lengths: dict[str, str]


class Grammar:
    """The sentences of a language, by kind, for a vocabulary."""

    def __init__(
        self,
        language: Language,
        sentences: Mapping[str, Sequence[str]],
        vocabulary: Vocabulary,
    ) -> None:
        self.language = language
        self._vocabulary = vocabulary
        self._sentences = {
            kind: [
                expanded
                for sentence in templates
                if "NAME" not in (expanded := _expanded(language, sentence))
                or vocabulary
            ]
            for kind, templates in sentences.items()
        }
        self._intents = Intents.from_dict(
            {
                "language": language.code,
                "intents": {
                    kind: {
                        "data": [
                            {
                                "sentences": [
                                    sentence.replace("NAME", "{name}")
                                    for sentence in templates
                                ]
                            }
                        ]
                    }
                    for kind, templates in self._sentences.items()
                },
            }
        )
        self._intents.slot_lists["name"] = TextSlotList.from_tuples(
            vocabulary.items(), name="name"
        )
        for unit in LENGTH_UNITS:
            self._intents.slot_lists[unit] = WildcardSlotList(unit)

    def sentences(self) -> Iterator[str]:
        """Yield the sentences with the names in them, as sentence triggers need them."""
        names = f"({'|'.join(self._vocabulary)})"
        for templates in self._sentences.values():
            for sentence in templates:
                yield sentence.replace("NAME", names)

    def match(self, text: str) -> Match | None:
        """Recognize a sentence. Of several meanings, that with a name, the fewest cameras and the shortest length counts."""
        matches = [
            Match(
                result.intent.name,
                name.value if (name := result.entities.get("name")) else None,
                {
                    unit: entity.text.strip()
                    for unit, entity in result.entities.items()
                    if unit in LENGTH_UNITS
                },
            )
            for result in recognize_all(text, self._intents)
        ]
        return min(matches, key=_vagueness, default=None)


def _vagueness(match: Match) -> tuple[bool, int, int]:
    return (
        match.choice is None,
        len(match.choice.cameras) if match.choice else 0,
        sum(map(len, match.lengths.values())),
    )


def make_vocabulary(language: Language, cameras: Sequence[ExposedCamera]) -> Vocabulary:
    """Return the names of cameras and of their areas."""
    by_name: defaultdict[str, list[ExposedCamera]] = defaultdict(list)
    by_area: defaultdict[str, list[ExposedCamera]] = defaultdict(list)
    for camera in cameras:
        for name in _as_templates(camera.names):
            by_name[name].append(camera)
        for name in _area_names(camera):
            by_area[name].append(camera)
    choices = {
        # A camera's own name takes precedence over an area's.
        name: Choice(tuple(named))
        for name, named in (by_area | by_name).items()
    }
    for name, named in by_name.items():
        if len(named) == 1:
            continue
        for camera in named:
            for area in _area_names(camera):
                template = _expanded(language, language.named_in_area)
                template = template.replace("AREA", area).replace("NAME", name)
                others = choices[template].cameras if template in choices else ()
                choices[template] = Choice((*others, camera))
    if cameras:
        choices[language.all_cameras] = Choice(tuple(cameras), is_all=True)
    return choices


def _expanded(language: Language, sentence: str) -> str:
    for part, text in language.parts.items():
        sentence = sentence.replace(part, text)
    return sentence


def _area_names(camera: ExposedCamera) -> set[str]:
    area = camera.area
    return _as_templates((area.name, *area.aliases)) if area else set()


def _as_templates(names: Iterable[str]) -> set[str]:
    """Return templates that match names, normalized as hassil normalizes sentences."""
    templates = set()
    for name in map(normalized, names):
        words = remove_punctuation(name.replace("’", "'").replace(":", " ")).split()
        if words:
            templates.add(_TEMPLATE_SYNTAX.sub(r"\\\g<0>", " ".join(words)))
    return templates
