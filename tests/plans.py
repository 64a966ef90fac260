"""Plans, for tests: schedule helpers, the dialogs of plans, and what the cloud makes of them."""

from datetime import datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
OFFICE_HOURS = {day: [("08:00:00", "18:00:00")] for day in WEEKDAYS}


class Ticking(Protocol):
    """The clock in a test's hand."""

    async def tick(self, seconds: float) -> None:
        """Let time pass."""


type Blocks = dict[str, list[tuple[str, str]]]


class Helpers:
    """The page of schedule helpers."""

    def __init__(self, hass: HomeAssistant, connect: WebSocketGenerator) -> None:
        self._hass = hass
        self._connect = connect
        self._names: set[str] = set()

    @classmethod
    async def open(
        cls, hass: HomeAssistant, hass_ws_client: WebSocketGenerator
    ) -> Helpers:
        """Open it."""
        assert await async_setup_component(hass, "schedule", {})
        return cls(hass, hass_ws_client)

    async def _send(self, action: str, **data: Any) -> Any:
        # A connection and a token of its own: they would not outlive a jump of the clock.
        client = await self._connect(self._hass, await access_token(self._hass))
        await client.send_json_auto_id({"type": f"schedule/{action}", **data})
        reply = await client.receive_json()
        assert reply["success"], reply
        await self._hass.async_block_till_done()
        return reply["result"]

    async def add(self, name: str, blocks: Blocks) -> str:
        """Add a schedule; return its entity ID."""
        await self._send("create", name=name, **_days(blocks))
        self._names.add(name)
        return f"schedule.{name.lower().replace(' ', '_')}"

    async def change(self, name: str, blocks: Blocks) -> None:
        """Change the blocks of a schedule."""
        schedule_id = name.lower().replace(" ", "_")
        await self._send("update", schedule_id=schedule_id, name=name, **_days(blocks))

    async def delete(self, name: str) -> None:
        """Delete a schedule."""
        await self._send("delete", schedule_id=name.lower().replace(" ", "_"))
        self._names.discard(name)

    async def close(self) -> None:
        """Delete all: they wait for their next block."""
        for name in sorted(self._names):
            await self.delete(name)


async def access_token(hass: HomeAssistant) -> str:
    """Return a new token of the user who is logged in."""
    users = await hass.auth.async_get_users()
    (token,) = (
        token
        for user in users
        for token in user.refresh_tokens.values()
        if not user.system_generated
    )
    return hass.auth.async_create_access_token(token)


def _days(blocks: Blocks) -> dict[str, Any]:
    return {
        day: [{"from": begin, "to": end} for begin, end in ranges]
        for day, ranges in blocks.items()
    }


async def settle(hass: HomeAssistant, clock: Ticking) -> None:
    """Wait until what was changed has reached the cloud."""
    # What time brings may be followed by something else, which waits for others in turn.
    for _ in range(2):
        await hass.async_block_till_done()
        await clock.tick(2)
        await hass.async_block_till_done(wait_background_tasks=True)


async def add_plan(
    hass: HomeAssistant,
    clock: Ticking,
    entry: MockConfigEntry,
    kind: str = "record_plan",
    **data: Any,
) -> ConfigSubentry:
    """Add a plan in its dialog; return its subentry."""
    form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context={"source": "user"}
    )
    confirm = await send(hass, form, **_with_defaults(kind, data))
    assert confirm["step_id"] == "confirm", confirm
    result = await send(hass, confirm)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await settle(hass, clock)
    return list(entry.subentries.values())[-1]


async def change_plan(
    hass: HomeAssistant,
    clock: Ticking,
    entry: MockConfigEntry,
    subentry: ConfigSubentry,
    **data: Any,
) -> None:
    """Change a plan in its dialog."""
    form = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    confirm = await send(hass, form, **_with_defaults(subentry.subentry_type, data))
    assert confirm["step_id"] == "confirm", confirm
    result = await send(hass, confirm)
    assert result["reason"] == "reconfigure_successful"
    await settle(hass, clock)


async def remove_plan(
    hass: HomeAssistant,
    clock: Ticking,
    entry: MockConfigEntry,
    subentry: ConfigSubentry,
) -> None:
    """Remove a plan."""
    assert hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
    await settle(hass, clock)


async def send(hass: HomeAssistant, form: Any, **data: Any) -> Any:
    """Send a form."""
    return await hass.config_entries.subentries.async_configure(form["flow_id"], data)


def _with_defaults(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    defaults: dict[str, Any] = {"name": "Office hours", "stream_type": "main"}
    if kind == "event_plan":
        defaults |= {"record_duration": 30, "pre_record_duration": 5}
    return defaults | data


def local(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment by the clocks of Berlin."""
    return datetime.combine(
        datetime(year, month, day), time(hour, minute), tzinfo=BERLIN
    )


def plan_name(cloud: Cloud, camera: Device) -> str | None:
    """Return the name of the record plan of a camera."""
    plan = cloud.plans.record_plan_of(camera)
    return plan.name if plan else None


def own(cloud: Cloud) -> tuple[int, int]:
    """Return how many templates and plans Home Assistant made."""
    plans = cloud.plans
    groups: tuple[dict[str, Any], ...] = (
        plans.templates,
        {**plans.record_plans, **plans.event_plans},
    )
    templates, made = (
        sum(each.name.startswith("HA-") for each in group.values()) for group in groups
    )
    return templates, made
