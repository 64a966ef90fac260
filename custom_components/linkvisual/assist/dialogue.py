"""Questions for the camera, and their answers.

Home Assistant's agent has no follow-up questions for sentence triggers: what it recognizes does not depend on the
conversation. So the answers are a sentence trigger only while the next sentence of the same conversation is
recognized, which is what happens next in the event loop after the sentence was added to the conversation's chat log.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from hassil.recognize import RecognizeResult
from homeassistant.components.conversation import ConversationInput
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.conversation.chat_log import async_subscribe_chat_logs
from homeassistant.components.conversation.const import ChatLogEventType
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.chat_session import current_session

from ..const import DOMAIN
from ..media.expiring_dict import ExpiringDict
from .commands import Command
from .grammar import Choice, Grammar, Match, make_vocabulary
from .satellites import async_ask, async_can_ask

# Seconds in which a question can be answered.
_PATIENCE = 120
_MAX_QUESTIONS = 20
_CHOOSE = "choose"
_CANCEL = "cancel"


class Dialogue:
    """Executes commands, and asks for the camera where several may be meant."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        # By conversation.
        self._questions: ExpiringDict[str, tuple[Command, Grammar]] = ExpiringDict(
            _PATIENCE, _MAX_QUESTIONS
        )

    @callback
    def async_listen(self) -> None:
        """Listen for answers until Home Assistant stops."""
        async_subscribe_chat_logs(self._hass, self._async_chat_log_changed)

    async def async_answer(
        self, command: Command, user_input: ConversationInput
    ) -> str:
        """Execute a command, or ask for the camera; return what to say."""
        conversation_id = _conversation_id()
        self._questions.pop(conversation_id)
        able = command.able()
        if not able:
            return await command.async_refusal(self._hass)
        command = replace(command, cameras=able)
        if command.is_all or len(able) == 1:
            return await command.async_execute(self._hass, user_input.context)
        self._questions[conversation_id] = command, _answers(command)
        question = command.question()
        if not async_can_ask(self._hass, user_input.satellite_id):
            return question
        self._hass.async_create_background_task(
            async_ask(self._hass, user_input, conversation_id, question),
            f"{DOMAIN} question",
        )
        return ""

    @callback
    def _async_chat_log_changed(
        self, conversation_id: str, event_type: ChatLogEventType, data: dict[str, Any]
    ) -> None:
        """Attach the answers if the user has just answered."""
        if (
            event_type is not ChatLogEventType.CONTENT_ADDED
            or data["content"]["role"] != "user"
            or (question := self._questions.get(conversation_id)) is None
        ):
            return
        command, grammar = question
        if (match := grammar.match(data["content"]["content"])) is None:
            return
        detach = get_agent_manager(self._hass).register_trigger(
            list(grammar.sentences()), partial(self._async_chosen, command, match)
        )
        # Until then, no other conversation gets its turn.
        self._hass.loop.call_soon(detach)

    async def _async_chosen(
        self,
        command: Command,
        match: Match,
        user_input: ConversationInput,
        _result: RecognizeResult,
    ) -> str:
        if match.choice is None:
            self._questions.pop(_conversation_id())
            return command.language.cancelled
        return await self.async_answer(
            replace(command, cameras=match.choice.cameras, is_all=match.choice.is_all),
            user_input,
        )


def _conversation_id() -> str:
    """Return the conversation in which a sentence trigger runs: its input has no ID in a conversation's first turn."""
    session = current_session.get()
    assert session is not None
    return session.conversation_id


def _answers(command: Command) -> Grammar:
    """Return the answers to the question for the camera."""
    language = command.language
    vocabulary = make_vocabulary(language, command.cameras)
    vocabulary[f"({language.all_of_them})"] = Choice(command.cameras, is_all=True)
    return Grammar(
        language, {_CHOOSE: language.choose, _CANCEL: language.cancel}, vocabulary
    )
