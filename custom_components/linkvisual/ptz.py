"""Moving cameras that can move."""

from .api.client import LinkVisualClient
from .api.thing_models import PtzAction

DIRECTIONS = {action.name.lower(): action for action in PtzAction}
DEFAULT_STEP = 5


async def async_move(
    client: LinkVisualClient, iot_id: str, action: PtzAction, step: int = DEFAULT_STEP
) -> None:
    """Move a camera by a step, or zoom. Raises a LinkVisualError."""
    args = {"ActionType": action.value, "Step": step}
    await client.invoke_thing_service(iot_id, "PTZActionControl", args)
