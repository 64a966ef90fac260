"""Iot: thing model properties and services. Source: linkvisual-api.md sections 15 and 20.2."""

from collections.abc import Mapping
import json

from .calls import Calls
from .regions import Product
from .retries import Effect
from .rows import read_all, rows_of
from .thing_models import DEFAULT_PTZ_STEP, PropertyStatus, PtzAction
from .transport import Operation

_QUERY_DEVICE_PROPERTY_STATUS = Operation(
    Product.IOT, "QueryDevicePropertyStatus", per_second=200
)
_SET_DEVICE_PROPERTY = Operation(
    Product.IOT, "SetDeviceProperty", Effect.REPEATED, per_second=500
)
_INVOKE_THING_SERVICE = Operation(
    Product.IOT, "InvokeThingService", Effect.REPEATED, per_second=500
)


class ThingCalls(Calls):
    """Thing model properties and services. A success means that the command was passed on, not that the device executed it."""

    async def query_device_property_status(self, iot_id: str) -> list[PropertyStatus]:
        """Return the property values that a device last reported."""
        reply = await self._call(_QUERY_DEVICE_PROPERTY_STATUS, {"IotId": iot_id})
        rows = rows_of(reply, "Data", "List", "PropertyStatusInfo")
        return read_all(PropertyStatus.from_row, rows)

    async def set_device_property(
        self, iot_id: str, items: Mapping[str, int | float | str]
    ) -> None:
        """Set properties of a device. Values of bool and enum properties are integers."""
        await self._command(_SET_DEVICE_PROPERTY, iot_id, {"Items": json.dumps(items)})

    async def invoke_thing_service(
        self, iot_id: str, service: str, args: Mapping[str, int | float | str]
    ) -> None:
        """Invoke a service of a device."""
        await self._command(
            _INVOKE_THING_SERVICE,
            iot_id,
            {"Identifier": service, "Args": json.dumps(args)},
        )

    async def ptz_action_control(
        self, iot_id: str, action: PtzAction, step: int = DEFAULT_PTZ_STEP
    ) -> None:
        """Pan, tilt or zoom a camera by a step (PTZActionControl, section 15)."""
        args = {"ActionType": action.value, "Step": step}
        await self.invoke_thing_service(iot_id, "PTZActionControl", args)
