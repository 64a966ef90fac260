"""What was asked of cameras: whether they can do it, the question for the camera, and doing it."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from homeassistant.core import Context, HomeAssistant

from ..targets import Target
from .actions import (
    Action,
    ExposedCamera,
    async_capture_picture,
    async_reason,
    async_reasons,
    async_record,
    async_stop,
)
from .languages import Language

# More names are not remembered by who hears them.
_MAX_NAMES = 5


@dataclass(frozen=True, slots=True)
class Command:
    """An action for one of several cameras, or for all of them."""

    language: Language
    action: Action
    cameras: tuple[ExposedCamera, ...]
    is_all: bool
    seconds: int | None

    def able(self) -> tuple[ExposedCamera, ...]:
        """Return the cameras that can do it. One that was named is tried in any case."""
        if len(self.cameras) == 1:
            return self.cameras
        return tuple(
            camera
            for camera in self.cameras
            if (
                _is_recording(camera.target)
                if self.action is Action.STOP
                else async_reason(self.action, camera.target) is None
            )
        )

    async def async_refusal(self, hass: HomeAssistant) -> str:
        """Return why none of the cameras can do it."""
        if self.action is Action.STOP:
            return self.language.none_recording
        targets = [camera.target for camera in self.cameras]
        return await async_reasons(hass, self.language, self.action, targets)

    def question(self) -> str:
        """Return the question for the camera; cameras of the same name are told apart by area."""
        language = self.language
        counts = Counter(camera.target.name for camera in self.cameras)
        labels = list(
            dict.fromkeys(
                language.in_area.format(
                    camera=camera.target.name, area=camera.area.name
                )
                if counts[camera.target.name] > 1 and camera.area
                else camera.target.name
                for camera in self.cameras
            )
        )
        if len(labels) == 1:
            return language.same_name.format(camera=labels[0])
        comma, conjunction = language.join
        if more := len(labels) - _MAX_NAMES if len(labels) > _MAX_NAMES + 1 else 0:
            text = language.more.format(
                cameras=comma.join(labels[:_MAX_NAMES]), count=more
            )
        else:
            text = f"{comma.join(labels[:-1])}{conjunction}{labels[-1]}"
        return language.which.format(cameras=text)

    async def async_execute(self, hass: HomeAssistant, context: Context) -> str:
        """Do it with all cameras, and return the answer."""
        answers = await asyncio.gather(
            *(
                self._async_execute(hass, camera.target, context)
                for camera in self.cameras
            )
        )
        return " ".join(answers)

    async def _async_execute(
        self, hass: HomeAssistant, target: Target, context: Context
    ) -> str:
        if self.action is Action.RECORD:
            answer = await async_record(
                hass, self.language, target, self.seconds, context
            )
        elif self.action is Action.STOP:
            answer = await async_stop(hass, self.language, target, context)
        else:
            answer = await async_capture_picture(hass, self.language, target, context)
        return answer.text


def _is_recording(target: Target) -> bool:
    return target.is_loaded and bool(target.data.recordings.running(target.iot_id))
