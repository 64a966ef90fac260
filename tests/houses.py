"""A house with a phone, in which automations run: for the blueprints and for the README's examples."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import yaml
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.emulator.world import Device

MOTION = "binary_sensor.hall_motion"
BLUEPRINTS = Path(__file__).parents[1] / "blueprints" / "automation" / "linkvisual"


class House:
    """Home Assistant, with a motion sensor and a phone. What the phone gets is in `phone`."""

    def __init__(
        self,
        hass: HomeAssistant,
        jump: Callable[[float], None],
        cameras: dict[str, Device],
    ) -> None:
        self.hass = hass
        self._jump = jump
        self.front_door = cameras["Front door"]
        self.phone = async_mock_service(hass, "notify", "mobile_app_my_phone")
        self.family = async_mock_service(hass, "notify", "family")
        self.receivers = async_mock_service(hass, "notify", "send_message")
        entry = MockConfigEntry(domain="mobile_app")
        entry.add_to_hass(hass)
        self.phone_id = (
            dr.async_get(hass)
            .async_get_or_create(
                config_entry_id=entry.entry_id,
                identifiers={("mobile_app", "my-phone")},
                name="My phone",
            )
            .id
        )
        self.set(MOTION, "off", friendly_name="Hall motion", device_class="motion")

    def set(self, entity_id: str, state: str, **attributes: Any) -> None:
        """Set the state of an entity of somebody else's."""
        old = self.hass.states.get(entity_id)
        self.hass.states.async_set(
            entity_id, state, {**(old.attributes if old else {}), **attributes}
        )

    async def motion(self) -> None:
        """Let somebody walk through the hall; return when all that takes no time is done."""
        self.set(MOTION, "off")
        self.set(MOTION, "on")
        await self.settle()

    async def settle(self) -> None:
        """Let happen what needs no passing of time. Automations that wait go on waiting."""
        await asyncio.sleep(0.15)

    async def until(self, is_so: Callable[[], Any], step: float = 0) -> None:
        """Wait until something is so, letting time pass in steps."""
        for _ in range(200):
            if is_so():
                return
            if step:
                self._jump(step)
            await asyncio.sleep(0.03)
        raise AssertionError("it did not happen")

    async def press(self, title: str, call: int = -1) -> None:
        """Press a button of a notification on the phone, the last one if no other is meant."""
        buttons = self.phone[call].data["data"]["actions"]
        (button,) = [each for each in buttons if each["title"] == title]
        self.hass.bus.async_fire("mobile_app_notification_action", button)
        await self.settle()

    async def automate(self, *automations: dict[str, Any]) -> None:
        """Write automations into the configuration, and have them loaded."""
        (Path(self.hass.config.config_dir) / "configuration.yaml").write_text(
            yaml.dump({"automation": list(automations)})
        )
        await self.hass.services.async_call("automation", "reload", blocking=True)
        states = self.hass.states.async_all("automation")
        assert [state.state for state in states] == ["on"] * len(automations)

    async def use(
        self, hass_ws_client: WebSocketGenerator, name: str, **inputs: Any
    ) -> None:
        """Import a blueprint of this repository as the frontend does, and make an automation of it."""
        socket = await hass_ws_client(self.hass)
        path = f"linkvisual/{name}.yaml"
        await socket.send_json_auto_id(
            {
                "type": "blueprint/save",
                "domain": "automation",
                "path": path,
                "yaml": (BLUEPRINTS / f"{name}.yaml").read_text(),
            }
        )
        answer = await socket.receive_json()
        assert answer["success"], answer
        await self.automate(
            {"alias": name, "use_blueprint": {"path": path, "input": inputs}}
        )
