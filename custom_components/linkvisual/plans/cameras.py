"""Plans of cameras, whoever made them: read for the cameras whose sensor is enabled only."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..api.client import LinkVisualClient
from ..api.media_models import StreamType
from ..api.plan_models import PlanKind
from ..coordinator import Camera
from .models import plan_signal

# Seconds.
_INTERVAL = 3600.0
_SOON = 1.0


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """The record plan of a camera: of its main stream, or else of its sub stream."""

    name: str
    stream_type: StreamType


class CameraPlans:
    """The record plans of cameras."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, client: LinkVisualClient
    ) -> None:
        self._hass = hass
        self._signal = plan_signal(entry_id)
        self._client = client
        # By IotId, of the cameras that are polled; None without a plan.
        self._plans: dict[str, CameraPlan | None] = {}
        self._polled: set[str] = set()
        self._stale: set[str] = set()

    @callback
    def async_enable(self, iot_id: str) -> None:
        """Poll a camera from now on."""
        self._polled.add(iot_id)
        self._stale.add(iot_id)

    @callback
    def async_disable(self, iot_id: str) -> None:
        """No longer poll a camera."""
        self._polled.discard(iot_id)
        self._plans.pop(iot_id, None)

    @callback
    def async_refresh(self) -> None:
        """Poll all cameras again soon: a plan was changed."""
        self._stale |= self._polled

    def is_known(self, iot_id: str) -> bool:
        """Return whether a camera was polled."""
        return iot_id in self._plans

    def plan_of(self, iot_id: str) -> CameraPlan | None:
        """Return the plan of a camera that was polled."""
        return self._plans.get(iot_id)

    def poll_interval(self, camera: Camera) -> float | None:
        """Return the seconds between polls of a camera; None if its plan is not asked for."""
        if camera.iot_id not in self._polled:
            return None
        return _SOON if camera.iot_id in self._stale else _INTERVAL

    async def async_poll(self, iot_id: str) -> None:
        """Read the plan of a camera."""
        self._stale.discard(iot_id)
        found = None
        for stream_type in StreamType:
            if plan := await self._client.query_plan_of_stream(
                PlanKind.RECORD, iot_id, stream_type
            ):
                found = CameraPlan(plan.name, stream_type)
                break
        if iot_id in self._polled:
            self._plans[iot_id] = found
            async_dispatcher_send(self._hass, self._signal)
