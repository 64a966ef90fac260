"""Repair flows."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .api.calls_records import MAX_RETENTION_DAYS
from .api.errors import LinkVisualError
from .const import CONF_CALLS_PER_HOUR, DEFAULT_CALLS_PER_HOUR
from .data import LinkVisualConfigEntry, loaded_data
from .errors import async_public_message, translate
from .issues import NO_CLOUD_STORAGE, PLAN_CHANGED, PRICES_URL
from .markdown import escape_markdown

CONF_DAYS = "days"
DEFAULT_DAYS = 7
MIN_CALLS_PER_HOUR = 100

STORAGE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_DAYS, default=DEFAULT_DAYS): vol.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=1,
                    max=MAX_RETENTION_DAYS,
                    step=1,
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement="d",
                )
            ),
            vol.Coerce(int),
        )
    }
)


class StorageFlow(RepairsFlow):
    """Sets the retention of a camera."""

    def __init__(self, entry: LinkVisualConfigEntry, iot_id: str, camera: str) -> None:
        self._entry = entry
        self._iot_id = iot_id
        self._camera = camera

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_days()

    async def async_step_days(
        self, user_input: dict[str, int] | None = None
    ) -> RepairsFlowResult:
        """Ask, and do it."""
        reason = ""
        if _is_removed(self.hass, self._entry):
            return self.async_abort(reason="entry_removed")
        if user_input is not None:
            try:
                await loaded_data(self._entry).coordinator.async_set_retention(
                    self._iot_id, user_input[CONF_DAYS]
                )
            except HomeAssistantError as err:
                reason = str(err)
            except LinkVisualError as err:
                reason = str(translate(err, self._camera))
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="days",
            data_schema=STORAGE_SCHEMA,
            errors={"base": "refused"} if reason else {},
            description_placeholders={
                "camera": escape_markdown(self._camera),
                "reason": escape_markdown(reason),
                "prices_url": PRICES_URL,
            },
        )


class FewerCallsFlow(RepairsFlow):
    """Halves the call budget of background polling."""

    def __init__(self, entry: LinkVisualConfigEntry) -> None:
        self._entry = entry

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, and do it."""
        if _is_removed(self.hass, self._entry):
            return self.async_abort(reason="entry_removed")
        before = self._entry.options.get(CONF_CALLS_PER_HOUR, DEFAULT_CALLS_PER_HOUR)
        if before <= MIN_CALLS_PER_HOUR:
            return self.async_abort(
                reason="fewest_calls", description_placeholders={"calls": str(before)}
            )
        calls = max(MIN_CALLS_PER_HOUR, before // 2)
        if user_input is not None:
            self.hass.config_entries.async_update_entry(
                self._entry, options={**self._entry.options, CONF_CALLS_PER_HOUR: calls}
            )
            self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            description_placeholders={
                "account": escape_markdown(self._entry.title),
                "before": str(before),
                "after": str(calls),
            },
        )


class RestorePlanFlow(RepairsFlow):
    """Puts a plan back as it is in Home Assistant."""

    def __init__(self, entry: LinkVisualConfigEntry, plan_id: str, plan: str) -> None:
        self._entry = entry
        self._plan_id = plan_id
        self._plan = plan

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, and do it."""
        reason = ""
        if _is_removed(self.hass, self._entry):
            return self.async_abort(reason="entry_removed")
        if user_input is not None:
            try:
                await loaded_data(self._entry).plans.async_restore(self._plan_id)
            except HomeAssistantError as err:
                reason = str(err)
            except LinkVisualError as err:
                reason = async_public_message(self.hass, err)
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors={"base": "refused"} if reason else {},
            description_placeholders={
                "plan": escape_markdown(self._plan),
                "reason": escape_markdown(reason),
            },
        )


def _is_removed(hass: HomeAssistant, entry: LinkVisualConfigEntry) -> bool:
    return hass.config_entries.async_get_entry(entry.entry_id) is None


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the repair flow of an issue."""
    assert data is not None
    entry: LinkVisualConfigEntry = hass.config_entries.async_get_known_entry(
        str(data["entry_id"])
    )
    if issue_id.startswith(NO_CLOUD_STORAGE):
        return StorageFlow(entry, str(data["iot_id"]), str(data["camera"]))
    if issue_id.startswith(PLAN_CHANGED):
        return RestorePlanFlow(entry, str(data["plan_id"]), str(data["plan"]))
    return FewerCallsFlow(entry)
