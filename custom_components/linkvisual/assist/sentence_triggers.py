"""Sentence triggers for Assist. Imported once `conversation` is set up, which brings hassil.

Sentence triggers take precedence over Home Assistant's intents and language models. So the sentences contain the
names of the exposed cameras and their areas, and match nothing else; when names change, they are attached again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
import logging
import re
from typing import Any

from hassil.util import remove_punctuation
from homeassistant.components.homeassistant.exposed_entities import (
    async_listen_entity_updates,
)
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.trigger import (
    async_initialize_triggers,
    async_validate_trigger_config,
)
from unicode_rbnf import RbnfEngine

from ..const import DOMAIN
from ..targets import Target
from .actions import Answer, async_exposed_cameras, async_record, async_stop, normalized
from .languages import LANGUAGES, Language

_LOGGER = logging.getLogger(__name__)

ASSISTANT = "conversation"
# Seconds between attachments: registry updates come in bursts.
COOLDOWN = 0.5
_TEMPLATE_SYNTAX = re.compile(r"[\\()\[\]{}<>|@]")
# The largest number that is recognized as a word.
_MAX_NUMBER_WORD = 120

# Casefolded names by the cameras that they match.
type NamesByTargets = dict[tuple[Target, ...], set[str]]


@dataclass(frozen=True, slots=True)
class Command:
    """The command of a sentence, and the cameras that it matches."""

    language: Language
    stops: bool
    targets: tuple[Target, ...]


class SentenceTriggers:
    """Keeps the sentences of the exposed cameras attached."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._names: NamesByTargets = {}
        self._detach: CALLBACK_TYPE | None = None
        self._debouncer = Debouncer(
            hass,
            _LOGGER,
            cooldown=COOLDOWN,
            immediate=True,
            function=self._async_attach,
        )

    @callback
    def async_listen(self) -> None:
        """Attach the sentences, and again when names change, until Home Assistant stops."""
        bus = self._hass.bus
        bus.async_listen(ar.EVENT_AREA_REGISTRY_UPDATED, self._schedule_attach)
        bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._schedule_attach)
        bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._schedule_attach)
        async_listen_entity_updates(self._hass, ASSISTANT, self._schedule_attach)
        async_dispatcher_connect(
            self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._schedule_attach
        )
        bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stop)
        self._schedule_attach()

    @callback
    def _schedule_attach(self, *_: Any) -> None:
        self._debouncer.async_schedule_call()

    @callback
    def _stop(self, _event: Event) -> None:
        self._debouncer.async_shutdown()

    async def _async_attach(self) -> None:
        """Attach the current sentences. Repeats if names have changed meanwhile: the debouncer does not call again."""
        while (names := _names(self._hass)) != self._names:
            if self._detach:
                self._detach()
                self._detach = None
            self._names = names
            if names:
                self._detach = await self._async_attach_for(names)

    async def _async_attach_for(self, names: NamesByTargets) -> CALLBACK_TYPE | None:
        commands: dict[str, Command] = {}
        triggers: list[dict[str, Any]] = []
        for language, stops, targets, sentences in _sentences(names):
            key = str(len(commands))
            commands[key] = Command(language, stops, targets)
            triggers.append(
                {"platform": "conversation", "id": key, "command": sentences}
            )
        return await async_initialize_triggers(
            self._hass,
            await async_validate_trigger_config(self._hass, triggers),
            partial(self._async_handle, commands),
            DOMAIN,
            "sentences",
            _LOGGER.log,
        )

    async def _async_handle(
        self,
        commands: dict[str, Command],
        run_variables: dict[str, Any],
        context: Context | None = None,
    ) -> ScriptRunResult:
        trigger = run_variables["trigger"]
        answer = await self._async_answer(
            commands[trigger["id"]],
            trigger["slots"],
            Context(**trigger["user_input"]["context"]),
        )
        return ScriptRunResult(
            conversation_response=answer.text, service_response=None, variables={}
        )

    async def _async_answer(
        self, command: Command, slots: dict[str, str], context: Context
    ) -> Answer:
        language, targets = command.language, command.targets
        if command.stops and len(targets) > 1:
            targets = tuple(filter(_is_recording, targets)) or targets
        if len(targets) > 1:
            return Answer(_which(language, targets))
        if command.stops:
            return await async_stop(self._hass, language, targets[0], context)
        seconds = None
        for slot, text in slots.items():
            # Reads files.
            number = await self._hass.async_add_executor_job(_number, language, text)
            if number is None:
                return Answer(language.not_a_number.format(value=text))
            seconds = number * (60 if slot == "minutes" else 1)
        return await async_record(self._hass, language, targets[0], seconds, context)


def _names(hass: HomeAssistant) -> NamesByTargets:
    """Return the names of the exposed cameras and their areas; "" matches all cameras."""
    by_name: defaultdict[str, list[Target]] = defaultdict(list)
    by_area: defaultdict[str, list[Target]] = defaultdict(list)
    for camera in async_exposed_cameras(hass, ASSISTANT):
        for name in set(map(_normalized_like_hassil, camera.names | {""})):
            by_name[name].append(camera.target)
        if area := camera.area:
            names = map(normalized, (area.name, *area.aliases))
            for name in set(map(_normalized_like_hassil, names)):
                by_area[name].append(camera.target)
    names_by_targets: defaultdict[tuple[Target, ...], set[str]] = defaultdict(set)
    # A camera's own name takes precedence over an area's.
    for name, targets in (by_area | by_name).items():
        names_by_targets[tuple(targets)].add(name)
    return dict(names_by_targets)


def _normalized_like_hassil(name: str) -> str:
    """Normalize a name as hassil normalizes sentences."""
    words = remove_punctuation(name.replace("’", "'").replace(":", " "))
    return " ".join(words.split())


def _sentences(
    names: NamesByTargets,
) -> Iterable[tuple[Language, bool, tuple[Target, ...], list[str]]]:
    """Yield the sentences of all languages, with whether they stop recordings, and the cameras that they match."""
    for targets, target_names in names.items():
        escaped = (
            _TEMPLATE_SYNTAX.sub(r"\\\g<0>", name) for name in sorted(target_names)
        )
        alternatives = "|".join(name for name in escaped if name)
        for language in LANGUAGES.values():
            for stops, named, nameless in (
                (False, language.record, language.record_any),
                (True, language.stop, language.stop_any),
            ):
                sentences: list[str] = []
                if alternatives:
                    sentences += [
                        sentence.replace("NAME", f"({alternatives})")
                        for sentence in named
                    ]
                if "" in target_names:
                    sentences += nameless
                yield language, stops, targets, sentences


def _is_recording(target: Target) -> bool:
    return target.is_loaded and bool(target.data.recordings.running(target.iot_id))


def _which(language: Language, targets: tuple[Target, ...]) -> str:
    """Return the question for the camera."""
    *names, last = (target.name for target in targets)
    comma, conjunction = language.join
    return language.which.format(cameras=f"{comma.join(names)}{conjunction}{last}")


def _number(language: Language, text: str) -> int | None:
    """Parse a number in digits or words."""
    if text.isdecimal():
        return int(text)
    if text.casefold() in language.one:
        return 1
    engine = RbnfEngine.for_language(language.code.partition("-")[0])
    spoken = text.casefold().replace("-", " ")
    for number in range(1, _MAX_NUMBER_WORD + 1):
        words = engine.format_number(number).text_by_ruleset.values()
        if spoken in (word.casefold().replace("-", " ") for word in words):
            return number
    return None
