"""Questions by voice satellites.

After the answer to a sentence trigger, Home Assistant does not let a satellite listen. So the question is not that
answer, but is asked when the satellite is idle again, which then listens.
"""

import asyncio
from contextlib import suppress
import logging

from homeassistant.components.conversation import ConversationInput, async_converse
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event

_LOGGER = logging.getLogger(__name__)

# Not imported: `assist_satellite` has requirements that are only there where it is set up.
_DOMAIN = "assist_satellite"
_FEATURES = 1 | 2  # to announce, and to start conversations
_IDLE = "idle"
_IDLE_TIMEOUT = 10


@callback
def async_can_ask(hass: HomeAssistant, entity_id: str | None) -> bool:
    """Return whether a satellite can ask, and listen."""
    state = hass.states.get(entity_id) if entity_id else None
    return bool(
        state
        and state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) & _FEATURES == _FEATURES
        and hass.services.has_service(_DOMAIN, "ask_question")
    )


async def async_ask(
    hass: HomeAssistant,
    user_input: ConversationInput,
    conversation_id: str,
    question: str,
) -> None:
    """Ask by the satellite of an input, and pass on what is said to the same conversation."""
    satellite_id = user_input.satellite_id
    assert satellite_id is not None
    await _async_wait_until_idle(hass, satellite_id)
    speaker = {ATTR_ENTITY_ID: satellite_id, "preannounce": False}
    try:
        reply = await hass.services.async_call(
            _DOMAIN,
            "ask_question",
            {**speaker, "question": question},
            blocking=True,
            return_response=True,
            context=user_input.context,
        )
        assert reply is not None
        result = await async_converse(
            hass,
            str(reply["sentence"]),
            conversation_id,
            user_input.context,
            user_input.language,
            device_id=user_input.device_id,
            satellite_id=satellite_id,
        )
        if message := result.response.speech.get("plain", {}).get("speech"):
            await hass.services.async_call(
                _DOMAIN,
                "announce",
                {**speaker, "message": message},
                blocking=True,
                context=user_input.context,
            )
    except HomeAssistantError as err:
        # Nobody answered. The question stays open for who says the wake word again.
        _LOGGER.debug("No answer to %s: %s", question, err)


async def _async_wait_until_idle(hass: HomeAssistant, entity_id: str) -> None:
    idle = asyncio.Event()

    @callback
    def check(*_: object) -> None:
        if hass.states.is_state(entity_id, _IDLE):
            idle.set()

    unsubscribe = async_track_state_change_event(hass, entity_id, check)
    check()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(_IDLE_TIMEOUT):
                await idle.wait()
    finally:
        unsubscribe()
