"""Sentence triggers for Assist. Imported once `conversation` is set up, which brings hassil.

Sentence triggers take precedence over Home Assistant's intents and language models. So the sentences contain the
names of the exposed cameras and their areas, and match nothing else; when names change, they are attached again.
"""

import asyncio
from functools import partial
import logging
from typing import Any

from hassil.recognize import RecognizeResult
from homeassistant.components.conversation import ConversationInput
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.homeassistant.exposed_entities import (
    async_listen_entity_updates,
)
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..const import DOMAIN
from .actions import Action, ExposedCamera, async_exposed_cameras
from .commands import Command
from .dialogue import Dialogue
from .grammar import LENGTH_UNITS, Choice, Grammar, make_vocabulary
from .languages import LANGUAGES, best_language
from .numbers import parse_number

_LOGGER = logging.getLogger(__name__)

type Cameras = tuple[ExposedCamera, ...]

ASSISTANT = "conversation"
# Seconds between attachments: registry updates come in bursts.
COOLDOWN = 0.5


class SentenceTriggers:
    """Keeps the sentences of the exposed cameras attached."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._dialogue = Dialogue(hass)
        # Those that are exposed, and those whose sentences are attached.
        self._attached: tuple[Cameras, Cameras] = (), ()
        self._attaching: asyncio.Task[None] | None = None
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
        self._dialogue.async_listen()
        self._schedule_attach()

    @callback
    def _schedule_attach(self, *_: Any) -> None:
        self._debouncer.async_schedule_call()

    @callback
    def _stop(self, _event: Event) -> None:
        self._debouncer.async_shutdown()

    @callback
    def _async_attach(self) -> None:
        """Attach the sentences for the current names."""
        exposed = tuple(async_exposed_cameras(self._hass, ASSISTANT))
        # Without any, the sentences of all cameras are answered with where to expose them.
        cameras = exposed or tuple(async_exposed_cameras(self._hass, None))
        if (exposed, cameras) == self._attached:
            return
        self._attached = exposed, cameras
        if self._attaching:
            self._attaching.cancel()
        self._attaching = self._hass.async_create_task(
            self._attach(exposed, cameras), f"{DOMAIN} sentences"
        )

    async def _attach(self, exposed: Cameras, cameras: Cameras) -> None:
        # With very many names, it takes too long for the event loop.
        grammars, sentences = await self._hass.async_add_executor_job(
            _make_grammars, cameras
        )
        if self._detach:
            self._detach()
            self._detach = None
        if cameras:
            self._detach = get_agent_manager(self._hass).register_trigger(
                sentences, partial(self._async_handle, grammars, exposed)
            )

    async def _async_handle(
        self,
        grammars: list[Grammar],
        exposed: Cameras,
        user_input: ConversationInput,
        _result: RecognizeResult,
    ) -> str:
        """Return the answer to a sentence."""
        preferred = best_language(user_input.language)
        # The sentence of the trigger is one of a grammar.
        language, match = next(
            (grammar.language, match)
            for grammar in sorted(
                grammars, key=lambda grammar: grammar.language is not preferred
            )
            if (match := grammar.match(user_input.text))
        )
        if not exposed:
            return language.not_exposed
        seconds = None
        for unit, text in match.lengths.items():
            # Reads files.
            number = await self._hass.async_add_executor_job(
                parse_number, language, text
            )
            if number is None:
                return language.not_a_number.format(value=text)
            seconds = round(number * LENGTH_UNITS[unit])
        choice = match.choice or Choice(exposed)
        command = Command(
            language, Action(match.kind), choice.cameras, choice.is_all, seconds
        )
        return await self._dialogue.async_answer(command, user_input)


def _make_grammars(cameras: Cameras) -> tuple[list[Grammar], list[str]]:
    """Return the grammars of all languages, and their sentences with the names in them."""
    grammars = [
        Grammar(
            language,
            {
                Action.RECORD: language.record,
                Action.STOP: language.stop,
                Action.PICTURE: language.picture,
            },
            make_vocabulary(language, cameras),
        )
        for language in LANGUAGES.values()
    ]
    return grammars, [
        sentence for grammar in grammars for sentence in grammar.sentences()
    ]
