"""Intents."""

from abc import abstractmethod
import asyncio
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
import voluptuous as vol

from .assist.actions import (
    Answer,
    async_capture_picture,
    async_find,
    async_record,
    async_stop,
)
from .assist.languages import Language, best_language
from .targets import Target

INTENT_TRIGGER_RECORD = "LinkVisualTriggerRecord"
INTENT_STOP_RECORD = "LinkVisualStopRecord"
INTENT_CAPTURE_PICTURE = "LinkVisualCapturePicture"


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents."""
    intent.async_register(hass, TriggerRecordIntent())
    intent.async_register(hass, StopRecordIntent())
    intent.async_register(hass, CapturePictureIntent())


class CameraIntent(intent.IntentHandler):
    """Intent for one camera by name, or all of an area or a floor."""

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        return {
            vol.Any("name", "area", "floor"): intent.non_empty_string,
            vol.Optional("preferred_area_id"): str,
        }

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Act on all matching cameras; an error if it failed for all of them."""
        slots = {
            name: slot["value"]
            for name, slot in self.async_validate_slots(intent_obj.slots).items()
        }
        targets = async_find(
            intent_obj.hass,
            intent_obj.assistant,
            slots,
            slots.get("preferred_area_id"),
        )
        answers = await asyncio.gather(
            *(
                self._async_act(
                    intent_obj, best_language(intent_obj.language), target, slots
                )
                for target in targets
            )
        )
        text = " ".join(answer.text for answer in answers)
        response = intent_obj.create_response()
        if any(answer.succeeded for answer in answers):
            response.async_set_speech(text)
        else:
            response.async_set_error(
                intent.IntentResponseErrorCode.FAILED_TO_HANDLE, text
            )
        return response

    @abstractmethod
    async def _async_act(
        self,
        intent_obj: intent.Intent,
        language: Language,
        target: Target,
        slots: dict[str, Any],
    ) -> Answer:
        """Act on one camera; return the answer."""


class TriggerRecordIntent(CameraIntent):
    """Trigger recordings, of `seconds` and `minutes` or the set duration."""

    intent_type = INTENT_TRIGGER_RECORD
    description = "Makes cameras record to the cloud"

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        return super().slot_schema | {
            vol.Any("seconds", "minutes"): vol.Coerce(int),
        }

    @override
    async def _async_act(
        self,
        intent_obj: intent.Intent,
        language: Language,
        target: Target,
        slots: dict[str, Any],
    ) -> Answer:
        seconds = None
        if "seconds" in slots or "minutes" in slots:
            seconds = slots.get("seconds", 0) + 60 * slots.get("minutes", 0)
        return await async_record(
            intent_obj.hass, language, target, seconds, intent_obj.context
        )


class StopRecordIntent(CameraIntent):
    """Stop recordings."""

    intent_type = INTENT_STOP_RECORD
    description = "Stops the recordings that were triggered on cameras"

    @override
    async def _async_act(
        self,
        intent_obj: intent.Intent,
        language: Language,
        target: Target,
        slots: dict[str, Any],
    ) -> Answer:
        return await async_stop(intent_obj.hass, language, target, intent_obj.context)


class CapturePictureIntent(CameraIntent):
    """Take pictures."""

    intent_type = INTENT_CAPTURE_PICTURE
    description = "Takes pictures with cameras"

    @override
    async def _async_act(
        self,
        intent_obj: intent.Intent,
        language: Language,
        target: Target,
        slots: dict[str, Any],
    ) -> Answer:
        return await async_capture_picture(
            intent_obj.hass, language, target, intent_obj.context
        )
