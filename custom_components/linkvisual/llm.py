"""LLM tools."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, override

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import intent
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
    async_get_match_preferences,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .api.media_models import MAX_RECORD_DURATION, MIN_RECORD_DURATION
from .assist.actions import async_exposed_cameras, async_find
from .assist.incidents import async_announce_when_ready
from .const import ATTR_RECORD_DURATION, DOMAIN, MAX_TITLE_LENGTH

MAX_HOURS = 30 * 24
# More would fill the model's context.
MAX_RECORDINGS = 20

_PLACE = {
    vol.Optional("name", description="Name or entity ID of the camera"): str,
    vol.Optional("area", description="Area of the cameras"): str,
    vol.Optional("floor", description="Floor of the cameras"): str,
}


class CameraTool(Tool):
    """Tool that calls an action for cameras by name, area or floor, and returns its response."""

    integration = DOMAIN
    _action: ClassVar[str]
    # Whether all cameras are targeted without a name, area or floor.
    _targets_all = False

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        args = self.parameters(
            {
                name: value
                for name, value in tool_input.tool_args.items()
                if not intent.is_blank_slot_value(value)
            }
        )
        place = {key: args.pop(key) for key in ("name", "area", "floor") if key in args}
        if place or not self._targets_all:
            area_id = async_get_match_preferences(hass, llm_context).area_id
            targets = async_find(hass, llm_context.assistant, place, area_id)
        else:
            known = async_exposed_cameras(hass, llm_context.assistant)
            targets = [camera.target for camera in known]
        response = await hass.services.async_call(
            DOMAIN,
            self._action,
            {
                "entity_id": [target.entity_id for target in targets],
                **self._data(args),
            },
            blocking=True,
            context=llm_context.context,
            return_response=True,
        )
        assert response is not None
        names = Counter(target.name for target in targets)
        cameras: JsonObjectType = {
            target.name
            if names[target.name] == 1
            else f"{target.name} ({target.entity_id})": self._result(
                response[target.entity_id]
            )
            for target in targets
        }
        return ToolResult(data={"cameras": cameras})

    def _data(self, args: dict[str, Any]) -> dict[str, Any]:
        """Return the other data of the action."""
        return args

    def _result(self, row: Any) -> Any:
        """Return the result for a camera."""
        return row


_RECORD_DURATION = {
    vol.Optional(
        ATTR_RECORD_DURATION,
        description="Seconds. Leave it out to record as long as the camera is set to",
    ): vol.All(int, vol.Range(MIN_RECORD_DURATION, MAX_RECORD_DURATION)),
}


class TriggerRecordTool(CameraTool):
    """Triggers recordings."""

    name = "linkvisual__trigger_record"
    title = "Record"
    description = (
        "Makes cameras record a video to the cloud now. "
        "The video can be watched some time after the recording has ended."
    )
    parameters = vol.Schema({**_PLACE, **_RECORD_DURATION})
    annotations = ToolAnnotations(destructive=False, open_world=False)
    _action = "trigger_record"


class RecordIncidentTool(CameraTool):
    """Records an incident, which is announced when it has ended."""

    name = "linkvisual__record_incident"
    title = "Record an incident"
    description = (
        "Makes several cameras record the same incident to the cloud now: "
        "all cameras, if neither name nor area nor floor is given. "
        "The user is told when all videos can be watched, by the voice satellite or by a notification, "
        "some time after this tool has returned."
    )
    parameters = vol.Schema(
        {
            **_PLACE,
            vol.Required(
                "title", description="What happened, in a few words of the user"
            ): vol.All(str, vol.Length(min=1, max=MAX_TITLE_LENGTH)),
            **_RECORD_DURATION,
        }
    )
    annotations = ToolAnnotations(destructive=False, open_world=False)
    _action = "trigger_record"
    _targets_all = True

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        # Before the call, which raises if all answers were lost, although the incident goes on.
        context = async_announce_when_ready(hass, llm_context)
        asked = replace(llm_context, context=context)
        return await super().async_call(hass, tool_input, asked)

    @override
    def _data(self, args: dict[str, Any]) -> dict[str, Any]:
        title = args.pop("title")
        return args | {"incident": title}


class StopRecordTool(CameraTool):
    """Stops recordings."""

    name = "linkvisual__stop_record"
    title = "Stop recording"
    description = (
        "Stops the recordings that were triggered on cameras. "
        "What was recorded so far is kept."
    )
    parameters = vol.Schema(_PLACE)
    annotations = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
    _action = "stop_record"


class CapturePictureTool(CameraTool):
    """Takes pictures."""

    name = "linkvisual__capture_picture"
    title = "Take a picture"
    description = (
        "Takes a picture with cameras now. "
        "It is shown by the camera's image entity, not to you."
    )
    parameters = vol.Schema(_PLACE)
    annotations = ToolAnnotations(destructive=False, open_world=False)
    _action = "capture_picture"

    @override
    def _result(self, row: Any) -> Any:
        # The path is signed: whoever has it may see the picture.
        return {key: value for key, value in row.items() if key != "path"}


class ListRecordingsTool(CameraTool):
    """Lists stored recordings."""

    name = "linkvisual__list_recordings"
    title = "List recordings"
    description = (
        "Lists what cameras have recorded, newest first. "
        "A media_content_id can be played on a media player."
    )
    parameters = vol.Schema(
        {
            **_PLACE,
            vol.Optional(
                "hours", default=24, description="How many hours to look back"
            ): vol.All(int, vol.Range(1, MAX_HOURS)),
            vol.Optional(
                "kind",
                description="Only triggered recordings, recordings of alarms, or continuous recordings",
            ): vol.In(["manual", "alarm", "continuous"]),
        }
    )
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )
    _action = "get_recordings"
    _targets_all = True

    @override
    def _data(self, args: dict[str, Any]) -> dict[str, Any]:
        begin = dt_util.utcnow() - timedelta(hours=args.pop("hours"))
        return args | {"from": begin.isoformat()}

    @override
    def _result(self, row: Any) -> Any:
        if "recordings" not in row:
            return row
        files = row["recordings"]
        return {
            "recordings": [
                {
                    "begin": _local(file["begin"]),
                    "end": _local(file["end"]),
                    "kind": file["kind"],
                    "media_content_id": file["media_content_id"],
                }
                for file in files[:MAX_RECORDINGS]
            ],
            "left_out": max(0, len(files) - MAX_RECORDINGS),
        }


def _local(time: str) -> str:
    """Return a time in Home Assistant's time zone."""
    return dt_util.as_local(datetime.fromisoformat(time)).isoformat()


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools, if a camera is exposed."""
    if api_id != LLM_API_ASSIST or not llm_context.assistant:
        return None
    if not async_exposed_cameras(hass, llm_context.assistant):
        return None
    return LLMTools(
        tools=[
            TriggerRecordTool(),
            RecordIncidentTool(),
            StopRecordTool(),
            CapturePictureTool(),
            ListRecordingsTool(),
        ]
    )
